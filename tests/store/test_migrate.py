"""newscrawl db migrate: documents of every version that ever was become today's."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from pymongo.database import Database
from typer.testing import CliRunner

from newscrawl.cli import make_app
from newscrawl.errors import NewerPosts
from newscrawl.model.post import SCHEMA_VERSION, Post
from newscrawl.read.change_stream import PIPELINE
from newscrawl.store import client, migrate
from newscrawl.store.buffer import ArchiveOptions
from newscrawl.store.schema import make_schema
from tests.store.posts import make_post, put_all

pytestmark = pytest.mark.slow

_AWARE: json_util.JSONOptions = json_util.JSONOptions(tz_aware=True)
VERSIONS = Path(__file__).parent / "versions"


def documents(version: int) -> dict[str, list[dict[str, Any]]]:
    """Posts and revisions as that version wrote them; times are aware."""
    text = (VERSIONS / f"{version}.json").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = json_util.loads(text, json_options=_AWARE)
    return found


def fill(database: Database[dict[str, Any]], version: int = 1, copies: int = 0) -> dict[str, int]:
    """Puts a version's documents there, and copies of its first post; returns how many, by collection."""
    whole = documents(version)
    first = whole["posts"][0]
    for number in range(copies):
        other = copy.deepcopy(first)
        other["_id"] = f"eastmoney:{10_000 + number:018}"
        whole["posts"].append(other)
    for name, found in whole.items():
        database[name].insert_many(found)
    return {name: len(found) for name, found in whole.items()}


