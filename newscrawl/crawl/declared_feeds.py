"""feeds.toml: many sources that are a feed and nothing more, in one file beside the spiders' files.

A table is a source, and its name the spider's. Only the one that is asked for is made.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from newscrawl.crawl.spider import NewsSpider
from newscrawl.errors import UsageError
from newscrawl.jobs.triggers import parse_duration
from newscrawl.model.crawl_settings import NAMES
from newscrawl.model.source import Feed, Source
from newscrawl.page.date.zones import zone_of
from newscrawl.text.urls import site_of

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.model.draft import Draft, Entry, Extraction

#: What `newscrawl sources import` writes; `imported` is a digest of the others.
IMPORTED = ("title", "feed", "home", "language", "folders", "categories")
_OWN = ("zone", "column", "outlet", "full", "articles", "domains", "revisit", "quiet", "keep_pages", "render")
KEYS = (*IMPORTED, "imported", *_OWN, *NAMES)
_DURATIONS = ("revisit", "quiet", "time_limit")
_AS_IN_SOURCE = ("articles", "keep_pages", "render", *NAMES)
UNKNOWN = "und"  #: BCP 47 for a language that is not known; pages say theirs

Table = dict[str, Any]


class FeedSpider(NewsSpider):
    """A declared feed. Its articles may be on other sites, which it says nothing about."""

    has_zone: ClassVar[bool] = False  #: declared; else each page's language and country tell
    table: ClassVar[Mapping[str, Any]] = {}  #: as declared

    def draft_of_page(self, entry: Entry, extraction: Extraction, response: Response) -> Draft:
        draft = super().draft_of_page(entry, extraction, response)
        if not self.has_zone:
            draft.zone = zone_of(response.url, draft.language)
        if not self.source.covers(urlsplit(response.url).hostname or ""):
            draft.site_outlet = None
        return draft


def feed_spider(name: str, table: Mapping[str, Any], path: Path) -> type[FeedSpider]:
    """The spider of a table of the file at `path`. Raises UsageError if the table is wrong."""
    try:
        source = source_of(table)
    except UsageError as error:
        raise UsageError(f"{path}: [{name}] {str(error).splitlines()[0]}") from None
    declared = {"name": name, "source": source, "has_zone": "zone" in table, "table": table}
    declared |= {"__module__": __name__, "__doc__": source.title}
    return type(f"{name}_feed", (FeedSpider,), declared)


def source_of(table: Mapping[str, Any]) -> Source:
    """What a table declares. Raises UsageError."""
    for key in table:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(KEYS)}"
            raise UsageError(f"{key}: unknown key; {hint}")
    _check_lists(table)
    feed, home = _text(table, "feed"), _text(table, "home")
    if feed is None:
        raise UsageError('feed: missing; write e.g. feed = "https://example.com/feed.xml"')
    language = _text(table, "language") or UNKNOWN
    sites = [site for url in (home, feed) if url and (site := _site(url))]
    domain, *others = dict.fromkeys([*sites, *table.get("domains", ())]) or [urlsplit(feed).hostname or feed]
    given = {key: _value(key, table[key]) for key in (*_AS_IN_SOURCE, "revisit", "quiet") if key in table}
    return Source(
        title=_text(table, "title") or domain,
        domain=domain,
        domains=tuple(others),
        language=language,
        zone=_text(table, "zone") or zone_of(home or feed, language),
        outlet=_text(table, "outlet") or _text(table, "title"),
        lists=(Feed(feed, column=_column(table), full=table.get("full", False), anywhere=True),),
        **given,
    )


def _check_lists(table: Mapping[str, Any]) -> None:
    """Raises UsageError for a value of another kind."""
    if not isinstance(table.get("full", False), bool):
        raise UsageError(f"full = {table['full']!r}: neither true nor false")
    for key in ("categories", "domains"):
        if not _is_texts(table.get(key, [])):
            raise UsageError(f"{key} = {table[key]!r}: not a list of strings")
    folders = table.get("folders", [])
    if not isinstance(folders, list) or not all(map(_is_texts, folders)):
        raise UsageError(f'folders = {folders!r}: not a list of paths; write [["News", "World"]]')


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _column(table: Mapping[str, Any]) -> str | None:
    """The column of its articles: declared, or the last part of its first category."""
    categories = table.get("categories") or [""]
    return _text(table, "column") or str(categories[0]).rstrip("/").rpartition("/")[2] or None


def _site(url: str) -> str:
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return site_of(host.encode("idna").decode())
    except UnicodeError:
        return site_of(host)


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{key} = {value!r}: not a string in quotes")
    return value or None


def _value(key: str, value: Any) -> Any:
    if key not in _DURATIONS:
        return value
    try:
        return parse_duration(value)
    except (ValueError, TypeError):
        raise UsageError(f"{key} = {value!r}: not a duration such as 30s, 5m, 2h, 1d") from None
