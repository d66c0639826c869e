"""Polls of a source that was crawled: what starts a crawl, and what a poll asks for."""

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request

from newscrawl.crawl.runner import project_settings
from newscrawl.crawl.watch.fetch import ListFetcher, PublicResolver
from newscrawl.crawl.watch.poll import Watcher
from newscrawl.errors import Unclear
from newscrawl.jobs.config import Job
from newscrawl.jobs.watcher import Watcher as WatcherProcess
from newscrawl.locks import FileLeases, host_key, spider_key
from newscrawl.model.crawl_settings import CrawlSettings
from newscrawl.store import client
from tests.crawl.crawls import crawl
from tests.crawl.watch.site import FEED, SPIDER, Site, served

pytestmark = pytest.mark.slow

HOST = "www.aljazeera.com"
NOW = datetime.now(UTC)


@pytest.fixture
def site(database: str) -> Iterator[Site]:
    """A site that was crawled; nothing of it is due to be read again."""
    with served(Site()) as site:
        code, run = crawl(SPIDER, site.address, NEWSCRAWL_DATABASE=database)
        assert (code, run["counts"]["stored"], run["problems"]) == (0, site.articles, [])
        site.asked.clear()
        yield site


def polls(site: Site, times: int = 1, **options: Any) -> list[Any]:
    """What polls find: counts, or why a crawl is to be started."""

    async def run() -> list[Any]:
        overrides = {"NEWSCRAWL_NEWSROOM": site.address, "DOWNLOAD_DELAY": 0, **options.pop("settings", {})}
        arguments = options.pop("arguments", {})
        watcher = Watcher({name: str(value) for name, value in overrides.items()}, **options)
        found: list[Any] = []
        try:
            for _ in range(times):
                try:
                    found.append((await watcher.poll(SPIDER, arguments))["counts"])
                except Unclear as error:
                    found.append(str(error))
        finally:
            await watcher.close()
        return found

    return asyncio.run(run())


def changed(database: str, collection: str, update: dict[str, Any]) -> None:
    with client.connect("writer") as writer:
        assert writer[database][collection].update_many({}, update).matched_count


def test_a_304_is_all_that_a_poll_without_news_asks_for(site: Site) -> None:
    assert polls(site) == [{"lists": 1, "unchanged_lists": 1, "watched": 1}]
    [(path, headers)] = site.asked
    assert path == FEED
    assert headers["If-None-Match"]
    assert headers["Host"] == HOST
    assert headers["User-Agent"].startswith("newscrawl/")
    assert headers["Accept-Language"] == "en"
    assert "gzip" in headers["Accept-Encoding"]
    assert "Cookie" not in headers


def test_other_bytes_with_the_same_articles_are_no_news_and_are_kept(site: Site) -> None:
    site.remark = "made at noon"
    assert [found["unchanged_lists"] for found in polls(site, 2)] == [0, 1]


def test_a_new_article_starts_a_crawl(site: Site) -> None:
    site.articles += 1
    assert "shows something new" in polls(site)[0]


def test_an_article_that_is_due_starts_a_crawl_before_anything_is_asked(database: str) -> None:
    with served(Site(hours_ago=1)) as site:
        crawl(SPIDER, site.address, NEWSCRAWL_DATABASE=database)
        site.asked.clear()
        assert polls(site, clock=lambda: datetime.now(UTC) + timedelta(minutes=1))[0]["watched"] == 1
        [later] = polls(site, clock=lambda: datetime.now(UTC) + timedelta(minutes=6))
        assert later == "an article is due to be read again"
        assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, {}, b"broken"), "HTTP 500"),
        ((404, {}, b"gone"), "HTTP 404"),
        ((429, {"Retry-After": "9"}, b""), "HTTP 429"),
        ((302, {"Location": "http://127.0.0.1:1/feed"}, b""), "HTTP 302"),
        ((200, {"Content-Type": "application/rss+xml"}, b""), "aljazeera.com"),
        ((200, {"Content-Type": "text/html"}, b"<html><p>A wall</p></html>"), "aljazeera.com"),
        ((200, {"Content-Type": "image/png"}, b"\x89PNG"), "no feed"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 20_000_000)), "TooLarge"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"<rss/>" * 99)[:-20]), "BrokenStream"),
    ],
)
def test_whatever_is_no_plain_answer_starts_a_crawl(
    site: Site, answer: tuple[int, dict[str, str], bytes], why: str
) -> None:
    site.answers[FEED] = answer
    [found] = polls(site)
    assert why in found
    assert len(site.asked) == 1


def test_a_compressed_list_is_compared_as_a_crawl_compares_it(site: Site) -> None:
    site.answers[FEED] = (
        200,
        {"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"},
        gzip.compress(site.feed()),
    )
    assert polls(site)[0]["unchanged_lists"] == 1


def test_a_list_that_is_larger_than_allowed_is_not_read(site: Site) -> None:
    site.remark = "x" * 5_000
    assert "more than 4000 bytes" in polls(site, settings={"DOWNLOAD_MAXSIZE": 4_000})[0]


def test_robots_txt_is_obeyed_and_never_guessed(site: Site, database: str) -> None:
    with client.connect("writer") as writer:
        robots = writer[database]["robots"]
        robots.update_many({}, {"$set": {"body": zlib.compress(b"User-agent: newscrawl\nDisallow: /xml")}})
        assert "robots.txt forbids" in polls(site)[0]
        robots.update_many({}, {"$set": {"body": zlib.compress(b"User-agent: *\nCrawl-delay: 45")}})
        assert delay(site) == 45
        robots.update_many({}, {"$set": {"body": zlib.compress(b"User-agent: *\nCrawl-delay: 1e300")}})
        assert delay(site) == 600
        robots.update_many({}, {"$set": {"fetched": NOW - timedelta(days=2)}})
        assert "is to be fetched" in polls(site)[0]
        robots.delete_many({})
        assert "is to be fetched" in polls(site)[0]
    assert site.asked == []


