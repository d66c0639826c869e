"""Overwrites what logs and other text files of the home folder say of articles."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

#: Folders of the home folder whose files have rules of their own, or are MongoDB's.
_OTHERS = frozenset({"pages", "spool", "data", "bin", "locks"})


def log_files(home: Path) -> list[Path]:
    """The files of the home folder that may name an article in plain text: logs, states, incidents."""
    found = []
    for folder, names, files in os.walk(home):
        names[:] = [name for name in names if name not in _OTHERS]
        found += [Path(folder, name) for name in files]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def overwrite_in(path: Path, needles: Sequence[bytes]) -> int:
    """Overwrites each of these with asterisks; returns how many were found. The file keeps its length, so
    whoever appends to it may go on. Raises OSError.
    """
    with path.open("r+b", buffering=0) as file:
        places = list(_places(file.read(), needles))
        for begin, length in places:
            os.pwrite(file.fileno(), b"*" * length, begin)
        if places:
            os.fsync(file.fileno())
    return len(places)


def _places(content: bytes, needles: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    for needle in needles:
        at = content.find(needle)
        while at != -1:
            yield at, len(needle)
            at = content.find(needle, at + len(needle))
