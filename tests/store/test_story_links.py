"""Reposts become one story as they are stored."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.story_pairs import invented
from newscrawl.model.post import Post
from newscrawl.read import Posts
from newscrawl.store import client, story_links
from newscrawl.store.archive import ArchiveOptions
from tests.store.posts import START, make_post, put_all

TEXTS = invented(4)


@pytest.fixture
def options(database: str, tmp_path: Path) -> ArchiveOptions:
    return ArchiveOptions(database=database, spool=tmp_path)


def firsts(database: str) -> dict[int, str | None]:
    """Which post's story each is of; None where it has none."""
    with client.connect("reader") as reader:
        found = reader[database]["posts"].find().sort("_id")
        return {int(post["_id"][-6:]): post["story"] and post["story"]["first"][-1] for post in found}


def put(options: ArchiveOptions, *posts: Post) -> None:
    asyncio.run(put_all(list(posts), options))


def cut(text: str) -> str:
    return "\n\n".join(text.split("\n\n")[:-2]) + "\n\n免责声明：本文不构成投资建议，据此操作风险自担。"


def test_a_repost_joins_the_story_of_what_is_there(options: ArchiveOptions) -> None:
    put(options, make_post(1, TEXTS[0]), make_post(2, TEXTS[1]))
    put(options, make_post(3, cut(TEXTS[0])), make_post(4, TEXTS[2]))
    put(options, make_post(5, TEXTS[0].replace("，", ",")))
    assert firsts(options.database) == {1: "1", 2: "2", 3: "1", 4: "4", 5: "1"}
    with Posts.connect() as posts:
        post = posts.get("eastmoney:" + make_post(3).id.partition(":")[2])
        assert post is not None
        assert sorted(one.id[-1] for one in posts.siblings(post)) == ["1", "5"]
        assert [one.id[-1] for one in posts.find(story=post.id, limit=9)] == ["5", "3", "1"]


def test_reposts_in_one_batch_join(options: ArchiveOptions) -> None:
    put(options, make_post(1, TEXTS[0]), make_post(2, cut(TEXTS[0])), make_post(3, TEXTS[1]))
    assert firsts(options.database) == {1: "1", 2: "1", 3: "3"}


def test_a_post_that_was_read_elsewhere_is_found_by_reposts_and_keeps_its_story(
    options: ArchiveOptions,
) -> None:
    """As of an import: a post that is read has no bands."""
    put(options, make_post(1, TEXTS[0]))
    put(options, make_post(2, cut(TEXTS[0])))
    with Posts.connect() as posts:
        read = posts.get(make_post(2).id)
    assert read
    assert read.story
    assert read.story.bands == []
    with client.connect("writer") as writer:
        for name in ("posts", "story_marks"):
            writer[options.database][name].delete_many({})
    put(options, read)
    put(options, make_post(3, cut(TEXTS[0])))
    assert firsts(options.database) == {2: "1", 3: "1"}


def test_years_apart_is_another_story(options: ArchiveOptions) -> None:
    put(options, make_post(1, TEXTS[0]))
    put(options, make_post(2, TEXTS[0], date=START + timedelta(days=400)))
    assert firsts(options.database) == {1: "1", 2: "2"}


def test_a_changed_article_keeps_its_story(options: ArchiveOptions) -> None:
    put(options, make_post(1, TEXTS[0]))
    put(options, make_post(2, cut(TEXTS[0])))
    put(options, make_post(2, TEXTS[3]))
    assert firsts(options.database) == {1: "1", 2: "1"}


def test_without_a_text_there_is_no_story(options: ArchiveOptions) -> None:
    put(options, make_post(1, "。"), make_post(2, "。"))
    assert firsts(options.database) == {1: None, 2: None}


def test_a_batch_costs_one_question_by_an_index(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(options, *(make_post(number, text) for number, text in enumerate(invented(60))))
    with client.connect("reader") as reader:
        marks = reader[options.database]["story_marks"]
        bands = [band for mark in marks.find() for band in mark["story"]["bands"]]
        span = {"$gte": START - timedelta(days=14), "$lte": START + timedelta(days=14)}
        plan = marks.find({"story.bands": {"$in": bands}, "date": span}).hint("bands").explain()
    assert plan["executionStats"]["totalKeysExamined"] < 4 * len(bands)


def test_what_an_outlet_says_under_each_article_joins_nothing(
    options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not make the question dearer and dearer."""
    monkeypatch.setattr(story_links, "_FREQUENT", 3)
    tail = "\n\n" + "\n\n".join(f"本网声明第{number}条，版权归本网所有，违者必究" for number in range(3))
    texts: list[Any] = [text + tail for text in invented(40)]
    put(options, *(make_post(number, text) for number, text in enumerate(texts[:20])))
    put(options, *(make_post(20 + number, text) for number, text in enumerate(texts[20:])))
    assert len(set(firsts(options.database).values())) >= 10
    with client.connect("reader") as reader:
        first = {post["story"]["first"] for post in reader[options.database]["posts"].find()}
    assert len(first) == 40


def test_no_band_leads_to_ever_more_posts(options: ArchiveOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clause of many stories is kept of the first of them alone, and reposts are found all the same."""
    monkeypatch.setattr(story_links, "_FREQUENT", 3)
    tail = "\n\n" + "\n\n".join(f"本网声明第{number}条，版权归本网所有，违者必究" for number in range(3))
    texts = [text + tail for text in invented(40)]
    put(options, *(make_post(number, text) for number, text in enumerate(texts)))
    put(options, *(make_post(100 + number, cut(text)) for number, text in enumerate(texts[20:])))
    with client.connect("reader") as reader:
        posts = list(reader[options.database]["posts"].find())
        bands = {m["_id"]: m["story"]["bands"] for m in reader[options.database]["story_marks"].find()}
    having = Counter(band for post in posts[:40] for band in bands[post["_id"]])
    assert max(having.values()) <= 4
    assert all(bands[post["_id"]][-1] >= 2 << 32 for post in posts)
    joined = [post["story"]["first"] != post["_id"] for post in posts[40:]]
    assert sum(joined) >= 18
