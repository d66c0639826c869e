"""Whole crawls of sites whose lists went quiet, and of dry runs: what is reported, and where."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from newscrawl.store import client
from tests.crawl.crawls import documents, newscrawl
from tests.crawl.test_strange_sites import HOST, NOTHING, Answer, page, site

pytestmark = pytest.mark.slow

BEGAN = datetime.now(UTC).replace(microsecond=0)


def feed_of(newest: datetime) -> Answer:
    items = "".join(
        f"<item><title>The council of town{n} met about its harbour</title>"
        f"<link>https://{HOST}/town{n}/</link>"
        f"<pubDate>{format_datetime(newest - n * timedelta(hours=1))}</pubDate></item>"
        for n in range(12)
    )
    return 200, "application/rss+xml", f"<rss version='2.0'><channel>{items}</channel></rss>"


def crawl_of(newest: datetime, *words: str) -> tuple[int, dict[str, object], list[str]]:
    """Exit code, document and lines of standard error of a crawl of a feed."""

    def answer(path: str) -> Answer:
        if path == "/feed.xml":
            return feed_of(newest)
        name = path.strip("/")
        return page(name, f"https://{HOST}/{name}/") if name.startswith("town") else NOTHING

    with site(answer) as (base, _):
        command = ("crawl", "site", "-a", f"url=https://{HOST}/feed.xml", "--newsroom", base, "--json")
        done = newscrawl(*command, *words, NEWSCRAWL_CONTACT="https://example.org/")
    return done.returncode, json.loads(done.stdout), done.stderr.splitlines()


def only(problems: Any) -> str:
    assert len(problems) == 1, problems
    return str(problems[0])


def test_a_frozen_feed_makes_the_run_bad_and_is_kept(database: str) -> None:
    code, run, errors = crawl_of(BEGAN - timedelta(days=540))
    problem = only(run["problems"])
    assert (code, problem.startswith(f"list https://{HOST}/feed.xml: nothing new since ")) == (1, True)
    assert errors == [f"newscrawl: site: {problem}"]
    lists = {one["list"]: one for one in documents(database, "lists").values()}
    assert lists.keys() == {None, f"https://{HOST}/feed.xml"}
    kept = lists[f"https://{HOST}/feed.xml"]
    assert (kept["newest"], kept["entries"], kept["links"]) == (BEGAN - timedelta(days=540), 12, 12)
    shown = newscrawl("status")
    assert (shown.returncode, problem in shown.stdout) == (1, True)


def test_a_lively_feed_is_good_and_its_next_reading_adds_to_the_same_documents(database: str) -> None:
    assert crawl_of(BEGAN - timedelta(hours=2))[::2] == (0, [])
    before = documents(database, "lists")
    assert crawl_of(BEGAN - timedelta(hours=2))[0] == 0
    after = documents(database, "lists")
    assert before.keys() == after.keys()
    assert {one["since"] for one in before.values()} == {one["since"] for one in after.values()}


def test_a_list_that_was_longer_for_days_is_reported(database: str) -> None:
    crawl_of(BEGAN - timedelta(hours=2))
    days = [
        {"day": f"{BEGAN - n * timedelta(days=1):%Y-%m-%d}", "entries": 30, "share": 1.0} for n in (4, 3, 2)
    ]
    with client.connect("writer") as writer:
        writer[database]["lists"].update_many({"list": {"$ne": None}}, {"$set": {"days": days}})
    code, run, _ = crawl_of(BEGAN - timedelta(hours=2))
    assert code == 1
    assert run["problems"] == [
        f"list https://{HOST}/feed.xml: only 12 articles are listed, before at least 30"
    ]


def test_a_dry_run_compares_with_what_is_stored(database: str) -> None:
    _, first, _ = crawl_of(BEGAN - timedelta(hours=2), "--dry-run")
    assert len(first["would_store"]) == 12  # type: ignore[arg-type]
    crawl_of(BEGAN - timedelta(hours=2), "--limit", "5")
    with client.connect("writer") as writer:
        one = writer[database]["posts"].find_one()
        assert one
        writer[database]["posts"].update_one({"_id": one["_id"]}, {"$set": {"content_hash": "0" * 32}})
    before = documents(database)
    _, run, _ = crawl_of(BEGAN - timedelta(hours=2), "--dry-run")
    counts: dict[str, int] = run["counts"]  # type: ignore[assignment]
    assert {name: counts[name] for name in ("stored", "updated", "unchanged")} == {
        "stored": 7,
        "updated": 1,
        "unchanged": 4,
    }
    outcomes = sorted(post["outcome"] for post in run["would_store"])  # type: ignore[attr-defined]
    assert outcomes == ["stored"] * 7 + ["updated"]
    assert documents(database) == before
