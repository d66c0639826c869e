"""Classifies responses and failures: which are pages, and why others are not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.crawl.middlewares.guard import PrivateAddress
from newscrawl.errors import HostBusy, PageError
from newscrawl.model.draft import Reject
from newscrawl.model.post import Crawl

#: Client errors that say nothing about the article: access is refused, perhaps temporarily.
_TEMPORARY = frozenset({401, 403, 408, 425, 429})
_BLOCKED = frozenset({403, 451})  #: refused to this client, or in its country
_REASONS: dict[type[BaseException], str] = {
    CannotResolveHostError: "no host of that name",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadTimeoutError: "no answer in DOWNLOAD_TIMEOUT",
    DownloadFailedError: "the connection broke",
    ResponseDataLossError: "the answer broke off",
    DownloadCancelledError: "larger than DOWNLOAD_MAXSIZE",
    HostBusy: "another crawl holds the host",
}
GZIP = b"\x1f\x8b"
_WHOLE = frozenset({200, 203})  # 203: as a proxy changed it
_STATUS_REASONS = {
    204: "HTTP 204: no content",
    205: "HTTP 205: no content",
    206: "HTTP 206: only a part of the page, though all of it was requested",
}
_RANGE = re.compile(r"bytes 0-(\d{1,18})/(\d{1,18})", re.ASCII)

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.crawl.run import Run
    from newscrawl.model.draft import Entry


def readable(response: Response) -> TextResponse:
    """The response, if it is complete and text or a gzipped file. Raises PageError."""
    if response.status not in _WHOLE and not _has_whole_range(response):
        raise PageError(_STATUS_REASONS.get(response.status) or status_reason(response))
    if not isinstance(response, TextResponse) and response.body[:2] == GZIP:
        return response.replace(cls=TextResponse, encoding="latin-1")
    if not isinstance(response, TextResponse):
        kind = header(response, "Content-Type")
        raise PageError(f"no text but {kind.split(';')[0]}" if kind else "no text")
    return response


def _has_whole_range(response: Response) -> bool:
    """Whether a 206 to a request for the whole page has the whole page anyway."""
    if response.status != 206:
        return False
    match = _RANGE.fullmatch((header(response, "Content-Range") or "").strip())
    return match is not None and int(match[1]) + 1 == int(match[2])


def is_gone(response: Response) -> bool:
    """Whether a page does not exist, by a permanent 4xx status: not 403 or 429."""
    return 400 <= response.status < 500 and response.status not in _TEMPORARY


def status_reason(response: Response) -> str:
    """Why a response with an error status is not an article: `HTTP 404`, `blocked (HTTP 451)`."""
    status = f"HTTP {response.status}"
    if response.headers.get("cf-mitigated") == b"challenge" or response.headers.get("x-amzn-waf-action"):
        return f"challenge page ({status})"
    return f"blocked ({status})" if response.status in _BLOCKED else status


def is_unchanged(response: Response) -> bool:
    """Whether the page is unchanged. A 304 to an unconditional request comes from a broken cache and says
    nothing about an article not stored yet."""
    sent = response.request.headers if response.request else {}
    return response.status == 304 and ("If-None-Match" in sent or "If-Modified-Since" in sent)


def page_reason(error: PageError, response: Response) -> str:
    """Why a page was not read, without its URL, so that equal reasons are counted together."""
    return str(error).removeprefix(f"{response.url}: ")


_FOLLOWED = (301, 302, 303, 307, 308)  # not 300 Multiple Choices, 305 Use Proxy


def failure_reason(failure: Failure) -> str:
    """Why a request failed, without details that differ between pages."""
    error = failure.value
    if isinstance(error, PrivateAddress):
        return "an address in a private network (see NEWSCRAWL_PRIVATE_HOSTS)"
    if isinstance(error, HttpError):
        return _http_error(error.response)
    if isinstance(error, IgnoreRequest):
        return str(error)
    return error_reason(error)


def _http_error(response: Response) -> str:
    status = f"HTTP {response.status}"
    if not 300 <= response.status < 400:
        return status
    if not header(response, "Location"):
        return f"{status} without a Location"
    if response.status in _FOLLOWED:
        return f"{status} to an address that is not HTTP"
    return f"{status}: a redirect that is not followed"


def error_reason(error: BaseException | None) -> str:
    """Why a request failed; the class name of an unusual error."""
    kind = type(error)
    return _REASONS.get(kind, kind.__name__)  # type: ignore[arg-type]


def header(response: Response, name: str) -> str | None:
    """A header's value; None without one."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def reject_of(entry: Entry, reason: str, run: Run, response: Response | None = None) -> Reject:
    """The reject of an entry whose page yielded no draft."""
    page = response.text if isinstance(response, TextResponse) else None
    return Reject.of_entry(entry, reason, Crawl(run.spider, run.id, datetime.now(UTC)), page=page)
