"""How categories are printed: kept once, by whoever comes first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from newscrawl.read import Posts
from newscrawl.store import client
from newscrawl.store.archive import Archive, ArchiveOptions


@pytest.fixture
def options(database: str, tmp_path: Path) -> ArchiveOptions:
    return ArchiveOptions(database=database, spool=tmp_path)


async def name(options: ArchiveOptions, *several: dict[str, str]) -> None:
    archive = await Archive.open(options, lambda *_: None)
    try:
        await asyncio.gather(*(archive.name_categories(names) for names in several))
    finally:
        await archive.close()


def test_the_first_name_stays(options: ArchiveOptions) -> None:
    asyncio.run(name(options, {"hongguan": "宏观", "caijing": "财经"}))
    asyncio.run(name(options, {"hongguan": "宏 观", "gupiao": "股票"}, {}))
    with Posts.connect(database=options.database) as posts:
        assert posts.names(["hongguan", "caijing", "gupiao", "nirgends"]) == {
            "hongguan": "宏观",
            "caijing": "财经",
            "gupiao": "股票",
        }
        assert posts.names([]) == {}


def test_crawls_that_end_at_the_same_moment(options: ArchiveOptions) -> None:
    names = {f"c{number}": f"第{number}" for number in range(200)}
    asyncio.run(name(options, *[names] * 8))
    with client.connect("reader") as reader:
        assert reader[options.database]["names"].count_documents({}) == 200


def test_a_name_that_cannot_be_stored_costs_no_other(options: ArchiveOptions) -> None:
    asyncio.run(name(options, {"half": "\ud83d", "whole": "全"}))
    with Posts.connect(database=options.database) as posts:
        assert posts.names(["half", "whole"]) == {"whole": "全"}
