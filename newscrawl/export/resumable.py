"""Posts into one file, one after the other, so that an export that was interrupted can go on.

What is written goes to `FILE.part`; beside it `FILE.part.json` says up to where it is whole, and after
which post. When all is there, the part takes the file's place. To go on, what follows the last place that
was noted is cut off, and the posts after it are asked for: newest first, those of one moment by `_id`.
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

#: Posts after which the place is noted.
EVERY = 1000

#: As `Posts.find`: the posts of a query, after a place in its list.
Find = Callable[[Query, str | None], Iterator[Post]]


class RowFormat(Protocol):
    """How posts become lines."""

    @property
    def head(self) -> bytes: ...

    def encode(self, post: Post) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ResumableExport:
    """What is to be written."""

    form: RowFormat
    query: Query
    #: What the file depends on, in words: form, filters as they were given, database. An export goes on
    #: only where these are the same.
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Position:
    """Up to where a part is whole."""

    words: dict[str, str]
    since: str | None  #: `--since 2d` means the same moment when the export goes on
    until: str | None
    size: int = 0  #: bytes
    posts: int = 0
    after: str | None = None  #: where the last post stands in the list; None before the first


def export_stream(
    find: Find, job: ResumableExport, out: BinaryIO, progress: Callable[[int], None] | None = None
) -> int:
    """Writes the posts to a stream; returns how many. One post is held at a time."""
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
    """Writes the posts to a file, which appears whole or not at all.

    Returns how many there are in it, and how many of them an earlier export had written already. With
    `resume`, goes on where that ended; where there is nothing to go on from, begins anew.
    Raises UsageError where the part is of another export, NewscrawlError where the file cannot be
    written or another process writes it.
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
    """First what was written, then the word that it was: the word is never ahead."""
    size = part.settle()
    words = json.dumps(dataclasses.asdict(dataclasses.replace(place, size=size)), ensure_ascii=True)
    write_whole(part.place, words.encode("ascii"))


def _noted(part: PartialFile, job: ResumableExport) -> _Position | None:
    """Where the part's export was; None where there is none to go on with."""
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
        raise UsageError(f"{part.place} is damaged; leave out --resume to begin anew") from None
    if place.words != job.words:
        theirs = ", ".join(f"{name} {said}" for name, said in sorted(place.words.items()))
        raise UsageError(
            f"{part.path} is of an export with other options ({theirs}); give the same, or leave out"
            " --resume to begin anew"
        )
    return place if part.size() >= place.size else None


def _rest(find: Find, query: Query, place: _Position) -> Iterator[Post]:
    """The posts after the place."""
    if query.limit is None:
        return find(query, place.after)
    left = query.limit - place.posts
    return find(dataclasses.replace(query, limit=left), place.after) if left > 0 else iter(())
