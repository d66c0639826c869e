"""Where newscrawl keeps what it keeps: the embedded database, the spool, logs, secrets."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_DATABASE = "newscrawl"


def home() -> Path:
    """The home folder, made if it is not there (mode 700).

    `NEWSCRAWL_HOME` if set; else `.newscrawl/` beside the scrapy.cfg found upward from the current
    folder; else the user's data folder.
    """
    folder = _chosen()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    """The database that commands use: `NEWSCRAWL_DATABASE`, else `newscrawl`."""
    return os.environ.get("NEWSCRAWL_DATABASE") or DEFAULT_DATABASE
