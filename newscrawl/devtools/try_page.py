"""Tries one page: shows every field with the rule that found it, and what would be stored or rejected."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newscrawl.crawl.drafts import draft_of
from newscrawl.errors import NewscrawlError, PageError, RenderError, UsageError
from newscrawl.model.draft import Entry
from newscrawl.model.post import Crawl
from newscrawl.model.source import Source
from newscrawl.page.date.zones import zone_of
from newscrawl.text.urls import check_address

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.draft import Extraction
    from newscrawl.model.post import Post

MOST_PAGES = 30  # that one command requests: a home page, up to 22 lists, some articles


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a page, and where they came from."""

    body: bytes
    url: str
    content_type: str | None = None
    status: int | None = None
    asked: str | None = None  #: before redirects; None for a file


@dataclass(slots=True)
class Trial:
    """The result for a page: a post, or the reasons for its rejection."""

    url: str
    spider: str | None  #: whose declarations were used
    page_version: str | None
    post: Post | None = None
    reasons: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)  #: field -> rule


def fetch(url: str, overrides: dict[str, Any], source: Source | None = None) -> Fetched:
    """Requests one page as a crawl would: robots.txt, User-Agent, retries, the newsroom if set; rendered as
    its source declares, or the setting NEWSCRAWL_RENDER.

    Raises UsageError for an invalid address, NewscrawlError if there is no response.
    """
    return fetch_on(url, overrides, lambda _: [], source)[0]


def fetch_on(
    url: str,
    overrides: dict[str, Any],
    follow: Callable[[Fetched], list[str]],
    source: Source | None = None,
) -> list[Fetched]:
    """As `fetch`, then requests the addresses that `follow` returns for each page; once per process.

    Returns the page at `url` and the others that answered, at most MOST_PAGES in all.
    """
    from scrapy import Request, Spider  # slow to import
    from scrapy.exceptions import IgnoreRequest

    from newscrawl.crawl.log import OneLineOfRobots
    from newscrawl.crawl.responses import error_reason
    from newscrawl.crawl.runner import check_settings, crawler_process, project_settings

    url = check_address(url)

    got: list[Fetched] = []
    failures: list[str] = []
    seen = {url}

    class OnePage(Spider):
        name = "try"
        handle_httpstatus_all = True

        async def start(self) -> Any:
            self.shown = _rendering(self.crawler, source, failures)
            yield Request(url, self.parse, errback=self.failed, meta={"handle_httpstatus_list": _ERRORS})

        async def parse(self, response: Any, **_: Any) -> Any:
            response = await self.shown(response)
            if response is None:
                return
            kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
            asked = response.request.meta.get("redirect_urls", [response.request.url])[0]
            got.append(Fetched(response.body, response.url, kind or None, response.status, asked))
            for further in follow(got[-1]):
                if len(seen) < MOST_PAGES and further not in seen:
                    seen.add(further)
                    yield response.follow(further, self.parse, errback=self.failed)

        def failed(self, failure: Any) -> None:
            error = failure.value
            failures.append(
                str(error) if isinstance(error, IgnoreRequest) else f"{error_reason(error)}: {error}"
            )

    settings = project_settings(overrides | {"ITEM_PIPELINES": {}})
    check_settings(settings, source)
    process = crawler_process(settings)
    logging.getLogger(OneLineOfRobots.LOGGER).addFilter(OneLineOfRobots())
    process.crawl(OnePage)
    process.start()
    if not got:
        reason = failures[0] if failures else "the command was stopped"
        raise NewscrawlError(f"{url} did not respond: {reason}")
    return got


_ERRORS = list(range(400, 600))


