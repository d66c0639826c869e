"""The WARC files of kept pages: where they are, what they are called, which of them are still written to.

A file is `newscrawl-<UTC time of its first record>-<host>-<6 hex digits>.warc.gz`. While it may be appended
to, a marker stands beside it, of the same name and `.open`. It has the length up to which the file is known
to be whole.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from newscrawl.errors import UsageError
from newscrawl.paths import database_name, home

SUFFIX: Final = ".warc.gz"
OPEN: Final = ".open"  #: of the file beside it, while it may be appended to
ERASING: Final = ".erasing"  #: of the file beside it, while records of it are erased
_NAME = re.compile(r"newscrawl-(\d{8})(\d{6})-([A-Za-z0-9-]+)-[0-9a-f]{6}\.warc\.gz")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


def pages_folder(database: str | None = None) -> Path:
    """The folder of the kept pages of a database, which need not be there.

    It has the database's name, and is in NEWSCRAWL_PAGES_FOLDER or in `pages` of the home folder. Raises
    UsageError.
    """
    named = os.environ.get("NEWSCRAWL_PAGES_FOLDER")
    folder = Path(named).expanduser() if named else home() / "pages"
    if named and not folder.is_absolute():
        raise UsageError(f"NEWSCRAWL_PAGES_FOLDER is {named!r}, which is not an absolute path")
    return folder / (database or database_name())


def new_name(now: datetime) -> str:
    """The name of a file whose first record is written at `now` (aware)."""
    return f"newscrawl-{now.astimezone(UTC):%Y%m%d%H%M%S}-{this_host()}-{secrets.token_hex(3)}{SUFFIX}"


def this_host() -> str:
    """This machine's name, as in the names of its files."""
    return _NOT_IN_NAMES.sub("-", socket.gethostname())[:40].strip("-") or "host"


def host_of(name: str) -> str | None:
    """The machine that wrote a file, by its name; None for a name of another kind."""
    match = _NAME.fullmatch(name)
    return match[3] if match else None


def is_name(name: str) -> bool:
    """Whether a file's name is one of `new_name`. Others in the folder are left alone."""
    return _NAME.fullmatch(name) is not None


def day_of(name: str) -> date:
    """The UTC day of a file's first record, by its name. Raises ValueError for a name of another kind."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not the name of a file of kept pages")
    return datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC).date()


def page_files(folder: Path) -> list[Path]:
    """The files of kept pages in a folder, oldest first; none if there is no such folder. Raises OSError."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names) if is_name(name)]


def open_marker(path: Path) -> Path:
    """The file beside a file of kept pages that may still be appended to."""
    return path.with_name(path.name + OPEN)


def erasing_note(path: Path) -> Path:
    """The file beside a file of kept pages that says which records are being erased."""
    return path.with_name(path.name + ERASING)
