"""Messages between the crawl's process and its worker: a number, a length, a pickled object.

Unpickling is safe: both ends are this program on this machine, connected by an unnamed socket.
"""

from __future__ import annotations

import copyreg
import dataclasses
import io
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Image, Security, Story
from newscrawl.model.rights import NOTHING, Rights, Stated, Statement

if TYPE_CHECKING:
    from newscrawl.model.draft import Draft, Entry, Reject
    from newscrawl.model.post import Post

HEAD: Final = struct.Struct("<II")  # the page's number, and the message's length in bytes


@dataclass(frozen=True, slots=True)
class PageTask:
    """An article's page as received."""

    entry: Entry
    url: str  #: after redirects
    content_type: str | None  #: the header's value
    body: bytes
    crawl: Crawl
    around: Stated = NOTHING  #: what is said of its use beside the page


@dataclass(slots=True)
class ParseResult:
    """The result of parsing a page."""

    item: Draft | Post | Reject | None = None  #: passed to the pipelines; a Draft only without a worker
    title: str = ""  #: the best candidate on the page itself
    canonical_url: str | None = None  #: as given on the page
    names: dict[str, str] = field(default_factory=dict)  #: of the post's categories: slug -> as printed
    doubtful: bool = False  #: the post's text may be a wall's: see newscrawl.crawl.repeated_texts
    error: str | None = None  #: the PageError's message if the page cannot be parsed
    unforeseen: bool = False  #: an exception in the worker: the crawl parses the page again and reports it


def packed(number: int, message: object) -> bytes:
    """A message as sent over the socket. Raises pickle's errors."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, 5)
    pickler.dispatch_table = _BY_VALUES
    pickler.dump(message)
    data = stream.getbuffer()
    return HEAD.pack(number, len(data)) + data


def unpacked(data: bytes | bytearray) -> Any:
    """The object in a message without its head."""
    return pickle.loads(data)  # noqa: S301  # written by our own other half


def _by_values(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    """Pickle only constructor arguments of a dataclass; about twice as fast."""
    values = attrgetter(*(field.name for field in dataclasses.fields(kind)))
    return lambda instance: (kind, values(instance))


_BY_VALUES: dict[type, Any] = {
    **copyreg.dispatch_table,
    **{
        kind: _by_values(kind)
        for kind in (
            *(Attribution, Body, Crawl, DateInfo, Image, ParseResult),
            *(Rights, Security, Stated, Statement, Story),
        )
    },
}
