"""A database with posts, written as the crawler's archive writes them."""

from __future__ import annotations

import pytest

from newscrawl.model.post import Post, Security
from tests.read.stored import Store, post_of, put


@pytest.fixture
def store(database: str) -> Store:
    """Stores posts in the test's database, in their order."""
    return put


@pytest.fixture
def news(store: Store) -> list[Post]:
    """Ten posts of two outlets and of none, in the database."""
    posts = [
        *(post_of(number) for number in range(5)),
        *(post_of(number, outlet="上海证券报", text="茅台 (600519) 涨3.5%") for number in range(5, 8)),
        post_of(8, outlet=None, title="TechWeb 报道", securities=[Security("1", "600160", "巨化股份")]),
        post_of(9, outlet="TechWeb", securities=[Security("116", "600160"), Security("1", "000700")]),
    ]
    store(posts)
    return posts
