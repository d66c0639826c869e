"""Forgets articles: tombstones first, then everything that is stored or kept of them.

Each step can be repeated. What is left to do stands in the tombstones until all of it is done, so a run that
was killed is finished by the next one, whatever that one is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.paths import home
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.forgetting.documents import overwrite_notes, remove_documents
from newscrawl.store.forgetting.home_files import log_files, overwrite_in
from newscrawl.store.forgetting.kept import Erased, erase_kept, shows
from newscrawl.store.forgetting.targets import Target, came_back, needles
from newscrawl.store.tombstones import Buried, all_documents, bury, finish, unfinished
from newscrawl.warc.files import host_of, pages_folder, this_host

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

Held = Callable[[str], AbstractContextManager[object]]  #: takes a file of kept pages, by name


@dataclass(slots=True)
class Forgotten:
    """What was done."""

    articles: int = 0
    documents: dict[str, int] = field(default_factory=dict)  #: removed, by collection
    pages: Erased = field(default_factory=Erased)
    logs: int = 0  #: places in logs that were overwritten
    #: What is to be done by hand, or again.
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ForgetJob:
    """Where and how to forget."""

    database: AsyncDatabase[Document]
    held: Held
    now: datetime  #: aware
    progress: Callable[[int], None] = lambda _: None  #: files of kept pages that were read


async def forget(job: ForgetJob, targets: Sequence[Target], reason: str) -> Forgotten:
    """Forgets these articles, and those of earlier runs that did not come to their end.

    Raises PyMongoError, DatabaseUnavailable, UsageError.
    """
    if targets:
        stones = [(target.names, target.to_document()) for target in targets]
        await bury(job.database, stones, reason, job.now)
    due = await unfinished(job.database)
    every = [Target.from_document(stone["left"]) for stone in due]
    done = Forgotten(articles=len(every))
    elsewhere = await _other_hosts(job.database, every)
    await _replay_spool(job.database.name)
    words = needles(every)
    done.documents = await remove_documents(job.database, every)
    await overwrite_notes(job.database, words)
    wanted = partial(shows, Buried.of(await all_documents(job.database)), words)
    done.pages = await asyncio.to_thread(erase_kept, pages_folder(), wanted, job.held, job.progress)
    done.logs = await asyncio.to_thread(_overwrite_logs, words, done.left)
    done.left += done.pages.left
    done.left += [
        f"pages are kept on {host}: run newscrawl forget --sweep there" for host in sorted(elsewhere)
    ]
    done.left += [f"{path} may hold posts: look, and remove it" for path in _damaged_spools()]
    if not done.pages.left:
        await finish(job.database, [stone["_id"] for stone in due], job.now)
    return done


async def sweep(job: ForgetJob) -> Forgotten:
    """Removes from the database and from this machine's kept pages all that was ever forgotten: after a
    backup came back, or if other machines keep pages, too. Lists that were kept are left.

    Raises as `forget`.
    """
    buried = Buried.of(await all_documents(job.database))
    back = await came_back(job.database, buried)
    done = Forgotten(articles=len(back))
    done.documents = await remove_documents(job.database, back)
    wanted = partial(shows, buried, ())
    done.pages = await asyncio.to_thread(erase_kept, pages_folder(), wanted, job.held, job.progress)
    done.left += done.pages.left
    return done


async def _other_hosts(database: AsyncDatabase[Document], targets: Sequence[Target]) -> set[str]:
    """The machines that kept pages of these, other than this one."""
    hosts = set()
    ids = [target.id for target in targets]
    for name, by, file in (
        ("posts", "_id", "crawl.page.file"),
        ("revisions", "post", "crawl.page.file"),
        ("rejects", "post", "kept.file"),
    ):
        hosts |= {host_of(one) for one in await database[name].distinct(file, {by: {"$in": ids}}) if one}
    return {host for host in hosts if host is not None and host != this_host()}


async def _replay_spool(database: str) -> None:
    """Stores what waits in the spool, from which forgotten articles are left out by now."""
    archive = await Archive.open(ArchiveOptions(database=database), lambda *_: None)
    await archive.close()


def _overwrite_logs(words: Sequence[bytes], left: list[str]) -> int:
    found = 0
    for path in log_files(home()):
        try:
            found += overwrite_in(path, words)
        except FileNotFoundError:  # rotated meanwhile
            continue
        except OSError as error:
            left.append(f"{path} cannot be written: {error.strerror}")
    return found


def _damaged_spools() -> list[Path]:
    return sorted((home() / "spool").glob("*.damaged"))
