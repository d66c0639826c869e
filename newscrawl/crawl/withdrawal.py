"""Whether a stored article is still there or gone: 404, 410, or a redirect to a section or the home page.

Responses that say nothing about the article do not count: 5xx, refusals, walls, timeouts, other hosts, and
redirects to another article.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from newscrawl.crawl.middlewares.stopping import CrawlStopped
from newscrawl.crawl.responses import is_unchanged, page_reason, readable
from newscrawl.discovery.home_page import is_furniture
from newscrawl.errors import PageError, RenderError
from newscrawl.model.ledger import NO_LONGER
from newscrawl.search.replacement import is_other_article
from newscrawl.text.urls import canonical_url, identity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from scrapy.http import Response, TextResponse

    from newscrawl.crawl.run import Run
    from newscrawl.crawl.selection import FetchTask
    from newscrawl.model.draft import Entry, Extraction
    from newscrawl.model.source import Source
    from newscrawl.store.archive import Known, StoredArticle

GONE: Final = frozenset({404, 410})

_HOME = re.compile(r"(?:index|default|home|main)(?:\.\w{2,5})?", re.IGNORECASE)
#: Redirect targets that do not mean that the article is gone.
_WALLS: Final = frozenset(
    "404 500 503 abo adblock age anmelden are-you-human auth blocked browser busy captcha challenge check"
    " checkpoint connexion consent consentement cookie cookies cookiewall denied einwilligung error errors eu"
    " forbidden gdpr geoblock human javascript limit log-in login m maintenance mantenimiento mobile"
    " not-found notfound oauth offline onderhoud oops overload paywall passport plus premium queue ratelimit"
    " register restricted robot sign-in signin sorry splash sso unavailable unsupported verification verify"
    " waf wait waiting wall wartung welcome zustimmung".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:[-_][^\W\d_]+){0,2}")
_DAY_PART = re.compile(r"(?:19|20)\d\d|\d{1,2}|(?:19|20)\d\d-?\d\d(?:-?\d\d)?")


def meta_of(task: FetchTask) -> dict[str, Any]:
    """The request meta for `known_before` and `stored_before`."""
    meta = {"known": task.known, "stored": task.stored}
    return {name: value for name, value in meta.items() if value is not None}


def known_before(response: Response) -> Known | None:
    """The stored post whose page was requested; None for a new article."""
    known: Known | None = response.request.meta.get("known") if response.request else None
    return known


def stored_before(response: Response) -> StoredArticle | None:
    """The article whose page was requested only to check whether it is there; else None."""
    stored: StoredArticle | None = response.request.meta.get("stored") if response.request else None
    return stored


def gone_status(response: Response, entry: Entry, source: Source, lists: Iterable[str]) -> int | None:
    """The HTTP status showing that a stored article is gone: of the response, or of the redirect to a section
    or the home page. None if the response does not show that.

    `lists`: URLs of the lists read. An article that its list contains whole is not gone.
    """
    if entry.page_optional or not source.covers(urlsplit(response.url).hostname or ""):
        return None
    if response.status in GONE:
        return response.status
    reasons = response.request.meta.get("redirect_reasons") if response.request else None
    status = next((reason for reason in reasons or () if isinstance(reason, int)), None)
    if status is None or response.status != 200:
        return None
    return status if leads_away(entry, response.url, source, lists) else None


def leads_away(entry: Entry, target: str, source: Source, lists: Iterable[str]) -> bool:
    """Whether a redirect's target is the site's home page or a section instead of an article.

    A section is a URL read as a list, a folder above the article or, for a source that declares `articles`, a
    single word that they do not match. A URL with a query is neither: it may be an article's (`/?p=17`) or a
    wall's (`/?return=…`).
    """
    address = canonical_url(target)
    if identity(address) in {identity(entry.canonical_url), identity(entry.url or "")}:
        return False
    if address in {canonical_url(url) for url in lists}:
        return True
    if urlsplit(address).query or _is_declared_article(source, address):
        return False
    return _is_section(address, entry, source)


def _is_section(address: str, entry: Entry, source: Source) -> bool:
    names = [name for name in urlsplit(address).path.split("/") if name]
    if _is_folder_of(names, entry):
        return True  # whatever its name: /premium/ of /premium/2026/…
    if is_furniture(names) or any(_is_wall(name) for name in names):
        return False
    if names and _HOME.fullmatch(names[-1]):
        names.pop()
    if not names or _is_folder_of(names, entry):
        return True
    return source.articles is not None and len(names) == 1 and _WORD.fullmatch(names[0]) is not None


def _is_declared_article(source: Source, address: str) -> bool:
    return source.articles is not None and source.is_article(address)


def _is_folder_of(names: list[str], entry: Entry) -> bool:
    """Whether a path is a folder above the article. A part with digits that are not a date may be the
    article's own number: `/story/17` of `/story/17/print`."""
    above = [name for name in urlsplit(canonical_url(entry.canonical_url)).path.split("/") if name][:-1]
    return (
        names != []
        and names == above[: len(names)]
        and all(_WORD.fullmatch(name) or _DAY_PART.fullmatch(name) for name in names)
        and not _ends_in_number(names)
    )


