"""The spool: files in the home folder that hold records while MongoDB is away.

A file belongs to one process, which holds its lock (`flock`, released when the process dies), and to one
database, whose name it begins with. A record is its length and CRC-32 (little-endian, 4 bytes each), then its
BSON; each batch is synced to disk before it counts as spooled. A record half-written at a kill -9 was never
counted, and is skipped.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from newscrawl.store.record import DOCUMENT_LIMIT, Record

logger = logging.getLogger(__name__)

_HEADER = struct.Struct("<II")
SUFFIX = ".spool"
_LONGEST = DOCUMENT_LIMIT + 100_000  # bytes of one record


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in spool files."""

    documents: int = 0
    bytes: int = 0
    files: int = 0
    unreadable: int = 0  #: files of other users, whose documents cannot be counted


class SpoolFile:
    """A spool file, locked while it is open."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.documents = 0  #: appended since it was opened
        self._file = file

    @classmethod
    def create(cls, folder: Path, database: str) -> Self:
        """A new file of this process. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            path = folder / f"{database}@{stamp}-{os.getpid()}-{secrets.token_hex(3)}{SUFFIX}"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            file = os.fdopen(descriptor, "r+b", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:  # else another process removed it as a leftover
                _sync_folder(folder)
                return cls(path, file)
            file.close()

    @classmethod
    def claim(cls, path: Path) -> Self | None:
        """Claims a dead process's file; None if a living process holds or removed it, or it is another
        user's."""
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return None
        except PermissionError:
            logger.error("%s", _not_ours(path))
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        if not os.fstat(file.fileno()).st_nlink:  # replayed and removed before we got the lock
            file.close()
            return None
        return cls(path, file)

    def append(self, records: Sequence[Record]) -> None:
        """Syncs a batch to disk. On OSError, the file is as it was before."""
        end = self._file.seek(0, os.SEEK_END)
        try:
            for record in records:
                _write_all(self._file, _framed(record.to_bson()))
            os.fsync(self._file.fileno())
        except OSError:
            os.ftruncate(self._file.fileno(), end)
            raise
        self.documents += len(records)

    def batches(self, size: int) -> Iterator[list[Record]]:
        """Its records in order, `size` at a time."""
        batch = []
        for record in _records(self.path):
            batch.append(record)
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch

    def remove(self) -> None:
        """Removes it after its replay; a damaged file is renamed and kept for inspection."""
        if _is_damaged(self.path):
            kept = self.path.with_suffix(".damaged")
            self.path.replace(kept)
            logger.error("%s is damaged; its readable part was replayed, the file is kept", kept)
        else:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Releases it; its records wait for the next replay."""
        self._file.close()


def leftovers(folder: Path, database: str) -> Iterator[SpoolFile]:
    """Claims dead processes' files for this database one by one, oldest first."""
    try:
        paths = _paths(folder, database)
    except PermissionError:
        logger.error("%s", _not_ours(folder))
        return
    for path in paths:
        if spool := SpoolFile.claim(path):
            yield spool


def backlog(folder: Path, database: str) -> Backlog:
    """What waits for this database, in files of dead and living processes."""
    documents = size = files = unreadable = 0
    try:
        paths = _paths(folder, database)
    except PermissionError:  # its content is unknown
        return Backlog(files=1, unreadable=1)
    for path in paths:
        try:
            size += path.stat().st_size
            documents += sum(1 for _ in _frames(path))
        except FileNotFoundError:  # replayed meanwhile
            continue
        except PermissionError:
            unreadable += 1
        files += 1
    return Backlog(documents, size, files, unreadable)


def _not_ours(path: Path) -> str:
    """The message about a file that may not be opened."""
    try:
        owner = f"user id {path.stat().st_uid}"
    except OSError:
        owner = "another user"
    return (
        f"{path} belongs to {owner} and was left alone: its posts are not stored yet;"
        f" crawl as that user, or: chown {os.geteuid()} '{path}'"
    )


def _paths(folder: Path, database: str) -> list[Path]:
    """By age: names begin with the time. Raises PermissionError."""
    try:
        names = os.listdir(folder)  # `glob` finds nothing in an unreadable folder
    except FileNotFoundError:
        return []
    return [
        folder / name for name in sorted(names) if name.startswith(f"{database}@") and name.endswith(SUFFIX)
    ]


def _framed(data: bytes) -> bytes:
    return _HEADER.pack(len(data), zlib.crc32(data)) + data


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _sync_folder(folder: Path) -> None:
    """Syncs the new file's name to disk."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _records(path: Path) -> Iterator[Record]:
    for data in _frames(path):
        try:
            yield Record.from_bson(data)
        except ValueError as error:
            logger.error("%s: %s", path, error)


def _frames(path: Path) -> Iterator[bytes]:
    """The complete records of a file, up to a truncated or damaged end."""
    with path.open("rb") as file:
        while data := _frame(file):
            yield data


def _frame(file: BinaryIO) -> bytes | None:
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    length, checksum = _HEADER.unpack(header)
    if not 0 < length <= _LONGEST:
        return None
    data = file.read(length)
    return data if len(data) == length and zlib.crc32(data) == checksum else None


def _is_damaged(path: Path) -> bool:
    """Whether more than one truncated record follows the last complete one."""
    with path.open("rb") as file:
        whole = 0
        while data := _frame(file):
            whole += _HEADER.size + len(data)
        file.seek(whole)
        rest = file.read(_HEADER.size)
        if len(rest) < _HEADER.size:
            return False
        length, _ = _HEADER.unpack(rest)
        return bool(length == 0 or file.seek(0, os.SEEK_END) >= whole + _HEADER.size + length)
