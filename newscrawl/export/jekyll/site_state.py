"""Records what an export wrote into a site's folder: `.newscrawl-export.sqlite`, next to the site's files.

It says which files are ours and unchanged, so that files that others wrote or edited are left alone, and
which posts are written already, so that the next export reads only changes. SQLite holds the lock: a second
export into the folder is refused, and one that was killed leaves no lock.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newscrawl.errors import NewscrawlError, UsageError

NAME = ".newscrawl-export.sqlite"  #: Jekyll ignores dotfiles

_TABLES = """
CREATE TABLE IF NOT EXISTS page (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, hash TEXT NOT NULL, revision INTEGER NOT NULL,
  date TEXT NOT NULL, category TEXT, label TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS category ON page (category, date, label);
CREATE TABLE IF NOT EXISTS own (path TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE here (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class SitePage:
    """A post's page as it was written; revision 0 if it was about to be."""

    id: str
    path: str  #: in the site, with slashes
    hash: str
    revision: int
    date: str  #: ISO 8601, UTC
    category: str | None
    label: str | None  #: the category's label in its links back


def digest(content: bytes) -> str:
    """Of a file, to know it again."""
    return hashlib.sha256(content).hexdigest()[:32]


@contextmanager
def opened(folder: Path) -> Iterator[SiteState]:
    """The state of a site's folder, locked until the block ends.

    Raises NewscrawlError if another export is using it or it cannot be written, UsageError if it is damaged.
    """
    path = folder / NAME
    connection = None
    try:
        connection = sqlite3.connect(path, timeout=2, isolation_level=None)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA secure_delete=ON")  # the ids of forgotten posts do not stay in the file
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        connection.executescript(_TABLES)
        yield SiteState(connection)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise NewscrawlError(f"another export is writing to {folder}; wait until it ends") from None
        raise NewscrawlError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{path} is damaged ({error}); remove it to rewrite everything") from error
    finally:
        if connection is not None:
            connection.close()


class SiteState:
    """The tables. Every method but those inside `at_once` is a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """A transaction: everything in the block, or nothing."""
        self._sql.execute("BEGIN")
        with self._sql:
            yield

    def said(self, name: str) -> str | None:
        """The value recorded under a name."""
        value: str | None = self._one("SELECT value FROM said WHERE name = ?", name)
        return value

    def say(self, **values: str) -> None:
        self._sql.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", values.items())

    def hash_of(self, path: str) -> str | None:
        """Of one of the site's own files, as we wrote it."""
        written: str | None = self._one("SELECT hash FROM own WHERE path = ?", path)
        return written

    def own(self, path: str, written: str | None) -> None:
        """Records one of the site's own files; None: it is no longer ours."""
        if written is None:
            self._sql.execute("DELETE FROM own WHERE path = ?", [path])
        else:
            self._sql.execute("INSERT OR REPLACE INTO own VALUES (?, ?)", [path, written])

    def own_files(self) -> dict[str, str]:
        return dict(self._sql.execute("SELECT path, hash FROM own"))

    def set_here(self, ids: Iterable[str]) -> None:
        """Sets the ids that the site is to have."""
        with self.at_once():
            self._sql.executemany("INSERT OR IGNORE INTO here VALUES (?)", ((one,) for one in ids))

    def want(self, changed: Iterable[tuple[str, int]], *, everything: bool) -> int:
        """Decides which posts to write; returns how many.

        These are selected posts without a finished page, and existing pages, selected or not, whose post has
        another revision; or all pages.
        """
        with self.at_once():
            self._sql.execute(
                "INSERT INTO wanted SELECT id FROM here LEFT JOIN page USING (id) WHERE page.id IS NULL"
                " UNION SELECT id FROM page WHERE ? OR revision = 0",
                [everything],
            )
            self._sql.executemany(
                "INSERT OR IGNORE INTO wanted SELECT id FROM page WHERE id = ? AND revision <> ?", changed
            )
        return int(self._one("SELECT count(*) FROM wanted"))

    def wanted(self, size: int) -> Iterator[list[str]]:
        """The ids to write, in batches."""
        return self._lists("SELECT id FROM wanted WHERE id > ? ORDER BY id LIMIT ?", size)

    def not_here(self, size: int) -> Iterator[list[str]]:
        """The ids of pages whose posts are not selected this time, in batches."""
        asked = "SELECT id FROM page WHERE id > ? AND id NOT IN (SELECT id FROM here) ORDER BY id LIMIT ?"
        return self._lists(asked, size)

    def page(self, post_id: str) -> SitePage | None:
        row = self._sql.execute("SELECT * FROM page WHERE id = ?", [post_id]).fetchone()
        return SitePage(*row) if row else None

    def keep(self, page: SitePage) -> None:
        """Records a page that was written, or, with revision 0, one that is about to be."""
        values = [page.id, page.path, page.hash, page.revision, page.date, page.category, page.label]
        self._sql.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def forget(self, post_id: str) -> None:
        self._sql.execute("DELETE FROM page WHERE id = ?", [post_id])

    def pages(self) -> int:
        """How many posts have a page."""
        return int(self._one("SELECT count(*) FROM page"))

    def categories(self) -> dict[str, str]:
        """Slug → its label on the newest page."""
        rows = self._sql.execute(
            "SELECT category, label, max(date) FROM page WHERE category IS NOT NULL GROUP BY category"
        )
        return {slug: label or slug for slug, label, _ in rows}

    def _one(self, asked: str, *values: Any) -> Any:
        row = self._sql.execute(asked, values).fetchone()
        return row[0] if row else None

    def _lists(self, asked: str, size: int) -> Iterator[list[str]]:
        last = ""
        while found := [row[0] for row in self._sql.execute(asked, [last, size])]:
            yield found
            last = found[-1]