def _ends_in_number(names: list[str]) -> bool:
    """Whether the last part is a number without a year before it."""
    dated = [name for name in names if re.fullmatch(r"(?:19|20)\d\d(?:-?\d\d){0,2}", name)]
    return names[-1].isdigit() and not dated


def _is_wall(name: str) -> bool:
    """Whether a path part, or a word in it, names a wall: `under-maintenance`, `error404`."""
    bare = _bare(name)
    words = (bare, bare.rstrip("0123456789"), *re.split("[-_.]", bare))
    return "not-found" in bare or bare.startswith("cdn-cgi") or not _WALLS.isdisjoint(words)


def _bare(name: str) -> str:
    """A path part in lower case, without file extension."""
    return re.sub(r"\.\w{2,5}$", "", name.lower())


def is_still_article(extraction: Extraction, title: str, text: str) -> bool:
    """Whether a page still has the article stored with this title and text."""
    body = extraction.body
    new_text = "" if body is None else " ".join(body.text_content().split())
    titles = [candidate.value for candidate in extraction.titles] or [""]
    return any(
        not is_other_article(title=title, text=text, new_title=new_title, new_text=new_text)
        for new_title in titles
    )


async def record_stored(
    run: Run,
    response: Response,
    entry: Entry,
    source: Source,
    read: Callable[[TextResponse, Entry], Awaitable[Extraction]],
) -> bool:
    """Records a stored article that is gone, unchanged, or was only looked at. False: read its page.

    `read` gives the fields of a page; it may raise PageError, RenderError and CrawlStopped.
    """
    known = known_before(response)
    if known and (status := gone_status(response, entry, source, run.lists)):
        run.gone(known, status)
    elif is_unchanged(response):
        await run.unchanged(entry.id, known)
    elif stored := stored_before(response):
        await _look_at(run, response, stored, read)
    else:
        return False
    return True


async def _look_at(
    run: Run,
    response: Response,
    stored: StoredArticle,
    read: Callable[[TextResponse, Entry], Awaitable[Extraction]],
) -> None:
    """Records whether a page that no list shows is still the article. It is not stored anew: what the lists
    said of it is not known any more."""
    entry = stored.entry
    if response.status >= 400:
        run.fail_look(entry.id, f"HTTP {response.status}")
        return
    try:
        extraction = await read(readable(response), entry)
    except RenderError as error:
        run.fail_look(entry.id, f"not rendered: {error}")
        return
    except CrawlStopped:
        return
    except PageError as error:
        run.ledger.end(entry.id, "rejected", page_reason(error, response))
        return
    text = await run.archive.text_of(entry.id)
    if text is not None and is_still_article(extraction, entry.title or "", text):
        await run.unchanged(entry.id, stored.known)
    else:
        run.ledger.end(entry.id, "rejected", NO_LONGER)
