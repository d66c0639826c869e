"""Structured data: candidates from JSON-LD, meta tags, microdata and the marking ids of Chinese CMSs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.model.draft import Candidate
from newscrawl.page.document.blocks import MARKING_IDS, BlockTree
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import absolute, text_of
from newscrawl.page.structured.schema_org import Graph, Object, read_microdata, string

_WECHAT_DATE = re.compile(r"""\b(?:ct|oriCreateTime)\s*=\s*["'](1\d{9})["']""")
# What Yoast calls the writer in a card, in the page's language.
_WRITTEN_BY = re.compile(
    r"(?:written|posted) by|(?:verfasst|geschrieben) von|(?:écrit|rédigé) par|escrito por|scritto da"
    r"|geschreven door|作者|作成者|글쓴이|author|autor|auteur",
    re.IGNORECASE,
)
_MOST_CANDIDATES = 200  # candidates for a field
_LONGEST_NAME = 80  # characters of an author
_MOST_READ = 2_000_000  # characters of marked elements, which are read again where they stand in one another


@dataclass(slots=True)
class Structured:
    """Candidates by field, best first, and facts about the page as a whole."""

    headlines: list[Candidate] = field(default_factory=list)  #: of JSON-LD
    titles: list[Candidate] = field(default_factory=list)  #: of meta names
    dates: list[Candidate] = field(default_factory=list)  #: as good as certain
    weak_dates: list[Candidate] = field(default_factory=list)
    changes: list[Candidate] = field(default_factory=list)  #: dates of changes
    outlets: list[Candidate] = field(default_factory=list)
    publishers: list[Candidate] = field(default_factory=list)  #: the site itself
    authors: list[Candidate] = field(default_factory=list)
    editors: list[Candidate] = field(default_factory=list)
    columns: list[Candidate] = field(default_factory=list)
    digests: list[Candidate] = field(default_factory=list)
    body: str | None = None  #: JSON-LD articleBody
    canonical_url: str | None = None
    paywalled: bool = False
    article: bool = False  #: an object of an article type was there
    works: list[Object] = field(default_factory=list)  #: JSON-LD of the article and of its page


def read_structured(tree: BlockTree, url: str, base: str | None = None) -> Structured:
    """All structured data of the page at `url`; `base` is what its links are relative to."""
    structured = Structured()
    graph, names = Graph(tree.scripts), MetaTags(tree.metas)
    articles = graph.own_article(graph.articles(), url, tree.title)
    structured.works = [*articles[:1], *graph.webpages()]
    _read_articles(graph, articles, structured)
    _read_cambrian(graph, structured)
    _read_metas(names, structured)
    _read_marked(tree, structured)
    _read_webpages(graph, structured)
    _add_metas(structured.dates, "meta", names, PUBLISHED[1:])
    _add_metas(structured.weak_dates, "meta", names, WEAK_DATES)
    _add_metas(structured.changes, "meta", names, CHANGED)
    for name, value in names.dated():
        if HAS_YEAR.search(value):
            _add_candidate(structured.weak_dates, value, f"meta {name}")
    _read_breadcrumb(graph, structured)
    _add_metas(structured.columns, "meta", names, COLUMNS)
    structured.canonical_url = _canonical(tree, names, base or url)
    return structured


def _add_candidate(into: list[Candidate], value: str | None, rule: str) -> None:
    if value and len(into) < _MOST_CANDIDATES and all(value != other.value for other in into):
        into.append(Candidate(value, "structured", rule))


def _add_metas(into: list[Candidate], kind: str, names: MetaTags, wanted: tuple[str, ...]) -> None:
    for name, value in names.all(wanted):
        _add_candidate(into, value, f"{kind} {name}")


def _read_articles(graph: Graph, articles: list[Object], structured: Structured) -> None:
    for number, article in enumerate(articles):
        structured.article = True
        if number == 0:
            _add_candidate(
                structured.headlines,
                string(article.get("headline")) or string(article.get("name")),
                "json-ld headline",
            )
            _add_candidate(structured.dates, string(article.get("datePublished")), "json-ld datePublished")
            _add_candidate(structured.weak_dates, string(article.get("dateCreated")), "json-ld dateCreated")
            _add_candidate(structured.changes, string(article.get("dateModified")), "json-ld dateModified")
            _add_candidate(structured.digests, string(article.get("description")), "json-ld description")
            _add_candidate(
                structured.columns, string(article.get("articleSection")), "json-ld articleSection"
            )
            structured.body = structured.body or string(article.get("articleBody"))
            structured.paywalled = _paywalled(article)
            _read_people(graph, article, structured)
        elif not structured.dates:
            _add_candidate(structured.dates, string(article.get("datePublished")), "json-ld datePublished")


def _read_people(graph: Graph, article: Object, structured: Structured) -> None:
    for key in ("author", "creator"):
        for name, organization in graph.names(article.get(key)):
            _add_candidate(
                structured.publishers if organization else structured.authors, name, f"json-ld {key}"
            )
    for name, _ in graph.names(article.get("editor")):
        _add_candidate(structured.editors, name, "json-ld editor")
    for name, _ in graph.names(article.get("sourceOrganization")):
        _add_candidate(structured.outlets, name, "json-ld sourceOrganization")
    for name, organization in graph.names(article.get("publisher")):
        if organization or all(
            name != author.value for author in structured.authors
        ):  # a blogger is not an outlet
            _add_candidate(structured.publishers, name, "json-ld publisher")


def _paywalled(article: Object) -> bool:
    parts: Any = article.get("hasPart")
    stated = [
        article,
        *(part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)),
    ]
    return any(str(thing.get("isAccessibleForFree")).lower() == "false" for thing in stated)


