"""dump: what is in the file, of which moment, and how it goes on after it was interrupted."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import Timestamp
from pymongo.database import Database

from newscrawl.errors import NewerPosts, NewscrawlError, UsageError
from newscrawl.export.backup import dump, snapshot
from newscrawl.export.backup.dump import DumpJob, dump_file, dump_stream
from newscrawl.export.backup.dump_format import DumpReader
from newscrawl.export.partial_file import open_part
from newscrawl.store.buffer import ArchiveOptions
from newscrawl.store.schema import make_schema
from tests.export.backup.hostile import contents, fill
from tests.store.posts import make_post, put_all

Store = Database[dict[str, Any]]


class Killed(Exception):
    """Ends a dump in the middle."""


def killed_at(count: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        if done >= count:
            raise Killed

    return show


def job(store: Store, **options: Any) -> DumpJob:
    return DumpJob(store, "server", **({"now": datetime.now(UTC)} | options))


def held(file: Path) -> dict[str, list[bytes]]:
    """The documents of a dump, as `contents` gives them."""
    found: dict[str, list[bytes]] = {}
    with file.open("rb") as stream:
        for block in DumpReader(stream, str(file)).blocks():
            found.setdefault(block.collection, []).extend(
                one
                for one in block.documents()
                if block.collection != "meta" or bson.decode(one)["_id"] != "schema"
            )
    return {name: documents for name, documents in sorted(found.items()) if documents}


@pytest.mark.no_schema
def test_every_document_is_in_it_byte_by_byte(source: Store, tmp_path: Path) -> None:
    count = fill(source, large=True)
    source["meta"].insert_many([{"_id": "search", "number": 7}, {"_id": "schema", "version": 3}])
    source["posts"].insert_one({"_id": "a:1"})
    file = tmp_path / "x.dump"
    done = dump_file(job(source), file)
    assert held(file) == contents(source)
    assert done.end.documents == {"foreign": count, "meta": 1, "posts": 1}
    assert len(done.end.moments) == 1
    assert done.before == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["x.dump"]


def test_an_empty_database(source: Store, tmp_path: Path) -> None:
    done = dump_file(job(source), tmp_path / "x")
    assert (done.end.total, held(tmp_path / "x")) == (0, {})


def test_a_stream_holds_the_same(source: Store, tmp_path: Path) -> None:
    fill(source)
    out = io.BytesIO()
    shown: list[int] = []
    done = dump_stream(job(source, on_progress=shown.append), out)
    (tmp_path / "x").write_bytes(out.getvalue())
    assert held(tmp_path / "x") == contents(source)
    assert shown[-1] == done.end.total


@pytest.mark.no_schema
def test_collections_that_speak_of_posts_come_first(source: Store) -> None:
    for name in ("zz", "search_rows", "names", "revisions", "posts", "validators", "meta", "jobs"):
        source[name].insert_one({})
    collections = snapshot.first_place(source).collections
    assert collections == ("jobs", "validators", "zz", "posts", "revisions", "names", "search_rows", "meta")


@pytest.mark.slow
def test_killed_after_any_block_it_goes_on(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    monkeypatch.setattr(dump, "_EVERY", 1)
    total = fill(source) + fill(source, "other")
    file = tmp_path / "x"
    dump_file(job(source), file)
    whole = held(file)
    assert whole == contents(source)
    for count in range(1, total + 1):
        file.unlink()
        with pytest.raises(Killed):
            dump_file(job(source, on_progress=killed_at(count)), file)
        assert not file.exists()
        done = dump_file(job(source), file)
        assert done.before >= count
        assert done.end.total == total
        assert held(file) == whole


def test_killed_again_and_again_it_comes_to_its_end(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 3)
    monkeypatch.setattr(dump, "_EVERY", 2)
    fill(source)
    for count in range(6, 14, 2):
        with pytest.raises(Killed):
            dump_file(job(source, on_progress=killed_at(count)), tmp_path / "x")
    dump_file(job(source), tmp_path / "x")
    assert held(tmp_path / "x") == contents(source)


KILL = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from newscrawl.export.backup.dump import DumpJob, dump_file
from newscrawl.store import client

def show(done):
    if done >= 15_000:
        os.kill(os.getpid(), signal.SIGKILL)

with client.connect("reader") as reader:
    store = reader[os.environ["NEWSCRAWL_DATABASE"]]
    dump_file(DumpJob(store, "server", datetime.now(UTC), on_progress=show), Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_kill_9_in_the_middle(source: Store, tmp_path: Path) -> None:
    source["posts"].insert_many([{"_id": number, "text": "新闻" * 20} for number in range(20_000)])
    file = tmp_path / "x"
    ran = subprocess.run([sys.executable, "-c", KILL, str(file)], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert not file.exists()
    with (tmp_path / "x.part").open("ab") as part:
        part.write(b"torn")
    done = dump_file(job(source), file)
    assert done.before == 10_000
    assert held(file) == contents(source)


def test_what_changes_meanwhile_is_not_in_it(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump is of one moment, and the crawl beside it loses nothing."""
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    options = ArchiveOptions(database=source.name, spool=tmp_path / "spool")
    asyncio.run(put_all([make_post(number) for number in range(6)], options))
    before = contents(source)
    crawled = []

    def crawl(_: int) -> None:
        if not crawled:
            crawled.append(True)
            changed = [make_post(number, text=f"新的正文 {number}。") for number in range(9)]
            asyncio.run(put_all(changed, options))

    done = dump_file(job(source, on_progress=crawl), tmp_path / "x")
    assert held(tmp_path / "x") == before
    assert len(done.end.moments) == 1
    assert source["posts"].count_documents({}) == 9
    assert source["posts"].count_documents({"revision": 2}) == 6
    assert source["revisions"].count_documents({}) == 6


