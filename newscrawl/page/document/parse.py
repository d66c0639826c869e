"""A page's bytes or text as one lxml tree; what is not a page; text out of elements."""

from __future__ import annotations

import re
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from newscrawl.errors import PageError
from newscrawl.page.document.encoding import as_utf8
from newscrawl.page.document.late_parts import (
    attach_shadow_roots,
    place_streamed_parts,
    streamed_parts,
    without_fallbacks,
)
from newscrawl.page.document.nesting import mend_nesting
from newscrawl.text.urls import joined

MAX_BYTES = 10 * 1024 * 1024  #: of one page; Scrapy's DOWNLOAD_MAXSIZE of this project
#: Start and end tags of one page. Its elements take 250 bytes each in libxml2 and as much again in Python.
MOST_TAGS = 250_000

# One class for all elements: lxml.html asks a function of Python for the class of each.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement)
# What libxml2 would turn into U+FFFD, stop at, or take and not let be set again: no character of XML.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_FORM_FEED = bytes.maketrans(b"\f", b" ")
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_DECIMAL = rb"#0*+(?:[1-8]|1[124-9]|2\d|3[01]|6553[45])(?:;|(?!\d))"
_HEXADECIMAL = rb"#[xX]0*+(?:[1-8bcefBCEF]|1[\da-fA-F]|[fF]{3}[efEF])(?:;|(?![\da-fA-F]))"
# Characters that a browser does not show: soft hyphen, zero-width space, word joiner, byte order mark. They
# only part the words of a post for those who search it. Joiners that shape letters (U+200C, U+200D) stay.
_UNSEEN = "\u00ad\u200b\u2060\ufeff"
_UNSEEN_NAMES = rb"shy|ZeroWidthSpace|NoBreak|Negative(?:VeryThin|Thin|Medium|Thick)Space"
_UNSEEN_NUMBERS = rb"#0*+(?:173|8203|8288|65279)|#[xX]0*+(?:[aA][dD]|200[bB]|2060|[fF][eE][fF]{2})"
_UNSEEN_ENTITIES = rb"(?:%b|%b);" % (_UNSEEN_NAMES, _UNSEEN_NUMBERS)
# Most pages have none of these.
_ESCAPED = re.compile(rb"&(?:%b|%b|%b)" % (_UNSEEN_ENTITIES, _DECIMAL, _HEXADECIMAL))
_FOLDED = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")  # but for single blanks, which stay
_UNFOLDED = ("\n", "  ", "\t", "\r", "\f")
_END_OF_DOCUMENT = re.compile(rb"</(?:body|html)\s{0,9}>", re.IGNORECASE)
_ENDS = (b"</body", b"</html", b"</BODY", b"</HTML")
_START_TAG = re.compile(b"<[A-Za-z]")
_DOCUMENT_TAGS = re.compile(r"</?(?:html|body)\b[^>]*>", re.IGNORECASE)
# What libxml2 says of end tags that it ignores; browsers ignore those of forms, too.
_IGNORED_END = re.compile(
    "Opening and ending tag mismatch: (?!form )|Unexpected end tag : (?:button|noscript|template)"
)
_MOST_ERRORS = 100  # in lxml's log of a parser
_TEXT_NODES = etree.XPath(
    "descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False
)


def parse(body: bytes | str, *, url: str, content_type: str | None = None) -> HtmlElement:
    """The page's `html` element, comments and processing instructions left out.

    Text is taken as it is, bytes are decoded (see `encoding.decode`). Markup may be broken in any way; what
    comes after MOST_TAGS is left out. Raises PageError for a page that is empty, a PDF or a picture, larger
    than MAX_BYTES, or nested deeper than libxml2 allows (2,048 levels).
    """
    if len(body) > MAX_BYTES:
        raise PageError(f"{url}: page of {len(body):,} bytes; at most {MAX_BYTES:,} are read")
    if isinstance(body, bytes) and (kind := foreign_format(body)) is not None:
        raise PageError(f"{url}: not a page but {kind}; leave such addresses out")
    data = as_utf8(body, content_type) if isinstance(body, bytes) else body.encode("utf-8", "replace")
    data = _readable(limit_attributes(_limit_tags(data.translate(_FORM_FEED, _CONTROLS))))
    data = _without_early_ends(data)
    parts = streamed_parts(data) if b"$R" in data else {}
    if parts:
        data = without_fallbacks(data, parts)
    root, misnested = _tree(data, url=url, deep=False)
    if misnested and (mended := mend_nesting(data)) is not data:
        data = mended
        root, _ = _tree(data, url=url, deep=False)
    if root is None:
        root = _deep_tree(data, url)
    if parts:
        place_streamed_parts(root, parts)
    if b"shadowroot" in data:
        attach_shadow_roots(root)
    return root


def _limit_tags(data: bytes) -> bytes:
    """The page up to its tag number MOST_TAGS; nearly always the very bytes that came."""
    if data.count(b"<") <= MOST_TAGS:
        return data
    tags = re.finditer(b"<", data)
    return data[: next(islice(tags, MOST_TAGS, None)).start()]


