"""Whole crawls of the newsroom, as a user starts them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from newscrawl.newsroom.articles import ReplicaStory
from newscrawl.store import client
from newscrawl.text.outlets import outlet_named
from tests.warm import run as newscrawl

ARTICLES = 240  # two rounds of every fault
SEED = 11
SINCE = ("--since", "2019-01-01")
#: For a second crawl within the minute: it reads all that may change, as days later.
EVERY_TIME = ("-s", "NEWSCRAWL_CONDITIONAL=False")
READ_HERE = ("-s", "NEWSCRAWL_READER=here")
SPIDERS = ("eastmoney", "eastmoney_flash", "eastmoney_choice")


def crawl(spider: str, newsroom: str, *words: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Exit code and run document of a crawl, which reads pages in its own process unless the words differ:
    of a few pages, starting another takes most of the time."""
    options = ("--newsroom", newsroom, "--json", *READ_HERE)
    done = newscrawl("crawl", spider, *options, *words, **environment)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def credited(outlet: str) -> str:
    """The name that an outlet goes by, however it was printed."""
    known = outlet_named(outlet)
    return known.name if known else outlet


def documents(database: str, collection: str = "posts") -> dict[str, dict[str, Any]]:
    with client.connect("writer") as writer:
        return {document["_id"]: document for document in writer[database][collection].find()}


@dataclass(frozen=True)
class Crawled:
    """A newsroom that all three spiders crawled once, and what came of it."""

    newsroom: str
    database: str
    stories: list[ReplicaStory]
    runs: dict[str, dict[str, Any]]
    exits: dict[str, int]
    posts: dict[str, dict[str, Any]]
    rejects: list[dict[str, Any]]
    log: list[dict[str, Any]]

    def with_fault(self, name: str) -> list[ReplicaStory]:
        return [story for story in self.stories if story.fault_name == name]

    def post(self, story: ReplicaStory) -> dict[str, Any]:
        return self.posts[f"eastmoney:{story.number}"]

    def reasons(self, story: ReplicaStory) -> list[str]:
        number = f"eastmoney:{story.number}"
        assert number not in self.posts
        return [reason for reject in self.rejects if reject["post"] == number for reason in reject["reasons"]]
