"""dump: a database into one file, which goes on where an earlier dump into it was interrupted.

What is written goes to `FILE.part`; `FILE.part.json` beside it says up to where that is whole. When all is
there, the part takes the file's place, so a dump that was there before stays until then.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bson import Timestamp

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.export.atomic_write import write_whole
from newscrawl.export.backup.dump_format import End, Header, block_member, end_member, header_member
from newscrawl.export.backup.snapshot import Place, first_place, read_all
from newscrawl.export.partial_file import PartialFile, open_part
from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.store.half_restored import RESTORE, refuse_half_restored
from newscrawl.store.migrate import check_versions

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

#: A part that was interrupted longer ago is begun anew: its posts are too old for those that would follow.
STALE = timedelta(hours=6)
_EVERY = 10  # blocks after which the place is noted
_MODE = 0o600  # a whole database is for its owner


@dataclass(frozen=True, slots=True)
class DumpJob:
    """What is dumped."""

    database: Database[Document]
    server: str  #: which server, in words without a password: a dump goes on only with the same
    now: datetime  #: aware
    anew: bool = False  #: does not go on with a part
    on_progress: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Dumped:
    """What became of a dump."""

    end: End
    before: int = 0  #: documents that an earlier, interrupted run had written


@dataclass(frozen=True, slots=True)
class _State:
    """How far a dump is."""

    place: Place
    chain: bytes
    blocks: int = 0
    documents: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.documents.values())

    def end(self) -> End:
        moments = tuple(moment.as_datetime() for moment in self.place.moments)
        return End(self.blocks, dict(self.documents), moments)


def dump_stream(job: DumpJob, out: BinaryIO) -> Dumped:
    """Writes the dump to a stream. Raises NewerPosts, HalfRestored."""
    _check(job.database)
    member, state = _begin(job)
    out.write(member)
    for content, state in _members(job, state):  # noqa: B020  the last one is used below
        out.write(content)
        job.on_progress(state.total)
    out.write(end_member(state.end(), state.chain))
    out.flush()
    return Dumped(state.end())


def dump_file(job: DumpJob, target: Path) -> Dumped:
    """Writes the dump to a file, which appears whole or not at all.

    Raises UsageError if the part is of another database or the target is not a file, NewscrawlError if it
    cannot be written or another process writes it, NewerPosts, HalfRestored.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is not a regular file; name a file, or - for standard output")
    _check(job.database)
    with open_part(target, _MODE) as part:
        state = None if job.anew else _noted(part, job)
        before = state.total if state else 0
        if state is None:
            part.cut(0)
            member, state = _begin(job)
            part.write(member)
            _note(part, job, state)
        for content, state in _members(job, state):  # noqa: B020  the last one is used below
            part.write(content)
            if state.blocks % _EVERY == 0:
                _note(part, job, state)
            job.on_progress(state.total)
        part.write(end_member(state.end(), state.chain))
        part.finish()
    return Dumped(state.end(), before)


def _check(database: Database[Document]) -> None:
    check_versions(database)
    refuse_half_restored(database["meta"].find_one({"_id": RESTORE}), database.name)


def _begin(job: DumpJob) -> tuple[bytes, _State]:
    from importlib.metadata import version  # slow to import

    header = Header(
        dump=uuid.uuid4().hex,
        made=job.now,
        schema_version=SCHEMA_VERSION,
        program=version("newscrawl"),
        server=str(job.database.client.server_info()["version"]),
        database=job.database.name,
    )
    member, chain = header_member(header)
    return member, _State(first_place(job.database), chain)


def _members(job: DumpJob, state: _State) -> Iterator[tuple[bytes, _State]]:
    """The members of the blocks after a state, each with the state after it."""
    for block, place in read_all(job.database, state.place):
        before = state.documents.get(block.collection, 0)
        counted = {**state.documents, block.collection: before + block.count}
        member, chain = block_member(state.blocks + 1, block, state.chain)
        state = _State(place, chain, state.blocks + 1, counted)
        yield member, state


def _note(part: PartialFile, job: DumpJob, state: _State) -> None:
    """First the part, then the note of it: the note is never ahead."""
    place = state.place
    noted = {
        "database": job.database.name,
        "server": job.server,
        "schema_version": SCHEMA_VERSION,
        "size": part.settle(),
        "chain": state.chain.hex(),
        "blocks": state.blocks,
        "documents": dict(state.documents),
        "collections": place.collections,
        "moments": [[moment.time, moment.inc] for moment in place.moments],
        "collection": place.collection,
        "last": place.last and base64.b64encode(place.last).decode(),
    }
    write_whole(part.place, json.dumps(noted).encode())


def _noted(part: PartialFile, job: DumpJob) -> _State | None:
    """Where the part's dump was, and the part cut to it; None if there is nothing to go on with."""
    try:
        noted: dict[str, Any] = json.loads(part.place.read_bytes())
        state = _state_of(noted)
        mine = (noted["database"], noted["server"]) == (job.database.name, job.server)
        fresh = state.place.moments[-1].as_datetime() > job.now - STALE
        same = noted["schema_version"] == SCHEMA_VERSION and part.size() >= noted["size"]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NewscrawlError(f"{part.place} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError):
        return None  # torn by a loss of power
    if not mine:
        raise UsageError(
            f"{part.path} is an unfinished dump of database {noted['database']} on {noted['server']}: name"
            " another file, or add --anew to begin anew"
        )
    if not (fresh and same):
        return None
    part.cut(noted["size"])
    return state


def _state_of(noted: Mapping[str, Any]) -> _State:
    place = Place(
        collections=tuple(noted["collections"]),
        moments=tuple(Timestamp(*moment) for moment in noted["moments"]),
        collection=noted["collection"],
        last=noted["last"] and base64.b64decode(noted["last"]),
    )
    return _State(place, bytes.fromhex(noted["chain"]), noted["blocks"], noted["documents"])
