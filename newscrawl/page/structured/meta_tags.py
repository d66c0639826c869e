"""The names under which newsrooms put fields into `<meta>`, best first; all lower-case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

TITLES = ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title", "articletitle", "hdl")

#: Right nearly always where they are given (article:published_time 95 %, datepublished 89 %).
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
#: Used for a day, a revision or the site's build as well: a good date in the text goes before them.
WEAK_DATES = ("pubdate", "date", "dc.date", "dcterms.date", "dc.date.created", "article.created", "created")
#: The same by whatever name else: `DCSext.articleFirstPublished`, `published_at`, `example:uploaded`.
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


class Metas:
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