def _read_cambrian(graph: Graph, structured: Structured) -> None:
    for thing in graph.objects:
        if "cambrian" in str(thing.get("@context")):
            _add_candidate(structured.dates, string(thing.get("pubDate")), "cambrian pubDate")
            _add_candidate(structured.titles, string(thing.get("title")), "cambrian title")


def _read_metas(names: MetaTags, structured: Structured) -> None:
    _add_metas(structured.titles, "meta", names, TITLES)
    _add_metas(structured.dates, "meta", names, PUBLISHED[:1])
    _add_metas(structured.outlets, "meta", names, OUTLETS)
    _add_metas(structured.publishers, "meta", names, SITES)
    _add_metas(structured.editors, "meta", names, EDITORS)
    _add_metas(structured.digests, "meta", names, DIGESTS)
    for name, value in names.all(AUTHORS):
        if not value.startswith(("http", "@", "/")):
            _add_candidate(structured.authors, _in_order(value, name), f"meta {name}")
    label = names.first(("twitter:label1",))
    if label is not None and _WRITTEN_BY.fullmatch(label):
        _add_metas(structured.authors, "meta", names, ("twitter:data1",))
    tier = names.first(("article:content_tier",))
    structured.paywalled = structured.paywalled or tier in ("locked", "metered")


def _in_order(author: str, name: str) -> str:
    """A name as it is said: for libraries, papers give `Lindqvist, Ada`."""
    family, comma, given = author.partition(", ")
    inverted = name == "citation_author" and comma and "," not in given
    return f"{given} {family}" if inverted else author


def _read_marked(tree: BlockTree, structured: Structured) -> None:
    """Microdata of the article, and the ids that Baidu reads."""
    into = {
        "date": structured.dates,
        "change": structured.changes,
        "headline": structured.titles,
        "author": structured.authors,
        "editor": structured.editors,
        "publisher": structured.publishers,
        "outlet": structured.outlets,
        "column": structured.columns,
        "digest": structured.digests,
    }
    read = 0
    for field_name, value, rule in read_microdata(tree):
        if field_name != "author" or len(value) <= _LONGEST_NAME:
            _add_candidate(into[field_name], value, rule)
        read += len(value)
        if read > _MOST_READ:
            break
    for node in tree.signed:
        field_name = MARKING_IDS[node.element.get("id", "")]
        _add_candidate(getattr(structured, field_name), text_of(node.element), f"#{node.element.get('id')}")
        if node.element.get("id") == "js_name":
            _add_candidate(structured.dates, _wechat_date(tree), "script ct")


def _wechat_date(tree: BlockTree) -> str | None:
    """When WeChat says that a post was made, in seconds since 1970; its page shows `昨天`."""
    for script in tree.root.iter("script"):
        if match := _WECHAT_DATE.search(script.text or ""):
            return match[1]
    return None


def _read_webpages(graph: Graph, structured: Structured) -> None:
    for thing in graph.webpages():
        _add_candidate(structured.dates, string(thing.get("datePublished")), "json-ld WebPage datePublished")
        _add_candidate(structured.changes, string(thing.get("dateModified")), "json-ld WebPage dateModified")
    for thing in graph.objects:
        if "datePublished" in thing and not structured.dates:
            _add_candidate(structured.dates, string(thing.get("datePublished")), "json-ld datePublished")


def _read_breadcrumb(graph: Graph, structured: Structured) -> None:
    for trail in graph.of_type("BreadcrumbList")[:1]:
        items = trail.get("itemListElement")
        for item in items if isinstance(items, list) else []:
            inner = item.get("item") if isinstance(item, dict) else None
            name = item.get("name") if isinstance(item, dict) else None
            _add_candidate(
                structured.columns,
                string(name or (inner.get("name") if isinstance(inner, dict) else None)),
                "json-ld breadcrumb",
            )


def _canonical(tree: BlockTree, names: MetaTags, url: str) -> str | None:
    """The first canonical address in the page's head that may be an article's."""
    links = (link for link in tree.links if "canonical" in (link.get("rel") or "").lower().split())
    given = [link.get("href") for link in links if _is_in_head(link)]
    for href in (*given, names.first(CANONICAL)):
        address = absolute(href, url)
        if address is not None and not _is_slip(address, url):
            return address
    return None


