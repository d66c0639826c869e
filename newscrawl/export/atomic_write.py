"""Files that are there whole or not at all: each is written beside its place, then renamed into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from newscrawl.errors import NewscrawlError


@contextmanager
def drafted(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its place at the end of the block, safe against a loss of power.

    Where the block fails, what was at the place stays. Two processes do not share a draft; the one that
    ends last wins. Raises NewscrawlError where it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with draft.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def write_whole(path: Path, content: bytes) -> bool:
    """Puts the content there; False where it was there already, and then the file is not touched.

    A symbolic link at the place is replaced, not followed. Raises NewscrawlError.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")  # Jekyll passes over files with a dot
    try:
        if read_if_there(path, len(content)) == content:
            return False
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return True


def read_if_there(path: Path, size: int | None = None) -> bytes | None:
    """A file's content; None where there is no file, or where it has not that size."""
    if not path.is_file() or (size is not None and path.stat().st_size != size):
        return None
    return path.read_bytes()


def unwritable(path: Path, error: OSError) -> NewscrawlError:
    """The error for a file that cannot be written."""
    return NewscrawlError(f"{path} cannot be written: {error.strerror or error}")
