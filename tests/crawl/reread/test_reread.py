"""Whole rereads, as a user starts them, of pages that crawls kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.crawl.reread.compare import NOT_COMPARED
from newscrawl.locks import FileLeases, pages_key
from newscrawl.model.post import READER_VERSION
from newscrawl.store import client
from newscrawl.store.server import embedded
from tests.crawl.crawls import documents
from tests.crawl.harbour import BROKEN, WHOLE, Harbour, harbour_in

pytestmark = pytest.mark.slow

MANY = 300


@pytest.fixture
def harbour(tmp_path: Path, database: str) -> Iterator[Harbour]:
    with harbour_in(tmp_path) as harbour:
        yield harbour


@pytest.fixture
def other_database(mongo_home: Path) -> Iterator[str]:
    name = f"newscrawl_{uuid.uuid4().hex[:12]}"
    yield name
    with client.connect("writer") as writer:
        writer.drop_database(name)


def reread(harbour: Harbour, *words: str, code: int = 0, **environment: str) -> dict[str, Any]:
    done = harbour.command("reread", "--json", *words, **environment)
    assert done.returncode == code, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def content(post: dict[str, Any]) -> dict[str, Any]:
    """What a post says, with its story, which is made of its text."""
    return {name: value for name, value in post.items() if name not in NOT_COMPARED - {"story", "_id"}}


def change(database: str, collection: str, wanted: dict[str, Any], update: dict[str, Any]) -> None:
    with client.connect("writer") as writer:
        writer[database][collection].update_one(wanted, update)


def test_a_selector_is_broken_and_mended(harbour: Harbour, database: str, other_database: str) -> None:
    harbour.numbers = list(range(1, MANY + 1))
    harbour.declare(BROKEN)
    harbour.crawl()
    broken = documents(database)
    assert len(broken) == MANY
    assert all("gate is shut" in post["body"]["text"] for post in broken.values())
    harbour.declare(WHOLE)
    harbour.asked.clear()
    shown = reread(harbour, "--dry-run")
    assert shown["outcomes"]["changed"] == MANY
    counts = {one["field"]: one["posts"] for one in shown["fields"]}
    assert counts["body.text"] == counts["authors"] == MANY
    example = next(one for one in shown["fields"] if one["field"] == "authors")["examples"][0]
    assert (example["before"], example["after"]) == ("", "Ada Quay")
    assert documents(database) == broken, "a dry run writes nothing"
    done = reread(harbour, "-n", "2")
    assert done["outcomes"]["changed"] == MANY
    assert harbour.asked == []
    mended = documents(database)
    harbour.crawl(NEWSCRAWL_DATABASE=other_database, NEWSCRAWL_KEEP_PAGES="0")
    fresh = documents(other_database)
    assert mended.keys() == fresh.keys()
    assert {name: content(post) for name, post in mended.items()} == {
        name: content(post) for name, post in fresh.items()
    }
    assert reread(harbour)["outcomes"]["unchanged"] == MANY
    assert documents(database) == mended


def test_a_change_is_a_revision_that_says_so(harbour: Harbour, database: str) -> None:
    harbour.declare(BROKEN)
    harbour.crawl()
    old = documents(database)["harbour:1"]
    harbour.declare(WHOLE)
    reread(harbour)
    new = documents(database)["harbour:1"]
    assert (new["revision"], new["first_seen"], new["last_seen"]) == (2, old["first_seen"], old["last_seen"])
    assert new["updated"] == new["crawl"]["reread"]["at"] > old["first_seen"]
    assert new["crawl"]["reread"]["reader"] == new["crawl"]["reader"] == READER_VERSION
    for name in ("spider", "run", "fetched", "status", "page"):
        assert new["crawl"][name] == old["crawl"][name]
    kept = documents(database, "revisions")["harbour:1@1"]
    assert kept["body"] == old["body"]
    found = harbour.command("search", "gate Sunday")
    assert "harbour" not in found.stdout, "the full-text index has the new text"


def test_what_is_not_the_posts_own_page_leaves_it_alone(harbour: Harbour, database: str) -> None:
    harbour.declare(BROKEN)
    harbour.crawl()
    change(database, "posts", {"_id": "harbour:1"}, {"$set": {"title": "Edited by hand"}})
    change(database, "posts", {"_id": "harbour:2"}, {"$set": {"crawl.page.offset": 1}})
    change(database, "posts", {"_id": "harbour:3"}, {"$set": {"crawl.page": None}})
    gone = {"since": harbour.began, "status": 410, "seen": harbour.began, "until": None}
    change(database, "posts", {"_id": "harbour:4"}, {"$set": {"withdrawn": gone, "mine": "stays"}})
    with client.connect("writer") as writer:
        writer[database]["posts"].delete_one({"_id": "harbour:5"})
    before = documents(database)
    harbour.declare(WHOLE)
    outcomes = reread(harbour)["outcomes"]
    after = documents(database)
    assert (outcomes["edited"], outcomes["newer"], outcomes["gone"], outcomes["changed"]) == (1, 2, 1, 16)
    for name in ("harbour:1", "harbour:2", "harbour:3"):
        assert after[name] == before[name]
    assert after["harbour:4"]["withdrawn"] == gone
    assert after["harbour:4"]["mine"] == "stays"
    assert after["harbour:4"]["revision"] == 2
    assert "harbour:5" not in after


def test_rejects_become_posts_and_posts_never_rejects(harbour: Harbour, database: str) -> None:
    short = (
        '<h1>Berth {}</h1><time>5 minutes ago</time><div class="notice">No.</div><div class="story">{}</div>'
    )
    for number in (1, 2):
        text = "<p>The pilots of the berth agreed on a new order of the ferries for the winter.</p>" * 3
        harbour.pages[f"/a/{number}"] = short.format(number, text).encode()
    harbour.declare(BROKEN)
    harbour.crawl()
    rejects = {one["post"]: one for one in documents(database, "rejects").values()}
    assert rejects.keys() == {"harbour:1", "harbour:2"}
    harbour.declare(WHOLE)
    assert reread(harbour, "--where", "reason=body too short", "--dry-run")["outcomes"]["stored"] == 2
    assert documents(database, "rejects").keys() == {one["_id"] for one in rejects.values()}
    outcomes = reread(harbour, "--where", "reason=body too short")["outcomes"]
    assert (outcomes["stored"], outcomes["changed"]) == (2, 0)
    post = documents(database)["harbour:1"]
    assert post["crawl"]["fetched"] == rejects["harbour:1"]["fetched"]
    assert post["crawl"]["page"] == rejects["harbour:1"]["kept"]
    assert post["crawl"]["reread"]["reader"] == READER_VERSION
    assert post["first_seen"] > rejects["harbour:1"]["last_seen"]
    assert not documents(database, "rejects")
    harbour.declare(BROKEN)
    before = documents(database)
    said = reread(harbour, "--since", "1h")
    assert said["outcomes"]["would reject"] == 2
    assert said["reasons"][0]["reason"] == "would reject: body too short"
    after = documents(database)
    assert {name: after[name] for name in ("harbour:1", "harbour:2")} == {
        name: before[name] for name in ("harbour:1", "harbour:2")
    }


def test_relative_dates_count_from_when_the_page_was_fetched(harbour: Harbour, database: str) -> None:
    harbour.numbers = [1]
    harbour.pages["/a/1"] = harbour.article(1).replace(
        f"{harbour.began - timedelta(minutes=1):%Y-%m-%d %H:%M}".encode(), b"3 hours ago"
    )
    harbour.crawl()
    assert reread(harbour)["outcomes"]["unchanged"] == 1
    earlier = documents(database)["harbour:1"]["crawl"]["fetched"] - timedelta(days=2)
    change(database, "posts", {}, {"$set": {"crawl.fetched": earlier}})
    assert reread(harbour)["outcomes"]["changed"] == 1
    assert abs(documents(database)["harbour:1"]["date"] - (earlier - timedelta(hours=3))) < timedelta(hours=1)


def test_only_what_is_selected(harbour: Harbour, database: str) -> None:
    harbour.numbers = list(range(1, 7))
    harbour.crawl()
    change(database, "posts", {"_id": "harbour:1"}, {"$set": {"crawl.page_version": "2020"}})

    def pages(*words: str) -> int:
        return int(reread(harbour, "--dry-run", *words)["pages"])

    assert pages() == pages("--source", "harbour") == pages("--since", "1h") == 6
    assert pages("--where", "layout=2020") == 1
    assert pages("--where", "layout=2026", "--where", "outlet=harbour") == 5
    assert pages("--where", "outlet=nobody") == pages("--where", "reason=x") == pages("--until", "1h") == 0
    assert pages("--source", "enorth") == 0
    for wrong in (("--where", "title=x"), ("--source", "harbor"), ("--since", "soon")):
        assert harbour.command("reread", *wrong).returncode == 2


def test_the_rules_that_read_a_post_are_noted_without_a_revision(harbour: Harbour, database: str) -> None:
    harbour.numbers = [1, 2]
    harbour.crawl()
    change(database, "posts", {"_id": "harbour:1"}, {"$set": {"crawl.reader": READER_VERSION - 1}})
    assert json.loads(harbour.command("status", "--json").stdout)["read_by_old_rules"] == 1
    assert reread(harbour)["outcomes"]["unchanged"] == 2
    post = documents(database)["harbour:1"]
    assert (post["crawl"]["reader"], post["revision"], post["updated"]) == (READER_VERSION, 1, None)
    assert json.loads(harbour.command("status", "--json").stdout)["read_by_old_rules"] == 0


_OWN_READING = """
    def read_article(self, response, entry):
        found = super().read_article(response, entry)
        found.titles[0] = type(found.titles[0])("Read by hand: " + entry.title, "page", "own")
        return found
