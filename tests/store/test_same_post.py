"""One post for an address, whichever spider brought it, and under whichever id."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import Crawl, Post
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions, Known
from newscrawl.text.urls import identity
from tests.store.posts import START, Outcomes, make_post, put_all

ADDRESS = "https://news.example.com/a/1.html"
OWN = "example:1"


@pytest.fixture
def options(database: str, tmp_path: Path) -> ArchiveOptions:
    return ArchiveOptions(database=database, spool=tmp_path)


def article(spider: str, post_id: str, text: str = "正文。", address: str = ADDRESS) -> Post:
    crawl = Crawl(spider=spider, run=f"{spider}-1", fetched=START, status=200)
    return make_post(1, text, id=post_id, url=address, canonical_url=address, share_url=address, crawl=crawl)


def posts(database: str) -> list[dict[str, Any]]:
    with client.connect("reader") as reader:
        return list(reader[database].posts.find().sort("_id"))


def test_what_another_spider_brings_is_an_update_of_the_post_that_is_there(options: ArchiveOptions) -> None:
    first = article("site", identity(ADDRESS))
    asyncio.run(put_all([first], options))
    outcomes, _ = asyncio.run(put_all([article("example", OWN, "更好的正文。")], options))
    assert outcomes.told == [(OWN, "updated")]
    [post] = posts(options.database)
    assert (post["_id"], post["crawl"]["spider"], post["revision"]) == (first.id, "example", 2)
    again, _ = asyncio.run(put_all([article("example", OWN, "更好的正文。")], options))
    assert again.told == [(OWN, "unchanged")]
    assert len(posts(options.database)) == 1


def test_http_and_https_are_one_address(options: ArchiveOptions) -> None:
    asyncio.run(put_all([article("site", identity(ADDRESS))], options))
    plain = article("example", OWN, address=ADDRESS.replace("https", "http"))
    asyncio.run(put_all([replace(plain, content_hash="f" * 32)], options))
    assert [post["revision"] for post in posts(options.database)] == [2]


def test_an_older_identity_of_an_address_is_the_same_post(options: ArchiveOptions) -> None:
    asyncio.run(put_all([article("site", "url:" + "0" * 32)], options))
    outcomes, _ = asyncio.run(put_all([article("site", identity(ADDRESS), "改。")], options))
    assert outcomes.told == [(identity(ADDRESS), "updated")]
    assert len(posts(options.database)) == 1


def test_items_of_a_live_page_stay_apart(options: ArchiveOptions) -> None:
    live = [article("flash", f"flash:{number}", f"第{number}条。") for number in range(3)]
    asyncio.run(put_all(live, options))
    assert len(posts(options.database)) == 3


def test_a_home_page_is_no_articles_address(options: ArchiveOptions) -> None:
    home = "https://news.example.com/"
    asyncio.run(put_all([article("site", "url:" + "1" * 32, address=home)], options))
    asyncio.run(put_all([article("example", OWN, "另一篇。", address=home)], options))
    assert len(posts(options.database)) == 2


def test_a_post_is_known_by_its_address(options: ArchiveOptions) -> None:
    async def ask(post_id: str, spider: str) -> dict[str, Known]:
        archive = await Archive.open(options, Outcomes())
        found = await archive.known([post_id], {post_id: ADDRESS}, spider)
        await archive.close()
        return found

    asyncio.run(put_all([article("site", identity(ADDRESS))], options))
    known = asyncio.run(ask(OWN, "example"))[OWN]
    assert (known.id, known.spider, known.kind) == (identity(ADDRESS), "site", "post")
    assert asyncio.run(ask("example:2", "other"))["example:2"].id == identity(ADDRESS)


def test_the_lookup_uses_the_index(options: ArchiveOptions) -> None:
    asyncio.run(put_all([article("site", identity(ADDRESS))], options))
    with client.connect("reader") as reader:
        found = reader[options.database].posts.find(
            {"canonical_url": {"$in": [ADDRESS, "http://x.example/a"]}}
        )
        assert "canonical_url" in str(found.explain()["queryPlanner"]["winningPlan"])
        assert "COLLSCAN" not in str(found.explain()["queryPlanner"]["winningPlan"])
