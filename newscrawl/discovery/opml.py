"""OPML 1.0 to 2.0, in which feed readers export their subscriptions (https://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from newscrawl.discovery.xml_repair import CONTROLS, repaired
from newscrawl.errors import UsageError
from newscrawl.text.urls import is_web_address

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LARGEST = 20 * 1024 * 1024  #: bytes of a file; a thousand feeds are less than one of a hundred
NAMESPACE = "urn:newscrawl"  #: of the attribute that keeps a spider's name
Path = tuple[str, ...]  #: of a folder, from the outermost; () is the top level

_FEED_TYPES = frozenset({"rss", "rss1", "rss2", "atom", "rdf", "feed", "pie"})
_LINK_TYPES = frozenset({"link", "include"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """A feed, from all outlines that have its address."""

    url: str  #: http or https
    title: str | None = None
    home: str | None = None  #: the site's page, http or https
    language: str | None = None  #: as written
    folders: tuple[Path, ...] = ((),)  #: it may be in several
    categories: tuple[str, ...] = ()  #: as written: `tech`, or `/Tech/Linux`
    name: str | None = None  #: of its spider, if newscrawl wrote the file
    line: int = 0

    @property
    def key(self) -> str:
        return address_key(self.url)


@dataclass(slots=True)
class Opml:
    """What a file has."""

    feeds: list[OpmlFeed] = field(default_factory=list)
    #: What was left out and why, a line each: `line 12: 'Title' has no xmlUrl, …`
    left_out: list[str] = field(default_factory=list)


def address_key(url: str) -> str:
    """The same for two spellings of a feed's address; http and https make no difference.

    >>> address_key("HTTP://Example.com:80/feed#top"), address_key("https://example.com/feed")
    ('example.com/feed', 'example.com/feed')
    """
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.hostname}{port}{parts.path or '/'}{query}"


def read_opml(document: bytes) -> Opml:
    """The feeds of a file, in its order, each once.

    Bare `&` and other faults that need no guessing are repaired. Raises UsageError for what is not OPML, or
    breaks off.
    """
    root = _parsed(document)
    body = next((child for child in root if _is(child, "body")), None)
    if body is None:
        raise UsageError("the OPML has no <body>, so no feeds; export it again")
    found = Opml()
    by_key: dict[str, OpmlFeed] = {}
    for outline, path in _outlines(body):
        attributes = _attributes(outline)
        words = f"line {outline.sourceline}: {_title(attributes) or 'an outline without text'!r}"
        try:
            feed = _feed(attributes, path, outline.sourceline or 0)
        except ValueError as error:
            found.left_out.append(f"{words} {error}")
            continue
        if feed is None:
            continue
        if (known := by_key.get(feed.key)) is None:
            by_key[feed.key] = feed
        elif path in known.folders:
            found.left_out.append(f"{words} is the feed of line {known.line} again")
        else:
            by_key[feed.key] = replace(known, folders=(*known.folders, path))
    found.feeds = list(by_key.values())
    return found


def write_opml(feeds: Iterable[OpmlFeed], title: str, now: datetime) -> bytes:
    """An OPML 2.0 file; a feed in several folders is written in each. `now` is aware."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"newscrawl": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _clean(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    folders: dict[Path, Element] = {(): etree.SubElement(root, "body")}
    for feed in feeds:
        for path in feed.folders:
            etree.SubElement(_folder(folders, path), "outline", _written(feed))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _parsed(document: bytes) -> Element:
    if len(document) > LARGEST:
        raise UsageError(f"the file has more than {LARGEST // 2**20} MB; OPML of feeds is smaller")
    try:
        root = _by_lxml(document)
    except etree.XMLSyntaxError:
        root = _by_lxml_repaired(document)
    if _is(root, "opml"):
        return root
    name = etree.QName(root).localname
    if name.lower() in ("rss", "feed", "rdf"):
        raise UsageError("this is a feed, not OPML; to crawl it: newscrawl crawl site -a url=ADDRESS")
    raise UsageError(f"this is not OPML: it begins with <{name}>, not with <opml>")