"""
_OWN_DRAFT = """
    def draft_of_page(self, entry, extraction, response):
        draft = super().draft_of_page(entry, extraction, response)
        draft.zone = "Asia/Tokyo"
        return draft
"""
_CRASH = """
    def read_article(self, response, entry):
        import os
        if entry.id.endswith(":3"):
            os.abort()
        if entry.id.endswith(":4"):
            raise LookupError("no such thing")
        return super().read_article(response, entry)
"""


def test_a_spider_that_reads_in_its_own_way_does_so_again(harbour: Harbour, database: str) -> None:
    harbour.declare(code=_OWN_READING + _OWN_DRAFT)
    harbour.crawl()
    assert reread(harbour)["outcomes"]["unchanged"] == 20
    before = documents(database)["harbour:1"]
    harbour.declare()
    assert reread(harbour)["outcomes"]["changed"] == 20
    after = documents(database)["harbour:1"]
    assert before["title"] == f"Read by hand: {after['title']}"
    assert timedelta(hours=8, minutes=58) < after["date"] - before["date"] < timedelta(hours=9, minutes=2)


def test_a_page_that_breaks_or_ends_the_reader_costs_itself(harbour: Harbour, database: str) -> None:
    harbour.declare(BROKEN)
    harbour.crawl()
    harbour.declare(code=_CRASH)
    said = reread(harbour, "-n", "2", code=1)
    assert said["outcomes"]["changed"] == 18
    assert said["outcomes"]["failed"] == 2
    assert len(said["crashed"]) == 1
    assert {one["reason"] for one in said["reasons"]} == {
        "failed: LookupError: no such thing",
        f"failed: the process that read it was ended by signal {int(signal.SIGABRT)}",
    }
    revisions = {name: post["revision"] for name, post in documents(database).items()}
    assert sorted(name for name, revision in revisions.items() if revision == 1) == ["harbour:3", "harbour:4"]


def test_pages_of_a_spider_that_is_gone_are_told(harbour: Harbour, database: str) -> None:
    harbour.crawl()
    before = documents(database)
    (harbour.folder / "own" / "harbour.py").unlink()
    said = reread(harbour, code=1)
    assert said["outcomes"]["no spider"] == 20
    assert said["reasons"][0]["reason"] == "no spider: there is no spider 'harbour'"
    assert documents(database) == before


def test_a_file_that_another_process_rereads_is_left_to_it(harbour: Harbour, mongo_home: Path) -> None:
    harbour.crawl()
    (path,) = harbour.pages_folder.glob("*/*.warc.gz")
    lease = FileLeases(mongo_home / "locks").take(pages_key(path.name))
    try:
        done = harbour.command("reread")
        assert done.returncode == 1
        assert f"{path.name} is being reread or pruned" in done.stderr
        pruned = harbour.command("pages", "prune", "--max-size", "0")
        assert pruned.returncode == 1
        assert path.exists()
    finally:
        lease.release()
    assert reread(harbour)["outcomes"]["unchanged"] == 20


_SLOW = """
    def read_article(self, response, entry):
        import time
        time.sleep(0.02)
        return super().read_article(response, entry)
