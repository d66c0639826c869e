"""A source whose pages change: the run in which its posts lose a field says so, and is not a good one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawl.store import client
from tests.crawl.crawls import crawl
from tests.crawl.test_strange_sites import HOST, LATELY, NOTHING, Answer, feed, site
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

BEFORE, AFTER = 36, 12  # articles


def page(number: int, author: str | None) -> Answer:
    title = f"The council of town {number} met about its harbour"
    text = "".join(
        f"<p>Town {number} spoke on day {day} at length about its harbour.</p>" for day in range(9)
    )
    data: dict[str, Any] = {"@type": "NewsArticle", "headline": title, "datePublished": LATELY.isoformat()}
    if author:
        data["author"] = {"@type": "Person", "name": author}
    return (
        200,
        "text/html; charset=utf-8",
        f"<html><head><title>{title}</title><script type='application/ld+json'>{json.dumps(data)}</script>"
        f"</head><body><h1>{title}</h1><article>{text}</article></body></html>",
    )


def test_the_run_that_loses_a_field_says_so(database: str) -> None:
    """Told until the field is back, unless it is left out by name."""
    paths = [f"/a/town-{number}.html" for number in range(BEFORE + AFTER + 2)]
    pages = {
        path: page(number, "Anna Bell" if number < BEFORE else None) for number, path in enumerate(paths)
    }
    pages[paths[-1]] = page(len(paths), "Bo Cole")
    shown = paths[:BEFORE]
    with site(lambda path: feed(*shown) if path == "/rss.xml" else pages.get(path, NOTHING)) as (address, _):
        words = ("-a", f"url=http://{HOST}/rss.xml")
        code, run = crawl("site", address, *words)
        assert (code, run["problems"]) == (0, [])
        assert run["fields"] == {"posts": BEFORE, "minute": BEFORE, "authors": BEFORE, "text": BEFORE}

        shown = paths[: BEFORE + AFTER]
        code, run = crawl("site", address, *words)
        problem = (
            f"authors: none of the latest {AFTER} posts have it, of the {BEFORE} before {BEFORE} had:"
            " the pages may have changed; newscrawl try URL shows what is read"
        )
        assert (code, run["problems"], run["counts"]["stored"]) == (1, [problem], AFTER)
        assert run["complete"] is True  # nothing was left undone

        shown = paths[: BEFORE + AFTER + 1]
        code, run = crawl("site", address, *words, "-s", "NEWSCRAWL_UNWATCHED_FIELDS=images, authors")
        assert (code, run["problems"], run["counts"]["stored"]) == (0, [], 1)

        shown = paths
        code, run = crawl("site", address, *words)  # the author is back
        assert (code, run["problems"], run["counts"]["stored"]) == (0, [], 1)

        code, run = crawl("site", address, *words)  # and a run without posts tells nothing
        assert (code, run["problems"], run["fields"]) == (0, [], {})

    with client.connect("reader") as reader:
        runs = list(reader[database]["runs"].find(sort=[("started", 1)]))
    assert [one["fields"].get("posts", 0) for one in runs] == [BEFORE, AFTER, 1, 1, 0]


def test_a_dry_run_holds_nothing_against_it(database: str) -> None:
    pages = {"/rss.xml": feed("/a/town-1.html"), "/a/town-1.html": page(1, None)}
    words = ("-a", f"url=http://{HOST}/rss.xml")
    with site(lambda path: pages.get(path, NOTHING)) as (address, _):
        done = newscrawl("crawl", "site", "--dry-run", "--json", "--newsroom", address, *words)
    run = json.loads(done.stdout)
    assert (done.returncode, run["problems"], run["fields"]["posts"]) == (0, [], 1), done.stderr
