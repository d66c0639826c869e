"""When a field counts as lost, by the counts of runs."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from newscrawl.model.field_coverage import FieldCounts, fields_of, lost_fields
from newscrawl.model.ledger import Outcome
from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Image, Post

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POST = Post(
    id="url:1",
    title="A title",
    date=NOW,
    date_info=DateInfo("today", "+00:00", "minute", "page"),
    categories=["a", "b"],
    tags=[],
    source=Attribution("新华社", "xinhuashe", "新华社", "info_line"),
    authors=["Anna Bell"],
    editors=["Bo Cole"],
    digest="Short.",
    body=Body("<p>Text</p>", "Text", 4, [Image("https://example.org/1.png")]),
    url="https://example.org/1",
    canonical_url="https://example.org/1",
    share_url="https://example.org/1",
    content_hash="0",
    crawl=Crawl("a", "r", NOW, 200, "2026"),
)
ALL = ["minute", "outlet", "authors", "editors", "columns", "digest", "text", "images", "layout"]


def told(now: dict[str, int], *earlier: dict[str, int]) -> list[str]:
    return [lost.name for lost in lost_fields(now, earlier)]


def run(posts: int, **fields: int) -> dict[str, int]:
    return {"posts": posts, "text": posts, **fields}


def test_which_fields_a_post_has() -> None:
    assert fields_of(POST) == ALL
    bare = dataclasses.replace(
        POST,
        date_info=DateInfo("today", "+00:00", "day", "url"),
        categories=["a"],
        source=Attribution("Site", "site", "Site", "site"),
        authors=[],
        editors=[],
        digest=None,
        body=Body("", "", 0),
        crawl=Crawl("a", "r", NOW),
    )
    assert fields_of(bare) == []


def test_counted_is_what_was_stored_or_changed_and_was_not_old() -> None:
    counts = FieldCounts()
    ends: list[Outcome] = ["stored", "updated", "unchanged", "rejected", "failed", "spooled"]
    for number, outcome in enumerate(ends):
        counts.take(dataclasses.replace(POST, id=f"url:{number}"))
        counts.end(f"url:{number}", outcome)
    counts.take(dataclasses.replace(POST, id="url:old", date=NOW - timedelta(days=8)))
    counts.end("url:old", "stored")
    counts.end("url:never", "unchanged")
    assert counts.counts == {"posts": 2, **dict.fromkeys(ALL, 2)}
    counts.end("url:5", "stored")  # MongoDB is back
    assert counts.counts["posts"] == 3


def test_a_field_that_all_posts_had_and_none_has_is_lost() -> None:
    assert told(run(12), run(20, authors=20), run(20, authors=19)) == ["authors"]
    assert str(lost_fields(run(12), [run(40, authors=39)])[0]) == (
        "authors: none of the latest 12 posts have it, of the 40 before 39 had: the pages may have changed;"
        " newscrawl try URL shows what is read"
    )


def test_a_field_that_comes_and_goes_is_not_lost() -> None:
    assert told(run(12), run(20, authors=14), run(20, authors=20)) == []
    assert told(run(12, authors=5), run(40, authors=40)) == []
    assert told(run(12, authors=12), run(40, authors=40)) == []


def test_few_posts_tell_nothing() -> None:
    assert told(run(9), run(40, authors=40)) == []
    assert told(run(12), run(29, authors=29)) == []
    assert told({}, run(40, authors=40)) == []
    assert told(run(12)) == []


def test_runs_of_a_few_posts_are_taken_together() -> None:
    few = [run(2)] * 4
    assert told(run(2), *few, *[run(2, authors=2)] * 20) == ["authors"]
    assert told(run(2), *few[:2], *[run(2, authors=2)] * 20) == []


def test_it_is_told_as_long_as_it_lasts_and_no_longer() -> None:
    since = [run(30)] * 20
    (lost,) = lost_fields(run(3), [*since, *[run(30, authors=30)] * 30])
    assert lost.latest > 600
    assert lost.earlier >= 300
    assert told(run(3, authors=3), *since, *[run(30, authors=30)] * 30) == []
    assert told(run(3, authors=1), *since, *[run(30, authors=30)] * 30) == []


def test_a_field_that_is_new_is_no_loss() -> None:
    assert told(run(12, authors=12), run(40)) == []
