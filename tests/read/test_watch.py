"""watch: every change in order, at least once, over restarts."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.read import Change, Posts
from newscrawl.read.async_watch import awatch
from newscrawl.read.change_stream import ChangeStream
from newscrawl.read.watch import FileBookmark, MongoBookmark, ResumeLost, Start
from newscrawl.store import client
from newscrawl.store.error_codes import is_away
from newscrawl.store.open import open_archive
from tests.read.stored import START, Store, post_of

pytestmark = pytest.mark.slow


def test_inserts_updates_and_deletes_come_in_order(store: Store, database: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    store([post_of(0)])
    first_place(place)
    store([post_of(1)])
    store([post_of(1)])  # unchanged: only last_seen moves
    store([post_of(1, text="一二")])
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": post_of(0).id}, {"$set": {"read_by": "me"}})
        writer[database].posts.delete_one({"_id": post_of(0).id})
    with Posts.connect() as posts:
        stream = posts.watch(place)
        changes = [next(stream) for _ in range(3)]
        stream.close()  # type: ignore[attr-defined]
    assert [(change.kind, change.id) for change in changes] == [
        ("insert", post_of(1).id),
        ("update", post_of(1).id),
        ("delete", post_of(0).id),
    ]
    insert, update, delete = changes
    assert delete.post is None
    assert update.post
    assert (update.post.revision, update.post.body.text) == (2, "一二")
    assert insert.post
    assert all(change.at.utcoffset() is not None for change in changes)
    assert len({change.token for change in changes}) == 3


def first_place(place: Path) -> None:
    """Writes a resume file for now, as the first watch does when it opens."""
    with Posts.connect() as posts:
        FileBookmark(place, posts.name).save(posts.now())


def test_what_happened_between_two_watches_is_not_lost(store: Store, tmp_path: Path) -> None:
    place = tmp_path / "place"
    store([post_of(0)])
    first_place(place)
    store(post_of(number) for number in range(1, 31))
    got: list[int] = []
    for taken in (7, 1, 22):  # three consumers, each killed while it works on its last change
        with Posts.connect() as posts:
            stream = posts.watch(place)
            got += [int(next(stream).id[-8:]) for _ in range(taken)]
            stream.close()  # type: ignore[attr-defined]
    # The change that a consumer did not come back from is given again.
    assert got == [*range(1, 8), 7, *range(7, 29)]


def test_the_place_is_written_when_the_watch_opens_and_after_each_change(
    store: Store, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    first_place(place)
    opened = place.read_text()
    store([post_of(1), post_of(2)])
    with Posts.connect() as posts:
        stream = posts.watch(place)
        first = next(stream)
        assert json.loads(place.read_text()) == json.loads(opened)
        second = next(stream)
        assert json.loads(place.read_text()) == {"database": posts.name, "token": first.token}
        assert second.token != first.token
        stream.close()  # type: ignore[attr-defined]
    assert [file.name for file in tmp_path.iterdir()] == ["place"]


def test_without_a_resume_file_it_begins_now(store: Store, database: str) -> None:
    store([post_of(0)])
    with Posts.connect() as posts:
        timer = threading.Timer(0.5, store, args=([post_of(1)],))
        timer.start()
        stream = posts.watch()
        change = next(stream)
        timer.join()
        stream.close()  # type: ignore[attr-defined]
    assert change.id == post_of(1).id


BAD_PLACES = [
    ("", "not a resume file"),
    ("nonsense", "not a resume file"),
    ("[]", "not a resume file"),
    ('{"token": "82"}', "not a resume file"),
    ('{"database": "another", "token": "82"}', "belongs to database another"),
    ('{"database": "DATABASE", "token": "82ZZ"}', "no longer in the server's history"),
    ('{"database": "DATABASE", "token": ""}', "no longer in the server's history"),
]


def test_a_place_that_cannot_be_resumed_is_told_with_the_remedy(
    store: Store, database: str, tmp_path: Path
) -> None:
    store([post_of(0)])
    place = tmp_path / "place"
    with Posts.connect() as posts:
        for content, words in BAD_PLACES:
            place.write_text(content.replace("DATABASE", database))
            with pytest.raises(ResumeLost, match=words) as caught:
                next(posts.watch(place))
            assert f"remove {place}" in str(caught.value)
            assert place.read_text() == content.replace("DATABASE", database)


def test_a_history_that_ended_is_told_and_other_refusals_are_not_hidden(tmp_path: Path) -> None:
    bookmark = FileBookmark(tmp_path / "place", "news")
    over = OperationFailure("resume point may no longer be in the oplog", 286)
    with pytest.raises(ResumeLost, match=rf"remove {tmp_path}/place and call watch\(since="):
        ChangeStream("82", bookmark, 60).pause(over)
    with pytest.raises(ResumeLost, match=r"the position is no longer .*; call watch\(since="):
        ChangeStream("82", None, 60).pause(over)
    with pytest.raises(OperationFailure, match="not authorized"):
        ChangeStream("82", None, 60).pause(OperationFailure("not authorized", 13))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (211, "Cache Reader No keys found for HMAC that is valid for time"),  # seen once, under load
        (11600, "interrupted at shutdown"),
        (13436, "not primary or recovering"),
    ],
)
def test_a_server_that_starts_or_stops_is_waited_for(code: int, words: str) -> None:
    course = ChangeStream("82", None, 60)
    assert 0 < course.pause(OperationFailure(words, code)) < 60
    assert is_away(OperationFailure(words, code))


def test_a_resume_file_that_cannot_be_kept_is_told(store: Store, tmp_path: Path) -> None:
    store([post_of(0)])
    with Posts.connect() as posts:
        with pytest.raises(NewscrawlError, match="cannot be read"):
            next(posts.watch(tmp_path))
        with pytest.raises(NewscrawlError, match="cannot be written"):
            next(posts.watch(tmp_path / "no" / "such" / "folder"))


def test_a_dropped_collection_ends_the_watch_in_words(store: Store, database: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    store([post_of(0)])
    first_place(place)
    with client.connect("writer") as writer:
        writer[database].posts.drop()
    with Posts.connect() as posts, pytest.raises(NewscrawlError, match="dropped or renamed"):
        next(posts.watch(place))


def take(stream: Iterator[Change], number: int) -> list[Change]:
    """The next changes of a watch, which is then closed."""
    changes = [next(stream) for _ in range(number)]
    stream.close()  # type: ignore[attr-defined]
    return changes


def test_fast_revisions_come_each_with_its_own_state(store: Store, database: str) -> None:
    with Posts.connect() as posts:
        begin = posts.now()
        for text in ("一", "二", "三"):
            store([post_of(1, text=text)])
        changes = take(posts.watch(after=begin), 3)
        assert [(change.kind, change.revision) for change in changes] == [
            ("insert", 1),
            ("update", 2),
            ("update", 3),
        ]
        assert [change.post and change.post.body.text for change in changes] == ["一", "二", "三"]
        assert all(change.post and change.post.revision == change.revision for change in changes)
        assert [c.revision for c in take(posts.watch(after=changes[0].token), 2)] == [2, 3]


def test_another_life_of_a_post_is_not_taken_for_the_first(store: Store, database: str) -> None:
    with Posts.connect() as posts, client.connect("writer") as writer:
        begin = posts.now()
        store([post_of(1, text="一"), post_of(1, text="二")])
        writer[database].posts.delete_one({"_id": post_of(1).id})
        store([post_of(1, text="甲"), post_of(1, text="乙")])
        changes = take(posts.watch(after=begin), 5)
    assert [(c.kind, c.revision, c.post and c.post.body.text) for c in changes] == [
        ("insert", 1, "一"),
        ("update", 2, None),  # nobody has that state any more
        ("delete", None, None),
        ("insert", 1, "甲"),
        ("update", 2, "乙"),
    ]


def test_since_gives_what_came_meanwhile_then_goes_on(store: Store, tmp_path: Path) -> None:
    store([post_of(0), post_of(1)])
    with Posts.connect() as posts:
        old = posts.get(post_of(1).id)
        assert old
        assert old.first_seen
        since = old.first_seen + timedelta(milliseconds=1)
        store([post_of(2), post_of(0, text="新")])
        stream = posts.watch(tmp_path / "place", since=since)
        got = [next(stream) for _ in range(2)]
        store([post_of(3)])
        got.append(next(stream))
        stream.close()  # type: ignore[attr-defined]
        assert [(c.kind, c.id, c.revision) for c in got] == [
            ("insert", post_of(2).id, 1),
            ("update", post_of(0).id, 2),
            ("insert", post_of(3).id, 1),
        ]
        # With a place, `since` is not needed any more: the last change comes again, nothing else.
        assert take(posts.watch(tmp_path / "place", since=since), 1)[0].id == post_of(3).id
        with pytest.raises(UsageError, match="has no time zone"):
            posts.watch(since=datetime(2026, 3, 8))  # noqa: DTZ001
        with pytest.raises(UsageError, match="'2d' is not a datetime"):
            posts.watch(since="2d")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="leave out resume= and since="):
            posts.watch("place", after="82")


def test_a_bookmark_in_mongodb_is_kept_with_the_data_or_not_at_all(store: Store, database: str) -> None:
    with Posts.connect() as posts, client.connect("writer") as writer:
        places, taken = writer[database].places, writer[database].taken
        MongoBookmark(places, "me", database).save(posts.now())
        writer[database].create_collection("taken")
        store([post_of(1), post_of(2)])

        def consume(dies: bool) -> None:
            bookmark = MongoBookmark(places, "me", database)
            change = next(posts.watch(bookmark))
            with writer.start_session() as session, session.start_transaction():
                taken.insert_one({"_id": change.id}, session=session)
                bookmark.save(change.token, session)
                if dies:
                    raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            consume(dies=True)
        assert taken.count_documents({}) == 0
        consume(dies=False)
        consume(dies=False)
        assert {one["_id"] for one in taken.find()} == {post_of(1).id, post_of(2).id}
        with pytest.raises(ResumeLost, match="belongs to database"):
            MongoBookmark(places, "me", "another").load()


def test_asyncio_has_the_same(store: Store, database: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    first_place(place)
    store([post_of(1), post_of(1, text="二")])

    async def consume(start: Start, number: int) -> list[tuple[str, int | None]]:
        connection = await client.connect_async("reader")
        async with connection:
            got: list[tuple[str, int | None]] = []
            stream = awatch(connection[database], start)
            async for change in stream:
                got.append((change.kind, change.revision))
                if len(got) == number:
                    break
            await stream.aclose()  # type: ignore[attr-defined]
            return got

    assert asyncio.run(consume(Start(place), 2)) == [("insert", 1), ("update", 2)]
    assert asyncio.run(consume(Start(place), 1)) == [("update", 2)]
    assert asyncio.run(consume(Start(since=START), 1)) == [("update", 2)]


async def _look(at: datetime, post_id: str, status: int | None) -> None:
    archive = await open_archive(lambda *_: None, dry=False, clock=lambda: at)
    await archive.look(post_id, status)
    await archive.close()


def test_a_withdrawal_and_a_return_are_one_change_each(store: Store, database: str, tmp_path: Path) -> None:
    place, post_id = tmp_path / "place", post_of(1).id
    store([post_of(1)])
    first_place(place)
    now = datetime.now(UTC).replace(microsecond=0)
    for hours, status in ((1, 404), (2, 410), (3, 410), (8, 404), (9, None), (10, None)):
        asyncio.run(_look(now + timedelta(hours=hours), post_id, status))
    store([post_of(2)])
    with Posts.connect() as posts:
        stream = posts.watch(place)
        withdrawn, back, other = [next(stream) for _ in range(3)]
        stream.close()  # type: ignore[attr-defined]
    assert [(one.kind, one.id, one.revision) for one in (withdrawn, back)] == [
        ("update", post_id, 2),
        ("update", post_id, 3),
    ]
    assert other.kind == "insert"
    assert withdrawn.post
    assert withdrawn.post.withdrawn
    assert (withdrawn.post.withdrawn.since, withdrawn.post.withdrawn.status) == (
        now + timedelta(hours=1),
        410,
    )
    assert withdrawn.post.is_withdrawn
    assert back.post
    assert back.post.withdrawn
    assert back.post.withdrawn.until == now + timedelta(hours=9)
    assert not back.post.is_withdrawn
    assert back.post.body == withdrawn.post.body == post_of(1).body


class Enough(Exception):
    """Ends the loop of a recipe."""


def recipe() -> str:
    """The MongoDB loop of docs/watching.md."""
    text = (Path(__file__).parents[2] / "docs" / "watching.md").read_text("utf-8")
    [block] = [
        block for block in text.split("```") if "MongoBookmark(" in block and "with_transaction" in block
    ]
    return block.removeprefix("python\n")


def test_the_recipe_for_mongodb_tries_again_after_a_write_conflict(store: Store, database: str) -> None:
    own = f"{database}_own"
    with client.connect("writer") as writer, Posts.connect() as posts:
        try:
            mine = writer[own]
            mine.taken.insert_one({"_id": 0})
            MongoBookmark(mine["places"], "me", database).save(posts.now())
            store([post_of(1), post_of(2)])
            tries: list[str] = []

            def take(_: Any, change: Change, session: Any) -> None:
                tries.append(change.id)
                if change.id == post_of(2).id:
                    raise Enough
                mine.taken.insert_one({"_id": change.id, "token": change.token}, session=session)
                if len(tries) == 1:  # as another consumer does that was killed and whose write came through
                    mine["places"].update_one({"_id": "me"}, {"$set": {"other": 1}})

            names = {"client": writer, "posts": posts, "take": take, "MongoBookmark": MongoBookmark}
            code = (
                recipe()
                .replace('"newscrawl")', f"{database!r})")
                .replace('client["mine"]', f"client[{own!r}]")
            )
            with pytest.raises(Enough):
                exec(code, names)
            assert tries == [post_of(1).id, post_of(1).id, post_of(2).id]
            [taken] = mine.taken.find({"_id": post_of(1).id})
            assert MongoBookmark(mine["places"], "me", database).load() == taken["token"]
        finally:
            writer.drop_database(own)


def test_a_place_is_saved_again_when_its_transaction_is_tried_again(database: str) -> None:
    with client.connect("writer") as writer:
        places = writer[f"{database}_own"]["places"]
        try:
            bookmark = MongoBookmark(places, "me", database)
            bookmark.save("first")
            with writer.start_session() as session:
                session.start_transaction()
                bookmark.save("second", session)
                session.abort_transaction()  # as after a write conflict of what follows
                session.start_transaction()
                bookmark.save("second", session)
                session.commit_transaction()
            assert bookmark.load() == "second"
        finally:
            writer.drop_database(f"{database}_own")