def run(*words: str) -> str:
    result = CliRunner().invoke(make_app(), ["db", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_documents_of_an_old_version_become_todays(database: str, version: int) -> None:
    before = documents(version)
    with client.connect("writer") as writer:
        counts = fill(writer[database], version)
        total = sum(counts.values())
        assert f"{counts['posts']} posts of version {version}" in run("migrate", "--dry-run")
        assert writer[database].posts.count_documents({"schema_version": version}) == counts["posts"]
        assert run("migrate") == f"{total} documents migrated to version {SCHEMA_VERSION}\n"
        assert run("migrate") == run("migrate", "--dry-run") == "nothing to migrate\n"
        for name, old in before.items():
            for was in old:
                now = writer[database][name].find_one({"_id": was["_id"]})
                assert now is not None
                assert now["schema_version"] == SCHEMA_VERSION
                kept = was.keys() - {"schema_version", "story", "categories"}
                assert {field: now[field] for field in kept} == {field: was[field] for field in kept}
                if name == "posts":
                    Post.from_document(now)
        assert writer[database].posts.count_documents({"$nor": [_validator(writer[database])]}) == 0, (
            "the validator takes what the migration made"
        )


def _validator(database: Database[dict[str, Any]]) -> dict[str, Any]:
    [options] = database.command("listCollections", filter={"name": "posts"})["cursor"]["firstBatch"]
    found: dict[str, Any] = options["options"]["validator"]
    return found


def test_version_2_fills_story_and_lets_the_search_find_the_post() -> None:
    full, _, empty, _, marked = documents(1)["posts"]
    made = migrate.changes(full)
    assert made["story"]["first"] == full["_id"]
    assert made["search_pending"]
    assert migrate.changes(empty)["story"] is None
    assert migrate.changes(marked)["story"] == {k: v for k, v in marked["story"].items() if k != "bands"}
    assert migrate.changes(documents(1)["revisions"][0]) == {"schema_version": SCHEMA_VERSION}
    assert migrate.changes({**full, **made}) == {}


def test_version_4_keeps_what_reposts_are_found_by_of_young_posts_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And tells no reader of it: nothing changed that a reader sees."""
    young, old, _, _ = documents(3)["posts"]
    now = datetime.now(UTC)
    young = young | {"first_seen": now - timedelta(days=15), "date": now - timedelta(days=1)}
    old = old | {"first_seen": now - timedelta(days=17)}
    with client.connect("writer") as writer:
        posts, marks = writer[database]["posts"], writer[database]["story_marks"]
        posts.insert_many([old, young])
        posts.create_index([("story.bands", 1)], name="story_bands")
        asyncio.run(make_schema(database))
        assert "story_bands" not in posts.index_information()
        kept = migrate._keep_marks

        def broken_off(*arguments: Any) -> None:
            kept(*arguments)
            raise KeyboardInterrupt

        with posts.watch(PIPELINE, max_await_time_ms=100) as stream:
            with monkeypatch.context() as patch:
                patch.setattr(migrate, "_keep_marks", broken_off)
                with pytest.raises(KeyboardInterrupt):
                    migrate.migrate(writer[database])
            assert migrate.migrate(writer[database]) == 2
            assert stream.try_next() is None
        assert not posts.count_documents({"story.bands": {"$exists": True}})
        [mark] = marks.find()
        assert mark == {
            **{name: mark[name] for name in ("date", "stored")},
            "_id": young["_id"],
            "story": young["story"],
        }
        assert abs(mark["stored"] - young["first_seen"]) < timedelta(milliseconds=1)
    repost = make_post(9, text=young["body"]["text"], date=now)
    asyncio.run(put_all([repost], ArchiveOptions(database=database, spool=tmp_path)))
    with client.connect("reader") as reader:
        [stored] = reader[database]["posts"].find({"_id": repost.id})
        assert stored["story"]["first"] == young["story"]["first"]
        assert "bands" not in stored["story"]


def test_version_3_takes_headlines_out_of_the_categories() -> None:
    in_breadcrumb, alone, _, as_outlet, _ = documents(2)["posts"]
    assert migrate.changes(in_breadcrumb)["categories"] == ["beifangwang", "hongguan"]
    assert migrate.changes(alone)["categories"] == []
    assert as_outlet["title"] == "北方网"
    assert "categories" not in migrate.changes(as_outlet), "the outlet's category stays"
    assert "categories" not in migrate.changes(documents(2)["revisions"][0]), "history stays as it was"


def test_version_3_writes_addresses_in_one_form_and_lets_turkish_words_be_found() -> None:
    post = {**documents(2)["posts"][0], "categories": []}
    assert migrate.to_3(post) == {}
    old = {**post, "canonical_url": "https://e.example/%7ea/x?srsltid=1;&id=2", "title": "İstanbul"}
    assert migrate.to_3(old) == {"canonical_url": "https://e.example/~a/x?id=2", "search_pending": True}
    state = {
        **documents(2)["revisions"][0],
        "canonical_url": "https://e.example/a;jsessionid=1",
        "title": "ı",
    }
    assert migrate.to_3(state) == {"canonical_url": "https://e.example/a"}


def test_version_3_merges_posts_of_one_address(database: str) -> None:
    address = "http://news.example.com/a.html"
    whole = documents(2)
    template, revision = whole["posts"][0], whole["revisions"][0]

    def post(name: str, spider: str, seen: int, url: str, **fields: Any) -> dict[str, Any]:
        crawl = {**template["crawl"], "spider": spider}
        first_seen = template["first_seen"] + timedelta(days=seen)
        own = {"_id": name, "crawl": crawl, "first_seen": first_seen, "canonical_url": url}
        return {**template, **own, "content_hash": f"{seen:032}", **fields}

    story = {**template["story"], "first": "example:1"} if template.get("story") else {"first": "example:1"}
    live, home = "https://news.example.com/live", "https://news.example.com/"
    secure, later = address.replace("http:", "https:"), template["last_seen"] + timedelta(days=9)
    with client.connect("writer") as writer:
        writer[database].posts.insert_many([
            post("url:" + "0" * 32, "site", 1, f"{address}?srsltid=1"),
            post("example:1", "example", 2, secure, last_seen=later),
            post("other:1", "other", 3, "https://other.example/a", story=story),
            *(post(f"flash:{number}", "flash", number, live) for number in (4, 5)),
            *(post(f"home:{number}", f"home{number}", number, home) for number in (6, 7)),
        ])  # fmt: skip
        writer[database].revisions.insert_one({**revision, "_id": "example:1@1", "post": "example:1"})
        asyncio.run(make_schema(database))
        run("migrate")
        found = {one["_id"]: one for one in writer[database].posts.find()}
        assert found.keys() == {"url:" + "0" * 32, "other:1", "flash:4", "flash:5", "home:6", "home:7"}
        kept = found["url:" + "0" * 32]
        assert kept["canonical_url"] == address
        assert kept["last_seen"] == later
        assert found["other:1"]["story"]["first"] == kept["_id"]
        states = {one["_id"]: one for one in writer[database].revisions.find({"post": kept["_id"]})}
        assert states.keys() == {"example:1@1", f"{kept['_id']}@merged-example:1"}
        assert {one["revision"] for one in states.values()} == {None}
        assert run("migrate") == "nothing to migrate\n"


def test_a_killed_migration_goes_on_where_it_was(database: str) -> None:
    command = [sys.executable, "-m", "newscrawl", "db", "migrate"]
    with client.connect("writer") as writer:
        posts = writer[database].posts
        counts = fill(writer[database], copies=6000)
        asyncio.run(make_schema(database))
        kills = 0
        for least in (1, 2001):
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            while (
                posts.count_documents({"schema_version": SCHEMA_VERSION}, limit=least) < least
                and process.poll() is None
            ):
                pass
            os.kill(process.pid, signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
            assert process.stdout
            process.stdout.close()
        left = posts.count_documents({"schema_version": 1})
        assert kills
        assert left, "killed in the middle"
        run("migrate")
        assert posts.count_documents({"schema_version": SCHEMA_VERSION}) == counts["posts"]
        assert posts.count_documents({"search_pending": True}) == counts["posts"] - 1


def test_what_a_crawl_changes_meanwhile_stays(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ArchiveOptions(database=database, spool=tmp_path)
    with client.connect("writer") as writer:
        fill(writer[database])
        asyncio.run(make_schema(database))
        read = migrate._batch

        def read_then_crawl(*arguments: Any) -> Any:
            batch = read(*arguments)
            monkeypatch.setattr(migrate, "_batch", read)
            asyncio.run(put_all([make_post(1, text="新的正文。"), make_post(99)], options))
            return batch

        monkeypatch.setattr(migrate, "_batch", read_then_crawl)
        migrate.migrate(writer[database])
        post = writer[database].posts.find_one({"_id": make_post(1).id})
        assert post
        assert (post["revision"], post["body"]["text"], post["schema_version"]) == (
            2,
            "新的正文。",
            SCHEMA_VERSION,
        )
        assert not migrate.take_due(writer[database]).documents


def test_it_is_told_that_a_migration_is_due(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with client.connect("writer") as writer:
        fill(writer[database])
    options = ArchiveOptions(database=database, spool=tmp_path)
    for _ in range(2):  # the first use makes the schema, the second finds it made
        caplog.clear()
        asyncio.run(put_all([make_post(77)], options))
        assert "newscrawl db migrate" in caplog.text
    assert "due: 5 posts of version 1, 2 revisions of version 1; run newscrawl db migrate" in run("status")
    assert json.loads(run("status", "--json"))["migration_due"]
    run("migrate")
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        asyncio.run(put_all([make_post(77)], options))
    assert "migrate" not in caplog.text
    assert json.loads(run("status", "--json"))["migration_due"] is None


@pytest.mark.parametrize("known", [False, True], ids=["before it was opened", "opened by the newer program"])
def test_a_newer_version_is_refused(database: str, tmp_path: Path, known: bool) -> None:
    with client.connect("writer") as writer:
        if known:
            asyncio.run(make_schema(database))
            writer[database].meta.update_one({"_id": "schema"}, {"$set": {"version": 99}})
        writer[database].posts.insert_one(documents(1)["posts"][0] | {"schema_version": 99})
        words = (
            f"database {database} has posts of schema version 99, this newscrawl supports {SCHEMA_VERSION}"
        )
        with pytest.raises(NewerPosts, match=words):
            asyncio.run(put_all([make_post(2)], ArchiveOptions(database=database, spool=tmp_path)))
        with pytest.raises(NewerPosts, match=words):
            run("migrate")
        assert writer[database].posts.count_documents({}) == 1