def _rendering(
    crawler: Crawler, source: Source | None, failures: list[str]
) -> Callable[[Response], Awaitable[Any]]:
    """What renders the pages of a source as it declares; None comes of one for which that failed."""
    from scrapy import signals
    from scrapy.http import TextResponse

    from newscrawl.crawl.browser.renderer import Renderer, render_way
    from newscrawl.page import read_page

    renderer: Renderer | None = None
    if source and (way := render_way(crawler.settings, source)) != "never":
        renderer = Renderer(crawler, way, source.covers)
        crawler.signals.connect(renderer.close, signals.spider_closed)

    async def extract(page: Response) -> Extraction:
        kind = (page.headers.get("Content-Type") or b"").decode("latin-1")
        layouts = source.layouts if source else ()
        return read_page(page.body, url=page.url, content_type=kind or None, layouts=layouts)

    async def shown(page: Response) -> Response | None:
        if renderer is None or not isinstance(page, TextResponse) or page.status != 200:
            return page
        try:
            return (await renderer.read(page, extract))[1]
        except PageError:
            return page  # what is wrong with it is said when it is read
        except RenderError as error:
            failures.append(f"it was not rendered: {error}")
            return None

    return shown


def is_address(word: str) -> bool:
    """Whether a word of the command line is an address rather than a file name."""
    return "://" in word


def read_file(name: str, url: str | None) -> Fetched:
    """A saved page. Raises UsageError if it cannot be read or its address is missing."""
    path = Path(name)
    if not name or not path.exists():
        raise UsageError(
            f"{name!r} is neither a file nor an address; an address begins with https:// or http://"
        )
    if path.is_dir():
        raise UsageError(f"{name!r} is a folder; name a saved page in it, or an address")
    if not url:
        raise UsageError(f"{path} is a file; give the address that it came from with --url https://…")
    try:
        return Fetched(path.read_bytes(), check_address(url))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def spider_for(url: str, named: str | None) -> type[NewsSpider] | None:
    """The spider to read a page with: the named one, or the first one for the page's domain, or None."""
    from newscrawl.crawl.runner import sound_spiders, spider_class

    if named:
        return spider_class(named)
    host = urlsplit(url).hostname or ""
    return next((kind for kind in sound_spiders() if kind.source.covers(host)), None)


def unknown_site(url: str) -> Source:
    """The empty declaration of an unknown site."""
    host = urlsplit(url).hostname or ""
    domain = host if "." in host and not host.replace(".", "").isdigit() else "unknown.invalid"
    return Source(title=host or url, domain=domain.lower(), zone="UTC")


def read_trial(
    page: Fetched,
    kind: type[NewsSpider] | None,
    now: datetime | None = None,
    listed: Mapping[str, str] | None = None,
) -> Trial:
    """Reads a page with a spider's declarations, or with none, and runs the pipelines' functions.

    `now` is the moment (aware) from which relative dates count; the present if None. `listed` is what the
    article's list says of it: `title`, `date`, `outlet`, `digest`, as printed.
    """
    from newscrawl.errors import Unusable
    from newscrawl.normalize.steps import build_post, complete
    from newscrawl.page import read_page
    from newscrawl.text.urls import canonical_url, identity

    source = kind.source if kind else unknown_site(page.url)
    trial = Trial(page.url, kind.name if kind else None, None)
    if page.status and page.status >= 400:
        trial.reasons = (f"HTTP {page.status}",)
        return trial
    extraction = read_page(page.body, url=page.url, content_type=page.content_type, layouts=source.layouts)
    trial.page_version = extraction.layout
    canonical = canonical_url(extraction.canonical_url or page.url)
    number = kind.identity_of(page.url) if kind else identity(canonical)
    told = listed or {}
    entry = Entry(
        id=number,
        url=page.url,
        canonical_url=canonical,
        share_url=canonical,
        title=told.get("title"),
        date=told.get("date"),
        outlet=told.get("outlet"),
        digest=told.get("digest"),
    )
    now = now or datetime.now(UTC)
    draft = draft_of(entry, extraction, source, Crawl(trial.spider or "try", "try", now, page.status))
    if kind is None:  # as `crawl site` has it
        draft.zone = zone_of(page.url, extraction.language or source.language)
    try:
        trial.post = build_post(complete(draft, now), now)
    except Unusable as unusable:
        trial.reasons = unusable.reasons
    trial.origins = draft.crawl.origins
    return trial
