"""watch: every change in order, at least once, over restarts."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure

from newscrawl.errors import NewscrawlError
from newscrawl.read import Posts
from newscrawl.read import watch as watching
from newscrawl.read.watch import ResumeLost
from newscrawl.store import client
from tests.read.stored import Store, post_of


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
    with Posts.connect() as posts, watching._open(posts._database, None, place) as stream:
        watching._Place(place, posts.name).save(stream.resume_token)


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
    ("", "no resume file"),
    ("nonsense", "no resume file"),
    ("[]", "no resume file"),
    ('{"token": "82"}', "no resume file"),
    ('{"database": "another", "token": "82"}', "of the database another"),
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
    lost = watching._told(
        OperationFailure("resume point may no longer be in the oplog", 286), tmp_path / "place"
    )
    assert isinstance(lost, ResumeLost)
    assert "begin to watch anew" in str(watching._told(OperationFailure("gone", 286), None))
    refused = OperationFailure("not authorized", 13)
    assert watching._told(refused, None) is refused


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
