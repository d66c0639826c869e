"""extract_article: one page to one Article, without any knowledge of its site."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from newscrawl.errors import UsageError
from newscrawl.model.draft import Draft
from newscrawl.model.post import Attribution, Crawl, DateInfo, Image, Security
from newscrawl.normalize.steps import complete
from newscrawl.page.context import is_month_first
from newscrawl.page.date.choose import page_clock
from newscrawl.page.date.relative import COUNTED
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.parse import text_of
from newscrawl.page.language import language_of_script
from newscrawl.page.reader import read_page
from newscrawl.text.dates.parse import parse_date
from newscrawl.text.urls import canonical_url, is_web_address

if TYPE_CHECKING:
    from newscrawl.model.draft import CompleteDraft, Extraction
    from newscrawl.model.layouts import Layout


NO_ADDRESS = "about:blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What one page holds. None, or an empty list, where the page does not say."""

    title: str | None  #: without the site's name
    text: str  #: plain, a blank line between paragraphs; empty if no text was found
    html: str  #: the same, sanitized
    published_at: datetime | None  #: aware, in the zone that the page gives or that is assumed for it
    updated_at: datetime | None = (
        None  #: aware: the last change that the page states, later than `published_at`
    )
    date_info: DateInfo | None  #: as printed, how exact, where it stood, what was assumed
    source: Attribution | None  #: the outlet that wrote it
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    language: str | None  #: BCP 47
    canonical_url: str  #: empty if no address was given and the page declares none
    images: list[Image] = field(default_factory=list)
    securities: list[Security] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)  #: field -> the rule that gave it
    paywalled: bool = False  #: the page says that it is not free to read
    refused: str | None = (
        None  #: why the page is not an article: `login wall`, `list page` …; None if it may be
    )

    def _repr_html_(self) -> str:
        """In a notebook."""
        from newscrawl.model.notebook_card import card

        about = {
            "published": self.published_at.isoformat() if self.published_at else None,
            "source": self.source.name if self.source else None,
            "authors": ", ".join(self.authors),
            "language": self.language,
            "refused": self.refused,
        }
        return card(self.title, self.canonical_url, about, self.text)


class WebResponse(Protocol):
    """What a response of `requests` or `httpx` has."""

    @property
    def content(self) -> bytes: ...
    @property
    def url(self) -> object: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def extract_article(
    body: bytes | str | WebResponse,
    *,
    url: str | None = None,
    content_type: str | None = None,
    fetched_at: datetime | None = None,
    layouts: tuple[Layout, ...] = (),
) -> Article:
    """The article on a page.

    `body` is the page as it came, or its text, or a response of `requests` or `httpx`, which has the address
    and the content type. `url` is the page's address: without one, the canonical address that the page
    declares, if any; of one that is no http address, such as a file's name, nothing is read and relative
    links are left out. `content_type` is the HTTP header's value; `fetched_at` an aware datetime that dates
    without a year and relative ones count from: without it they are not read. `layouts` are declared layouts
    of its site, if any. Times that the page gives without a zone are read in the zone of its country and
    language, and `date_info.assumed` says so. Raises UsageError for an empty address or a naive
    `fetched_at`, PageError for bytes that are no page.

    >>> page = "<html lang=en><h1>Rain</h1><time datetime='2024-05-01T10:00:00Z' pubdate></time></html>"
    >>> article = extract_article(page, url="https://example.org/rain")
    >>> article.title, article.published_at.isoformat()
    ('Rain', '2024-05-01T10:00:00+00:00')
    """
    if not isinstance(body, bytes | str):
        url = str(body.url) if url is None else url
        content_type = body.headers.get("Content-Type") if content_type is None else content_type
        body = body.content
    _check(url, fetched_at)
    with paused():
        if url is not None:
            return _extract(body, url, content_type, fetched_at, layouts)
        article = _extract(body, NO_ADDRESS, content_type, fetched_at, layouts)
        if is_web_address(article.canonical_url):  # its links are relative to that
            return _extract(body, article.canonical_url, content_type, fetched_at, layouts)
        return replace(article, canonical_url="")


