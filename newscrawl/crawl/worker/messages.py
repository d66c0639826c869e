"""What the crawl's process and the reading one tell each other: a number, a length, a pickled message.

Both ends are one program on one machine, and the socket between them has no name that others could find.
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

if TYPE_CHECKING:
    from newscrawl.model.draft import Draft, Entry, Reject
    from newscrawl.model.post import Post

HEAD: Final = struct.Struct("<II")  # the page's number, and the bytes of the message that follows


@dataclass(frozen=True, slots=True)
class PageTask:
    """An article's page, as it came."""

    entry: Entry
    url: str  #: that answered
    content_type: str | None  #: the header's value
    body: bytes
    crawl: Crawl


@dataclass(slots=True)
class ParseResult:
    """What became of a page."""

    item: Draft | Post | Reject | None = None  #: what goes on to the pipelines; a Draft only where read here
    title: str = ""  #: the first that the page itself gives
    canonical_url: str | None = None  #: as the page gives it
    names: dict[str, str] = field(default_factory=dict)  #: of the post's categories: slug -> as printed
    error: str | None = None  #: what a PageError says, where the page cannot be read
    unforeseen: bool = False  #: reading it broke off: it is to be read again where that is told


def packed(number: int, message: object) -> bytes:
    """A message as it goes over the socket. Raises what pickle does of what it cannot take."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, 5)
    pickler.dispatch_table = _BY_VALUES
    pickler.dump(message)
    data = stream.getbuffer()
    return HEAD.pack(number, len(data)) + data


def unpacked(data: bytes | bytearray) -> Any:
    """A message without its head."""
    return pickle.loads(data)  # noqa: S301  # written by our own other half


def _by_values(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    """How pickle takes a dataclass apart: into what it is made of again, which takes half of its own way."""
    values = attrgetter(*(field.name for field in dataclasses.fields(kind)))
    return lambda instance: (kind, values(instance))


_BY_VALUES: dict[type, Any] = {
    **copyreg.dispatch_table,
    **{
        kind: _by_values(kind)
        for kind in (Attribution, Body, Crawl, DateInfo, Image, Security, Story, ParseResult)
    },
}
