"""The unfinished file of an export: one process writes it, and it remains if that is killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from newscrawl.errors import NewscrawlError
from newscrawl.export.atomic_write import unwritable


class PartialFile:
    """`FILE.part`, open and locked."""

    def __init__(self, target: Path, path: Path, file: BinaryIO) -> None:
        self.target, self.path = target, path
        self.place = path.with_name(f"{path.name}.json")  #: records how much of it is complete
        self._file = file

    def write(self, content: bytes) -> None:
        self._file.write(content)

    def size(self) -> int:
        """Size in bytes."""
        return os.fstat(self._file.fileno()).st_size

    def cut(self, size: int) -> None:
        """Truncates the file; the next write continues there."""
        self._file.truncate(size)
        self._file.seek(size)

    def settle(self) -> int:
        """Flushes everything to disk; returns the size."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self.size()

    def finish(self) -> None:
        """Renames the part to its target."""
        self.settle()
        self.path.replace(self.target)
        self.place.unlink(missing_ok=True)


@contextmanager
def open_part(target: Path, mode: int = 0o666) -> Iterator[PartialFile]:
    """The part of a file, created with these permissions if missing. Raises NewscrawlError if it is not
    writable, or in use."""
    path = target.with_name(f"{target.name}.part")
    try:
        with _locked(path, mode) as file:
            yield PartialFile(target, path, file)
    except OSError as error:
        raise unwritable(path, error) from error


@contextmanager
def _locked(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A kernel lock, released as soon as its holder ends, even if killed."""
    while True:
        # Open for reading and writing, create if missing, and never truncate before it is locked.
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode), "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise NewscrawlError(f"another process is writing {path}; wait until it ends") from None
            if _is_still(path, file):
                yield file
                return


def _is_still(path: Path, file: BinaryIO) -> bool:
    """False if the previous holder renamed the file between our opening and locking it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
