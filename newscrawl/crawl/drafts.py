"""List pages (of an API, feed or section), and drafts of their articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawl.model.draft import Candidate, Draft, Entry, Extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy import Request

    from newscrawl.discovery.list_page import ListItem
    from newscrawl.model.post import Crawl
    from newscrawl.model.source import ListSource, Source


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, newest first, and the request for the next page (None: the last)."""

    entries: list[Entry]
    next: Request | None = None
    others: list[Request] = field(default_factory=list)  #: linked lists
    skipped: dict[str, int] = field(default_factory=dict)  #: reason -> number of items that are not articles

    @classmethod
    def of(cls, found: Sequence[Entry | None], reason: str, following: Request | None = None) -> ListPage:
        """A list page from a spider's own code; None items count as skipped for `reason`."""
        entries = [entry for entry in found if entry is not None]
        dropped = len(found) - len(entries)
        return cls(entries, following, skipped={reason: dropped} if dropped else {})


def entry_of(
    item: ListItem, list_url: str, declared: ListSource, source: Source, identify: Callable[[str], str]
) -> Entry:
    """The entry of an item of a declared list; `identify` maps a URL to the article's id."""
    full = getattr(declared, "full", False)
    address = item.url or f"{list_url.partition('#')[0]}#{item.title or item.date}"
    return Entry(
        id=identify(address),
        url=None if (full and item.text) or not item.url else source.fetched(item.url),
        canonical_url=address,
        share_url=address,
        title=item.title,
        date=item.date or (item.changed if full else None),
        outlet=item.outlet,
        digest=item.digest,
        columns=item.columns,
        tags=item.tags,
        authors=item.authors,
        text=item.text,
        page_optional=getattr(declared, "page_optional", False) or bool(item.text),
        changed=item.changed,
        licence=item.licence,
        copyright=item.copyright,
    )


def add_listed(extraction: Extraction, entry: Entry) -> None:
    """Adds the list's values after the page's, which are more reliable."""
    listed = (
        (extraction.titles, entry.title, "list title"),
        (extraction.dates, entry.date, "list date"),
        (extraction.outlets, entry.outlet, "list outlet"),
        (extraction.digests, entry.digest, "list digest"),
    )
    for candidates, value, rule in listed:
        if value:
            candidates.append(Candidate(value, "list", rule))
    extraction.columns.extend(Candidate(column, "list", "list column") for column in entry.columns)
    extraction.authors.extend(Candidate(author, "list", "list authors") for author in entry.authors)


def listed_extraction(entry: Entry) -> Extraction:
    """The extraction of the article's text in the list; empty without one."""
    if not entry.text:
        return Extraction()
    from newscrawl.page import read_fragment  # slow to import

    return read_fragment(entry.text, url=entry.canonical_url)


def draft_of(
    entry: Entry, extraction: Extraction, source: Source, crawl: Crawl, page: bytes | None = None
) -> Draft:
    """The draft of an entry from the extraction of its page; `page` is stored with a reject."""
    add_listed(extraction, entry)
    return Draft(
        id=entry.id,
        url=entry.url or entry.canonical_url,
        canonical_url=entry.canonical_url,
        share_url=entry.share_url,
        extraction=extraction,
        crawl=crawl,
        zone=source.zone,
        language=extraction.language or source.language,
        site_outlet=source.outlet,
        listed_securities=list(entry.securities),
        listed_tags=list(entry.tags),
        page=page,
        entry=entry,
    )