"""
_IN_PIECES = """
import sys
from pathlib import Path
import json, sitecustomize
from newscrawl.crawl.reread.reread_run import reread
from newscrawl.crawl.reread.tally import Selection
from newscrawl.warc.files import pages_folder
done = reread(pages_folder(), Selection(), processes=2, piece_bytes=10_000)
print(json.dumps([dict(done.tally.outcomes), done.resumed, done.stopped]))
"""


def _in_pieces(harbour: Harbour) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[3])
    environment = {**os.environ, **harbour.environment, "PYTHONPATH": f"{harbour.folder}:{root}"}
    words = [sys.executable, "-c", _IN_PIECES]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment, cwd=root)


def _wait_for_changes(database: str, least: int) -> None:
    with client.connect("reader") as reader:
        for _ in range(3000):
            if reader[database]["posts"].count_documents({"revision": 2}) >= least:
                return
            time.sleep(0.02)
    raise TimeoutError("nothing changes")


@pytest.fixture
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of a MongoDB of its own: what is killed leaves transactions open there for a minute."""
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEWSCRAWL_DATABASE", "newscrawl_reread")
    embedded.ensure()
    yield "newscrawl_reread"
    embedded.stop()


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_reread_goes_on(own_database: str, tmp_path: Path, blow: signal.Signals) -> None:
    with harbour_in(tmp_path) as harbour:
        _interrupt(harbour, own_database, blow)


