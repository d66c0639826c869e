"""The archive on a MongoDB that stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.draft import Reject
from newscrawl.read import Posts, crawl_status
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions, Backlog
from newscrawl.store.record import post_record
from newscrawl.store.revisions import revise
from tests.store.posts import START, Outcomes, make_post, put_all


@pytest.fixture
def options(database: str, tmp_path: Path) -> ArchiveOptions:
    return ArchiveOptions(database=database, spool=tmp_path)


def documents(database: str, collection: str = "posts") -> list[dict[str, Any]]:
    with client.connect("reader") as reader:
        return list(reader[database][collection].find().sort("_id"))


def test_new_posts_are_stored_as_they_are(options: ArchiveOptions) -> None:
    outcomes, backlog = asyncio.run(put_all([make_post(number) for number in range(250)], options))
    stored = documents(options.database)
    assert backlog == Backlog()
    assert outcomes.count("stored") == 250 == len(stored)
    first = stored[0]
    assert first["first_seen"] == first["last_seen"]
    assert (first["revision"], first["updated"], first["date"]) == (1, None, START)
    assert list(first)[:4] == ["_id", "layout", "title", "date"]
    expected = make_post(0).to_document()
    owned = {"first_seen", "last_seen", "search_pending", "story"}
    assert {k: v for k, v in first.items() if k not in owned} == {
        k: v for k, v in expected.items() if k not in owned
    }


def test_the_same_again_moves_last_seen_only(options: ArchiveOptions) -> None:
    posts = [make_post(number) for number in range(3)]
    asyncio.run(put_all(posts, options))
    before = documents(options.database)
    outcomes, _ = asyncio.run(put_all(posts, options))
    after = documents(options.database)
    assert outcomes.count("unchanged") == 3
    assert all(new["last_seen"] > old["last_seen"] for old, new in zip(before, after, strict=True))
    for old, new in zip(before, after, strict=True):
        assert {**old, "last_seen": None} == {**new, "last_seen": None}


def test_a_changed_article_makes_a_revision(options: ArchiveOptions) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))
    with client.connect("writer") as writer:
        writer[options.database].posts.update_one({}, {"$set": {"reader_note": "mine", "crawl.mine": 1}})
    [old] = documents(options.database)
    outcomes, _ = asyncio.run(put_all([make_post(1, "新", title="更正")], options))
    [new] = documents(options.database)
    [revision] = documents(options.database, "revisions")
    assert outcomes.told == [(old["_id"], "updated")]
    assert old.pop("search_pending")
    assert revision == {**old, "_id": f"{old['_id']}@1", "post": old["_id"]}
    assert (new["title"], new["body"]["text"], new["revision"]) == ("更正", "新", 2)
    assert new["reader_note"] == "mine"
    assert new["first_seen"] == old["first_seen"] < new["updated"] == new["last_seen"]


def test_a_story_that_is_known_is_kept(options: ArchiveOptions) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))
    story = {"fingerprint": "0" * 16, "first": "eastmoney:9"}
    with client.connect("writer") as writer:
        writer[options.database].posts.update_one({}, {"$set": {"story": story}})
    asyncio.run(put_all([make_post(1, "新")], options))
    assert documents(options.database)[0]["story"] == story


def test_back_to_an_earlier_content_is_a_third_revision(options: ArchiveOptions) -> None:
    for text in ("甲", "乙", "甲"):
        asyncio.run(put_all([make_post(1, text)], options))
    assert documents(options.database)[0]["revision"] == 3
    assert [each["revision"] for each in documents(options.database, "revisions")] == [1, 2]


def test_twice_in_one_batch_the_later_is_a_revision(options: ArchiveOptions) -> None:
    posts = [make_post(1, "甲"), make_post(1, "乙"), make_post(1, "乙"), make_post(2)]
    outcomes, _ = asyncio.run(put_all(posts, options))
    told = [outcome for page, outcome in outcomes.told if page.endswith("1")]
    assert told == ["stored", "updated", "unchanged"]
    assert documents(options.database)[0]["body"]["text"] == "乙"
    assert len(documents(options.database, "revisions")) == 1


@pytest.mark.slow
def test_fifty_writers_of_one_change_make_one_revision(options: ArchiveOptions) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))

    async def race() -> list[Outcomes]:
        return [
            each[0]
            for each in await asyncio.gather(*(put_all([make_post(1, "新")], options) for _ in range(50)))
        ]

    told = [outcomes.last[make_post(1).id] for outcomes in asyncio.run(race())]
    assert sorted(told) == ["unchanged"] * 49 + ["updated"]
    assert documents(options.database)[0]["revision"] == 2
    assert len(documents(options.database, "revisions")) == 1


def test_an_older_capture_that_lost_the_race_moves_first_seen_back(options: ArchiveOptions) -> None:
    """As if another process had stored the post after this one looked for it."""
    later = datetime(2026, 3, 9, tzinfo=UTC)
    asyncio.run(put_all([make_post(1)], replace(options, clock=lambda: later)))

    async def revised() -> str:
        async with await client.connect_async("writer") as mongo:
            earlier = post_record(make_post(1), later - timedelta(days=1))
            return await revise(mongo[options.database], earlier)

    assert asyncio.run(revised()) == "unchanged"
    (post,) = documents(options.database)
    assert (post["first_seen"], post["last_seen"]) == (later - timedelta(days=1), later)


@pytest.mark.slow
def test_fifty_writers_of_one_new_post_make_one_post(options: ArchiveOptions) -> None:
    async def race() -> list[Outcomes]:
        return [
            each[0] for each in await asyncio.gather(*(put_all([make_post(1)], options) for _ in range(50)))
        ]

    told = [outcomes.last[make_post(1).id] for outcomes in asyncio.run(race())]
    assert sorted(told) == ["stored"] + ["unchanged"] * 49
    assert documents(options.database, "revisions") == []


def test_a_refused_document_goes_to_rejects_alone(options: ArchiveOptions) -> None:
    bad = make_post(2, categories=["Not A Slug"])
    outcomes, _ = asyncio.run(put_all([make_post(1), bad, make_post(3)], options))
    assert outcomes.last == {make_post(1).id: "stored", bad.id: "rejected", make_post(3).id: "stored"}
    assert outcomes.reasons[bad.id] == "refused by MongoDB: Document failed validation: categories"
    [reject] = documents(options.database, "rejects")
    assert (reject["post"], reject["reasons"]) == (bad.id, [outcomes.reasons[bad.id]])
    assert reject["page"] == bad.body.html


def test_a_refused_change_leaves_the_post(options: ArchiveOptions) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))
    outcomes, _ = asyncio.run(put_all([make_post(1, "新", title="")], options))
    assert outcomes.last == {make_post(1).id: "rejected"}
    assert documents(options.database)[0]["body"]["text"] == "旧"
    assert documents(options.database, "revisions") == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (make_post(2, "大" * 6_000_000), "the limit is 16,000,000"),
        (make_post(2, title="half \ud83d"), "UnicodeEncodeError"),
        (make_post(2, schema_version=2**70), "OverflowError"),
    ],
    ids=["oversized", "half a character", "a number too large"],
)
def test_what_bson_cannot_hold_goes_to_rejects(options: ArchiveOptions, bad: Any, words: str) -> None:
    outcomes, _ = asyncio.run(put_all([make_post(1), bad], options))
    assert outcomes.last == {make_post(1).id: "stored", bad.id: "rejected"}
    [reject] = documents(options.database, "rejects")
    assert words in reject["reasons"][0]
    assert len(reject["page"]) <= 100_000


def test_a_reject_again_only_counts(options: ArchiveOptions) -> None:
    reject = Reject(
        "eastmoney:1", "https://e.com/1", ("no title",), "eastmoney", "run-1", START, page="x" * 200_000
    )

    async def twice() -> None:
        for _ in range(2):
            archive = await Archive.open(options, Outcomes())
            await archive.reject(reject)
            await archive.close()

    asyncio.run(twice())
    [held] = documents(options.database, "rejects")
    assert (held["seen"], held["post"], len(held["page"])) == (2, "eastmoney:1", 100_000)
    assert held["first_seen"] < held["last_seen"]


def test_a_post_at_last_is_no_reject_any_more(options: ArchiveOptions) -> None:
    async def both() -> None:
        archive = await Archive.open(options, Outcomes())
        post = make_post(1)
        await archive.reject(Reject(post.id, post.url, ("no date",), "eastmoney", "run-1", START))
        await archive.flush()
        await archive.put(post)
        await archive.close()

    asyncio.run(both())
    assert documents(options.database, "rejects") == []


def test_known_tells_posts_and_rejects(options: ArchiveOptions) -> None:
    async def known() -> dict[str, Any]:
        archive = await Archive.open(options, Outcomes())
        await archive.put(make_post(1))
        await archive.reject(Reject("eastmoney:2", "https://e.com/2", ("no title",), "flash", "run-1", START))
        await archive.flush()
        found = await archive.known([make_post(1).id, "eastmoney:2", "eastmoney:3"])
        assert await archive.known([]) == {}
        await archive.close()
        return found

    found = asyncio.run(known())
    post, reject = found[make_post(1).id], found["eastmoney:2"]
    assert len(found) == 2
    assert (post.kind, post.date, post.etag, post.spider) == ("post", make_post(1).date, '"1"', "eastmoney")
    assert post.content_hash == make_post(1).content_hash
    assert (reject.kind, reject.date, reject.etag, reject.spider) == ("reject", None, None, "flash")


def test_touch_moves_last_seen_only(options: ArchiveOptions) -> None:
    asyncio.run(put_all([make_post(1)], options))
    [before] = documents(options.database)

    async def touch() -> Outcomes:
        outcomes = Outcomes()
        archive = await Archive.open(options, outcomes)
        await archive.touch([make_post(1).id])
        await archive.close()
        return outcomes

    assert asyncio.run(touch()).told == [(make_post(1).id, "unchanged")]
    [after] = documents(options.database)
    assert after == {**before, "last_seen": after["last_seen"]}
    assert after["last_seen"] > before["last_seen"]


YEAR = timedelta(days=365)


def ahead(options: ArchiveOptions, **fields: datetime) -> None:
    """What a crawl leaves whose clock was ahead."""
    with client.connect("writer") as writer:
        writer[options.database].posts.update_one({}, {"$set": fields})


@pytest.mark.parametrize("field", ["first_seen", "updated"])
def test_a_change_after_a_clock_was_ahead_is_no_late_one(options: Any, field: Any) -> None:
    asyncio.run(put_all([make_post(1, "旧")], options))
    ahead(options, **{field: datetime.now(UTC) + YEAR})
    outcomes, _ = asyncio.run(put_all([make_post(1, "新")], options))
    assert [outcome for _, outcome in outcomes.told] == ["updated"]
    [post] = documents(options.database)
    assert (post["body"]["text"], post["revision"]) == ("新", 2)
    assert [one["_id"] for one in documents(options.database, "revisions")] == [f"{post['_id']}@1"]


def test_a_run_that_a_clock_dated_ahead_is_not_the_last(options: Any) -> None:
    lately = datetime.now(UTC).replace(microsecond=0)  # MongoDB removes runs of 180 days ago

    async def run() -> dict[str, Any] | None:
        archive = await Archive.open(options, Outcomes())
        for name, started in (("now", lately), ("ahead", lately + YEAR)):
            run = {
                "_id": name,
                "spider": "eastmoney",
                "arguments": {},
                "started": started,
                "finished": started,
            }
            await archive.start_run(run)
        await archive.flush()
        found = await archive.last_run("eastmoney", {})
        await archive.close()
        return found

    found = asyncio.run(run())
    assert found is not None
    assert found["_id"] == "now"
    with Posts.connect(database=options.database) as posts:
        state = posts.ask(crawl_status.state(datetime.now(UTC)))
    assert [one.started for one in (*state.sources, *state.runs)] == [lately, lately]


def test_runs_are_kept_and_found_by_arguments(options: ArchiveOptions) -> None:
    async def run() -> list[dict[str, Any] | None]:
        archive = await Archive.open(options, Outcomes())
        start = {
            "_id": "r1",
            "spider": "eastmoney",
            "arguments": {"since": "2d", "limit": "5"},
            "started": START,
        }
        await archive.start_run({**start, "finished": None})
        await archive.finish_run({**start, "finished": START, "complete": True})
        await archive.start_run({**start, "finished": None, "complete": False})  # late, out of a spool
        await archive.flush()
        found = [
            await archive.last_run("eastmoney", {"limit": "5", "since": "2d"}),
            await archive.last_run("eastmoney", {}),
            await archive.last_run("flash", {"limit": "5", "since": "2d"}),
        ]
        await archive.close()
        return found

    found, *others = asyncio.run(run())
    assert found is not None
    assert found["complete"] is True
    assert others == [None, None]


ARTICLE = "央行今日开展了五千亿元的逆回购操作，利率与上次持平，市场反应平稳，流动性充裕，各期限利率变动不大。"
WALL = "您的访问过于频繁，请输入验证码后继续访问本网站，如有疑问请联系客服处理，感谢您的理解与支持。"


def test_a_wall_does_not_replace_a_post(options: Any) -> None:
    asyncio.run(put_all([make_post(1, ARTICLE)], options))
    [before] = documents(options.database)
    outcomes, _ = asyncio.run(put_all([make_post(1, WALL, title="访问验证")], options))
    assert outcomes.last == {before["_id"]: "rejected"}
    assert outcomes.reasons == {before["_id"]: "no longer the article"}
    assert documents(options.database) == [before]
    assert documents(options.database, "revisions") == []
    [reject] = documents(options.database, "rejects")
    assert (reject["post"], reject["reasons"]) == (before["_id"], ["no longer the article"])
    assert reject["values"]["title"] == "访问验证"
    assert WALL in reject["page"]


def test_a_post_whose_article_is_back_has_no_such_reject(options: Any) -> None:
    for post in (make_post(1, ARTICLE), make_post(1, WALL, title="访问验证")):
        asyncio.run(put_all([post], options))
    outcomes, _ = asyncio.run(put_all([make_post(1, ARTICLE)], options))
    assert list(outcomes.last.values()) == ["unchanged"]
    assert documents(options.database, "rejects") == []


def test_a_rewritten_article_replaces_the_post(options: Any) -> None:
    asyncio.run(put_all([make_post(1, ARTICLE)], options))
    outcomes, _ = asyncio.run(put_all([make_post(1, "更新：" + ARTICLE, title="利率持平")], options))
    assert list(outcomes.last.values()) == ["updated"]
    [post] = documents(options.database)
    assert (post["title"], post["revision"]) == ("利率持平", 2)


def test_a_wrong_post_can_be_replaced_on_request(options: Any) -> None:
    asyncio.run(put_all([make_post(1, WALL, title="访问验证")], options))
    asyncio.run(put_all([make_post(1, ARTICLE)], options))
    assert len(documents(options.database, "rejects")) == 1
    outcomes, _ = asyncio.run(put_all([make_post(1, ARTICLE)], replace(options, replace=True)))
    assert list(outcomes.last.values()) == ["updated"]
    assert documents(options.database)[0]["body"]["text"] == ARTICLE
    assert documents(options.database, "rejects") == []
