"""MongoDB dies, or we die, in the middle: nothing is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import ArchiveBroken, DatabaseUnavailable
from newscrawl.model.draft import Reject
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions, Backlog
from newscrawl.store.delivery import Delivery
from newscrawl.store.server import embedded
from newscrawl.store.spool import SpoolFile
from tests.store.conftest import kill_mongod
from tests.store.posts import START, Outcomes, make_post, put_all

COUNT = 300

# pymongo 4.20 leaves a socket open whose connecting is cancelled when its client is closed.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _sweep() -> Iterator[None]:
    """Has those sockets collected here, and not in a later test that does not expect them."""
    yield
    gc.collect()


@pytest.fixture
def options(own_home: Path) -> ArchiveOptions:
    """Little patience; a dead server stays dead."""
    return ArchiveOptions(patience=0.3, reconnect_interval=0.05, restart_embedded=False)


def held(collection: str = "posts") -> list[dict[str, Any]]:
    with client.connect("reader") as reader:
        return list(reader["newscrawl_own"][collection].find().sort("_id"))


def assert_all_once(count: int = COUNT) -> None:
    assert [post["_id"] for post in held()] == sorted(make_post(number).id for number in range(count))
    assert {post["revision"] for post in held()} == {1}
    assert held("revisions") == []


async def put_and_kill(options: ArchiveOptions, outcomes: Outcomes) -> Archive:
    """An archive to which COUNT posts were handed while mongod was killed after a third of them."""
    archive = await Archive.open(options, outcomes)
    for number in range(COUNT):
        if number == COUNT // 3:
            kill_mongod()
        await archive.put(make_post(number))
        if number % 20 == 0:
            await asyncio.sleep(0)
    return archive


def test_away_to_the_end_then_replayed_by_the_next(options: ArchiveOptions) -> None:
    outcomes = Outcomes()

    async def first() -> Backlog:
        archive = await put_and_kill(options, outcomes)
        await archive.reject(Reject("eastmoney:x", "https://e.com", ("no date",), "eastmoney", "r", START))
        await archive.finish_run({"_id": "r", "spider": "eastmoney", "started": START, "finished": START})
        assert await archive.known([make_post(1).id]) == {}
        assert await archive.last_run("eastmoney", {}) is None
        return await archive.close()

    backlog = asyncio.run(first())
    ended = Counter(outcomes.last.values())
    assert ended["spooled"] + ended["stored"] == COUNT
    assert ended["spooled"] >= COUNT // 2
    assert backlog.documents == ended["spooled"] + 2
    assert not embedded.status().running

    embedded.ensure()
    second, backlog = asyncio.run(put_all([], options))
    assert (second.told, backlog) == ([], Backlog())
    assert_all_once()
    assert [run["_id"] for run in held("runs")] == ["r"]
    assert [reject["seen"] for reject in held("rejects")] == [1]


def test_back_in_the_middle_then_replayed_by_ourselves(options: ArchiveOptions) -> None:
    outcomes = Outcomes()

    async def run() -> Backlog:
        archive = await put_and_kill(options, outcomes)
        await archive.flush()
        assert outcomes.count("spooled")
        await asyncio.to_thread(embedded.ensure)
        assert archive._delivery._return
        await archive._delivery._return
        await archive.put(make_post(COUNT))
        return await archive.close()

    assert asyncio.run(run()) == Backlog()
    assert Counter(outcomes.last.values()) == {"stored": COUNT + 1}
    assert_all_once(COUNT + 1)


def test_a_dead_server_is_started_again(own_home: Path) -> None:
    outcomes = Outcomes()
    options = ArchiveOptions(reconnect_interval=0.05)

    async def run() -> Backlog:
        return await (await put_and_kill(options, outcomes)).close()

    assert asyncio.run(run()) == Backlog()
    assert Counter(outcomes.last.values()) == {"stored": COUNT}
    assert outcomes.count("spooled") == 0
    assert_all_once()


def test_a_change_that_was_spooled_is_one_revision_however_often_it_is_replayed(
    options: ArchiveOptions,
) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))

    async def change() -> None:
        archive = await Archive.open(options, Outcomes())
        await archive.flush()
        kill_mongod()
        await archive.put(make_post(1, "新"))
        await archive.close()

    asyncio.run(change())
    [path] = options.spool.glob("*.spool")
    copy = path.read_bytes()
    embedded.ensure()
    for _ in range(2):
        path.write_bytes(copy)
        asyncio.run(put_all([], options))
    [post] = held()
    assert (post["body"]["text"], post["revision"]) == ("新", 2)
    assert len(held("revisions")) == 1


def test_looks_that_were_spooled_withdraw_once_however_often_they_are_replayed(
    options: ArchiveOptions,
) -> None:
    hours = iter((1, 2, 3, 3, 3, 3))
    slow = replace(options, clock=lambda: START + timedelta(hours=next(hours)))
    asyncio.run(put_all([make_post(1)], replace(options, clock=lambda: START)))
    outcomes = Outcomes()

    async def look_twice() -> None:
        archive = await Archive.open(slow, outcomes)
        kill_mongod()
        await archive.look(make_post(1).id, 404)
        await archive.look(make_post(1).id, 410)
        await archive.close()

    asyncio.run(look_twice())
    assert outcomes.told == [(make_post(1).id, "spooled")] * 2
    [path] = options.spool.glob("*.spool")
    copy = path.read_bytes()
    embedded.ensure()
    for _ in range(2):
        path.write_bytes(copy)
        asyncio.run(put_all([], options))
    [post] = held()
    assert post["withdrawn"] == {
        "since": START + timedelta(hours=1),
        "status": 410,
        "seen": START + timedelta(hours=2),
        "until": None,
    }
    assert post["revision"] == 2
    assert len(held("revisions")) == 1


def test_a_state_older_than_the_one_held_becomes_history(options: ArchiveOptions) -> None:
    async def spool_then_overtake() -> None:
        archive = await Archive.open(options, Outcomes())
        await archive.put(make_post(1, "第一"))
        await archive.flush()
        kill_mongod()
        await archive.put(make_post(1, "第二"))
        await archive.close()

    asyncio.run(spool_then_overtake())
    [path] = options.spool.glob("*.spool")
    aside = path.rename(path.with_suffix(".aside"))
    embedded.ensure()
    asyncio.run(put_all([make_post(1, "第三")], options))
    aside.rename(path)
    asyncio.run(put_all([], options))
    assert [(post["body"]["text"], post["revision"]) for post in held()] == [("第三", 2)]
    assert {(old["body"]["text"], old["revision"]) for old in held("revisions")} == {
        ("第一", 1),
        ("第二", None),
    }


_CRAWLER = """
import asyncio, sys
from newscrawl.store.archive import Archive, ArchiveOptions
from tests.store.posts import make_post

