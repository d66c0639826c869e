"""A second database, to restore into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database

from newscrawl.store import client


@pytest.fixture
def source(database: str) -> Iterator[Database[dict[str, Any]]]:
    """The test's database."""
    with client.connect("writer") as writer:
        yield writer[database]


@pytest.fixture
def target(source: Database[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """An empty database; dropped afterwards."""
    name = f"{source.name}_r"
    yield source.client[name]
    source.client.drop_database(name)
