"""What a page's structured data says: JSON-LD, meta names, microdata, the signs of Chinese CMSs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from newscrawl.model.draft import Candidate
from newscrawl.page.document.blocks import MARKING_IDS, BlockTree
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import absolute, text_of
from newscrawl.page.structured import meta_tags
from newscrawl.page.structured.json_ld import Graph, Object, string
from newscrawl.page.structured.meta_tags import Metas
from newscrawl.page.structured.microdata import read_microdata

_WECHAT_DATE = re.compile(r"""\b(?:ct|oriCreateTime)\s*=\s*["'](1\d{9})["']""")
# What Yoast calls the writer in a card, in the page's language.
_WRITTEN_BY = re.compile(
    r"(?:written|posted) by|(?:verfasst|geschrieben) von|(?:écrit|rédigé) par|escrito por|scritto da"
    r"|geschreven door|作者|作成者|글쓴이|author|autor|auteur",
    re.IGNORECASE,
)
_MOST_SAID = 200  # candidates for a field
_LONGEST_NAME = 80  # characters of an author
_MOST_READ = 2_000_000  # characters of marked elements, which are read again where they stand in one another


@dataclass(slots=True)
class Structured:
    """Candidates by field, best first; and what is said of the page as a whole."""

    headlines: list[Candidate] = field(default_factory=list)  #: of JSON-LD
    titles: list[Candidate] = field(default_factory=list)  #: of meta names
    dates: list[Candidate] = field(default_factory=list)  #: as good as certain
    weak_dates: list[Candidate] = field(default_factory=list)
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


def read_structured(found: BlockTree, url: str, base: str | None = None) -> Structured:
    """All that the page at `url` says in structured form; `base` is what its links are relative to."""
    candidate = Structured()
    graph, names = Graph(found.scripts), Metas(found.metas)
    _read_articles(graph, graph.own_article(graph.articles(), url, found.title), candidate)
    _read_cambrian(graph, candidate)
    _read_metas(names, candidate)
    _read_marked(found, candidate)
    _read_webpages(graph, candidate)
    _add(candidate.dates, "meta", names, meta_tags.PUBLISHED[1:])
    _add(candidate.weak_dates, "meta", names, meta_tags.WEAK_DATES)
    for name, value in names.dated():
        if HAS_YEAR.search(value):
            _put(candidate.weak_dates, value, f"meta {name}")
    _read_breadcrumb(graph, candidate)
    _add(candidate.columns, "meta", names, meta_tags.COLUMNS)
    candidate.canonical_url = _canonical(found, names, base or url)
    return candidate


def _put(into: list[Candidate], value: str | None, rule: str) -> None:
    if value and len(into) < _MOST_SAID and all(value != other.value for other in into):
        into.append(Candidate(value, "structured", rule))


def _add(into: list[Candidate], kind: str, names: Metas, wanted: tuple[str, ...]) -> None:
    for name, value in names.all(wanted):
        _put(into, value, f"{kind} {name}")


def _read_articles(graph: Graph, articles: list[Object], candidate: Structured) -> None:
    for number, article in enumerate(articles):
        candidate.article = True
        if number == 0:
            _put(
                candidate.headlines,
                string(article.get("headline")) or string(article.get("name")),
                "json-ld headline",
            )
            _put(candidate.dates, string(article.get("datePublished")), "json-ld datePublished")
            _put(candidate.weak_dates, string(article.get("dateCreated")), "json-ld dateCreated")
            _put(candidate.digests, string(article.get("description")), "json-ld description")
            _put(candidate.columns, string(article.get("articleSection")), "json-ld articleSection")
            candidate.body = candidate.body or string(article.get("articleBody"))
            candidate.paywalled = _paywalled(article)
            _read_people(graph, article, candidate)
        elif not candidate.dates:
            _put(candidate.dates, string(article.get("datePublished")), "json-ld datePublished")


def _read_people(graph: Graph, article: Object, candidate: Structured) -> None:
    for key in ("author", "creator"):
        for name, organization in graph.names(article.get(key)):
            _put(candidate.publishers if organization else candidate.authors, name, f"json-ld {key}")
    for name, _ in graph.names(article.get("editor")):
        _put(candidate.editors, name, "json-ld editor")
    for name, _ in graph.names(article.get("sourceOrganization")):
        _put(candidate.outlets, name, "json-ld sourceOrganization")
    for name, organization in graph.names(article.get("publisher")):
        if organization or all(
            name != author.value for author in candidate.authors
        ):  # a blogger is no outlet
            _put(candidate.publishers, name, "json-ld publisher")


def _paywalled(article: Object) -> bool:
    parts: Any = article.get("hasPart")
    stated = [
        article,
        *(part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict)),
    ]
    return any(str(thing.get("isAccessibleForFree")).lower() == "false" for thing in stated)


