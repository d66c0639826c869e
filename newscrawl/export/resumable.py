"""Writes posts to one file, in order, so that an interrupted export can be resumed.

Posts are written to `FILE.part`; `FILE.part.json` records up to which byte and which post it is complete. At
the end, the part replaces the file. To resume, the part is truncated to the last recorded size, and the posts
after the recorded one are queried: newest first, those with the same time by `_id`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.export.atomic_write import write_whole
from newscrawl.export.partial_file import PartialFile, open_part
from newscrawl.model.post import Post
from newscrawl.read import Query, place_after

#: Posts between two records of the position.
EVERY = 1000

#: As `Posts.find`: the posts of a query, after a position in its list.
Find = Callable[[Query, str | None], Iterator[Post]]


class RowFormat(Protocol):
    """How posts become lines."""

    @property
    def head(self) -> bytes: ...

    def encode(self, post: Post) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ResumableExport:
    """What to write."""

    form: RowFormat
    query: Query
    #: What the file depends on, in words: format, filters as given, database. An export is resumed only if
    #: these are the same.
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Position:
    """Up to where a part is complete."""

    words: dict[str, str]
    since: str | None  #: so `--since 2d` means the same time when the export is resumed
    until: str | None
    size: int = 0  #: bytes
    posts: int = 0
    after: str | None = None  #: position of the last post in the list; None before the first


def export_stream(
    find: Find, job: ResumableExport, out: BinaryIO, progress: Callable[[int], None] | None = None
) -> int:
    """Writes the posts to a stream, holding one at a time; returns how many."""
    out.write(job.form.head)
    count = 0
    for count, post in enumerate(find(job.query, None), 1):
        out.write(job.form.encode(post))
        if progress:
            progress(count)
    return count


def export_file(
    find: Find,
    job: ResumableExport,
    target: Path,
    *,
    resume: bool = False,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, int]:
    """Writes the posts to a file, atomically.

    Returns how many the file has, and how many of them an earlier export had already written. With
    `resume`, continues that export; if there is none, starts over.
    Raises UsageError if the part belongs to another export, NewscrawlError if the file cannot be written
    or another process is writing it.
    """
    target = target.resolve()
    with open_part(target) as part:
        place = _begin(part, job, resume=resume)
        before = place.posts
        since, until = (datetime.fromisoformat(at) if at else None for at in (place.since, place.until))
        query = dataclasses.replace(job.query, since=since, until=until)
        count = before
        for count, post in enumerate(_rest(find, query, place), before + 1):
            part.write(job.form.encode(post))
            if count % EVERY == 0:
                _note(part, dataclasses.replace(place, posts=count, after=place_after(post)))
            if progress:
                progress(count)
        part.finish()
    return count, before


def _begin(part: PartialFile, job: ResumableExport, *, resume: bool) -> _Position:
    place = _noted(part, job) if resume else None
    if place is not None:
        part.cut(place.size)
        return place
    part.cut(0)
    part.write(job.form.head)
    since, until = (at.isoformat() if at else None for at in (job.query.since, job.query.until))
    place = _Position(job.words, since, until)
    _note(part, place)
    return place


def _note(part: PartialFile, place: _Position) -> None:
    """Flushes the posts first, then the record, so that the record is never ahead."""
    size = part.settle()
    words = json.dumps(dataclasses.asdict(dataclasses.replace(place, size=size)), ensure_ascii=True)
    write_whole(part.place, words.encode("ascii"))


def _noted(part: PartialFile, job: ResumableExport) -> _Position | None:
    """Where the part's export stopped; None if there is none to resume."""
    try:
        place = _Position(**json.loads(part.place.read_bytes()))
        for moment in (place.since, place.until):
            if moment is not None:
                datetime.fromisoformat(moment)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NewscrawlError(f"{part.place} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError):
        raise UsageError(f"{part.place} is damaged; leave out --resume to start over") from None
    if place.words != job.words:
        theirs = ", ".join(f"{name} {said}" for name, said in sorted(place.words.items()))
        raise UsageError(
            f"{part.path} belongs to an export with other options ({theirs}); use the same, or leave out"
            " --resume to start over"
        )
    return place if part.size() >= place.size else None


def _rest(find: Find, query: Query, place: _Position) -> Iterator[Post]:
    """The posts after the position."""
    if query.limit is None:
        return find(query, place.after)
    left = query.limit - place.posts
    return find(dataclasses.replace(query, limit=left), place.after) if left > 0 else iter(())
