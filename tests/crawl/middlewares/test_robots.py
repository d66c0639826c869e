"""robots.txt that cannot be had keeps a crawl away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request, Spider, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.robotstxt import RobotParser
from scrapy.utils.test import get_crawler
from twisted.internet.defer import Deferred

from newscrawl.crawl.host_terms import HostTerms
from newscrawl.crawl.middlewares.robots import MAX_BYTES, CautiousRobots, Unreachable
from newscrawl.crawl.middlewares.stopping import CrawlStopped
from newscrawl.crawl.run import RunPlan
from newscrawl.store import client
from newscrawl.store.request_memory import RequestMemory
from newscrawl.store.robots_cache import KeptRobots

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


# --- kept over processes

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FORBIDS, ALLOWS = b"User-agent: *\nDisallow: /a/", b"User-agent: *\nDisallow: /b/"


class Site:
    """A host that answers one thing to robots.txt, and a database that crawls of it share."""

    def __init__(self, database: str) -> None:
        self.database, self.asked = database, 0
        self.answer: Response | Exception = self.says(200, FORBIDS)

    @staticmethod
    def says(status: int, body: bytes, **headers: str) -> Response:
        return TextResponse(
            "https://example.com/robots.txt",
            status=status,
            body=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    async def download_async(self, request: Request) -> Response:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def crawl(self, at: datetime, page: Request = PAGE, **settings: Any) -> str:
        """What a crawl at that time comes to with a page: `allowed`, or why not."""
        usual = {"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "newscrawl"}
        crawler = get_crawler(Spider, usual | settings)

        async def ask() -> str:
            async with await client.connect_async("writer") as connection:
                memory = RequestMemory(lambda: connection[self.database])
                crawler.spider = Spider("x")
                crawler.spider.run = SimpleNamespace(  # type: ignore[attr-defined]
                    archive=SimpleNamespace(memory=memory),
                    plan=RunPlan(clock=lambda: at),
                    hosts=HostTerms(None, lambda: None, lambda: at),
                )
                crawler.engine = cast(Any, self)
                middleware = CautiousRobots(crawler)
                ends = await asyncio.gather(
                    *(middleware.process_request(page) for _ in range(3)), return_exceptions=True
                )
                assert len({str(end) for end in ends}) == 1, "all requests of a crawl fare alike"
                return "allowed" if ends[0] is None else str(ends[0])

        return asyncio.run(ask())


@pytest.fixture
def host(database: str) -> Site:
    return Site(database)


HOUR = timedelta(hours=1)


def test_it_is_fetched_once_a_day(host: Site) -> None:
    assert host.crawl(NOW) == "Forbidden by robots.txt"
    host.answer = host.says(200, ALLOWS)
    assert host.crawl(NOW + 23 * HOUR) == "Forbidden by robots.txt"
    assert host.asked == 1
    assert host.crawl(NOW + 24 * HOUR) == "allowed"
    assert host.asked == 2


def test_that_there_is_none_is_kept_too(host: Site) -> None:
    host.answer = host.says(404, FORBIDS)
    assert host.crawl(NOW) == "allowed", "a page that says 404 has no rules"
    assert host.crawl(NOW + HOUR) == "allowed"
    assert host.asked == 1


@pytest.mark.parametrize(
    "page",
    ["http://example.com/a/1", "https://example.com:8443/a/1", "https://www.example.com/a/1"],
)
def test_another_scheme_port_or_host_has_its_own(host: Site, page: str) -> None:
    host.crawl(NOW)
    host.answer = host.says(200, ALLOWS)
    assert host.crawl(NOW, Request(page)) == "allowed"
    assert host.asked == 2


def test_a_password_in_an_address_is_not_kept(host: Site) -> None:
    host.crawl(NOW, Request("https://user:secret@example.com/a/1"))
    assert host.crawl(NOW) == "Forbidden by robots.txt"
    assert host.asked == 1


def test_that_of_a_newsroom_is_not_that_of_the_web(host: Site) -> None:
    host.crawl(NOW, NEWSCRAWL_NEWSROOM="http://127.0.0.1:9")
    host.answer = host.says(200, ALLOWS)
    assert host.crawl(NOW) == "allowed"


@pytest.mark.parametrize(
    ("headers", "lasts"),
    [
        ({}, 24 * HOUR),
        ({"Cache_Control": "public, max-age=3600"}, HOUR),
        ({"Cache_Control": "MAX-AGE=3600"}, HOUR),
        ({"Cache_Control": 'max-age="3600"'}, HOUR),
        ({"Cache_Control": "max-age=31536000"}, 24 * HOUR),
        ({"Cache_Control": "max-age=7200", "Age": "3600"}, HOUR),
        ({"Cache_Control": "max-age=3600", "Age": "soon"}, HOUR),
        ({"Cache_Control": "s-maxage=1, must-revalidate"}, 24 * HOUR),
        ({"Cache_Control": "x-max-age-of-mine"}, 24 * HOUR),
        ({"Cache_Control": "max-age=-1"}, 24 * HOUR),
    ],
)
def test_it_is_kept_for_as_long_as_it_says(host: Site, headers: dict[str, str], lasts: timedelta) -> None:
    host.answer = host.says(200, FORBIDS, **headers)
    host.crawl(NOW)
    host.crawl(NOW + lasts - timedelta(seconds=1))
    assert host.asked == 1
    host.crawl(NOW + lasts)
    assert host.asked == 2


@pytest.mark.parametrize("value", ["no-cache", "max-age=0", "private, no-store", "max-age=60, no-cache"])
def test_one_that_must_not_be_kept_is_fetched_by_each_crawl(host: Site, value: str) -> None:
    host.answer = host.says(200, FORBIDS, Cache_Control=value)
    host.crawl(NOW)
    host.crawl(NOW)
    assert host.asked == 2


FAILURES = [
    Site.says(503, b""),
    Site.says(429, ALLOWS),
    TimeoutError(),
    IgnoreRequest("too much of it"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_not_kept(host: Site, failure: Response | Exception) -> None:
    host.answer = failure
    assert host.crawl(NOW).startswith("robots.txt could not be fetched")
    host.answer = host.says(200, ALLOWS)
    assert host.crawl(NOW) == "allowed"


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(("body", "end"), [(FORBIDS, "Forbidden by robots.txt"), (ALLOWS, "allowed")])
def test_what_was_fetched_within_a_day_stands_in_for_a_failure(
    host: Site, failure: Response | Exception, body: bytes, end: str
) -> None:
    host.answer = host.says(200, body, Cache_Control="max-age=60")
    host.crawl(NOW)
    host.answer = failure
    assert host.crawl(NOW + HOUR) == end
    assert host.crawl(NOW + 23 * HOUR) == end, "a failure is no fetch"
    assert host.crawl(NOW + 25 * HOUR).startswith("robots.txt could not be fetched")


def test_a_stopped_crawl_does_not_go_on_by_what_is_kept(host: Site) -> None:
    host.answer = host.says(200, ALLOWS, Cache_Control="max-age=60")
    host.crawl(NOW)
    host.answer = CrawlStopped("the crawl was stopped")
    assert host.crawl(NOW + HOUR) == "the crawl was stopped"


def test_the_crawl_delay_of_a_kept_one_counts() -> None:
    delays: list[float | None] = []
    crawler = get_crawler(Spider, {"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "newscrawl"})

    def note(robotparser: RobotParser, request: Request) -> None:
        delays.append(robotparser.crawl_delay("newscrawl"))

    crawler.signals.connect(note, signals.robots_parsed)
    middleware = CautiousRobots(crawler)
    middleware._parsers["example.com"] = Deferred()
    asyncio.run(middleware._use(KeptRobots(b"User-agent: *\nCrawl-delay: 7", NOW, NOW), "example.com", PAGE))
    assert delays == [7.0]
