"""Source: what a spider declares of its site, checked when it is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jmespath
from jmespath.exceptions import JMESPathError
from parsel.csstranslator import HTMLTranslator

from newscrawl.errors import UsageError
from newscrawl.model.layouts import DataLayout, Layout, PageLayout, Selectors, is_xpath
from newscrawl.model.lists import Api, Feed, Section, Sitemap
from newscrawl.model.seen import Seen
from newscrawl.model.url_templates import fields_of, names_in

RENDER_WAYS = ("never", "empty", "always")  #: values of Source.render

ListSource = Feed | Sitemap | Section | Api

__all__ = [
    "RENDER_WAYS",
    "Api",
    "DataLayout",
    "Feed",
    "Layout",
    "ListSource",
    "PageLayout",
    "Section",
    "Seen",
    "Selectors",
    "Sitemap",
    "Source",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One news site: where its lists are, which of their links are articles, how its pages and clock go.

    Raises UsageError, which says what is wrong and shows a correct one, for a declaration that cannot work.
    """

    title: str  #: for people: `东方财富网`
    domain: str  #: registrable domain: `eastmoney.com`
    domains: tuple[str, ...] = ()  #: further ones that its articles stand on
    language: str = "zh"  #: BCP 47
    zone: str = "Asia/Shanghai"  #: IANA name of the clock its pages show
    outlet: str | None = None  #: credited where the page names nobody; None: nobody
    lists: tuple[ListSource, ...] = ()  #: its lists; empty where the spider asks for them itself
    #: Regular expression that is found in the URL of each article and in no other. A group `id` is the
    #: article's own number, one over all addresses of it; without it the canonical URL is the identity.
    articles: str | None = None
    #: (regular expression, replacement) pairs, applied to each URL in turn before it is asked for: from a
    #: mobile or syndicated twin to the page that is read.
    rewrite: tuple[tuple[str, str], ...] = ()
    #: (regular expression, replacement) pairs: from an article's own address to the one that answers with it,
    #: where these differ (an API).
    fetch: tuple[tuple[str, str], ...] = ()
    layouts: tuple[Layout, ...] = ()  #: newest first
    parts: Selectors = ()  #: links to an article's further pages, where they are not found without
    cookies: bool = (
        False  #: whether its pages want the cookies that they set; they are forgotten after each run
    )
    #: How long after publication a page may change; until then it is read again at growing intervals.
    revisit: timedelta = timedelta(days=1)
    #: Whether its articles' pages are kept in WARC files; None: as the setting NEWSCRAWL_KEEP_PAGES says.
    keep_pages: bool | None = None
    #: Whether articles' pages are rendered in a browser: `never`; `empty`, those that have no article as they
    #: are downloaded; `always`, all of them. See docs/rendering.md.
    render: str = "never"
    seen: Seen | None = None  #: what these declarations rest on, and when that was seen; None: not said
    #: The longest time that the source may bring nothing new; None: learned from its own rhythm. For a source
    #: that is slow or irregular, so that it is not reported as quiet.
    quiet: timedelta | None = None
    _article: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        check_source(self)
        if self.articles:
            object.__setattr__(self, "_article", re.compile(self.articles))

    def rewritten(self, url: str) -> str:
        """The address that is asked for in place of `url`."""
        for pattern, replacement in self.rewrite:
            url = re.sub(pattern, replacement, url)
        return url

    def fetched(self, url: str) -> str:
        """The address that answers with the article at `url`."""
        for pattern, replacement in self.fetch:
            url = re.sub(pattern, replacement, url)
        return url

    def is_article(self, url: str) -> bool:
        """Whether the address is an article's, as far as `articles` tells; of a source without it, True."""
        return self._article is None or self._article.search(url) is not None

    def number_of(self, url: str) -> str | None:
        """What group `id` of `articles` holds in a URL; None where there is none."""
        match = self._article.search(url) if self._article else None
        return match.groupdict().get("id") if match else None

    def covers(self, host: str) -> bool:
        """Whether a host is one of its domains or below one."""
        return any(f".{host}".endswith(f".{domain}") for domain in (self.domain, *self.domains))


