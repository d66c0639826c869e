"""What a reply of a list holds, before it is known which of it are articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from newscrawl.page.document.encoding import decode


@dataclass(frozen=True)
class ListResponse:
    """A list's answer, as it came from `url`."""

    url: str
    body: bytes
    content_type: str | None = None

    @cached_property
    def text(self) -> str:
        """Decoded by the header, by what it declares itself, or by what fits."""
        return decode(self.body, self.content_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One member of a list; values as printed, None where the list has none."""

    url: str | None  #: absolute, or relative to the list
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    digest: str | None = None
    text: str | None = None  #: the article's HTML or plain text
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    changed: str | None = None  #: when its page last changed, where that is not the publication
    licence: str | None = None  #: address or name
    copyright: str | None = None  #: the line


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list's page to ask for. `cursor` comes back with its reply."""

    url: str
    cursor: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListResult:
    """The items of a reply, newest first; the next page of the same list; lists of their own."""

    items: list[ListItem]
    next: ListRequest | None = None
    others: list[ListRequest] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)  #: items that are none: reason -> how many
