"""A newsroom, and one that was crawled."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.newsroom.articles import latest
from newscrawl.store import client
from tests import warm
from tests.crawl.crawls import ARTICLES, SEED, SINCE, SPIDERS, Crawled, crawl, documents


@pytest.fixture(scope="session")
def crawled(mongo_home: Path) -> Iterator[Crawled]:
    """To be looked at only: all tests share it."""
    database = f"newscrawl_{uuid.uuid4().hex[:12]}"
    place = {"NEWSCRAWL_HOME": str(mongo_home), "NEWSCRAWL_DATABASE": database}
    now = datetime.now(UTC).replace(microsecond=0)
    options = ["--articles", str(ARTICLES), "--seed", str(SEED), "--now", now.isoformat()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(mongo_home))
        with warm.newsroom(options) as newsroom:
            words = (*SINCE, "-s", "NEWSCRAWL_READER=auto")
            done = {spider: crawl(spider, newsroom, *words, **place) for spider in SPIDERS}
            with urllib.request.urlopen(f"{newsroom}/__log__", timeout=10) as answer:
                log = json.load(answer)
            yield Crawled(
                newsroom=newsroom,
                database=database,
                stories=latest(now, ARTICLES, SEED, faults=True),
                runs={spider: run for spider, (_, run) in done.items()},
                exits={spider: code for spider, (code, _) in done.items()},
                posts=documents(database),
                rejects=list(documents(database, "rejects").values()),
                log=log,
            )
        with client.connect("writer") as writer:
            writer.drop_database(database)


@pytest.fixture(scope="session")
def quiet_newsroom() -> Iterator[str]:
    """A small newsroom without faults, which answers the same however often it is asked."""
    with warm.newsroom(["--articles", "90", "--seed", "3", "--no-faults"]) as newsroom:
        yield newsroom