def delay(site: Site) -> float:
    """The seconds between two requests to the feed's host."""

    async def run() -> float:
        watcher = Watcher({"NEWSCRAWL_NEWSROOM": site.address})
        try:
            watched = watcher._source(SPIDER, {}, CrawlSettings())
            return await watcher._delay(Request(f"https://{HOST}{FEED}"), watched)
        finally:
            await watcher.close()

    return asyncio.run(run())


@pytest.mark.parametrize("name", [spider_key(SPIDER), host_key(HOST)])
def test_what_somebody_else_crawls_is_not_asked(site: Site, mongo_home: Path, name: str) -> None:
    with closing(FileLeases(mongo_home / "locks")) as leases:
        lease = leases.take(name)
        assert f"{name.partition(':')[2]} is" in polls(site)[0]
        assert site.asked == []
        lease.release()
    assert polls(site)[0]["watched"] == 1


def test_a_poll_gives_back_what_it_took(site: Site, mongo_home: Path) -> None:
    polls(site)
    site.answers[FEED] = (500, {}, b"")
    polls(site)
    assert FileLeases(mongo_home / "locks").holders([spider_key(SPIDER), host_key(HOST)]) == {}


def test_every_twelfth_poll_is_a_crawl(site: Site) -> None:
    found = polls(site, 12)
    assert all(one["watched"] == 1 for one in found[:11])
    assert found[11] == "a whole crawl is due"


def test_after_an_hour_a_crawl_is_due(site: Site) -> None:
    [found] = polls(site, clock=lambda: datetime.now(UTC) + timedelta(minutes=59))
    assert found != "a whole crawl is due"
    assert polls(site, clock=lambda: datetime.now(UTC) + timedelta(minutes=61)) == ["a whole crawl is due"]


@pytest.mark.parametrize(
    "fields", [{"problems": ["no list"]}, {"complete": False}, {"finished": None}, {"newsroom": False}]
)
def test_a_source_whose_last_run_was_not_a_good_one_is_crawled(
    site: Site, database: str, fields: dict[str, Any]
) -> None:
    changed(database, "runs", {"$set": fields})
    assert "run" in polls(site)[0]
    assert site.asked == []


def test_other_declarations_are_another_source(site: Site) -> None:
    [found] = polls(site, settings={"USER_AGENT": "newscrawl/9"})
    assert "is to be read whole" in found
    [found] = polls(site, settings={"COOKIES_ENABLED": "True"})
    assert "is to be read whole" in found
    assert polls(site, settings={"NEWSCRAWL_CONDITIONAL": "False"}) == ["every list is to be read whole"]
    assert polls(site, arguments={"since": "2d"}) == ["its lists are read whole"]
    assert site.asked == []


def test_the_lists_were_read(site: Site, database: str) -> None:
    changed(database, "lists", {"$set": {"read": NOW - timedelta(hours=1)}})
    polls(site)
    with client.connect("writer") as writer:
        read = [one["read"] for one in writer[database]["lists"].find()]
    assert len(read) == 2  # the list, and the whole source
    assert min(read) > NOW - timedelta(minutes=1)


def fetched(url: str, **settings: str) -> Any:
    async def run() -> Any:
        fetcher = ListFetcher(project_settings(settings))
        try:
            return await fetcher.fetch(Request(url))
        finally:
            await fetcher.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://intranet.local:{port}/",
        "http://169.254.169.254/",
    ],
)
def test_private_addresses_are_not_asked(url: str) -> None:
    with served(Site()) as site:
        port = site.address.rpartition(":")[2]
        with pytest.raises(Unclear, match="private network"):
            fetched(url.format(port=port))
        assert site.asked == []
        allowed = {"NEWSCRAWL_PRIVATE_HOSTS": f"127.0.0.1:{port}"}
        assert fetched(f"{site.address}{FEED}", **allowed).status == 200


def test_names_that_resolve_to_private_addresses_are_not_asked() -> None:
    async def resolved(trusted: Callable[[], frozenset[str]]) -> list[Any]:
        return list(await PublicResolver(trusted()).resolve("localhost", 80))

    with pytest.raises(OSError, match="localhost resolves to the private address"):
        asyncio.run(resolved(frozenset))
    assert asyncio.run(resolved(lambda: frozenset({"localhost"})))


def test_the_process_answers_and_is_made_again(
    site: Site, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", site.address)
    job = Job(name="news", spider=SPIDER, every=timedelta(minutes=5), zone=UTC)
    other = Job(name="none", spider="no such spider", every=timedelta(minutes=5), zone=UTC)

    async def run() -> None:
        process = WatcherProcess(mongo_home, pause=0.0)
        first, second, wrong = await asyncio.gather(*map(process.poll, (job, job, other)))
        assert wrong is None
        ended = [one for one in (first, second) if one]
        assert ended  # the second may find the spider busy
        assert (ended[0].outcome, ended[0].exit, ended[0].hosts) == ("ok", 0, [HOST])
        assert ended[0].counts["watched"] == 1
        assert process._process
        process._process.kill()
        await process._process.wait()
        assert (await process.poll(job)) is not None
        process.kill()
        await process.close()

    asyncio.run(run())
