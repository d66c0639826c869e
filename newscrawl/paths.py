"""Where newscrawl keeps what it keeps: the embedded database, the spool, logs, secrets."""

from __future__ import annotations

import os
import re
from pathlib import Path

from newscrawl.errors import UsageError

DEFAULT_DATABASE = "newscrawl"
_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")


def home() -> Path:
    """The home folder, made if it is not there (mode 700).

    `NEWSCRAWL_HOME` if set; else `.newscrawl/` beside the scrapy.cfg found upward from the current
    folder; else the user's data folder. Raises UsageError where it cannot be had.
    """
    folder = _chosen()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the home folder {folder} cannot be created ({error.strerror}); set NEWSCRAWL_HOME to another"
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise UsageError(
            f"the home folder {folder} belongs to another user (uid {folder.stat().st_uid});"
            " run this as that user, or set NEWSCRAWL_HOME to a folder of yours"
        )
    return folder


def _chosen() -> Path:
    if named := os.environ.get("NEWSCRAWL_HOME"):
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "scrapy.cfg").is_file():
            return folder / ".newscrawl"
    import platformdirs  # slow to import

    return Path(platformdirs.user_data_path("newscrawl"))


def database_name() -> str:
    """The database that commands use: `NEWSCRAWL_DATABASE`, else `newscrawl`.

    Raises UsageError for a name that MongoDB does not take on every system.
    """
    return checked_name(os.environ.get("NEWSCRAWL_DATABASE") or DEFAULT_DATABASE)


def checked_name(name: str) -> str:
    """The name of a database. Raises UsageError for one that MongoDB does not take on every system."""
    if not isinstance(name, str) or not _DATABASE.fullmatch(name):
        raise UsageError(
            f"invalid database name {name!r}; use up to 63 ASCII letters, digits, _ and -, as in newscrawl"
        )
    return name
