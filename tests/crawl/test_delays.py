"""Whole crawls of a feed that goes on publishing: what its run records of the delay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.crawl.crawls import crawl
from tests.crawl.test_strange_sites import HOST, NOTHING, Answer, feed, site

pytestmark = pytest.mark.slow


def page(number: int, published: datetime) -> Answer:
    title = f"The council of town {number} met about its harbour"
    text = "".join(
        f"<p>Town {number} spoke on day {day} at length about its harbour.</p>" for day in range(9)
    )
    return (
        200,
        "text/html; charset=utf-8",
        f"<html><head><title>{title}</title>"
        f"<meta property='article:published_time' content='{published.isoformat()}'></head>"
        f"<body><h1>{title}</h1><article>{text}</article></body></html>",
    )


def test_only_what_came_after_the_last_complete_run_has_a_delay(database: str) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    dates = {"/a/town-1.html": began, "/a/town-2.html": began - timedelta(days=1)}
    failing = False

    def answer(path: str) -> Answer:
        if path == "/rss.xml":
            return NOTHING if failing else feed(*dates)
        return page(int(path[-6]), dates[path]) if path in dates else NOTHING

    words = ("-a", f"url=http://{HOST}/rss.xml")
    with site(answer) as (address, _):
        _, run = crawl("site", address, *words)
        assert (run["counts"]["stored"], run["news_since"], run["delays"]) == (2, None, [])
        first = run["started"][:23]  # whole milliseconds, as MongoDB keeps them

        published = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        failing = True
        code, run = crawl("site", address, *words)  # it sees nothing
        assert (code, run["complete"], run["news_since"][:23]) == (1, False, first)

        failing = False
        dates |= {"/a/town-3.html": published, "/a/town-4.html": began - timedelta(hours=2)}
        _, run = crawl("site", address, *words)
        assert (run["counts"]["stored"], run["news_since"][:23]) == (2, first)
        [delay] = run["delays"]
        assert 0 <= delay <= (datetime.now(UTC) - published).total_seconds() + 1
