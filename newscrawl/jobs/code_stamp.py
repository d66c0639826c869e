"""A stamp that changes with the code, on which long-lived processes are restarted."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_PACKAGES = ("newscrawl.pipelines", "newscrawl.spiders", "pipelines", "spiders")

Stamp = list[tuple[str, int, int]]


def code_stamp() -> Stamp:
    """Time and size of each file of newscrawl, the pipelines and the spiders, and installation times of
    packages."""
    folders = [Path(__file__).parents[1]]
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        folders += map(Path, (spec.submodule_search_locations if spec else None) or [])
    files = [file for folder in folders for file in python_files(str(folder))]
    places = [sys.executable, *(place for place in sys.path if place.endswith("-packages"))]
    return files + [(place, os.stat(place).st_mtime_ns, 0) for place in places if os.path.exists(place)]


def python_files(folder: str) -> Iterator[tuple[str, int, int]]:
    """The Python files below a folder, and the declared feeds: path, time, size."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py") or entry.name == "feeds.toml":
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from python_files(entry.path)
