"""Exactly once, while both sides are killed with -9 under load."""

from __future__ import annotations

import asyncio
import os
import signal
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import DatabaseUnavailable
from newscrawl.read import Posts
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.server import embedded
from tests.read.stored import post_of, put
from tests.store.conftest import kill_mongod, own_home

pytestmark = pytest.mark.slow

__all__ = ["own_home"]

POSTS = 60
CONSUMER = """
import sqlite3, sys
from newscrawl.read import Posts

db = sqlite3.connect(sys.argv[1], timeout=60)
[token] = db.execute("SELECT token FROM place").fetchone()
for change in Posts.connect().watch(after=token):
    text = change.post.body.text if change.post else None
    with db:
        db.execute("INSERT INTO taken (kind, id, revision, text) VALUES (?, ?, ?, ?)",
                   (change.kind, change.id, change.revision, text))
        db.execute("UPDATE place SET token = ?", (change.token,))
"""


def test_none_is_missing_and_none_comes_twice(own_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.db"
    _make_file(file)
    writer = threading.Thread(target=lambda: asyncio.run(_write()))
    writer.start()
    try:
        consumer = _consume(file)
        for least in (10, 60, 110):
            _wait(file, least, consumer)
            if least == 60:
                kill_mongod()  # the writer starts it again
            else:
                os.kill(consumer.pid, signal.SIGKILL)
                consumer.wait()
                consumer = _consume(file)
    finally:
        writer.join()
    _wait(file, POSTS * 3 + POSTS // 3, consumer)
    time.sleep(1)  # what comes twice comes now
    os.kill(consumer.pid, signal.SIGKILL)
    consumer.wait()
    taken = _taken(file)
    for number in range(POSTS):
        expected: list[tuple[Any, ...]] = [
            ("insert", 1, "一"),
            ("update", 2, "二"),
            ("update", 3, "三"),
            *([("delete", None, None)] if number % 3 == 0 else []),
        ]
        got = [(kind, revision, text) for kind, post, revision, text in taken if post == post_of(number).id]
        if expected[-1][0] == "delete":  # revision 3 of a post that is gone may be nobody's any more
            got = [(k, r, t or ("三" if (k, r) == ("update", 3) else None)) for k, r, t in got]
        assert got == expected
    assert len(taken) == POSTS * 3 + POSTS // 3


async def _write() -> None:
    """Stores, revises twice and removes, through an archive that survives its server."""
    archive = await Archive.open(
        ArchiveOptions(database="newscrawl_own", spool=Path(os.environ["NEWSCRAWL_HOME"]) / "spool"),
        lambda *_: None,
    )
    for number in range(POSTS):
        for text in ("一", "二", "三"):
            await archive.put(post_of(number, text=text))
            await archive.flush()
        if number % 3 == 0:
            await _remove(post_of(number).id)
        await asyncio.sleep(0.02)
    await archive.close()


async def _remove(post_id: str) -> None:
    from pymongo.errors import PyMongoError

    for _ in range(200):
        try:
            async with await client.connect_async("writer") as connection:
                await connection["newscrawl_own"]["posts"].delete_one({"_id": post_id})
                return
        except (PyMongoError, DatabaseUnavailable):
            await asyncio.sleep(0.1)
    raise AssertionError("the server did not come back")


def _make_file(file: Path) -> None:
    with Posts.connect() as posts, sqlite3.connect(file) as db:
        db.execute("CREATE TABLE taken (kind, id, revision, text)")
        db.execute("CREATE TABLE place (token)")
        db.execute("INSERT INTO place VALUES (?)", (posts.now(),))
    db.close()


def _consume(file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CONSUMER, str(file)])


def _taken(file: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(file, timeout=60)
    try:
        return list(db.execute("SELECT kind, id, revision, text FROM taken ORDER BY rowid"))
    finally:
        db.close()


def _wait(file: Path, least: int, consumer: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while len(_taken(file)) < least:
        assert consumer.poll() is None, "the consumer ended by itself"
        assert time.monotonic() < until, f"{len(_taken(file))} of {least} changes came"
        time.sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that give a dead server up soon."""
    monkeypatch.setitem(client._OPTIONS, "serverSelectionTimeoutMS", 500)


class _Silent(socketserver.TCPServer):
    """A program that has taken a port, and hangs up on whoever calls."""

    allow_reuse_address = True


@contextmanager
def _holding(port: int | None) -> Iterator[None]:
    """Keeps the port from others, once whoever was killed has given it back."""
    for _ in range(500):
        try:
            other = _Silent(("127.0.0.1", port or 0), socketserver.BaseRequestHandler)
            break
        except OSError:
            time.sleep(0.01)
    with other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield
        other.shutdown()


@pytest.mark.usefixtures("quick")
def test_a_watch_follows_the_server_to_another_port(own_home: Path) -> None:
    with Posts.connect() as posts:
        begin = posts.now()
        put([post_of(1)])
        stream = posts.watch(after=begin)
        assert next(stream).id == post_of(1).id
        port = embedded.status().port
        kill_mongod()
        with _holding(port):
            put([post_of(2)])
        assert embedded.status().port != port
        assert next(stream).id == post_of(2).id
        stream.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("quick")
def test_a_server_that_stays_away_is_told(own_home: Path) -> None:
    with Posts.connect() as posts:
        stream = posts.watch(after=posts.now(), patience=0.01)
        put([post_of(1)])
        next(stream)
        kill_mongod()
        with pytest.raises(DatabaseUnavailable, match="cannot be used"):
            next(stream)
        assert not embedded.status().running, "a watch starts no server"
