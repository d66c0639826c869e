"""robots.txt that cannot be had keeps a crawl away."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import TextResponse
from scrapy.utils.test import get_crawler
from twisted.internet.defer import Deferred

from newscrawl.crawl.middlewares.robots import MAX_BYTES, CautiousRobots, Unreachable
from newscrawl.crawl.middlewares.stopping import CrawlStopped

PAGE = Request("https://example.com/a/1.html")


@pytest.fixture
def robots() -> CautiousRobots:
    crawler = get_crawler(Spider, {"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "newscrawl"})
    crawler.spider = Spider("x")
    middleware = CautiousRobots(crawler)
    middleware._parsers["example.com"] = Deferred()
    return middleware


def answered(robots: CautiousRobots, status: int, text: str) -> None:
    robots._parsers["example.com"] = Deferred()
    response = TextResponse("https://example.com/robots.txt", status=status, body=text.encode())
    asyncio.run(robots._parse_robots(response, "example.com", PAGE))
    parser = robots._parsers["example.com"]
    assert not isinstance(parser, Deferred)
    robots.process_request_2(parser, PAGE)


def test_what_it_allows(robots: CautiousRobots) -> None:
    answered(robots, 200, "User-agent: *\nDisallow: /b/")


def test_what_it_forbids(robots: CautiousRobots) -> None:
    with pytest.raises(IgnoreRequest, match="Forbidden by robots"):
        answered(robots, 200, "User-agent: *\nDisallow: /a/")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u00a0 "])
def test_what_it_forbids_in_any_encoding(robots: CautiousRobots, encoding: str, blank: str) -> None:
    """A file saved by Notepad as Unicode, or pasted from a page with its no-break spaces."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    body = f"{mark}User-agent:{blank}*\nDisallow:{blank}/a/\n".encode(encoding)
    response = TextResponse("https://example.com/robots.txt", body=body)
    asyncio.run(robots._parse_robots(response, "example.com", PAGE))
    parser = robots._parsers["example.com"]
    with pytest.raises(IgnoreRequest, match="Forbidden by robots"):
        robots.process_request_2(parser, PAGE)  # type: ignore[arg-type]


def test_what_it_forbids_is_forbidden_to_all_that_waited_for_it(robots: CautiousRobots) -> None:
    async def asked() -> list[object]:
        pages = [Request(f"https://example.com/a/{number}.html") for number in range(5)]
        waiting = [asyncio.ensure_future(robots.process_request(page)) for page in pages]
        await asyncio.sleep(0)
        response = TextResponse("https://example.com/robots.txt", body=b"User-agent: *\nDisallow: /a/")
        await robots._parse_robots(response, "example.com", PAGE)
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [str(end) for end in asyncio.run(asked())] == ["Forbidden by robots.txt"] * 5


def test_none_there_allows_all(robots: CautiousRobots) -> None:
    answered(robots, 404, "<html>not found</html>")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_fails_forbids_all(status: int, robots: CautiousRobots) -> None:
    with pytest.raises(Unreachable, match=f"could not be fetched: HTTP {status}"):
        answered(robots, status, "busy")


def test_one_that_was_refused_on_our_side_forbids_all(robots: CautiousRobots) -> None:
    robots._robots_error(IgnoreRequest("too much of it, once decompressed"), "example.com")
    with pytest.raises(Unreachable, match="could not be fetched: too much of it"):
        robots.process_request_2(None, PAGE)


def test_a_host_that_is_away_forbids_all(robots: CautiousRobots) -> None:
    robots._robots_error(TimeoutError(), "example.com")
    with pytest.raises(Unreachable, match="could not be fetched: TimeoutError"):
        robots.process_request_2(None, PAGE)
    robots.process_request_2(None, Request("https://example.org/"))


def test_one_that_a_stop_kept_from_being_asked_for_allows_nothing(robots: CautiousRobots) -> None:
    robots._robots_error(CrawlStopped("the crawl was stopped"), "example.com")
    page = PAGE.replace(errback=print)
    with pytest.raises(CrawlStopped):
        robots.process_request_2(None, page)
    assert page.errback is None, "it is no page at fault"


def test_of_a_huge_one_the_beginning_counts(robots: CautiousRobots) -> None:
    filler = "\n# nothing" * (MAX_BYTES // 10)
    with pytest.raises(IgnoreRequest, match="Forbidden by robots"):
        answered(robots, 200, f"User-agent: *\nDisallow: /a/{filler}")
    answered(robots, 200, f"User-agent: *{filler}\nDisallow: /a/")


def test_no_rule_is_cut_in_two(robots: CautiousRobots) -> None:
    rule = "\nDisallow: /abcde"
    for less in range(len(rule)):
        answered(robots, 200, f"User-agent: *\n{'#' * (MAX_BYTES - 14 - less)}{rule}")


@pytest.mark.parametrize(
    "line",
    [
        "User-agent: newscrawl",
        "user-agent: NewsCrawl",
        "User-agent: newscrawl/0.1",
        "User-Agent:newscrawl/2.0 (+https://example.org)",
        "User-agent : newscrawl # us",
        "\ufeffUser-agent: newscrawl",
        "User-agent: other\nUser-agent: newscrawl/1",
        "User-agent: *",
    ],
)
def test_a_group_that_names_us_is_ours(robots: CautiousRobots, line: str) -> None:
    with pytest.raises(IgnoreRequest, match="Forbidden by robots"):
        answered(robots, 200, f"{line}\nDisallow: /a/")


@pytest.mark.parametrize(
    "name", ["news", "newscrawl-images", "newscrawler", "crawl", "mynewscrawl", "Googlebot"]
)
def test_a_group_of_another_is_not(robots: CautiousRobots, name: str) -> None:
    answered(robots, 200, f"User-agent: {name}\nDisallow: /a/\n\nUser-agent: *\nDisallow: /b/")


def test_our_own_group_goes_before_the_one_for_all(robots: CautiousRobots) -> None:
    answered(robots, 200, "User-agent: *\nDisallow: /\n\nUser-agent: newscrawl/9\nDisallow: /b/")


def test_a_robots_txt_that_redirects_in_a_circle_is_reported_in_words(robots: CautiousRobots) -> None:
    robots._robots_error(IgnoreRequest("max redirections reached"), "example.com")
    with pytest.raises(Unreachable, match=r"robots\.txt could not be fetched: max redirections reached"):
        robots.process_request_2(None, PAGE)