def _read_cambrian(graph: Graph, candidate: Structured) -> None:
    for thing in graph.objects:
        if "cambrian" in str(thing.get("@context")):
            _put(candidate.dates, string(thing.get("pubDate")), "cambrian pubDate")
            _put(candidate.titles, string(thing.get("title")), "cambrian title")


def _read_metas(names: Metas, candidate: Structured) -> None:
    _add(candidate.titles, "meta", names, meta_tags.TITLES)
    _add(candidate.dates, "meta", names, meta_tags.PUBLISHED[:1])
    _add(candidate.outlets, "meta", names, meta_tags.OUTLETS)
    _add(candidate.publishers, "meta", names, meta_tags.SITES)
    _add(candidate.editors, "meta", names, meta_tags.EDITORS)
    _add(candidate.digests, "meta", names, meta_tags.DIGESTS)
    for name, value in names.all(meta_tags.AUTHORS):
        if not value.startswith(("http", "@", "/")):
            _put(candidate.authors, value, f"meta {name}")
    label = names.first(("twitter:label1",))
    if label is not None and _WRITTEN_BY.fullmatch(label):
        _add(candidate.authors, "meta", names, ("twitter:data1",))
    tier = names.first(("article:content_tier",))
    candidate.paywalled = candidate.paywalled or tier in ("locked", "metered")


def _read_marked(found: BlockTree, candidate: Structured) -> None:
    """Microdata of the article, and the ids that Baidu reads."""
    into = {
        "date": candidate.dates,
        "headline": candidate.titles,
        "author": candidate.authors,
        "editor": candidate.editors,
        "publisher": candidate.publishers,
        "outlet": candidate.outlets,
        "column": candidate.columns,
        "digest": candidate.digests,
    }
    read = 0
    for field_name, value, rule in read_microdata(found):
        if field_name != "author" or len(value) <= _LONGEST_NAME:
            _put(into[field_name], value, rule)
        read += len(value)
        if read > _MOST_READ:
            break
    for node in found.signed:
        field_name = MARKING_IDS[node.element.get("id", "")]
        _put(getattr(candidate, field_name), text_of(node.element), f"#{node.element.get('id')}")
        if node.element.get("id") == "js_name":
            _put(candidate.dates, _wechat_date(found), "script ct")


def _wechat_date(found: BlockTree) -> str | None:
    """When WeChat says that a post was made, in seconds since 1970; its page shows `昨天`."""
    for script in found.root.iter("script"):
        if match := _WECHAT_DATE.search(script.text or ""):
            return match[1]
    return None


def _read_webpages(graph: Graph, candidate: Structured) -> None:
    for thing in graph.webpages():
        _put(candidate.dates, string(thing.get("datePublished")), "json-ld WebPage datePublished")
    for thing in graph.objects:
        if "datePublished" in thing and not candidate.dates:
            _put(candidate.dates, string(thing.get("datePublished")), "json-ld datePublished")


def _read_breadcrumb(graph: Graph, candidate: Structured) -> None:
    for trail in graph.of_type("BreadcrumbList")[:1]:
        items = trail.get("itemListElement")
        for item in items if isinstance(items, list) else []:
            inner = item.get("item") if isinstance(item, dict) else None
            name = item.get("name") if isinstance(item, dict) else None
            _put(
                candidate.columns,
                string(name or (inner.get("name") if isinstance(inner, dict) else None)),
                "json-ld breadcrumb",
            )


def _canonical(found: BlockTree, names: Metas, url: str) -> str | None:
    for link in found.links:
        if "canonical" in (link.get("rel") or "").lower().split():
            address = absolute(link.get("href"), url)
            if address is not None:
                return address
    return absolute(names.first(meta_tags.CANONICAL), url)