def _extract(
    body: bytes | str,
    url: str,
    content_type: str | None,
    fetched_at: datetime | None,
    layouts: tuple[Layout, ...],
) -> Article:
    now = fetched_at or datetime.now(UTC)
    extraction = read_page(body, url=url, content_type=content_type, layouts=layouts)
    if extraction.language is None:  # a declared layout was read, and nothing else of the page
        extraction.language = language_of_script(_words(extraction))
    if fetched_at is None:  # what counts from then is not known
        extraction.dates = [candidate for candidate in extraction.dates if candidate.rule != COUNTED]
    language = extraction.language or "en"
    draft = Draft(
        id="",
        url=url,
        canonical_url=canonical_url(extraction.canonical_url or url),
        share_url=url,
        extraction=extraction,
        crawl=Crawl(spider="", run="", fetched=now),
        zone=zone_of(url, language),
        language=language,
        as_printed=True,
    )
    return _article(complete(draft, now), now)


def _words(extraction: Extraction) -> str:
    """The beginning of what was read, for its script."""
    title = extraction.titles[0].value if extraction.titles else ""
    return title + (text_of(extraction.body)[:1000] if extraction.body is not None else "")


def _check(url: str | None, fetched_at: datetime | None) -> None:
    if url is not None and not url.strip():
        raise UsageError("url is empty; give the page's address, such as https://example.org/a, or none")
    if fetched_at is not None and fetched_at.tzinfo is None:
        raise UsageError(f"fetched_at {fetched_at.isoformat()} has no zone; give an aware datetime")


def _article(draft: CompleteDraft, now: datetime) -> Article:
    content = draft.content
    title = draft.extraction.titles[0] if draft.extraction.titles else None
    return Article(
        title=title.value if title else None,
        text=content.text if content else "",
        html=content.html if content else "",
        published_at=_local(draft),
        updated_at=_updated(draft, now),
        date_info=draft.date_info,
        source=draft.source,
        authors=draft.authors,
        editors=draft.editors,
        language=draft.extraction.language,
        canonical_url=draft.canonical_url,
        images=content.images if content else [],
        securities=draft.securities,
        origins=_origins(draft),
        paywalled=draft.extraction.paywalled,
        refused=draft.extraction.refused,
    )


def _origins(draft: CompleteDraft) -> dict[str, str]:
    origins = dict(draft.crawl.origins)
    if draft.extraction.titles:
        origins.setdefault("title", draft.extraction.titles[0].rule)
    if draft.extraction.body_rule:
        origins.setdefault("body", draft.extraction.body_rule)
    return origins


def _local(draft: CompleteDraft) -> datetime | None:
    """The date on the clock of the page; `date_info.offset` is set to what that clock is ahead of UTC."""
    info = draft.date_info
    if draft.date is None or info is None:
        return draft.date
    stated = info.origin == "structured" or draft.crawl.origins.get("date") == "time"
    if stated and info.offset == "+00:00" and info.precision != "day":
        month_first = is_month_first(draft.extraction.language, draft.url)
        ahead = page_clock(draft.extraction.dates, draft.date, month_first=month_first)
        if ahead is None and draft.language.startswith("zh"):  # its readers have one clock
            ahead = draft.date.astimezone(ZoneInfo(draft.zone)).utcoffset()
        if ahead is not None:
            info.offset = _printed(ahead)
    return draft.date.astimezone(_zone(info.offset))


def _updated(draft: CompleteDraft, now: datetime) -> datetime | None:
    """The first stated change that is later than the publication; of a day alone, on a later day."""
    since = draft.date
    for candidate in draft.extraction.updates:
        parsed = parse_date(candidate.value, zone=draft.zone, now=now, languages=(draft.language, "en"))
        if parsed is not None and (since is None or parsed.at > since):
            return parsed.at.astimezone(_zone(parsed.offset))
    return None


def _zone(offset: str) -> timezone:
    """The zone of an offset as `+08:00`."""
    sign = -1 if offset.startswith("-") else 1
    hours, _, minutes = offset.lstrip("+-").partition(":")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes or 0)))


def _printed(ahead: timedelta) -> str:
    minutes = int(ahead.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# --- Garbage collection is paused while a page is parsed.
#
# A page becomes tens of thousands of small objects without cycles, which are freed with their last reference.
# The collector would still run every 700 of them and scan everything else that the program has loaded: a
# sixth of the time of a page.


@contextmanager
def paused() -> Iterator[None]:
    """Pause garbage collection; afterwards it is on again if it was on before. Safe in any thread.

    Of two threads that overlap, the one that found the collector on turns it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
