"""XML of feeds and sitemaps as it is found, made fit for an XML parser."""

from __future__ import annotations

import re
from html.entities import html5

_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
#: Characters that XML 1.0 does not allow.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&(?:#(\d+|[xX][\da-fA-F]+);|([A-Za-z][A-Za-z\d]*);)")
_BARE = re.compile(r"&(?!(?:#(?:\d+|[xX][\da-fA-F]+)|[A-Za-z][A-Za-z\d]*);)")
#: What may have to be repaired: anything but XML's own five names.
_SUSPECT = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_PREFIX = re.compile(r"</?([A-Za-z][\w.-]{0,40}):[A-Za-z]")
_ROOT = re.compile(r"<[A-Za-z][\w.:-]*(?=[\s/>])")
#: One character as two references, the halves of its pair in UTF-16: `&#55357;&#56832;`, `&#xD83D;&#xDE00;`.
_PAIR = re.compile(
    r"&#(?:[xX]([dD][89abAB][\da-fA-F]{2});&#[xX]([dD][c-fC-F][\da-fA-F]{2})|(5[56]\d{3});&#(5[67]\d{3}));"
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LONGEST_NUMBER = 8  # digits of a character's number
_LOOKED_AT = 1_000_000  # characters in which prefixes are looked for
_HEAD = 5_000  # characters that may stand before the document, such as PHP's warnings

#: Namespaces by their usual prefixes, for documents that use one without declaring it.
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
}


def repaired(text: str) -> bytes:
    """The document as UTF-8 without an XML declaration.

    A `&` that begins no reference is escaped, HTML's names of characters are replaced by the characters,
    characters that XML does not allow are left out, and prefixes that are used without a declaration are
    declared. A value that breaks off at the end of the document is left out: half an address is another one.
    Nesting stays as it is: tags that are not closed are left to the parser.
    """
    start = _DECLARATION.search(text, 0, _HEAD)
    if start:
        text = text[start.end() :]
    text = _whole(CONTROLS.sub("", text).strip("\ufeff \t\r\n"))
    if _SUSPECT.search(text):
        text = _with_references(text)
    return _with_prefixes(text).encode("utf-8", "replace")


def _whole(text: str) -> str:
    """The document without the value or tag in which it breaks off; as it is if it ends with a tag."""
    last = text.rfind("<")
    return text if last < 0 or text.endswith(">") else text[:last]


def _joined_pair(match: re.Match[str]) -> str:
    """The character of which the two references are the halves."""
    high, low = (int(match[1], 16), int(match[2], 16)) if match[1] else (int(match[3]), int(match[4]))
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _with_references(text: str) -> str:
    """The text with its references repaired; sections of CDATA hold none."""
    text = _PAIR.sub(_joined_pair, text)
    own_entities = "<!ENTITY" in text[:_HEAD]

    def repair(match: re.Match[str]) -> str:
        number, name = match.groups()
        if number:
            return match[0] if _is_character(number) else ""
        if name in _XML_NAMES or (own_entities and f"{name};" not in html5):
            return match[0]
        characters = html5.get(f"{name};")
        if characters is None:
            return f"&amp;{match[0][1:]}"
        return (
            characters.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        )

    first, *others = text.split("<![CDATA[")
    parts = [_REFERENCE.sub(repair, _BARE.sub("&amp;", first))]
    for other in others:
        inside, end, after = other.partition("]]>")
        parts += ["<![CDATA[", inside, end, _REFERENCE.sub(repair, _BARE.sub("&amp;", after))]
    return "".join(parts)


def _is_character(number: str) -> bool:
    """Whether XML allows the character of a numeric reference (`160`, `x9`)."""
    digits = number.lstrip("xX0") or "0"
    if len(digits) > _LONGEST_NUMBER:
        return False
    code = int(digits, 16 if number[0] in "xX" else 10)
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code < 0x110000


def _with_prefixes(text: str) -> str:
    root = _ROOT.search(text)
    if root is None:
        return text
    attributes = text[root.end() : text.find(">", root.end())]
    missing = sorted(
        name
        for name in set(_PREFIX.findall(text, 0, _LOOKED_AT)) - {"xml"}
        if not re.search(rf"\sxmlns:{name}\s*=", attributes)
    )
    declared = "".join(f' xmlns:{name}="{NAMESPACES.get(name, f"urn:{name}")}"' for name in missing[:50])
    return text[: root.end()] + declared + text[root.end() :]