async def crawl():
    def tell(page, outcome, reason=None):
        print(outcome, flush=True)
    options = ArchiveOptions(patience=0.2, reconnect_interval=60, restart_embedded=False, batch_size=10)
    archive = await Archive.open(options, tell)
    for number in range(100_000):
        await archive.put(make_post(number))
asyncio.run(crawl())
"""


def crawl_until(outcome: str, times: int) -> subprocess.Popen[str]:
    """A process that puts posts, running, after it told that outcome so often."""
    process = subprocess.Popen(
        [sys.executable, "-c", _CRAWLER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    for line in process.stdout:
        times -= line.strip() == outcome
        if not times:
            return process
    raise AssertionError(f"the process ended before it told {outcome!r} so often")


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_a_killed_crawler_leaves_what_the_next_completes(options: ArchiveOptions) -> None:
    embedded.ensure()
    kill(crawl_until("stored", 50))
    before = len(held())
    assert before >= 50
    outcomes, _ = asyncio.run(put_all([make_post(number) for number in range(before + 20)], options))
    assert Counter(outcomes.last.values()) == {"unchanged": before, "stored": 20}
    assert_all_once(before + 20)


def test_a_crawler_killed_while_it_spools_loses_nothing_that_it_told(options: ArchiveOptions) -> None:
    embedded.ensure()
    process = crawl_until("stored", 50)
    kill_mongod()
    assert process.stdout
    while process.stdout.readline().strip() != "spooled":
        pass
    for _ in range(200):
        assert process.stdout.readline().strip() == "spooled"
    kill(process)
    [path] = options.spool.glob("*.spool")
    os.truncate(path, path.stat().st_size - 3)  # as if it died in the middle of a write
    embedded.ensure()
    _, backlog = asyncio.run(put_all([], options))
    assert backlog == Backlog()
    assert len(held()) >= 250
    assert_all_once(len(held()))


def test_neither_mongodb_nor_the_disk_is_told_as_failed_at_the_end(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> SpoolFile:
        raise OSError(28, "No space left on device")

    outcomes = Outcomes()

    async def run() -> None:
        stopping = False
        archive = await Archive.open(replace(options, stopping=lambda: stopping), outcomes)
        kill_mongod()
        monkeypatch.setattr(SpoolFile, "create", refuse)
        await archive.put(make_post(1))
        await asyncio.sleep(1)
        assert not outcomes.last, "given up, though somebody may make room"
        stopping = True
        await archive.flush()
        await archive.close()

    asyncio.run(run())
    assert outcomes.last == {make_post(1).id: "failed"}
    assert outcomes.reasons == {make_post(1).id: "could be written neither to MongoDB nor to disk"}


def test_a_disk_that_has_room_again_takes_what_waited(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, full = SpoolFile.create, [True]

    def sometimes(folder: Path, database: str) -> SpoolFile:
        if full.pop() if full else False:
            raise OSError(28, "No space left on device")
        return create(folder, database)

    outcomes = Outcomes()

    async def run() -> Backlog:
        archive = await Archive.open(options, outcomes)
        kill_mongod()
        monkeypatch.setattr(SpoolFile, "create", sometimes)
        await archive.put(make_post(1))
        return await archive.close()

    assert asyncio.run(run()).documents == 1
    assert outcomes.told == [(make_post(1).id, "spooled")]


@pytest.mark.parametrize("room", [0, 1], ids=["at once", "after a batch"])
def test_mongodb_that_is_back_before_a_full_disk_has_room_takes_all(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch, room: Any
) -> None:
    append, took = SpoolFile.append, []

    def refuse(spool: SpoolFile, batch: list[Any]) -> None:
        if len(took) == room:
            raise OSError(28, "No space left on device")
        took.append(append(spool, batch))

    outcomes = Outcomes()

    async def run() -> Backlog:
        archive = await Archive.open(options, outcomes)
        kill_mongod()
        monkeypatch.setattr(SpoolFile, "append", refuse)
        for number in range(2):
            await archive.put(make_post(number))
            await asyncio.sleep(0.8)
        await asyncio.to_thread(embedded.ensure)
        await asyncio.wait_for(archive.flush(), 30)
        return await archive.close()

    assert asyncio.run(run()) == Backlog()
    assert outcomes.last == {make_post(number).id: "stored" for number in range(2)}
    assert_all_once(2)


def test_no_database_at_the_start_is_told_at_once(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://u:secret@127.0.0.1:1/?replicaSet=r")
    options = ArchiveOptions(patience=0.4)
    with pytest.raises(DatabaseUnavailable, match="MONGODB_URI") as told:
        asyncio.run(put_all([], options))
    assert "secret" not in str(told.value)


def test_an_error_of_ours_ends_the_work_and_is_raised_to_who_puts(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Delivery, batch: list[object]) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(Delivery, "deliver", broken)

    async def run() -> None:
        archive = await Archive.open(options, Outcomes())
        await asyncio.gather(*(archive.put(make_post(number)) for number in range(100)))
        with pytest.raises(ArchiveBroken, match="KeyError: 'a bug'"):
            await archive.flush()
        with pytest.raises(ArchiveBroken, match="KeyError: 'a bug'"):
            await archive.put(make_post(101))
        with pytest.raises(ArchiveBroken, match="KeyError: 'a bug'"):
            await archive.close()

    asyncio.run(run())
