"""PageWriter: appends to a file of kept pages, one process a file.

A crawl takes a file of the day that no other process holds (`flock`, which a death frees), so thousands of
short crawls share few files. What a kill -9 left half-written at its end is cut off then; no member before it
is touched. A file is complete when it is large or its day is over.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Self

from newscrawl.warc import files
from newscrawl.warc.erasure import finish_erasure
from newscrawl.warc.gzip_members import whole_length
from newscrawl.warc.records import info_record

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 1_000_000_000  #: of a file: the size that the WARC standard recommends
_DIGITS = 20  # of the length in a marker


@dataclass(slots=True)
class _OpenFile:
    """A file that this process holds, and its marker."""

    path: Path
    file: BinaryIO
    marker: BinaryIO
    end: int  # of what was appended
    synced: int  # up to where it is on the disk

    @classmethod
    def create(cls, folder: Path, now: datetime) -> Self:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / files.new_name(now)
        marker = _opened(files.open_marker(path), os.O_CREAT | os.O_EXCL)
        fcntl.flock(marker, fcntl.LOCK_EX)
        return cls(path, _opened(path, os.O_CREAT | os.O_EXCL), marker, 0, 0)

    @classmethod
    def claim(cls, path: Path) -> Self | None:
        """An open file that no process holds, its end repaired; None if one holds it, or it is complete."""
        try:
            marker = _opened(files.open_marker(path))
        except (FileNotFoundError, PermissionError):
            return None
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(marker.fileno()).st_nlink:  # done before we had the lock
                raise FileNotFoundError
            file = _opened(path)
        except (BlockingIOError, FileNotFoundError, PermissionError):
            marker.close()
            return None
        finish_erasure(path)
        end = _repair(path, file, marker)
        return cls(path, file, marker, end, end)

    def append(self, data: bytes) -> int:
        """Appends; returns the offset. Raises OSError, with the file as it was before."""
        start = self.end
        try:
            view = memoryview(data)
            while view:
                written = os.pwrite(self.file.fileno(), view, self.end)
                self.end += written
                view = view[written:]
        except OSError:
            self.end = start
            with suppress(OSError):
                os.ftruncate(self.file.fileno(), start)
            raise
        return start

    def sync(self) -> None:
        """Has on the disk what was appended. Raises OSError."""
        end = self.end
        if end > self.synced:
            os.fsync(self.file.fileno())
            os.pwrite(self.marker.fileno(), b"%0*d" % (_DIGITS, end), 0)
            self.synced = end

    def finish(self) -> None:
        """Nothing will be appended any more."""
        self.sync()
        files.open_marker(self.path).unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Frees it for other processes."""
        self.file.close()
        self.marker.close()


class PageWriter:
    """Appends records to files in `folder`; `clock` gives the time (aware). One thread may append while
    another syncs."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._clock = clock
        self._max_bytes = max_bytes
        self._open: _OpenFile | None = None
        self._full: list[_OpenFile] = []  # rotated; finished by the next `sync`

    def append(self, records: Iterable[bytes]) -> tuple[str, list[int]]:
        """Appends records, each a gzip member, to one file; returns its name and their offsets.

        They are safe after the next `sync`. Raises OSError: none of them is there.
        """
        file = self._file()
        start, offsets = file.end, []
        try:
            for record in records:
                offsets.append(file.append(record))
        except OSError:
            file.end = start
            with suppress(OSError):
                os.ftruncate(file.file.fileno(), start)
            raise
        return file.path.name, offsets

    def sync(self) -> None:
        """Has on the disk all that was appended before the call. Raises OSError."""
        while self._full:
            self._full[-1].finish()
            self._full.pop()
        if self._open is not None:
            self._open.sync()

    def close(self) -> None:
        """Syncs, and leaves the file to the next process. Raises OSError."""
        self.sync()
        if self._open is not None:
            self._open.close()
            self._open = None

    def _file(self) -> _OpenFile:
        now = self._clock().astimezone(UTC)
        if self._open is not None and (
            self._open.end >= self._max_bytes or files.day_of(self._open.path.name) < now.date()
        ):
            self._full.append(self._open)
            self._open = None
        if self._open is None:
            self._open = self._claimed(now) or self._created(now)
        return self._open

    def _created(self, now: datetime) -> _OpenFile:
        file = _OpenFile.create(self._folder, now)
        file.append(info_record(file.path.name, now))
        return file

    def _claimed(self, now: datetime) -> _OpenFile | None:
        """A file of this day that is not full. Completes those of earlier days that nobody holds."""
        found: _OpenFile | None = None
        for path in files.page_files(self._folder):
            if not files.open_marker(path).exists():
                continue
            file = _OpenFile.claim(path)
            if file is None:
                continue
            if not file.end:  # not even its first record was whole
                path.unlink(missing_ok=True)
                file.finish()
            elif files.day_of(path.name) < now.date() or file.end >= self._max_bytes:
                file.finish()
            elif found is None:
                found = file
            else:
                file.close()
        return found


def _opened(path: Path, flags: int = 0) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600), "r+b", buffering=0)


def _repair(path: Path, file: BinaryIO, marker: BinaryIO) -> int:
    """Cuts off what is torn at the end of a file that a dead process left; returns its length after it."""
    size = os.fstat(file.fileno()).st_size
    text = os.pread(marker.fileno(), _DIGITS, 0)
    known = int(text) if text.isdigit() else 0
    if known > size:
        known = 0  # the disk lost what it had confirmed
    end = known if known == size else known + whole_length(file, known)
    if end < size:
        logger.warning("%s ended in the middle of a record: %d bytes are cut off", path, size - end)
        os.ftruncate(file.fileno(), end)
    os.fsync(file.fileno())
    return end