def _readable(data: bytes) -> bytes:
    """The bytes without characters that are not shown, and with a blank for each invalid one.

    Both literal and escaped. A blank, because what stands around it could form another escape.
    """
    text = data.decode("utf-8", "replace")  # to search it takes a fifth of the time of searching the bytes
    for unseen in [character.encode() for character in _UNSEEN if character in text]:
        data = data.replace(unseen, b"")
    data = _NO_CHARACTER.sub(b" ", data)
    if _ESCAPED.search(data) is None:
        return data
    return re.sub(rb"&(?:%b|%b)" % (_DECIMAL, _HEXADECIMAL), b" ", re.sub(b"&" + _UNSEEN_ENTITIES, b"", data))


def _without_early_ends(data: bytes) -> bytes:
    """The page without `</body>` and `</html>` if elements follow them, as templates that are glued together
    have it. Browsers go on in the element that is open there; libxml2 would close all of them."""
    first = min((at for end in _ENDS if (at := data.find(end)) >= 0), default=-1)
    if first < 0 or _START_TAG.search(data, first) is None:
        return data
    return data[:first] + _END_OF_DOCUMENT.sub(b"", data[first:])


def _tree(data: bytes, *, url: str, deep: bool) -> tuple[HtmlElement | None, bool]:
    """The page's root, None where the nesting limit cut it off: 255 levels, 2,047 if `deep`.

    And whether end tags were ignored that browsers heed.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=deep)
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = document_fromstring(data, parser=cast("HTMLParser", parser))
    except etree.ParserError as error:
        raise PageError(f"{url}: page is empty ({len(data)} bytes without any text or element)") from error
    log = parser.error_log  # keeps the last errors
    last = log.last_error
    if last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return None, False
    misnested = len(log) >= _MOST_ERRORS or any(_IGNORED_END.match(entry.message) for entry in log)
    return root, misnested or _has_open_button(root)


def _has_open_button(root: HtmlElement) -> bool:
    """Whether a button holds another one, which in a browser would close it."""
    return any(next(button.iterdescendants("button"), None) is not None for button in root.iter("button"))


def _deep_tree(data: bytes, url: str) -> HtmlElement:
    # huge_tree lifts other limits too; the size was checked, and entities do not expand in HTML.
    root, _ = _tree(data, url=url, deep=True)
    if root is None:
        raise PageError(f"{url}: elements nested deeper than 2,047 levels; no article is made like that")
    return root


def parse_fragment(html: str, *, url: str) -> HtmlElement:
    """A `div` with the fragment inside, white space kept; of text without a tag each line is a paragraph.

    Raises PageError as `parse` does.
    """
    if "<" not in html:
        html = "".join(f"<p>{line}</p>" for line in html.splitlines() if line.strip())
    # Inside the body element no stray end tag closes anything but its own.
    inner = _DOCUMENT_TAGS.sub("", html)
    root = parse(f"<!DOCTYPE html><html><body>{inner}</body></html>", url=url)
    body = root.find("body")
    if body is None or not (len(body) or (body.text or "").strip()):
        raise PageError(f"{url}: body fragment is empty: {html[:60]!r}")
    body.tag = "div"
    return body


def text_of(element: HtmlElement) -> str:
    """The element's text as a browser lays it out on one line: runs of white space as one blank.

    No-break and ideographic spaces are kept, as they are what sets parts of an info line apart.
    """
    return fold("".join(_TEXT_NODES(element)))


def fold(text: str) -> str:
    """The text with runs of HTML's white space as one blank, and stripped."""
    # Of ASCII no other white space is left by the parser, and this is quicker.
    if text.isascii():
        return " ".join(text.split())
    for mark in _UNFOLDED:
        if mark in text:
            return _FOLDED.sub(" ", text).strip()
    return text.strip()


def link_of(element: HtmlElement, url: str) -> str | None:
    """The absolute http address that the element is, stands in, or holds first; None if there is none."""
    for found in (element, element.getparent(), element.find(".//a[@href]")):
        href = found.get("href") if found is not None and found.tag == "a" else None
        address = absolute(href, url)
        if address is not None:
            return address
    return None


def absolute(href: str | None, url: str) -> str | None:
    """`href` seen from the page at `url`; None unless it is a web address (see `is_web_address`)."""
    return joined(url, href) if href else None


def base_of(root: HtmlElement, url: str) -> str:
    """The address from which the links of the page at `url` are seen: that of its first `<base href>`, if it
    is a web address."""
    first = next((node for node in root.iter("base") if node.get("href")), None)
    return (absolute(first.get("href"), url) if first is not None else None) or url


