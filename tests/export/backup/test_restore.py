"""restore: everything comes back, nothing half restored passes for whole, nothing that is there is lost."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import Timestamp
from pymongo.database import Database
from typer.testing import CliRunner

from newscrawl.cli import make_app
from newscrawl.errors import DamagedDump, HalfRestored, NewerPosts, UsageError
from newscrawl.export.backup import dump, snapshot
from newscrawl.export.backup.dump import DumpJob, dump_file
from newscrawl.export.backup.dump_format import Block, End, Header, block_member, end_member, header_member
from newscrawl.export.backup.restore import Restored, RestoreJob, check_dump, restore
from newscrawl.model.post import SCHEMA_VERSION
from newscrawl.read import Posts
from newscrawl.store.buffer import ArchiveOptions
from newscrawl.store.half_restored import half_restored
from newscrawl.store.schema import make_schema
from newscrawl.store.search_index import index_all
from tests.export.backup import hostile
from tests.export.backup.hostile import contents
from tests.store.posts import make_post, put_all
from tests.store.test_migrate import fill as fill_version

Store = Database[dict[str, Any]]
NOW = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)


class Killed(Exception):
    """Ends a restore in the middle."""


def killed_at(count: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        if done >= count:
            raise Killed

    return show


def dumped(store: Store, folder: Path) -> Path:
    dump_file(DumpJob(store, "server", datetime.now(UTC)), folder / "x.dump")
    return folder / "x.dump"


def restored(file: Path, store: Store, **options: Any) -> Restored:
    with file.open("rb") as stream:
        return restore(RestoreJob(store, **options), stream, file.name)


def crawled(store: Store, folder: Path, numbers: range, text: str = "央行今日开展逆回购操作。") -> None:
    options = ArchiveOptions(database=store.name, spool=folder / "spool")
    asyncio.run(put_all([make_post(number, text=text) for number in numbers], options))


def indexes(store: Store) -> dict[str, Any]:
    return {name: store[name].index_information() for name in sorted(store.list_collection_names())}


def test_it_comes_back_as_it_was(source: Store, target: Store, tmp_path: Path) -> None:
    crawled(source, tmp_path, range(5))
    crawled(source, tmp_path, range(3), text="新的正文。")
    count = hostile.fill(source, large=True)
    source["meta"].insert_one({"_id": "search", "number": 7, "leavings": []})
    done = restored(dumped(source, tmp_path), target)
    assert contents(target) == contents(source)
    assert indexes(target) == indexes(source)
    assert done.end.documents["revisions"] == 3
    assert done.inserted == done.end.total
    assert count < done.inserted
    assert (done.before, done.migrated, done.index) == (0, 0, False)
    assert half_restored(target) is None
    crawled(target, tmp_path, range(6, 7))


def test_posts_are_found_afterwards(source: Store, target: Store, tmp_path: Path) -> None:
    asyncio.run(make_schema(source.name))
    crawled(source, tmp_path, range(30))
    restored(dumped(source, tmp_path), target)
    with Posts.connect(database=target.name) as posts:
        assert len(posts.search("逆回购").posts) == 20
        assert posts.get("eastmoney:000000000000000007") is not None


def test_a_database_with_its_schema_alone_is_empty(source: Store, target: Store, tmp_path: Path) -> None:
    crawled(source, tmp_path, range(2))
    asyncio.run(make_schema(target.name))
    restored(dumped(source, tmp_path), target)
    assert contents(target) == contents(source)


@pytest.mark.slow
def test_killed_after_any_block_it_goes_on(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    crawled(source, tmp_path, range(4))
    total = hostile.fill(source) + 4
    file = dumped(source, tmp_path)
    for count in range(1, total + 1, 3):
        source.client.drop_database(target.name)
        with pytest.raises(Killed):
            restored(file, target, on_progress=killed_at(count))
        assert half_restored(target)
        assert restored(file, target).before >= count
        assert contents(target) == contents(source)
        assert indexes(target) == indexes(source)


KILL = """
import os, signal, sys
from pathlib import Path
from newscrawl.export.backup.restore import RestoreJob, restore
from newscrawl.store import client

def show(done):
    if done >= 9_000:
        os.kill(os.getpid(), signal.SIGKILL)

with client.connect("writer") as writer, Path(sys.argv[1]).open("rb") as file:
    restore(RestoreJob(writer[sys.argv[2]], on_progress=show), file, "x")
