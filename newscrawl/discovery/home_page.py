"""What a site's home page tells of its lists: feeds, sitemaps, sections, and which links are articles."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.page.context import page_context
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.dates_in_text import in_url
from newscrawl.page.document.parse import parse
from newscrawl.page.language import language_of_script
from newscrawl.text.urls import canonical_url, joined

#: Selectors of a list's link to its next page, of sites that nobody declared.
NEXT_PAGE = (
    "a[rel=next]",
    "//a[normalize-space() = '下一页']",
    "//a[normalize-space() = '下页']",
    "//a[normalize-space() = 'Next']",
)
MOST_SECTIONS = 12
MOST_FEEDS = 10
_FEED_TYPES = tuple(f"application/{kind}" for kind in ("rss+xml", "atom+xml", "feed+json", "rdf+xml"))
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feed|atom)(?:/|\.xml|\.json|$)|\.rss$|/rss/[\w/-]+\.xml$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|评论", re.IGNORECASE)
_FILE = re.compile(r"\.(?!s?html?$|php$|jsp$|aspx?$)[a-z0-9]{2,5}$", re.IGNORECASE)
# Pages that every site has and that are no news, by a word that is a whole part of their address.
_FURNITURE = frozenset(
    "about aboutus contact contactus login signin register signup account user member privacy terms copyright"
    " legal cookie cookies consent help faq search advertise advertising ads jobs careers sitemap subscribe"
    " newsletter feedback partner partners links app download imprint impressum mentions-legales tag tags"
    " author authors".split()
)
_NUMBER = re.compile(r"\d{5,}")
_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link of a page, on the page's own site."""

    url: str  #: canonical
    text: str


@dataclass(slots=True)
class Discovered:
    """What was found; addresses are absolute, in the page's order."""

    domain: str  #: what the site's hosts share
    title: str | None = None  #: the site's name
    language: str = "en"  #: BCP 47
    zone: str = "UTC"  #: IANA name, of its country and language
    feeds: list[str] = field(default_factory=list)
    sitemap: str | None = None  #: a robots.txt that names sitemaps, where nothing else leads to articles
    sections: list[PageLink] = field(default_factory=list)
    articles: list[PageLink] = field(default_factory=list)
    next: str | None = None  #: that of NEXT_PAGE which finds the page's link to a next one


def discover(body: bytes, url: str, content_type: str | None = None) -> Discovered:
    """What the page at `url` leads to. Raises PageError for bytes that are no page."""
    root = parse(body, url=url, content_type=content_type)
    language = page_context(root, url).language or language_of_script(root.text_content()) or "en"
    base = joined(url, root.xpath("string(//base/@href)") or "") or url
    links = _links(root, base, url)
    articles = [link for link in links if looks_like_article(link.url, link.text)]
    seen = {link.url for link in articles}
    sections = [link for link in links if link.url not in seen and _is_section(link, url)]
    return Discovered(
        domain=_site(urlsplit(url).hostname or ""),
        title=_name(root, url),
        language=language,
        zone=zone_of(url, language),
        feeds=_feeds(root, base),
        sections=sections[:MOST_SECTIONS],
        articles=articles,
        next=next((selector for selector in NEXT_PAGE if _finds(root, selector)), None),
    )


def looks_like_article(url: str, text: str) -> bool:
    """Whether an address and its link's words are like those of an article: a day, a long number or a
    phrase in the address, a headline in the words."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name]
    if not names or is_furniture(names) or _FILE.search(parts.path):
        return False
    last = re.sub(r"\.\w{2,5}$", "", names[-1])
    phrase = last.count("-") + last.count("_") >= 3 and len(last) > 20
    marked = in_url(url) is not None and len(names) > 1
    numbered = bool(_NUMBER.search(parts.path) or _NUMBER.search(parts.query))
    filed = bool(re.search(r"\d", last)) and parts.path.endswith(("html", "htm")) and is_headline(text)
    if marked and re.fullmatch(r"index|\d{1,2}|", last):
        return False  # the list of a day
    return phrase or ((numbered or marked or filed) and (is_headline(text) or not text))


def is_headline(text: str) -> bool:
    """Whether a link's words are a sentence rather than the name of a section."""
    return len(_HAN.findall(text)) >= 8 or len(text.split()) >= 4