def _interrupt(harbour: Harbour, database: str, blow: signal.Signals) -> None:
    harbour.numbers = list(range(1, MANY + 1))
    harbour.declare(BROKEN)
    harbour.crawl()
    harbour.declare(code=_SLOW)
    with _in_pieces(harbour) as first:
        _wait_for_changes(database, 100)
        first.send_signal(blow)
        said = first.communicate(timeout=60)[0]
    if blow == signal.SIGKILL:
        assert first.returncode == -blow
    else:
        assert json.loads(said)[2] == blow
    with client.connect("reader") as reader:
        changed = reader[database]["posts"].count_documents({"revision": 2})
    assert 0 < changed < MANY
    with _in_pieces(harbour) as second:
        outcomes, resumed, stopped = json.loads(second.communicate(timeout=120)[0])
    assert resumed > 0
    assert stopped is None
    assert outcomes["changed"] == MANY - changed
    assert outcomes.get("unchanged", 0) < changed, "what was done is not done again"
    posts = documents(database)
    assert {post["revision"] for post in posts.values()} == {2}
    assert not documents(database, "reread_files")
    with client.connect("reader") as reader:
        assert reader[database]["revisions"].count_documents({}) == MANY


_PROJECT = """
from newscrawl.settings import *
SPIDER_MODULES = ["spiders", "own"]
ITEM_PIPELINES = {**ITEM_PIPELINES, "mysteps.Tagged": 350, "mysteps.Late": 550}
"""
_STEPS = """
class Tagged:
    def process_item(self, item):
        item.tags.append("by a step")
        return item

class Late:
    async def process_item(self, item):
        return item
"""


def test_steps_of_a_project_are_run_or_refused(
    harbour: Harbour, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour.numbers = [1, 2]
    harbour.crawl()
    (harbour.folder / "scrapy.cfg").write_text("[settings]\ndefault = mysettings\n", "utf-8")
    (harbour.folder / "mysettings.py").write_text(_PROJECT, "utf-8")
    (harbour.folder / "mysteps.py").write_text(_STEPS, "utf-8")
    monkeypatch.chdir(harbour.folder)
    said = reread(harbour, code=1)
    assert said["outcomes"]["failed"] == 2
    assert "Late.process_item is asynchronous" in said["reasons"][0]["reason"]
    (harbour.folder / "mysteps.py").write_text(_STEPS.replace("async ", ""), "utf-8")
    assert reread(harbour)["outcomes"]["changed"] == 2
    assert {post["tags"][-1] for post in documents(database).values()} == {"by a step"}
    assert reread(harbour)["outcomes"]["unchanged"] == 2