def test_a_moment_that_mongodb_no_longer_has(source: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    fill(source)
    place = snapshot.first_place(source)
    batches = list(snapshot.read_all(source, place))
    assert {after.moments for _, after in batches} == {place.moments}
    old = replace(batches[3][1], moments=(Timestamp(1_000_000_000, 1),))
    rest = list(snapshot.read_all(source, old))
    assert [one for block, _ in rest for one in block.documents()] == [
        one for block, _ in batches[4:] for one in block.documents()
    ]
    assert {len(after.moments) for _, after in rest} == {2}, "each later one is kept"


@pytest.mark.no_schema
def test_no_moment_is_kept_at_all(source: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(source)
    place = snapshot.first_place(source)
    old = Timestamp(1_000_000_000, 1)
    monkeypatch.setattr(snapshot, "latest_moment", lambda _: old)
    with pytest.raises(NewscrawlError, match="keeps no moment long enough to read foreign"):
        list(snapshot.read_all(source, replace(place, moments=(old,))))


def interrupted(source: Store, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    monkeypatch.setattr(dump, "_EVERY", 1)
    fill(source)
    with pytest.raises(Killed):
        dump_file(job(source, on_progress=killed_at(6)), file)


def test_begun_anew_when_asked_or_when_it_is_old(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(source, tmp_path / "x", monkeypatch)
    assert dump_file(job(source, anew=True), tmp_path / "x").before == 0
    for late, goes_on in ((timedelta(hours=5), True), (timedelta(hours=7), False)):
        with pytest.raises(Killed):
            dump_file(job(source, on_progress=killed_at(6)), tmp_path / "x")
        assert (dump_file(job(source, now=datetime.now(UTC) + late), tmp_path / "x").before > 0) is goes_on


@pytest.mark.parametrize("note", [b"", b"{}", b"[1]", b'{"database": 1}', b"\xff"])
def test_a_torn_note_begins_anew(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: bytes
) -> None:
    interrupted(source, tmp_path / "x", monkeypatch)
    (tmp_path / "x.part.json").write_bytes(note)
    assert dump_file(job(source), tmp_path / "x").before == 0
    assert held(tmp_path / "x") == contents(source)


def test_a_part_that_is_shorter_than_its_note_begins_anew(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(source, tmp_path / "x", monkeypatch)
    os.truncate(tmp_path / "x.part", 100)
    assert dump_file(job(source), tmp_path / "x").before == 0
    assert held(tmp_path / "x") == contents(source)


def test_a_part_of_another_database_is_left_alone(
    source: Store, target: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(source, tmp_path / "x", monkeypatch)
    part = (tmp_path / "x.part").read_bytes()
    with pytest.raises(UsageError, match=f"unfinished dump of database {source.name} on server"):
        dump_file(job(target), tmp_path / "x")
    assert (tmp_path / "x.part").read_bytes() == part
    assert json.loads((tmp_path / "x.part.json").read_text())["blocks"] == 3


def test_two_at_once(source: Store, tmp_path: Path) -> None:
    with open_part(tmp_path / "x"), pytest.raises(NewscrawlError, match="another process is writing"):
        dump_file(job(source), tmp_path / "x")


def test_an_earlier_dump_stays_until_the_new_one_is_whole(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(b"earlier")
    interrupted(source, tmp_path / "x", monkeypatch)
    assert (tmp_path / "x").read_bytes() == b"earlier"


@pytest.mark.parametrize("place", [".", "/dev/null", "missing/x"])
def test_places_that_take_no_file(source: Store, tmp_path: Path, place: str) -> None:
    with pytest.raises(NewscrawlError, match=r"not a regular file|cannot be written"):
        dump_file(job(source), tmp_path / place)


def test_posts_of_a_newer_version_are_left_to_a_newer_program(source: Store, tmp_path: Path) -> None:
    asyncio.run(make_schema(source.name))
    source["posts"].insert_one({"_id": "a:1", "schema_version": 99}, bypass_document_validation=True)
    with pytest.raises(NewerPosts):
        dump_file(job(source), tmp_path / "x")
