"""A page's bytes or text as one lxml tree, and text out of its elements."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from newscrawl.errors import PageError
from newscrawl.page.document.attributes import without_masses
from newscrawl.page.document.encoding import as_utf8
from newscrawl.page.document.formats import foreign_format
from newscrawl.text.urls import joined

MAX_BYTES = 10 * 1024 * 1024  #: of one page; Scrapy's DOWNLOAD_MAXSIZE of this project
MAX_TAGS = 400_000  #: start and end tags of one page: libxml2 keeps 120 bytes of each element and text

# One class for all elements: lxml.html asks a function of Python for the class of each.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement)
# What libxml2 would turn into U+FFFD, stop at, or take and not let be set again: no character of XML.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_FORM_FEED = bytes.maketrans(b"\f", b" ")
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_DECIMAL = rb"#0*+(?:[1-8]|1[124-9]|2\d|3[01]|6553[45])(?:;|(?!\d))"
_HEXADECIMAL = rb"#[xX]0*+(?:[1-8bcefBCEF]|1[\da-fA-F]|[fF]{3}[efEF])(?:;|(?![\da-fA-F]))"
# Where a browser may break a word: in the text of a post, and for whoever searches it, only in the way.
_SOFT_HYPHEN = re.compile(rb"\xc2\xad")
_HYPHENS = rb"(?:shy|#173|#[xX][aA][dD]);"
_ESCAPED = re.compile(rb"&(?:%b|%b|%b)" % (_HYPHENS, _DECIMAL, _HEXADECIMAL))  # most pages have none of them
_FOLDED = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")  # but for single blanks, which stay
_UNFOLDED = ("\n", "  ", "\t", "\r", "\f")
_DOCUMENT_TAGS = re.compile(r"</?(?:html|body)\b[^>]*>", re.IGNORECASE)
_TEXT_NODES = etree.XPath(
    "descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False
)


def parse(body: bytes | str, *, url: str, content_type: str | None = None) -> HtmlElement:
    """The page's `html` element, comments and processing instructions left out.

    Text is taken as it is, bytes are decoded (see `encoding.decode`). Markup may be broken in any
    way. Raises PageError for a page that is empty, a PDF or a picture, larger than MAX_BYTES, nested deeper
    than libxml2 allows (2,048 levels), with more tags than MAX_TAGS, or made of attributes by the ten
    thousands.
    """
    if len(body) > MAX_BYTES:
        raise PageError(f"{url}: page of {len(body):,} bytes; at most {MAX_BYTES:,} are read")
    if isinstance(body, bytes) and (kind := foreign_format(body)) is not None:
        raise PageError(f"{url}: not a page but {kind}; leave such addresses out")
    data = as_utf8(body, content_type) if isinstance(body, bytes) else body.encode("utf-8", "replace")
    if (tags := data.count(b"<")) > MAX_TAGS:
        raise PageError(f"{url}: page of {tags:,} tags; at most {MAX_TAGS:,} are read")
    data = _readable(without_masses(data.translate(_FORM_FEED, _CONTROLS)))
    root = _tree(data, url=url, deep=False)
    return _deep_tree(data, url) if root is None else root


def _readable(data: bytes) -> bytes:
    """The bytes without soft hyphens, and with a blank where what they hold or name is no character.

    A blank, lest what stood around it becomes another one.
    """
    data = _NO_CHARACTER.sub(b" ", _SOFT_HYPHEN.sub(b"", data))
    if _ESCAPED.search(data) is None:
        return data
    return re.sub(rb"&(?:%b|%b)" % (_DECIMAL, _HEXADECIMAL), b" ", re.sub(b"&" + _HYPHENS, b"", data))


def _tree(data: bytes, *, url: str, deep: bool) -> HtmlElement | None:
    """None where the nesting limit cut the page off: 255 levels, 2,047 if `deep`."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=deep)
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = document_fromstring(data, parser=cast("HTMLParser", parser))
    except etree.ParserError as error:
        raise PageError(f"{url}: page is empty ({len(data)} bytes without any text or element)") from error
    last = parser.error_log.last_error
    cut_off = last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT
    return None if cut_off else root


def _deep_tree(data: bytes, url: str) -> HtmlElement:
    # huge_tree lifts other limits too; the size was checked, and entities do not expand in HTML.
    root = _tree(data, url=url, deep=True)
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
    """Runs of HTML's white space as one blank, none at the ends."""
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