"""


@pytest.mark.slow
def test_kill_9_in_the_middle(source: Store, target: Store, tmp_path: Path) -> None:
    source["posts"].insert_many([{"_id": number, "text": "新闻" * 20} for number in range(12_000)])
    file = dumped(source, tmp_path)
    ran = subprocess.run([sys.executable, "-c", KILL, str(file), target.name], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert target["posts"].count_documents({}) == 9_000
    target["posts"].insert_one({"_id": 9_500, "text": "新闻" * 20})  # as of a block that was half inserted
    done = restored(file, target)
    assert (done.before, done.inserted) == (9_000, 2_999)
    assert contents(target) == contents(source)


def interrupted(source: Store, target: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    crawled(source, folder, range(6))
    file = dumped(source, folder)
    with pytest.raises(Killed):
        restored(file, target, on_progress=killed_at(4))
    return file


def test_half_restored_it_does_not_pass_for_whole(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = interrupted(source, target, tmp_path, monkeypatch)
    words = r"is half restored \(4 documents so far, of the dump of \d{4}-.* UTC\): run newscrawl db restore"
    with pytest.raises(HalfRestored, match=words):
        crawled(target, tmp_path, range(1))
    with pytest.raises(HalfRestored, match=words):
        asyncio.run(make_schema(target.name))
    monkeypatch.setenv("NEWSCRAWL_DATABASE", target.name)
    shown = CliRunner().invoke(make_app(), ["db", "status"], catch_exceptions=False)
    assert re.search(r"restore +unfinished: 4 documents so far, of the dump", shown.output)
    with pytest.raises(HalfRestored, match=words):
        dump_file(DumpJob(target, "server", datetime.now(UTC)), tmp_path / "y")
    assert list(tmp_path.glob("y*")) == []
    restored(file, target)
    crawled(target, tmp_path, range(1))
    assert "unfinished" not in CliRunner().invoke(make_app(), ["db", "status"]).output


def test_another_dump_does_not_go_on_with_it(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(source, target, tmp_path, monkeypatch)
    before = contents(target)
    for merge in (False, True):
        with pytest.raises(HalfRestored, match=r"a restore of another dump, of .* was interrupted"):
            restored(dumped(source, tmp_path), target, merge=merge)
    assert contents(target) == before


def test_what_is_there_is_not_touched(source: Store, target: Store, tmp_path: Path) -> None:
    crawled(source, tmp_path, range(2))
    crawled(target, tmp_path, range(5, 8))
    before = contents(target)
    with pytest.raises(UsageError, match=r"is not empty \(3 documents in posts\).*--merge"):
        restored(dumped(source, tmp_path), target)
    assert contents(target) == before


def test_any_document_makes_it_not_empty(source: Store, target: Store, tmp_path: Path) -> None:
    target["jobs"].insert_one({"_id": 1})
    with pytest.raises(UsageError, match="1 documents in jobs"):
        restored(dumped(source, tmp_path), target)


def test_what_schedulers_say_of_the_moment_is_not_restored(
    source: Store, target: Store, tmp_path: Path
) -> None:
    crawled(source, tmp_path, range(2))
    for name in ("heartbeats", "alerts"):
        source[name].insert_one({"_id": "theirs"}, bypass_document_validation=True)
        target[name].insert_one({"_id": "ours"}, bypass_document_validation=True)
    restored(dumped(source, tmp_path), target)
    assert target["posts"].count_documents({}) == 2
    for name in ("heartbeats", "alerts"):
        assert [each["_id"] for each in target[name].find()] == ["ours"]


def test_merge_adds_what_is_missing(source: Store, target: Store, tmp_path: Path) -> None:
    crawled(source, tmp_path, range(5))
    crawled(source, tmp_path, range(3), text="旧的正文。")
    crawled(target, tmp_path, range(1, 3))
    crawled(target, tmp_path, range(7, 9))
    source["posts"].update_many({}, {"$unset": {"search_pending": ""}})
    own = ("search_rows", "validators", "leases", "heartbeats", "alerts")
    for name in own:
        source[name].insert_one({"_id": 1}, bypass_document_validation=True)
    source["meta"].insert_one({"_id": "search", "number": 99})
    there = {one["_id"]: one for one in target["posts"].find()}
    done = restored(dumped(source, tmp_path), target, merge=True)
    after = {one["_id"]: one for one in target["posts"].find()}
    assert after.keys() == {make_post(number).id for number in (0, 1, 2, 3, 4, 7, 8)}
    assert {name: after[name] for name in there} == there, "what was there stays as it was"
    assert all(post["search_pending"] is True for post in after.values()), "the index takes what came"
    for name in own:
        assert target[name].count_documents({}) == 0
    assert target["meta"].find_one({"_id": "search"}) is None
    assert target["revisions"].count_documents({}) == 3
    assert done.index
    assert half_restored(target) is None


def test_a_merge_that_is_killed_does_not_hold_up_crawls(source: Store, target: Store, tmp_path: Path) -> None:
    crawled(source, tmp_path, range(4))
    crawled(target, tmp_path, range(3, 6))
    file = dumped(source, tmp_path)
    with pytest.raises(Killed):
        restored(file, target, merge=True, on_progress=killed_at(1))
    crawled(target, tmp_path, range(8, 9))
    assert restored(file, target).index, "it stays a merge"
    assert target["posts"].count_documents({}) == 7


def test_a_merge_beside_a_crawl_loses_nothing(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    crawled(source, tmp_path, range(8))
    crawled(target, tmp_path, range(6, 9))
    texts = iter(f"正文 {number}。" for number in range(99))
    restored(
        dumped(source, tmp_path),
        target,
        merge=True,
        on_progress=lambda _: crawled(target, tmp_path, range(4, 11), text=next(texts)),
    )
    assert target["posts"].count_documents({}) == 11
    for post in target["posts"].find():
        kept = target["revisions"].count_documents({"post": post["_id"]})
        assert kept == post["revision"] - 1


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_schema_version_is_migrated(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(dump, "SCHEMA_VERSION", version)
    counts = fill_version(source, version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dump, "check_versions", lambda _: None)
        file = dumped(source, tmp_path)
    with file.open("rb") as stream:
        assert check_dump(stream, "x")[0].schema_version == version
    done = restored(file, target)
    assert done.migrated == sum(counts.values())
    for name, count in counts.items():
        assert target[name].count_documents({"schema_version": SCHEMA_VERSION}) == count
    assert done.end.documents == counts


def written(folder: Path, header: Header, post: dict[str, Any], moments: int = 1) -> Path:
    """A dump of one post."""
    content, chain = header_member(header)
    member, chain = block_member(1, Block("posts", 1, bson.encode(post)), chain)
    (folder / "y").write_bytes(content + member + end_member(End(1, {"posts": 1}, (NOW,) * moments), chain))
    return folder / "y"


def header(version: int = SCHEMA_VERSION) -> Header:
    return Header("0" * 32, NOW, version, "9.1", "8.0.1", "newscrawl")


def test_a_newer_schema_version_is_refused(target: Store, tmp_path: Path) -> None:
    file = written(tmp_path, header(99), {"_id": 1})
    words = f"schema version 99, made by newscrawl 9.1; this newscrawl knows {SCHEMA_VERSION}: update"
    with pytest.raises(NewerPosts, match=words):
        restored(file, target)
    with pytest.raises(NewerPosts, match=words), file.open("rb") as stream:
        check_dump(stream, "y")
    assert target.list_collection_names() == []


def test_of_several_moments_it_makes_the_index_anew(target: Store, tmp_path: Path) -> None:
    """Its index may be older than its posts, and then hides them."""
    done = restored(written(tmp_path, header(), {"_id": 1}, moments=2), target)
    assert done.index
    assert target["posts"].find_one() == {"_id": 1, "search_pending": True}
    assert asyncio.run(index_all(target.name)) == 0


def test_a_truncated_stream_leaves_a_half_restored_database(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is checked before; a stream cannot be."""
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    crawled(source, tmp_path, range(6))
    file = dumped(source, tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(DamagedDump, match="truncated"):
        restored(file, target)
    assert half_restored(target)
    file.write_bytes(whole)
    restored(file, target)
    assert contents(target) == contents(source)


def test_moments_of_a_dump_are_read_back(source: Store, tmp_path: Path) -> None:
    place = snapshot.first_place(source)
    assert isinstance(place.moments[0], Timestamp)
    with dumped(source, tmp_path).open("rb") as stream:
        found, end = check_dump(stream, "x")
    assert (found.database, found.schema_version) == (source.name, SCHEMA_VERSION)
    assert end.moments[0].tzinfo is not None
