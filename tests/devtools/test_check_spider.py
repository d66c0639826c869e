"""What `newscrawl check` finds wrong with lists and layouts, from the answers of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.crawl.spider import NewsSpider
from newscrawl.devtools.check_spider import Report, lost_fields, misfits, stale_news
from newscrawl.devtools.kept_responses import KeptArticle, KeptList, KeptResponses
from newscrawl.devtools.try_page import Fetched
from newscrawl.model.lists import Feed, Section, Sitemap
from newscrawl.model.source import ListSource, PageLayout, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = Feed("https://example.com/rss.xml")
ROOT = Path(__file__).parents[2]


def spider(listed: ListSource, articles: str, layouts: tuple[PageLayout, ...] = ()) -> type[NewsSpider]:
    class Mine(NewsSpider):
        name = "mine"
        source = Source(
            title="Mine", domain="example.com", lists=(listed,), articles=articles, layouts=layouts
        )

    return Mine


def feed(count: int) -> KeptList:
    items = "".join(f"<item><link>https://example.com/a/slug-{n}/</link></item>" for n in range(count))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    return KeptList(Fetched(body, FEED.url, "text/xml", 200), {"list": 0, "page": 1})


@pytest.mark.parametrize(
    ("articles", "count", "found"),
    [
        ("/a/slug-7/", 10, ["1 of 10 links are articles by this pattern, at https://example.com/rss.xml"]),
        ("/b/", 10, ["0 of 10 links are articles by this pattern, at https://example.com/rss.xml"]),
        (r"/a/slug-\d+/", 10, []),
        (r"/a/slug-[0-5]/", 10, []),
        ("/a/slug-2/", 3, []),  # of so few nothing is concluded
    ],
)
def test_a_list_whose_links_are_not_articles_is_reported(articles: str, count: int, found: list[str]) -> None:
    assert misfits(spider(FEED, articles), [feed(count)], NOW) == found


def test_a_page_of_any_links_may_hold_few_articles() -> None:
    links = "".join(f"<a href='/about/{n}'>x</a>" for n in range(30)) + "<a href='/a/1'>x</a>"
    page = Fetched(f"<html><body>{links}".encode(), "https://example.com/", "text/html", 200)
    kept = [KeptList(page, {"list": 0, "page": 1})]
    assert misfits(spider(Section("https://example.com/"), "/a/"), kept, NOW) == []
    chosen = Section("https://example.com/", links=("a[href]",))
    assert misfits(spider(chosen, "/a/"), kept, NOW) == [
        "1 of 31 links are articles by this pattern, at https://example.com/"
    ]


def test_a_sitemap_may_name_every_page_of_a_site() -> None:
    def kept(articles: int) -> list[KeptList]:
        paths = [f"a/{n}" for n in range(articles)] + [f"tag/{n}" for n in range(20 - articles)]
        rows = "".join(f"<url><loc>https://example.com/{path}</loc></url>" for path in paths)
        page = Fetched(f"<urlset>{rows}</urlset>".encode(), "https://example.com/s.xml", None, 200)
        return [KeptList(page, {"list": 0, "page": 1})]

    kind = spider(Sitemap("https://example.com/s.xml"), "/a/")
    assert misfits(kind, kept(3), NOW) == []
    assert misfits(kind, kept(1), NOW) == [
        "1 of 20 links are articles by this pattern, at https://example.com/s.xml"
    ]


def test_what_the_layouts_lose_is_reported_once_with_its_first_page() -> None:
    page = (ROOT / "tests/pages/spiegel/2023.html").read_bytes()
    url = "https://www.spiegel.de/wirtschaft/x-a-1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"
    articles = [KeptArticle(Fetched(page, url, "text/html", 200), {})] * 2
    first_of_four = PageLayout(name="2023", title=("main h2 span.leading-tight",), body=("main .word-wrap",))
    whole = PageLayout(name="2023", title=("main h2 span.leading-tight",), body=("main [data-area=body]",))
    found = lost_fields(spider(FEED, "", (first_of_four,)), KeptResponses(articles=articles), NOW)
    assert [one.partition(" pages: ")[0] for one in found] == [
        "declared loses to undeclared on 2 of 2",
        "declared loses to undeclared on 2 of 2",
    ]
    assert "the body has" in found[0]
    assert "no image" in found[1]
    assert found[0].endswith(url)
    assert lost_fields(spider(FEED, "", (whole,)), KeptResponses(articles=articles), NOW) == []


def report(*dates: str) -> Report:
    posts = [{"date": date} for date in dates]
    return Report("mine", {}, len(posts), posts, {}, {}, {}, 0)


def test_a_list_whose_newest_article_is_old_is_reported() -> None:
    found = stale_news(report("2025-05-30T10:00:00+00:00", "2025-06-05T10:00:00+00:00"), NOW)
    assert found == ["the newest article is of 2025-06-05, 533 days old"]
    assert stale_news(report("2025-06-05T10:00:00+00:00", "2026-11-01T10:00:00+00:00"), NOW) == []
    assert stale_news(report(), NOW) == []
