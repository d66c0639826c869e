"""What a site's home page tells of its lists: feeds, sitemaps, sections, and which links are articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.page.context import page_context
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.dates_in_text import in_url
from newscrawl.page.document.parse import base_of, parse
from newscrawl.page.language import language_of_script
from newscrawl.text.urls import canonical_url, joined, site_of

#: Selectors of a list's link to its next page, of sites that nobody declared.
NEXT_PAGE = (
    "a[rel=next]",
    "//a[normalize-space() = '下一页']",
    "//a[normalize-space() = '下页']",
    "//a[normalize-space() = 'Next']",
)
MOST_LINKS = 5_000  #: of the page, the first ones
MOST_SECTIONS = 12
MOST_FEEDS = 10
_FEED_TYPES = frozenset(
    [
        f"application/{kind}"
        for kind in ("rss+xml", "atom+xml", "feed+json", "rdf+xml", "x-rss+xml", "rss", "atom")
    ]
    + ["text/rss+xml", "text/atom+xml", "text/rss", "text/rdf"]
)
_XML_TYPES = frozenset(("text/xml", "application/xml"))  # a feed's where the link is to an alternate
_LINK_HEADER = re.compile(r"<([^<>]*)>([^<]*)")
_LINK_PARAMETER = re.compile(r";\s*(\w+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")
_REFRESH = re.compile(r"\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]*)", re.IGNORECASE)
_LONGEST_HEADER = 20_000
_SOON = 10  # seconds after which a page that refreshes itself is still a mere way to another
_FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feed|atom)(?:/|\.xml|\.json|$)|\.rss$|/rss/[\w/-]+\.xml$", re.IGNORECASE
)
# Feeds of readers' comments by their address or title; a section may be called `Commentary` or 评论.
_COMMENTS = re.compile(
    r"(?<![a-z])comments(?![a-z])|(?<![a-z])comment[ _-]?(?:feed|rss)|评论\s?(?:feed|rss|订阅)|的评论",
    re.IGNORECASE,
)
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
    moved_to: str | None = None  #: where `<meta http-equiv=refresh>` leads at once
    next: str | None = None  #: that of NEXT_PAGE which finds the page's link to a next one


def discover(
    body: bytes, url: str, content_type: str | None = None, *, link_header: str | None = None
) -> Discovered:
    """What the page at `url` leads to; `link_header` is its HTTP header `Link`.

    Raises PageError for bytes that are not a page.
    """
    root = parse(body, url=url, content_type=content_type)
    language = page_context(root, url).language or language_of_script(root.text_content()) or "en"
    base = base_of(root, url)
    links = _links(root, base, url)
    articles = [link for link in links if looks_like_article(link.url, link.text)]
    seen = {link.url for link in articles}
    sections = [link for link in links if link.url not in seen and _is_section(link, url)]
    return Discovered(
        domain=site_of(urlsplit(url).hostname or ""),
        title=_name(root, url),
        language=language,
        zone=zone_of(url, language),
        feeds=_feeds(root, base, url, link_header or ""),
        sections=sections[:MOST_SECTIONS],
        articles=articles,
        next=next((selector for selector in NEXT_PAGE if _finds(root, selector)), None),
        moved_to=_moved_to(root, base, url),
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


def _links(root: HtmlElement, base: str, url: str) -> list[PageLink]:
    site = site_of(urlsplit(url).hostname or "")
    found: dict[str, str] = {}
    for node in islice(root.iter("a"), MOST_LINKS):
        href = (node.get("href") or "").strip()
        if not href or href.lower().startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        whole = joined(base, href)
        if whole is None:
            continue
        address = canonical_url(whole)
        host = urlsplit(address).hostname or ""
        if address.startswith(("http://", "https://")) and site_of(host) == site:
            text = " ".join((node.text_content() or node.get("title") or "").split())
            if len(text) >= len(found.get(address, "")):
                found[address] = text
    return [PageLink(address, text) for address, text in found.items()]


def _finds(root: HtmlElement, selector: str) -> bool:
    return bool(root.xpath(selector) if selector.startswith("/") else root.cssselect(selector))


def _feeds(root: HtmlElement, base: str, url: str, link_header: str) -> list[str]:
    declared = [
        (node.get("href") or "", " ".join((node.get("title") or "", node.text_content())))
        for node in root.iter("link", "a")
        if _declares_feed(node.get("rel") or "", node.get("type") or "")
    ]
    linked = [
        (href, node.text_content())
        for node in root.iter("a")
        if (href := joined(base, node.get("href") or "")) and _FEED_PATH.search(urlsplit(href).path)
    ]
    all_of_them = declared + [(href, "") for href in _in_header(link_header)] + linked
    wanted = [href for href, title in all_of_them if not _COMMENTS.search(f"{href} {title}")]
    addresses = dict.fromkeys(address for href in wanted if (address := _feed_address(base, href)))
    return [address for address in addresses if address not in (base, url)][:MOST_FEEDS]


def _declares_feed(rel: str, kind: str) -> bool:
    """Whether a link of these `rel` and `type` leads to a feed."""
    relations = rel.lower().split()
    mime = kind.partition(";")[0].strip().lower()
    if "stylesheet" in relations or "search" in relations:
        return False
    return mime in _FEED_TYPES or "feed" in relations or (mime in _XML_TYPES and "alternate" in relations)


def _in_header(header: str) -> list[str]:
    """The feeds of an HTTP header `Link` (RFC 8288)."""
    found = []
    for address, parameters in _LINK_HEADER.findall(header[:_LONGEST_HEADER]):
        named = {name.lower(): quoted or bare for name, quoted, bare in _LINK_PARAMETER.findall(parameters)}
        if _declares_feed(named.get("rel", ""), named.get("type", "")):
            found.append(address)
    return found


def _feed_address(base: str, href: str) -> str | None:
    """A feed's address made whole, without the scheme `feed:` of feed readers."""
    word = href.strip()
    if word.lower().startswith("feed:"):
        rest = word[5:]
        word = f"{urlsplit(base).scheme}:{rest}" if rest.startswith("//") else rest
    return joined(base, word) if word else None


def _moved_to(root: HtmlElement, base: str, url: str) -> str | None:
    for node in root.iter("meta"):
        if (node.get("http-equiv") or "").strip().lower() != "refresh" or _in_noscript(node):
            continue
        match = _REFRESH.match(node.get("content") or "")
        target = joined(base, match[2]) if match and match[2].strip() and int(match[1]) <= _SOON else None
        if target and canonical_url(target) != canonical_url(url):
            return target
    return None


def _in_noscript(node: HtmlElement) -> bool:
    return any(outer.tag == "noscript" for outer in node.iterancestors())


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
