"""Imports the pages of a Jekyll folder, by the same rules as a crawl."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.errors import PageError, Unusable, UsageError
from newscrawl.export.jekyll.post_file import parse
from newscrawl.export.jekyll.to_draft import SPIDER, draft_of, unreadable
from newscrawl.model.draft import Draft, Reject
from newscrawl.model.ledger import Ledger
from newscrawl.normalize.steps import build_post, complete, reject_of
from newscrawl.store.open import open_archive

if TYPE_CHECKING:
    from newscrawl.store.archive import Archive
    from newscrawl.store.dry_run import DryArchive

SUFFIXES = frozenset({".md", ".markdown"})
FILE_LIMIT = 10_000_000  #: bytes; the same limit as for a crawled page

_BATCH = 100  # files looked up in the database at a time


@dataclass(slots=True)
class Imported:
    """The result of an import: `ledger` has the counts, `refused` the first rejected files, with reasons."""

    run: str
    started: datetime
    ledger: Ledger = field(default_factory=Ledger)
    refused: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)  #: ids that this import took

    def document(self, folder: Path, finished: datetime | None) -> dict[str, Any]:
        """As in `runs`."""
        return {
            "_id": self.run,
            "spider": SPIDER,
            "arguments": {"folder": folder.name},
            "started": self.started,
            "finished": finished,
            "pid": os.getpid(),
            "newsroom": False,
            "reason": "finished" if finished else None,
            "complete": finished is not None,
            "problems": [],
            "counts": self.ledger.counts(),
            "fields": {},
            "news_since": None,
            "delays": [],
        }


def jekyll_files(folder: Path) -> list[Path]:
    """The pages in a folder and below, sorted, without hidden ones. Raises UsageError."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name the one with the posts, such as _posts")
    found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    files = sorted(
        path for path in found if not any(part[0] == "." for part in path.relative_to(folder).parts)
    )
    if not files:
        raise UsageError(f"{folder} contains no posts: no file in it ends in .md or .markdown")
    return files


async def import_jekyll(
    folder: Path, *, dry: bool = False, progress: Callable[[Ledger], None] | None = None
) -> Imported:
    """Reads every page of a folder and stores it as a post; pages that cannot be one go to `rejects`.

    A page never replaces a crawled post, which has more information: it counts as a duplicate, as does a
    second page of the same article. Importing again changes only `last_seen`.
    Raises UsageError for an invalid folder, and DatabaseUnavailable.
    """
    files = jekyll_files(folder)
    now = datetime.now(UTC)
    done = Imported(f"{SPIDER}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", now)
    archive = await open_archive(done.ledger.end, dry=dry)
    try:
        await archive.start_run(done.document(folder, None))
        for batch in _batches(files):
            await _take(batch, folder, archive, done)
            if progress:
                progress(done.ledger)
        await archive.flush()
        await archive.finish_run(done.document(folder, datetime.now(UTC)))
    finally:
        await archive.close()
    return done


def _batches(files: list[Path]) -> Iterator[list[Path]]:
    waiting = iter(files)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


async def _take(batch: list[Path], folder: Path, archive: Archive | DryArchive, done: Imported) -> None:
    drafts: list[tuple[str, Draft]] = []
    for path in batch:
        name = str(path.relative_to(folder)).encode("utf-8", "replace").decode()
        text = ""
        try:
            text = _text(path)
            drafts.append((name, draft_of(parse(text, path.name), text, run=done.run, now=done.started)))
        except PageError as error:
            await _refuse(name, unreadable(error, name, text, run=done.run, now=done.started), archive, done)
    held = await archive.known([draft.id for _, draft in drafts])
    crawled = {one.id for one in held.values() if one.kind == "post" and one.spider != SPIDER}
    for name, draft in drafts:
        if draft.id in crawled | done.seen:
            _end_duplicate(name, draft, done)
            continue
        whole = complete(draft, done.started)
        try:
            post = build_post(whole, done.started)
        except Unusable as unusable:
            await _refuse(name, reject_of(whole, unusable.reasons), archive, done)
            continue
        done.seen.add(draft.id)
        done.ledger.take(draft.id)
        await archive.put(post)


def _end_duplicate(name: str, draft: Draft, done: Imported) -> None:
    page = f"{draft.id} {name}"
    done.ledger.take(page)
    done.ledger.end(page, "duplicate")


async def _refuse(name: str, reject: Reject, archive: Archive | DryArchive, done: Imported) -> None:
    page = f"{reject.id} {name}"
    done.ledger.take(page)
    done.ledger.end(page, "rejected", reject.reasons[0])
    if len(done.refused) < 20:
        done.refused.append((name, ", ".join(reject.reasons)))
    await archive.reject(reject)


def _text(path: Path) -> str:
    """The file's text. Raises PageError if it is not UTF-8."""
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise PageError(f"{path.name} has {path.stat().st_size} bytes; the limit is {FILE_LIMIT}")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError(f"{path.name} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise PageError(f"{path.name} cannot be read: {error.strerror}") from error
