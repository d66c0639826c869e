"""What the crawl's process and the reading one tell each other: a number, a length, a pickled message.

Both ends are one program on one machine, and the socket between them has no name that others could find.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from newscrawl.draft import Draft, Reject
    from newscrawl.listing import Entry
    from newscrawl.post import Crawl, Post

HEAD: Final = struct.Struct("<II")  # the page's number, and the bytes of the message that follows


@dataclass(frozen=True, slots=True)
class Page:
    """An article's page, as it came."""

    entry: Entry
    url: str  #: that answered
    content_type: str | None  #: the header's value
    body: bytes
    crawl: Crawl


@dataclass(slots=True)
class Answer:
    """What became of a page."""

    item: Draft | Post | Reject | None = None  #: what goes on to the pipelines; a Draft only where read here
    title: str = ""  #: the first that the page itself gives
    canonical_url: str | None = None  #: as the page gives it
    names: dict[str, str] = field(default_factory=dict)  #: of the post's categories: slug -> as printed
    error: str | None = None  #: what a PageError says, where the page cannot be read
    unforeseen: bool = False  #: reading it broke off: it is to be read again where that is told


def packed(number: int, message: object) -> bytes:
    """A message as it goes over the socket. Raises what pickle does of what it cannot take."""
    data = pickle.dumps(message, 5)
    return HEAD.pack(number, len(data)) + data


def unpacked(data: bytes | bytearray) -> Any:
    """A message without its head."""
    return pickle.loads(data)  # noqa: S301  # written by our own other half
