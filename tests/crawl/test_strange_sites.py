"""Whole crawls of small sites that say strange things of themselves: nothing is lost in silence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.crawls import crawl, documents
from tests.loopback import QuietHandler, listening

pytestmark = pytest.mark.slow

HOST = "odd.example.com"
LATELY = datetime.now(UTC) - timedelta(hours=3)

Answer = tuple[int, str, str]  #: status, Content-Type, body


@contextmanager
def site(answer: Callable[[str], Answer]) -> Iterator[tuple[str, Counter[str]]]:
    """A server whose answers `answer` gives by path; its address, and what was asked how often."""
    asked: Counter[str] = Counter()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            asked[self.path] += 1
            status, kind, body = answer(self.path)
            data = body.encode()
            self.give(status, {"Content-Type": kind}, data)

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", asked


NOTHING: Answer = (404, "text/plain", "none")


def page(name: str, canonical: str) -> Answer:
    text = "".join(
        f"<p>The council of {name} met on day {n} and spoke at length about its harbour.</p>"
        for n in range(1, 9)
    )
    title = f"The council of {name} met about its harbour"
    return (
        200,
        "text/html; charset=utf-8",
        f'<html><head><title>{title}</title><link rel="canonical" href="{canonical}"></head>'
        f"<body><h1>{title}</h1>"
        f'<time datetime="{LATELY.isoformat()}">today</time><article>{text}</article></body></html>',
    )


def feed(*paths: str) -> Answer:
    items = "".join(
        f"<item><title>The council of a town, number {n}</title><link>http://{HOST}{path}</link>"
        f"<pubDate>{format_datetime(LATELY)}</pubDate></item>"
        for n, path in enumerate(paths)
    )
    return (
        200,
        "application/rss+xml",
        f'<rss version="2.0"><channel><title>Odd</title>{items}</channel></rss>',
    )


def crawled(pages: dict[str, Answer], path: str) -> tuple[int, dict[str, Any]]:
    """Exit code and run document of a crawl of the list at the path, on a site of these pages."""
    with site(lambda path: pages.get(path, NOTHING)) as (address, _):
        return crawl("site", address, "-a", f"url=http://{HOST}{path}")


def test_a_page_that_calls_itself_by_https_is_no_twin_of_itself(database: str) -> None:
    pages = {
        "/rss.xml": feed("/a/town-1.html"),
        "/a/town-1.html": page("Town", f"https://{HOST}/a/town-1.html"),
    }
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["stored"], run["counts"]["duplicate"]) == (0, 1, 0), run


def test_two_pages_that_each_name_the_other_lose_no_article(database: str) -> None:
    pages = {
        "/rss.xml": feed("/a/town-1.html"),
        "/a/town-1.html": page("Town", f"http://{HOST}/b/town-1.html"),
        "/b/town-1.html": page("Town", f"http://{HOST}/a/town-1.html"),
    }
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["stored"]) == (0, 1), run


def test_one_address_that_is_none_costs_no_other_article(database: str) -> None:
    answer = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": "feed-2.json",
        "items": [
            {"url": "http://[bad/1.html", "title": "No address at all, and what follows"},
            {"url": "/a/town-1.html", "title": "A town", "date_published": LATELY.isoformat()},
        ],
    }
    second = {**answer, "items": [{"url": "/a/city-1.html", "date_published": LATELY.isoformat()}]}
    pages = {
        "/feed.json": (200, "application/feed+json", json.dumps(answer)),
        "/feed-2.json": (200, "application/feed+json", json.dumps({**second, "next_url": "http://[bad"})),
        "/a/town-1.html": page("Town", f"http://{HOST}/a/town-1.html"),
        "/a/city-1.html": page("City", f"http://{HOST}/a/city-1.html"),
    }
    code, run = crawled(pages, "/feed.json")
    assert (code, run["counts"]["stored"]) == (0, 2), run


def test_a_sitemap_whose_every_child_is_itself_is_asked_for_once_an_address(database: str) -> None:
    children = "".join(f"<sitemap><loc>/map-{n}.xml</loc></sitemap>" for n in range(12))
    index = (200, "application/xml", f"<sitemapindex>{children}</sitemapindex>")
    with site(lambda path: index if "xml" in path else NOTHING) as (address, asked):
        crawl("site", address, "-a", f"url=http://{HOST}/sitemap.xml")
    assert {count for path, count in asked.items() if "map-" in path} == {1}, asked


def test_half_a_character_in_a_server_s_words_does_not_break_off_the_run_s_end(database: str) -> None:
    error: Answer = (200, "application/json", '{"data": null, "message": "\\ud83d\\u0000"}')
    with site(lambda path: NOTHING if "robots" in path else error) as (address, _):
        code, run = crawl("eastmoney", address)
    assert code == 1
    (kept,) = documents(database, "runs").values()
    assert kept["finished"]
    assert kept["counts"]["list_failures"] == run["counts"]["list_failures"]


def test_a_304_that_nobody_asked_for_is_no_article(database: str) -> None:
    pages = {"/rss.xml": feed("/a/town-1.html"), "/a/town-1.html": (304, "text/html", "")}
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["unchanged"], run["counts"]["rejected"]) == (1, 0, 1), run


def endless(path: str) -> Answer:
    """A feed of today without an end: each page has another article, and a page behind it."""
    number = int(path.partition("=")[2] or 1)
    answer = {
        "version": "https://jsonfeed.org/version/1.1",
        "next_url": f"/feed.json?page={number + 1}",
        "items": [{"url": f"/a/town-{number}.html", "date_published": LATELY.isoformat()}],
    }
    return 200, "application/feed+json", json.dumps(answer)


@pytest.mark.parametrize(("words", "pages"), [((), 3), (("--since", "2d"), 5)])
def test_an_archive_without_an_end_has_one(
    database: str, words: tuple[str, ...], pages: int, tmp_path: Path
) -> None:
    bounds = "import newscrawl.crawl.list_budget as b; b.MAX_PAGES, b.MAX_PAGES_SINCE = 3, 5\n"
    (tmp_path / "sitecustomize.py").write_text(bounds)
    with site(lambda path: endless(path) if "feed" in path else NOTHING) as (address, asked):
        list_url = f"url=http://{HOST}/feed.json"
        _, run = crawl("site", address, "-a", list_url, *words, PYTHONPATH=str(tmp_path))
    assert sum("feed" in path for path in asked) == run["counts"]["lists"] == pages
    assert run["counts"]["skipped"][f"a list's pages after {pages}"] == 1


def test_a_canonical_page_that_is_not_the_article_costs_nothing(database: str) -> None:
    canonical = {
        "/a/gone-town-1.html": "/gone/town-1.html",
        "/a/list-village-2.html": "/news/index-20261120.html",
        "/a/same-city-3.html": "/a/other-borough-4.html",
        "/a/other-borough-4.html": "/a/other-borough-4.html",
        "/a/home-hamlet-5.html": "/",
        "/a/broken-port-6.html": "http://[bad/",
        "/a/failing-parish-7.html": "/down/parish-7.html",
    }
    names = {path: path.split("-")[1].title() for path in canonical}
    links = "".join(f'<p><a href="{path}">The council of {name}</a></p>' for path, name in names.items())
    items = "".join(
        f"<item><title>The council of {name} met about its harbour</title><link>http://{HOST}{path}</link>"
        f"<pubDate>{format_datetime(LATELY)}</pubDate></item>"
        for path, name in names.items()
    )
    pages = {
        path: page(names[path], f"http://{HOST}{other}" if other[0] == "/" else other)
        for path, other in canonical.items()
    }
    pages |= {
        "/rss.xml": (
            200,
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>Odd</title>{items}</channel></rss>',
        ),
        "/news/index-20261120.html": (
            200,
            "text/html",
            f"<html><head><title>News</title></head><body>{links}</body></html>",
        ),
        "/down/parish-7.html": (500, "text/plain", "down"),
    }
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["stored"], run["counts"]["pages"]) == (0, 7, 7), run


def test_an_alternate_is_stored_under_its_canonical_address(database: str) -> None:
    both = feed("/amp/town-1.html", "/a/town-1.html")
    pages = {
        "/rss.xml": (*both[:2], both[2].replace("number 1", "number 0")),
        "/amp/town-1.html": page("Town", f"http://{HOST}/a/town-1.html"),
        "/a/town-1.html": page("Town", f"http://{HOST}/a/town-1.html"),
    }
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["stored"], run["counts"]["duplicate"]) == (0, 1, 1), run


def test_a_feed_without_an_end_is_left_at_the_end_of_the_budget(database: str) -> None:
    def answer(path: str) -> Answer:
        number = int(path.partition("page=")[2] or 1)
        items = [{"url": f"/a/town-{number}.html", "date_published": LATELY.isoformat()}]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "next_url": f"/feed?page={number + 1}",
            "items": items,
        }
        if path.startswith("/feed"):
            return (200, "application/feed+json", json.dumps(feed))
        return page(path[8:-5], f"http://{HOST}{path}") if path.startswith("/a/") else NOTHING

    with site(answer) as (address, asked):
        code, run = crawl(
            "site", address, "-a", f"url=http://{HOST}/feed", "-s", "NEWSCRAWL_MAX_LIST_REQUESTS=5"
        )
    assert sum(path.startswith("/feed") for path in asked) == 6
    assert run["counts"]["stored"] == 6
    assert run["counts"]["skipped"] == {"lists after 5 requests of one run": 1}
    assert code == 1
    assert any("lists after 5 requests" in problem for problem in run["problems"]), run


def test_a_feed_that_breaks_off_and_pages_glued_together(database: str) -> None:
    """Halves of a character, a date of change, half an address, a canonical address
    that was never filled in, a document that ends early under today's date."""
    day = (LATELY - timedelta(days=2)).strftime("%-d %B %Y")
    item = (
        f"<item><title>Council &#55357;&#56832; met</title><link>http://{HOST}/a/{{}}</link>"
        f"<a:updated>{LATELY.isoformat()}</a:updated></item>"
    )
    text = [f"<p>The council met on day {n} and spoke at length about its harbour.</p>" for n in range(8)]
    article = (
        "<html lang=en><head><title>The council met</title><link rel=canonical href=/undefined></head><body>"
        f"<div class=topbar>{LATELY.strftime('%A, %-d %B %Y')}</div><div><article><h1>The council met</h1>"
        f"<p class=date>{day}</p>{''.join(text[:4])}</body></html>{''.join(text[4:])}</article></div></body>"
    )
    whole = item.format("town-1.html?id=1&amp;page=2") + item.format("town-2.html")
    cut_off = f"<item><title>Cut off</title><link>http://{HOST}/a/town-3"
    start = '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Odd</title>'
    asked = [f"/a/town-1.html?id=1&page={2}", "/a/town-2.html"]
    pages: dict[str, Answer] = {
        "/rss.xml": (200, "application/rss+xml", start + whole + cut_off),
        asked[0]: (200, "text/html", article.replace("harbour", "bridge")),
        asked[1]: (200, "text/html", article),
    }
    code, run = crawled(pages, "/rss.xml")
    assert (code, run["counts"]["stored"], run["counts"]["rejected"]) == (0, 2, 0), run
    posts = documents(database).values()
    assert sorted(post["canonical_url"] for post in posts) == [f"http://{HOST}{path}" for path in asked]
    for post in posts:
        assert post["date"].date() == (LATELY - timedelta(days=2)).date()
        assert "day 7" in post["body"]["text"]