def _is_in_head(link: HtmlElement) -> bool:
    """Whether it is the page's own: not one of an article's or a comment's text."""
    inside = {parent.tag for parent in link.iterancestors()}
    return inside.isdisjoint(("article", "main", "p", "section", "aside", "footer"))


# What a template wrote for a variable that had no value, or was never filled in.
_UNFILLED = re.compile(
    r"[{}<]|%7[bd]|%3c|\[\[|(?:^|[/=])(?:undefined|null|none|nan|false)(?:[/.?]|$)", re.IGNORECASE
)
_INWARD = re.compile(
    r"(?:localhost|[^.]+|.+\.(?:localhost|local|internal|lan|test|invalid)|(?:127|10)(?:\.\d+){3}"
    r"|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|169\.254\.\d+\.\d+|0\.0\.0\.0|\[.*)"
)


def _is_slip(address: str, url: str) -> bool:
    """Whether a canonical address is a slip of the site's software: an inward host, an empty variable, or
    the home page of an article."""
    parts, own = urlsplit(address), urlsplit(url)
    if parts.hostname == own.hostname and address.partition("#")[0] == url.partition("#")[0]:
        return False
    if _INWARD.fullmatch(parts.hostname or "") and not _INWARD.fullmatch(own.hostname or ""):
        return True
    if parts.path in ("", "/") and not parts.query:
        return own.path not in ("", "/")
    return _UNFILLED.search(address.partition("://")[2].partition("/")[2]) is not None


# --- meta tags: the names that newsrooms use for each field, best first; all lower-case

TITLES = ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title", "articletitle", "hdl")

#: Nearly always right (article:published_time 95 %, datepublished 89 %).
PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "datepublished",
    "date_published",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "og:release_date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "parsely-pub-date",
    "vr:published-time",
    "firstcreate",
    "prism.publicationdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published-date",
    "published_date",
    "publication_date",
    "publicationdate",
    "rnews:datepublished",
    "iso-8601-publish-date",
    "article:create_at",
    "article_date_original",
    "originalpublicationdate",
    "bt:pubdate",
    "pub_date",
    "publishtime",
    "apub:time",
    "mediator_published_time",
    "bytedance:published_time",
    "firstpublishedtime",
    "article:publish_time",
    "article:publish_date",
    "dc.date.published",
    "publishedtime",
    "publish_time",
    "og:time",
    "ptime",
    "_pubtime",
)
#: Also used for a day, a revision or the site's build: a good date in the text comes first.
WEAK_DATES = ("pubdate", "date", "dc.date", "dcterms.date", "dc.date.created", "article.created", "created")
CHANGED = ("article:modified_time", "og:updated_time", "datemodified", "article:modified", "modified_time")
#: Of publication by whatever name else: `DCSext.articleFirstPublished`, `published_at`, `example:uploaded`.
DATED = re.compile(
    r"(?:^|[:._-])(?:article_?)?(?:first_?)?"
    r"(?:(?:published|uploaded)(?:_?(?:at|on|date|time))?|(?:publish|publication|pub)_?(?:date|time))$"
)
_LISTED_DATES = frozenset((*PUBLISHED, *WEAK_DATES))

#: Names of Chinese CMSs for the outlet; `contentsource` is that of government sites.
OUTLETS = ("contentsource", "source", "article:source", "mediaid", "copyrightowner", "og:source")
SITES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "sitename",
    "publisher",
    "dc.publisher",
)
AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "cxenseparse:author",
    "byl",
    "article:author_name",
    "article.author",
    "vr:author",
    "citation_author",
)
EDITORS = ("editor", "responsibleeditor")
COLUMNS = ("article:section", "columnname", "og:article:section", "parsely-section", "dc.subject.section")
DIGESTS = ("description", "og:description", "twitter:description", "dc.description")
CANONICAL = ("og:url",)
LANGUAGES = ("content-language", "og:locale", "dc.language", "language")


_KEYS = ("property", "name", "itemprop", "http-equiv")


class MetaTags:
    """The page's `<meta>` elements by name, property or itemprop."""

    def __init__(self, elements: list[HtmlElement]) -> None:
        self._values: dict[str, list[str]] = {}
        for element in elements:
            attributes = dict(element.items())
            content = attributes.get("content") or attributes.get("value") or ""
            value = " ".join(content.split())
            if not value:
                continue
            for key in _KEYS:
                name = attributes.get(key)
                if name:
                    self._values.setdefault(name.strip().lower(), []).append(value)

    def all(self, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Name and value of each that is given, in the order of `names`."""
        for name in names:
            for value in self._values.get(name, ()):
                yield name, value

    def dated(self) -> Iterator[tuple[str, str]]:
        """Name and value of each that no list has, and whose name DATED finds, in the page's order."""
        for name, values in self._values.items():
            if name not in _LISTED_DATES and DATED.search(name):
                for value in values:
                    yield name, value

    def first(self, names: tuple[str, ...]) -> str | None:
        return next((value for _, value in self.all(names)), None)
