"""What becomes of a stored post's rights when its article comes again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from newscrawl.model.post import Post
from newscrawl.model.rights import NEEDED, Rights, Stated, Statement
from newscrawl.store import client
from newscrawl.store.record import post_record
from newscrawl.store.schema import ensure_schema
from newscrawl.store.writer import PostWriter
from newscrawl.text.usage_terms import rights_of
from tests.store.posts import START, make_post

NOAI = Statement("meta", "noai", "noai", "reserved", START)
CCBOT = Statement("robots.txt", "user-agent", "ccbot", "reserved", START)
MINUTE = timedelta(minutes=1)


def said(*statements: Statement, looked: Sequence[Any] = tuple(sorted(NEEDED))) -> Rights:
    return rights_of([Stated(tuple(looked), statements)], START)


def come(
    database: str, *states: Rights | None, text: str = "央行今日开展逆回购操作。", **fields: Any
) -> list[str]:
    """Stores a post with these rights, one after the other; the outcomes."""

    async def write() -> list[str]:
        async with await client.connect_async("writer") as connection:
            await ensure_schema(connection[database])
            writer = PostWriter(connection[database])
            outcomes: list[str] = []
            for number, rights in enumerate(states):
                post: Post = make_post(1, text, rights=rights)
                post = replace(post, crawl=replace(post.crawl, run=f"run-{number}"))
                at = fields.get("at", START + number * MINUTE)
                outcomes += [one.outcome for one in await writer.write([post_record(post, at)])]
            return outcomes

    return asyncio.run(write())


def stored(database: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with client.connect("reader") as reader:
        [post] = reader[database].posts.find()
        return post, list(reader[database].revisions.find(sort=[("revision", 1)]))


def test_a_new_reservation_is_a_revision_and_its_end_another(database: str) -> None:
    assert come(database, said(), said(NOAI), said(NOAI), said()) == [
        "stored",
        "updated",
        "unchanged",
        "updated",
    ]
    post, revisions = stored(database)
    assert [state["rights"]["tdm"] for state in revisions] == ["unspecified", "reserved"]
    assert (post["revision"], post["rights"]["tdm_allowed"]) == (3, True)
    assert post["updated"] == post["last_seen"] == START + 3 * MINUTE
    assert len({post["content_hash"], *(state["content_hash"] for state in revisions)}) == 1
    assert post["crawl"]["run"] == "run-3", "the rights are those of this answer"


def test_another_wording_is_none(database: str) -> None:
    lines = [Statement("text", "copyright", f"© {year} Example", None, START) for year in (2026, 2027)]
    assert come(database, said(lines[0]), said(lines[1])) == ["stored", "unchanged"]
    post, _ = stored(database)
    assert post["rights"]["copyright"] == "© 2026 Example"


def test_a_post_from_before_gets_its_rights_without_a_revision(database: str) -> None:
    assert come(database, None, said(NOAI)) == ["stored", "unchanged"]
    post, revisions = stored(database)
    assert (post["revision"], post["rights"]["tdm"], revisions) == (1, "reserved", [])


def test_what_was_not_looked_at_this_time_stays_reserved(database: str) -> None:
    assert come(database, said(CCBOT), said(looked=("header", "page"))) == ["stored", "unchanged"]
    come(database, said(looked=("page",)), text="央行今日又开展逆回购操作。", at=START + 5 * MINUTE)
    post, revisions = stored(database)
    assert (post["revision"], post["rights"]["tdm"], len(revisions)) == (2, "reserved", 1)
    assert set(post["rights"]["looked"]) == NEEDED


def test_a_failed_look_at_one_file_takes_nothing_away(database: str) -> None:
    assert come(database, said(), said(looked=("header", "page", "robots.txt"))) == ["stored", "unchanged"]
    assert stored(database)[0]["rights"]["tdm_allowed"]


def test_an_older_state_that_comes_late_changes_nothing(database: str) -> None:
    come(database, said(NOAI))
    assert come(database, said(), at=START - MINUTE) == ["unchanged"]
    assert stored(database)[0]["rights"]["tdm"] == "reserved"


def test_a_program_without_rights_takes_none_away(database: str) -> None:
    assert come(database, said(NOAI), None) == ["stored", "unchanged"]
    come(database, None, text="央行今日又开展逆回购操作。", at=START + 5 * MINUTE)
    assert stored(database)[0]["rights"]["tdm"] == "reserved"
