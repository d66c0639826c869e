"""ListValidator: what is kept of a list to learn with one small request whether it changed.

A list that answers 304, or with the same bytes, shows what it showed when it was kept. Servers get this
wrong in known ways; what they say is taken only if it can be right:

- ETag: not if it is empty or as long as a page. A compressing proxy adds a suffix that the server behind it
  does not know (`"x-gzip"`, Apache's bug 45023): both forms are sent. With a list of two, Jetty (issue 952)
  does not take `"x--gzip"` for every page either.
- Last-Modified: not if it is in the future (FreshRSS issue 1020: the year 2041, and 304 until then), without
  a valid date, or so near to the answer's own time that a second change may have the same date.
- Both are replaced together (CommaFeed issue 1746: an old ETag next to a new date never matches).
- Nothing is believed for longer than the list's own rhythm allows, a day at most: then it is read whole.
  A validator that stayed while new articles came is not sent again for a month (miniflux-legacy issue 218).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Final

from newscrawl.model.draft import Entry

DISTRUST: Final = timedelta(days=30)  #: how long a validator that was wrong is not sent
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=1)  #: bounds of a list's patience
_UNKNOWN_RHYTHM = timedelta(hours=6)
_GAPS, _RHYTHMS = 10, 4  # the newest gaps between articles; so many usual gaps without news may be right
_LONGEST_TAG = 500  # characters
_SAME_SECOND = timedelta(seconds=2)
_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)  # a date before the Web says nothing
_YEAR_NAUGHT = re.compile(r" 0\d{3} ")  # the zero of a program's clock, which the parser takes for 2001
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]+)"|[\x21\x23-\x2b\x2d-\x7e]+')
_COMPRESSED = re.compile(r"[-;:]{1,2}(?:gzip|deflate|br|zstd|df)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValidator:
    """A list as it was last read whole, all of its articles stored, known or rejected. Times are UTC."""

    key: str  #: which list, of which source
    asked: str  #: the URL that was requested; it may hold the time
    headers: Mapping[str, str] = field(default_factory=dict)  #: of the request, those that the list declares
    url: str  #: where the answer came from, after redirects
    variant: str  #: what the request and the reading rest on; another one makes all this void
    read: datetime  #: when it was read whole
    confirmed: datetime  #: when it was last found unchanged, or read
    patience: timedelta  #: after which it is read whole again, whatever its server says
    count: int  #: articles that it showed
    digest: str  #: of its bytes
    etag: str | None = None
    last_modified: str | None = None
    distrusted: datetime | None = None  #: when its server was found to say "unchanged" of a changed list
    entries: tuple[Entry, ...] = ()  #: those of its articles that may be read again, without their texts

    def is_usable(self, variant: str, now: datetime) -> bool:
        """Whether the list may be taken for unchanged by it."""
        return self.variant == variant and timedelta() <= now - self.read < self.patience

    def conditions(self, now: datetime) -> dict[str, str]:
        """The headers of a conditional request; empty if there is nothing to compare by, or to trust."""
        if self.distrusted and now - self.distrusted < DISTRUST:
            return {}
        headers = {"If-None-Match": sent_tags(self.etag), "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    def has_same_marks(self, other: ListValidator) -> bool:
        """Whether a server would answer 304 to the conditions of the other."""
        if self.etag or other.etag:
            return self.etag == other.etag
        return self.last_modified is not None and self.last_modified == other.last_modified


def digest_of(body: bytes) -> str:
    """32 hex digits of a list's bytes."""
    return hashlib.sha256(body).hexdigest()[:32]


def usable_etag(value: str | None, now: datetime) -> str | None:
    """An ETag that may be sent back; None if it says nothing. One that is a date in the future does not."""
    tag = (value or "").strip()
    if not tag or len(tag) > _LONGEST_TAG:
        return None
    date = _http_date(tag.removeprefix("W/").strip('"'))
    if date is not None:
        return tag if date <= now else None
    match = _TAG.fullmatch(tag)
    return tag if match and (match[2] or not match[1]) else None


def usable_last_modified(value: str | None, answered: str | None, now: datetime) -> str | None:
    """A Last-Modified that may be sent back as it came. `answered` is the answer's Date; without it,
    `now`."""
    at = _http_date(value)
    if at is None or at < _OLDEST:
        return None
    moment = min(_http_date(answered) or now, now)
    return value.strip() if value and at <= moment - _SAME_SECOND else None


def sent_tags(etag: str | None) -> str | None:
    """The value of If-None-Match for an ETag: as it came, and without a compressing proxy's suffix.

    >>> sent_tags('"5f-gzip"')
    '"5f-gzip", "5f"'
    """
    if etag is None or not etag.endswith('"'):
        return etag
    plain = _COMPRESSED.sub("", etag[:-1])
    return etag if plain in (etag[:-1], '"', 'W/"') else f'{etag}, {plain}"'


def patience_of(dates: Iterable[datetime | None]) -> timedelta:
    """How long a list may stay unchanged before it is read whole: four of its usual gaps between articles,
    an hour at least and a day at most."""
    newest = sorted((at for at in dates if at is not None), reverse=True)[: _GAPS + 1]
    gaps = sorted(later - earlier for later, earlier in pairwise(newest))
    if not gaps:
        return _UNKNOWN_RHYTHM
    return min(LONGEST, max(SHORTEST, _RHYTHMS * gaps[len(gaps) // 2]))


def _http_date(value: str | None) -> datetime | None:
    """A date of HTTP, aware; None for what is not one."""
    if not value or _YEAR_NAUGHT.search(value):
        return None
    try:
        at = parsedate_to_datetime(value.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