def host_of(url: str) -> str:
    """The host of an address, lower-case; empty if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # such as a broken IPv6 host
        return ""


# --- files that are not pages, recognized by their first bytes: servers send them as `text/html` too

_BEGINNINGS = {
    b"%PDF-": "a PDF document",
    b"\x89PNG\r\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "an Office document",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b\x08": "compressed (gzip)",
    b"\x28\xb5\x2f\xfd": "compressed (zstd)",
    b"ID3\x03": "a sound file",
    b"ID3\x04": "a sound file",
    b"OggS": "a sound file",
    b"wOFF": "a font",
    b"wOF2": "a font",
}
_LISTS = {
    "rss": "a feed",
    "feed": "a feed",
    "rdf:rdf": "a feed",
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
}
_ROOT = re.compile(
    r"\ufeff?\s*(?:<[?](?:(?!<).)*>\s*|<!--(?:(?!-->).)*-->\s*)*<([a-z:]+)[\s>]", re.DOTALL | re.IGNORECASE
)
_NAMED = re.compile(rb"<(?:%s)\b" % "|".join(_LISTS).encode())  # of lower case, which is ten times as quick
_PROLOGUE = 2_000  # characters within which a document's first element begins
_AT_4 = {b"ftyp": "a film"}
_AT_8 = {b"WEBP": "a WebP picture", b"WAVE": "a sound file", b"AVI ": "a film"}


def foreign_format(body: bytes) -> str | None:
    """The format of a body that is not a page, such as `a PDF document`; None if it may be one."""
    head = body[:12].lstrip(b" \r\n")
    if head.startswith(b"<"):  # nearly all pages
        return None
    found = next((name for beginning, name in _BEGINNINGS.items() if head.startswith(beginning)), None)
    if found is None and body.startswith(b"RIFF"):
        found = _AT_8.get(body[8:12])
    return found or _AT_4.get(body[4:8])


def list_format(body: bytes | str) -> str | None:
    """The format of a body that lists articles, such as `a feed`; None if it may be an article."""
    head = body[:_PROLOGUE].encode("utf-8", "replace") if isinstance(body, str) else body[:_PROLOGUE]
    if _NAMED.search(head.lower()) is None:  # nearly all pages
        return None
    root = _ROOT.match(head.decode("utf-8-sig", "replace"))
    return _LISTS.get(root[1].lower()) if root else None


# --- tags with more attributes than any page has
#
# libxml2 compares each attribute's name with all others of its tag: a hundred thousand of them would take a
# minute, a million hours.

MOST_ATTRIBUTES = 1_000  #: of one tag; what comes after them is left out
_HARMLESS = 120_000  # bytes of a page that hold too few names to take long
_LONG = 2 * MOST_ATTRIBUTES  # bytes, the least that so many take
_VALUE = rb"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+)"
_ATTRIBUTE = re.compile(rb"[^\s=>/]++(?:%b)?+" % _VALUE)
_ATTRIBUTES = rb"(?:[\s/=]++|[^\s=>/]++(?:%b)?+)*+" % _VALUE
# Every quantifier is possessive: what was read is not read again another way. The text of scripts and styles
# is skipped: `a<b` is not a tag there.
_TAG = rb"(<(?:script|style)(?=[\s>/])%b)(>(?:[^<]++|<(?!/(?:script|style)))*+)?+|<[a-z][^\s>/]*+%b" % (
    _ATTRIBUTES,
    _ATTRIBUTES,
)
# A page whose tags have two hundred attributes at most, in one match: twice as quick as one a tag.
_SCRIPT = b"[sS](?:[cC][rR][iI][pP][tT]|[tT][yY][lL][eE])"
_FEW = rb"(?:[\s/=]*+[^\s=>/]++(?:=\"[^\"]*+\"|%b)?+){0,200}+[\s/=]*+>" % _VALUE
_ORDINARY = re.compile(
    rb"[^<]*+(?:<(?:/|(?!%b[\s>/])[a-zA-Z][^\s>/]*+%b|%b(?=[\s>/])%b(?:[^<]++|<(?!/%b))*+|(?![a-zA-Z]))[^<]*+)*+"
    % (_SCRIPT, _FEW, _SCRIPT, _FEW, _SCRIPT)
)


def limit_attributes(data: bytes) -> bytes:
    """The page with the first MOST_ATTRIBUTES of each tag; nearly always the very bytes that came."""
    if len(data) <= _HARMLESS or _ORDINARY.fullmatch(data):
        return data
    parts, at = [], 0
    for match in re.finditer(_TAG, data, re.IGNORECASE):
        if match.end() - match.start() >= _LONG and (tag := _shortened(match)) is not None:
            parts += [data[at : match.start()], tag]
            at = match.end()
    return b"".join([*parts, data[at:]]) if parts else data


def _shortened(match: re.Match[bytes]) -> bytes | None:
    """The tag with its first attributes, and the text of its script; None if it has no more than those."""
    tag, text = match[1] or match[0], match[2] or b""
    if len(tag) < _LONG:
        return None
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number > MOST_ATTRIBUTES:
            return tag[: attribute.start()] + text
    return None
