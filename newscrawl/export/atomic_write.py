"""Atomic writes: each file is written next to its target, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from newscrawl.errors import NewscrawlError


@contextmanager
def drafted(path: Path) -> Iterator[BinaryIO]:
    """A file to write to; it replaces its target at the end of the block, and survives a power failure.

    If the block fails, the target stays as it was. Two processes do not share a draft; the last to finish
    wins. Raises NewscrawlError if the file cannot be written.
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
    """Writes the content; returns False, without touching the file, if it already has this content.

    A symbolic link is replaced, not followed. Raises NewscrawlError.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")  # Jekyll ignores dotfiles
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
    """A file's content; None if it does not exist or has another size."""
    if not path.is_file() or (size is not None and path.stat().st_size != size):
        return None
    return path.read_bytes()


def unwritable(path: Path, error: OSError) -> NewscrawlError:
    """The error to raise if a file cannot be written."""
    return NewscrawlError(f"{path} cannot be written: {error.strerror or error}")
