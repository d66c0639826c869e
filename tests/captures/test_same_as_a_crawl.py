"""The answers of a crawl, kept in WARC files and read as an archive, give the posts of the crawl."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.store import client
from tests import warm
from tests.crawl.crawls import SINCE, SPIDERS, crawl, documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

#: The times of storing. Of a story, the first post and the marks by which it is found depend on the order.
OWN = ("first_seen", "last_seen", "updated", "search_pending")


def _comparable(post: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in post.items() if name not in OWN}
    crawl_of = {name: value for name, value in post["crawl"].items() if name not in ("run", "fetched")}
    story = post["story"] and {name: post["story"][name] for name in ("fingerprint", "clauses")}
    # The archive has the articles' answers alone, neither robots.txt nor tdmrep.json.
    rights = {name: value for name, value in post["rights"].items() if name not in ("tdm_allowed", "looked")}
    return {**kept, "crawl": crawl_of, "story": story, "rights": rights}


def test_the_same_posts_as_the_crawl(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_PAGES_FOLDER", str(tmp_path))
    now = datetime.now(UTC).replace(microsecond=0)
    with warm.newsroom(["--articles", "160", "--seed", "11", "--now", now.isoformat()]) as newsroom:
        for spider in SPIDERS:
            crawl(spider, newsroom, *SINCE, NEWSCRAWL_KEEP_PAGES="1")
    files = sorted((tmp_path / database).glob("*.warc.gz"))
    assert files
    posts, rejects = documents(database), documents(database, "rejects")
    assert len(posts) > 100
    other = f"{database}_b"
    os.symlink(tmp_path / database, tmp_path / other)
    try:
        done = newscrawl("archive", "--json", *map(str, files), NEWSCRAWL_DATABASE=other)
        assert done.returncode == 0, done.stderr
        again, rejected = documents(other), documents(other, "rejects")
    finally:
        with client.connect("writer") as writer:
            writer.drop_database(other)
    assert again.keys() == posts.keys()
    for name, post in posts.items():
        assert _comparable(again[name]) == _comparable(post)
        assert again[name]["first_seen"] <= post["first_seen"]
    for page in json.loads(done.stdout):
        assert not page["damaged"]
    pages = {name: one["reasons"] for name, one in rejects.items() if one["kept"]}
    assert pages
    assert {name: one["reasons"] for name, one in rejected.items()} == pages
