"""What a site's replies tell: the ones that are answers, and the ones that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import TextResponse

from newscrawl.errors import PageError
from newscrawl.middlewares.guard import PrivateAddress

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure


def readable(response: Response) -> TextResponse:
    """The response, if it is an answer in text. Raises PageError."""
    if response.status != 200:
        raise PageError(f"HTTP {response.status}")
    if not isinstance(response, TextResponse):
        kind = header(response, "Content-Type")
        raise PageError(f"no text but {kind.split(';')[0]}" if kind else "no text")
    return response


def told(failure: Failure) -> str:
    """What a failure says, without what differs from page to page."""
    error = failure.value
    if isinstance(error, PrivateAddress):
        return "an address in a private network"
    if isinstance(error, IgnoreRequest):
        return str(error)
    if isinstance(error, DownloadCancelledError):
        return "larger than DOWNLOAD_MAXSIZE"
    return type(error).__name__


def header(response: Response, name: str) -> str | None:
    """A header's value; None where it is not there."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