def pattern_of(urls: list[str]) -> str | None:
    """A regular expression for Source.articles: the commonest shape of the addresses; None without any.

    >>> pattern_of(["https://e.org/news/2024-05/06/content_123456.html"] * 3)
    '/news/\\\\d+-\\\\d+/\\\\d+/content_(?P<id>\\\\d+)\\\\.html'
    """
    shapes = [_shape(urlsplit(url).path) for url in urls]
    if not shapes:
        return None
    kind = Counter(_kind(shape) for shape in shapes).most_common(1)[0][0]
    alike = {shape for shape in shapes if _kind(shape) == kind}
    shape = alike.pop() if len(alike) == 1 else kind
    before, mark, after = shape.rpartition(r"\d+")
    long_number = mark and any(re.search(r"\d{5,}(?!.*\d{2,}/)", urlsplit(url).path) for url in urls)
    return f"{before}(?P<id>{mark}){after}" if long_number else shape


def _kind(shape: str) -> str:
    """A shape whose folders' names may be any: sections differ by them."""
    return re.sub(r"(?<=/)[a-z]+(?=/)", "[a-z]+", shape)


def _shape(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    if not re.search(r"\d", name) and "-" in name:
        name = r"[\w-]+" + re.escape("." + name.rpartition(".")[2] if "." in name else "")
    else:
        name = re.sub(r"\d+", r"\\d+", re.escape(name).replace(r"\-", "-").replace(r"\_", "_"))
    return re.sub(r"\d+", r"\\d+", re.escape(folder).replace(r"\-", "-")) + slash + name


def _links(root: HtmlElement, base: str, url: str) -> list[PageLink]:
    site = _site(urlsplit(url).hostname or "")
    found: dict[str, str] = {}
    for node in root.iter("a"):
        href = (node.get("href") or "").strip()
        if not href or href.lower().startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        whole = joined(base, href)
        if whole is None:
            continue
        address = canonical_url(whole)
        host = urlsplit(address).hostname or ""
        if address.startswith(("http://", "https://")) and _site(host) == site:
            text = " ".join((node.text_content() or node.get("title") or "").split())
            if len(text) >= len(found.get(address, "")):
                found[address] = text
    return [PageLink(address, text) for address, text in found.items()]


def _finds(root: HtmlElement, selector: str) -> bool:
    return bool(root.xpath(selector) if selector.startswith("/") else root.cssselect(selector))


def _site(host: str) -> str:
    """The part of a host that its sections share: without `www.`, `m.` or another first label of three."""
    labels = host.split(".")
    return ".".join(labels[-3:] if labels[-2:-1] in (["com"], ["co"], ["org"], ["net"]) else labels[-2:])


def _feeds(root: HtmlElement, base: str) -> list[str]:
    declared = [
        (node.get("href") or "", node.get("title") or "")
        for node in root.iter("link")
        if (node.get("type") or "").lower() in _FEED_TYPES
    ]
    linked = [
        (href, node.text_content())
        for node in root.iter("a")
        if (href := joined(base, node.get("href") or "")) and _FEED_PATH.search(urlsplit(href).path)
    ]
    wanted = [href for href, title in declared + linked if href and not _COMMENTS.search(f"{href} {title}")]
    return list(dict.fromkeys(url for href in wanted if (url := joined(base, href))))[:MOST_FEEDS]


def _is_section(link: PageLink, home: str) -> bool:
    parts = urlsplit(link.url)
    names = [name for name in parts.path.split("/") if name]
    if link.url == canonical_url(home) or len(names) > 2 or parts.query or _FILE.search(parts.path):
        return False
    other_host = not names and parts.hostname != urlsplit(home).hostname
    return bool(
        (names or other_host) and link.text and not is_furniture(names) and not is_headline(link.text)
    )


def is_furniture(names: list[str]) -> bool:
    """Whether a path, given by its parts, is of a page that every site has: login, search, privacy …"""
    return any(re.sub(r"\.\w{2,5}$", "", name.lower()) in _FURNITURE for name in names)


def _name(root: HtmlElement, url: str) -> str | None:
    for path in ("//meta[@property='og:site_name']/@content", "//meta[@name='application-name']/@content"):
        if name := " ".join(root.xpath(f"string({path})").split()):
            return name[:60]
    title = " ".join(root.xpath("string(//title)").split())
    return re.split(r"\s*[|_–—-]\s*", title)[0][:60] or urlsplit(url).hostname