def renders(source: Source) -> bool:
    """Whether some of its pages are declared to be rendered in a browser."""
    return source.render != "never" or any(getattr(each, "render", False) for each in source.lists)


# --- checks: what cannot work is reported where it is declared, with a working example

_RIGHT = """A correct one:
    Source(
        title="某财经网", domain="example.com", zone="Asia/Shanghai",
        lists=(Feed("https://example.com/rss.xml"),),
        articles=r"/article/(?P<id>\\d+)\\.html",
        layouts=(PageLayout(name="2026", title=("h1",), body=("div.text",), date=(".time",)),),
    )"""
_A_TIME = datetime(2026, 11, 20, 9, 30)  # noqa: DTZ001  any
_DOMAIN = re.compile(r"^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_PLACES = frozenset({"page", "offset", "cursor", "size", "now", "now_ms", "day"})
_FIELDS = ("title", "body", "date", "outlet", "authors", "editors", "columns", "digest")
_EXPRESSIONS = "items title date outlet digest columns authors text only ok cursor".split()


def check_source(source: Source) -> None:
    """Raises UsageError naming the first declaration of a source that is wrong, and how to right it."""
    if wrong := next(_faults(source), None):
        raise UsageError(f"Source {source.title!r}: {wrong}\n{_RIGHT}")


def _faults(source: Source) -> Iterator[str]:
    if not source.title.strip():
        yield "title is empty; give the site's name"
    for domain in (source.domain, *source.domains):
        if not _DOMAIN.match(domain):
            yield f"domain {domain!r} is not a domain; write it without https:// and path, as 'example.com'"
    if not _LANGUAGE.match(source.language):
        yield f"language {source.language!r} is not a BCP 47 tag; use one such as 'zh', 'zh-Hant' or 'en-GB'"
    try:
        ZoneInfo(source.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"zone {source.zone!r} is not an IANA zone; use one such as 'Asia/Shanghai' or 'Europe/London'"
    yield from _seen_faults(source.seen)
    if source.quiet is not None and source.quiet <= timedelta():
        yield f"quiet {source.quiet} is not a positive time; timedelta(days=30) is"
    if source.render not in RENDER_WAYS:
        yield f"render {source.render!r} is not one of {', '.join(map(repr, RENDER_WAYS))}"
    yield from _regex_faults("articles", source.articles)
    for name, pairs in (("rewrite", source.rewrite), ("fetch", source.fetch)):
        for pattern, _ in pairs:
            yield from _regex_faults(name, pattern)
    yield from _selector_faults("parts", source.parts)
    yield from _layout_faults(source.layouts)
    for i, entry in enumerate(source.lists):
        yield from (f"lists[{i}] ({type(entry).__name__}): {fault}" for fault in _entry_faults(entry))


def _seen_faults(seen: Seen | None) -> Iterator[str]:
    if seen is None:
        return
    try:
        seen.last_day()
    except ValueError as error:
        yield f"seen: {error}"
    if not seen.how.strip():
        yield "seen does not say how; 'public code', 'newscrawl check'"


def _layout_faults(pages: Iterable[Layout]) -> Iterator[str]:
    names: set[str] = set()
    for layout in pages:
        if layout.name in names:
            yield f"two page layouts are named {layout.name!r}; name each for its first year"
        names.add(layout.name)
        for name in ("title", "body"):
            if not getattr(layout, name):
                yield f"page layout {layout.name!r} has no {name}; a page is told by its title and body"
        if isinstance(layout, DataLayout):
            yield from _regex_faults("after", layout.after)
            for name in _FIELDS:
                if expression := getattr(layout, name):
                    yield from _expression_faults(f"page layout {layout.name!r}, {name}", expression)
            continue
        for name in (*_FIELDS, "drop", "lead"):
            yield from _selector_faults(f"page layout {layout.name!r}, {name}", getattr(layout, name))


def _selector_faults(where: str, selectors: object) -> Iterator[str]:
    if isinstance(selectors, str):
        yield f"{where} is the string {selectors!r}; selectors are a tuple: ({selectors!r},)"
        return
    for selector in selectors if isinstance(selectors, tuple) else ():
        try:
            _compile(selector)
        except Exception as error:  # noqa: BLE001  cssselect and lxml raise many kinds
            yield f"{where}: {selector!r} is not a valid selector ({error})"


def _compile(selector: str) -> None:
    from lxml import etree

    etree.XPath(selector if is_xpath(selector) else HTMLTranslator().css_to_xpath(selector))


def _regex_faults(where: str, pattern: str | None) -> Iterator[str]:
    try:
        re.compile(pattern or "")
    except re.error as error:
        yield f"{where} {pattern!r} is not a valid regular expression: {error}"


def _entry_faults(entry: object) -> Iterator[str]:
    url = getattr(entry, "url", "")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        yield f"url {url!r} is not an http address; write it as 'https://example.com/…'"
    if form := getattr(entry, "date_format", None):
        yield from _form_faults(form)
    if isinstance(entry, Sitemap):
        yield from _regex_faults("follow", entry.follow)
    elif isinstance(entry, Section):
        yield from _section_faults(entry)
    elif isinstance(entry, Api):
        yield from _api_faults(entry)


def _form_faults(form: str) -> Iterator[str]:
    if missing := [part for part in ("%Y", "%m", "%d") if part not in form]:
        yield f"date_format {form!r} is without {', '.join(missing)}; '%m/%d/%Y %H:%M' has all three"
        return
    try:
        datetime.strptime(_A_TIME.strftime(form), form)  # noqa: DTZ007  only whether it can be read
    except ValueError as error:
        yield f"date_format {form!r} is none that strptime reads: {error}"


def _section_faults(entry: Section) -> Iterator[str]:
    for name in ("links", "titles", "dates", "digests", "next"):
        yield from _selector_faults(name, getattr(entry, name))
    if entry.items is not None:
        yield from _selector_faults("items", (entry.items,))
        for selector in (*entry.links, *entry.titles, *entry.dates, *entry.digests):
            if is_xpath(selector):
                yield f"{selector!r} looks in the whole page; inside items give CSS"
    if entry.pages is not None and "page" not in names_in(entry.pages):
        yield f"pages {entry.pages!r} holds no {{page}}"
    if (entry.count or entry.descending) and not entry.pages:
        yield "count and descending want pages, the address with {page}"
    if entry.descending and not entry.count:
        yield "descending wants count, which says where to begin"
    yield from _regex_faults("count", entry.count)
    if entry.count and not re.compile(entry.count).groups:
        yield f"count {entry.count!r} has no group; r'maxpage = (\\d+)' has"


def _api_faults(entry: Api) -> Iterator[str]:
    for name in _EXPRESSIONS:
        if expression := getattr(entry, name):
            yield from _expression_faults(name, expression)
    if entry.link and "://" in entry.link:
        for expression in fields_of(entry.link):
            yield from _expression_faults("link", expression)
    elif entry.link:
        yield from _expression_faults("link", entry.link)
    elif not (entry.full and entry.text):
        yield "link is missing; only where full=True and text is given are pages not asked for"
    if unknown := (names_in(entry.url) - _PLACES):
        yield f"url holds {{{min(unknown)}}}; it may hold {', '.join(sorted(_PLACES))}"
    asks = names_in(entry.url) | names_in(entry.body or "")
    if ("cursor" in asks) != (entry.cursor is not None):
        yield "{cursor} in url or body and the expression cursor go together"
    if entry.body is not None and entry.method == "GET":
        yield "a body wants method='POST'"
    yield from _regex_faults("after", entry.after)


def _expression_faults(where: str, expression: str) -> Iterator[str]:
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        yield f"{where} {expression!r} is not a valid JMESPath expression: {str(error).splitlines()[0]}"
