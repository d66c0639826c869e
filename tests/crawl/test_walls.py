"""A crawl of a site that answers walls in no language that is known, status 200, for well-dated entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.crawl.crawls import crawl, documents
from tests.crawl.test_strange_sites import NOTHING, Answer, site

pytestmark = pytest.mark.slow

HOST = "walled.example.com"
LATELY = datetime.now(UTC) - timedelta(hours=3)
NAMES = ["Harbour", "Market", "Station", "Theatre", "Museum", "Airport"]
WORDS = "Lorema ipsumo dolore sitamet consecto adipisci elitsed eiusmo temporo incidi labore dolorem."


def html(title: str, body: str) -> Answer:
    head = f"<html><head><title>{title}</title></head>"
    return 200, "text/html; charset=utf-8", f"{head}<body><h1>{title}</h1>{body}</body></html>"


def dated(body: str) -> str:
    return f'<time datetime="{LATELY.isoformat()}">today</time>{body}'


def feed(titles: dict[str, str]) -> Answer:
    items = "".join(
        f"<item><title>{title}</title><link>http://{HOST}{path}</link>"
        f"<pubDate>{format_datetime(LATELY)}</pubDate></item>"
        for path, title in titles.items()
    )
    return 200, "application/rss+xml", f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'


def test_walls_in_unknown_words_are_rejected_and_articles_are_stored(database: str) -> None:
    titles = {f"/a/{name.lower()}-1.html": f"{name} reopens after nine years of works" for name in NAMES}
    pages = {"/rss.xml": feed(titles)}
    for number, (path, title) in enumerate(titles.items()):
        text = f"<p>{title}, the mayor said on Monday. {title} at noon.</p>" * 3
        bodies = [
            html("Accessum vetitum", f"<p>{WORDS}</p>"),  # no date, no word of the title
            html("Vigilia", dated(f"<p>{WORDS} Ref. 12.{number}8d23.9</p>")),  # twice, and dated
            html("Vigilia", dated(f"<p>{WORDS} Ref. 12.{number}8d23.9</p>")),
            html("Quite another headline today", dated("<p>A text on its own, as a quiz or a poem has.</p>")),
            html(title, dated(text)),
            (451, "text/html", "<h1>Sorry</h1>"),
        ]
        pages[path] = bodies[number]
    with site(lambda path: pages.get(path, NOTHING)) as (address, _):
        _, run = crawl("site", address, "-a", f"url=http://{HOST}/rss.xml")
    posts = sorted(post["title"] for post in documents(database).values())
    assert posts == [
        "Museum reopens after nine years of works",
        "Quite another headline today",
    ]
    assert run["counts"]["reasons"] == {
        "not the article of the list": 1,
        "the same text as other pages": 2,
        "blocked (HTTP 451)": 1,
    }
    assert run["counts"]["pages"] == run["counts"]["stored"] + run["counts"]["rejected"] == 6
    listed = {reject["listed"]["title"] for reject in documents(database, "rejects").values()}
    assert listed == set(titles.values()) - {titles["/a/museum-1.html"], titles["/a/theatre-1.html"]}