def _by_lxml(document: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(document, parser)


def _by_lxml_repaired(document: bytes) -> Element:
    """Raises UsageError with the line of the file."""
    from newscrawl.page.document.encoding import decode  # slow to import

    text = decode(document)
    mended = repaired(text)
    start = text.find("<opml")
    lines_above = (
        text.count("\n", 0, start) - mended.count(b"\n", 0, mended.find(b"<opml")) if start > 0 else 0
    )
    try:
        return _by_lxml(b"\n" * lines_above + mended)
    except etree.XMLSyntaxError as error:
        line, what = error.position[0], (error.msg or "empty").partition(", line")[0]
        raise UsageError(f"line {line}: the XML is broken ({what}); export the file again") from None


def _outlines(body: Element) -> Iterator[tuple[Element, Path]]:
    """All outlines in order, with the path of their folder."""
    stack: list[tuple[Element, Path]] = [(child, ()) for child in reversed(body)]
    while stack:
        element, path = stack.pop()
        if not _is(element, "outline"):
            continue
        yield element, path
        attributes = _attributes(element)
        is_folder = not _address(attributes) and len(element) > 0
        name = _title(attributes) if is_folder else None
        stack += [(child, (*path, name) if name else path) for child in reversed(element)]


def _feed(attributes: dict[str, str], path: Path, line: int) -> OpmlFeed | None:
    """An outline's feed; None for a folder or a note. Raises ValueError with what is wrong."""
    kind = attributes.get("type", "").lower()
    written = _address(attributes)
    if "+" in kind:
        raise ValueError(f"is of type {attributes['type']}, not a feed; declare it as a Section or Api")
    if not written:
        if kind in _LINK_TYPES:
            raise ValueError("is a link to another list; import that file itself")
        if kind in _FEED_TYPES or "htmlurl" in attributes:
            raise ValueError("has no xmlUrl, the address of its feed")
        return None
    home = _web(attributes.get("htmlurl", ""))
    return OpmlFeed(
        url=_checked(written),
        title=_title(attributes),
        home=home if is_web_address(home) and "@" not in urlsplit(home).netloc else None,
        language=attributes.get("language") or None,
        folders=(path,),
        categories=tuple(each.strip() for each in attributes.get("category", "").split(",") if each.strip()),
        name=attributes.get(f"{{{NAMESPACE}}}name") or None,
        line=line,
    )


def _checked(written: str) -> str:
    url = _web(written)
    if not is_web_address(url):
        raise ValueError(f"has the address {written[:200]!r}, which is not an http address")
    if "@" in urlsplit(url).netloc:
        raise ValueError(
            "has a password in its address; declare it by hand, with headers that name a variable"
        )
    return url


def _web(written: str) -> str:
    """An address without the scheme `feed:` of feed readers."""
    if not written.lower().startswith("feed:"):
        return written
    rest = written[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def _address(attributes: dict[str, str]) -> str:
    by_type = attributes.get("url", "") if attributes.get("type", "").lower() in _FEED_TYPES else ""
    return attributes.get("xmlurl") or by_type


def _title(attributes: dict[str, str]) -> str | None:
    return attributes.get("text") or attributes.get("title") or None


def _attributes(element: Element) -> dict[str, str]:
    """With names in lower case, which readers spell differently, and blanks as one."""
    return {
        name if name.startswith("{") else name.lower(): " ".join(value.split())
        for name, value in element.attrib.items()
    }


def _is(element: Element, name: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).localname.lower() == name


def _folder(folders: dict[Path, Element], path: Path) -> Element:
    if path not in folders:
        name = _clean(path[-1])
        folders[path] = etree.SubElement(
            _folder(folders, path[:-1]), "outline", {"text": name, "title": name}
        )
    return folders[path]


def _written(feed: OpmlFeed) -> dict[str, str]:
    title = _clean(feed.title or feed.url)
    categories = ",".join(each.replace(",", " ") for each in feed.categories)
    optional = {"htmlUrl": feed.home, "language": feed.language, "category": categories}
    optional[f"{{{NAMESPACE}}}name"] = feed.name
    return {
        "type": "rss",
        "text": title,
        "title": title,
        "xmlUrl": feed.url,
        **{name: _clean(value) for name, value in optional.items() if value},
    }


def _clean(text: str) -> str:
    return CONTROLS.sub("", text)
