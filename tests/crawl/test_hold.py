"""What a crawl holds: whole crawls beside others, frozen, killed and refused."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request

from newscrawl.crawl.hold import CrawlHold, alone
from newscrawl.crawl.middlewares.holding import PatientDownloader
from newscrawl.errors import DatabaseUnavailable, HostBusy, LeaseLost, SpiderBusy
from newscrawl.locks import FileLeases, Lease, Leases, host_key, spider_key
from newscrawl.store.client import connect
from newscrawl.store.leases import MongoLeases
from newscrawl.store.server import embedded
from tests.crawl.crawls import crawl, documents
from tests.crawl.test_strange_sites import HOST, NOTHING, Answer, feed, page, site
from tests.jobs.test_supervisor import until

pytestmark = pytest.mark.slow

OTHER = "other.example.com"
PATIENCE = 60  # seconds that any of this may take


@pytest.fixture
def shared(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database as one that many machines share."""
    monkeypatch.setenv("MONGODB_URI", embedded.ensure().uri("writer"))
    return database


@pytest.fixture(params=["files", "mongodb"])
def elsewhere(request: Any, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Leases]:
    """The leases of another crawl, in the home folder and in MongoDB."""
    if request.param == "files":
        yield FileLeases()
        return
    monkeypatch.setenv("MONGODB_URI", embedded.ensure().uri("writer"))
    leases = MongoLeases(3600)
    yield leases
    leases.close()


def town(*paths: str, host: str = HOST, robots: str = "") -> dict[str, Answer]:
    """The answers of a site with a feed of these pages."""
    pages = {path: page(f"Town {n}", f"http://{host}{path}") for n, path in enumerate(paths)}
    return {"/rss.xml": feed(*paths), "/robots.txt": (200, "text/plain", robots), **pages}


PATHS = tuple(f"/a/town-{n}.html" for n in range(60))
URL = ("-a", f"url=http://{HOST}/rss.xml")


def start(address: str, *words: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "newscrawl", "crawl", "site", *URL, "--newsroom", address, "--json"]
    return subprocess.Popen(
        [*command, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_a_busy_spider_is_refused_and_nothing_is_asked(elsewhere: Leases) -> None:
    lease = elsewhere.take(spider_key("site"))
    with site(lambda path: town(*PATHS[:1]).get(path, NOTHING)) as (address, asked):
        code, run = crawl("site", address, *URL)
        assert code == 3
        assert f"site is being crawled already (pid {os.getpid()}, busy on " in run["skipped"]
        assert not asked
        lease.release()
        assert crawl("site", address, *URL)[0] == 0
        assert asked[PATHS[0]] == 1


def test_a_busy_host_fails_its_articles_and_the_next_run_takes_them(elsewhere: Leases) -> None:
    def answer(path: str) -> Answer:
        listed = (
            '<rss version="2.0"><channel><title>Odd</title>'
            + "".join(
                f"<item><title>The council of a town</title><link>http://{host}/a/town-{n}.html</link></item>"
                for n, host in enumerate((HOST, OTHER, OTHER))
            )
            + "</channel></rss>"
        )
        pages = {f"/a/town-{n}.html": page(f"Town {n}", "") for n in range(3)}
        return {"/rss.xml": (200, "application/rss+xml", listed), **pages}.get(path, NOTHING)

    lease = elsewhere.take(host_key(OTHER))
    with site(answer) as (address, asked):
        words = ("-s", "NEWSCRAWL_HOST_WAIT=0")
        _, run = crawl("site", address, *URL, *words)
        counts = run["counts"]
        assert (run["complete"], counts["stored"], counts["failed"]) == (False, 1, 2), run
        assert counts["reasons"] == {"another crawl holds the host": 2}
        assert run["hosts"] == [HOST]
        assert not any(asked[f"/a/town-{n}.html"] for n in (1, 2))
        lease.release()
        code, run = crawl("site", address, *URL, *words)
        assert (code, run["counts"]["stored"]) == (0, 2), run
        assert run["hosts"] == [HOST, OTHER]


def test_a_host_is_waited_for(elsewhere: Leases) -> None:
    lease = elsewhere.take(host_key(HOST))
    pages = town(*PATHS[:2])
    with site(lambda path: pages.get(path, NOTHING)) as (address, asked):
        process = start(address, "-L", "INFO")
        assert process.stderr
        for line in process.stderr:
            if f"Waiting up to 60 s for {HOST}: " in line:
                break
        assert not asked
        lease.release()
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert json.loads(out)["counts"]["stored"] == 2


def test_a_stop_ends_the_wait_for_a_host(elsewhere: Leases) -> None:
    elsewhere.take(host_key(HOST))
    with site(lambda path: NOTHING) as (address, asked):
        process = start(address, "-L", "INFO", "-s", "NEWSCRAWL_HOST_WAIT=3600")
        assert process.stderr
        for line in process.stderr:
            if "Waiting up to 3600 s" in line:
                break
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=PATIENCE)
        assert (process.returncode, json.loads(out)["reason"]) == (1, "shutdown")
        assert not asked


def frozen(pages: dict[str, Answer]) -> tuple[Counter[str], Counter[str], subprocess.Popen[str], str]:
    """What was asked while a crawl stood still past its lease, and when it ended; and its output."""
    with site(lambda path: pages.get(path, NOTHING)) as (address, asked):
        process = start(address, "-s", "DOWNLOAD_DELAY=0.1", NEWSCRAWL_LEASE_SECONDS="4")
        until(lambda: asked[PATHS[3]], PATIENCE)
        os.kill(process.pid, signal.SIGSTOP)
        leases = MongoLeases(3600)
        until(lambda: not leases.holders(), PATIENCE)
        lease = leases.take(spider_key("site"))
        before = asked.copy()
        os.kill(process.pid, signal.SIGCONT)
        out, _ = process.communicate(timeout=PATIENCE)
        assert lease.renew(), "it gave back what was not its own"
        leases.close()
        return before, asked.copy(), process, out


def test_a_crawl_that_is_frozen_past_its_lease_asks_nothing_more(shared: str) -> None:
    before, after, process, out = frozen(town(*PATHS))
    assert after == before
    run = json.loads(out)
    assert (process.returncode, run["reason"], run["complete"]) == (1, "lease_lost", False)
    assert run["problems"][0].startswith("the run was ended early: the lease of the spider site ran out: ")
    counts = run["counts"]
    assert counts["stored"] + counts["failed"] == counts["pages"] == len(PATHS)
    assert len(documents(shared)) == counts["stored"] > 0, "what it had is stored"


def test_without_the_check_it_would_ask_on(shared: str, tmp_path: Path, monkeypatch: Any) -> None:
    """So that the test above can fail."""
    (tmp_path / "sitecustomize.py").write_text(
        "from newscrawl.crawl.hold import CrawlHold\nCrawlHold.check = lambda self, host=None: None\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path.cwd()}")
    before, after, _, _ = frozen(town(*PATHS))
    assert after.total() > before.total()


def test_a_crawl_outlives_its_lease_by_renewing_it(shared: str) -> None:
    pages = town(*PATHS[:14])
    with site(lambda path: pages.get(path, NOTHING)) as (address, _):
        process = start(address, "-s", "DOWNLOAD_DELAY=0.5", NEWSCRAWL_LEASE_SECONDS="5")
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err
        assert json.loads(out)["counts"]["stored"] == 14
    with connect("reader") as client:
        spent = {each["_id"]: each for each in client[shared]["leases"].find()}
    assert spent.keys() == {"spider:site", f"host:{HOST}"}
    assert all(each["claim"] is None and each["token"] == 1 for each in spent.values())


def test_a_killed_crawl_holds_its_spider_until_its_lease_runs_out(shared: str) -> None:
    pages = town(*PATHS)
    leases = MongoLeases(3600)
    with site(lambda path: pages.get(path, NOTHING)) as (address, asked):
        process = start(address, "-s", "DOWNLOAD_DELAY=0.1", NEWSCRAWL_LEASE_SECONDS="4")
        until(lambda: asked[PATHS[3]], PATIENCE)
        process.kill()
        process.communicate()
        assert leases.holders().keys() == {"spider:site", f"host:{HOST}"}
        assert crawl("site", address, *URL)[0] == 3
        until(lambda: not leases.holders(), PATIENCE)
        assert crawl("site", address, *URL)[0] == 0
        assert len(documents(shared)) == len(PATHS)
    leases.close()


def test_the_crawl_delay_is_left_to_whoever_asks_the_host_next(shared: str) -> None:
    delay = 2
    at: list[float] = []
    pages = town(PATHS[0], robots=f"User-agent: *\nCrawl-delay: {delay}\n")

    def answer(path: str) -> Answer:
        at.append(time.time())
        return pages.get(path, NOTHING)

    with site(answer) as (address, _):
        assert crawl("site", address, *URL)[0] == 0
    with connect("reader") as client:
        left = client[shared]["leases"].find_one({"_id": host_key(HOST)})
    assert left
    assert left["next_request_at"].timestamp() > at[-1] + delay / 2


def test_without_mongodb_a_crawl_does_not_begin(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    with pytest.raises(DatabaseUnavailable, match="MONGODB_URI"), alone("site", dry=False):
        pass
    with alone("site", dry=True) as hold:
        assert hold is None


class Paused:
    """Records the pauses instead of taking them."""

    def __init__(self, after: Callable[[int], None] = lambda count: None) -> None:
        self.taken: list[float] = []
        self._after = after

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._after(len(self.taken))


@pytest.fixture
def hold(elsewhere: Leases) -> Iterator[CrawlHold]:
    with alone("site", dry=False) as found:
        assert found
        yield found


def test_a_host_is_taken_once_though_many_ask(hold: CrawlHold, elsewhere: Leases) -> None:
    async def ask() -> None:
        await asyncio.gather(*(hold.enter(HOST, 60, Paused()) for _ in range(20)))

    asyncio.run(ask())
    assert hold.hosts == [HOST]
    with pytest.raises(HostBusy):
        elsewhere.take(host_key(HOST))
    with pytest.raises(SpiderBusy):
        elsewhere.take(spider_key("site"))


def test_the_wait_for_a_host_has_an_end_for_all_that_ask(hold: CrawlHold, elsewhere: Leases) -> None:
    elsewhere.take(host_key(HOST))
    pauses = Paused()

    async def ask() -> list[Any]:
        asking = (hold.enter(HOST, 3, pauses) for _ in range(5))
        return await asyncio.gather(*asking, return_exceptions=True)

    assert all(isinstance(answer, HostBusy) for answer in asyncio.run(ask()))
    assert sum(pauses.taken) == 3, "all of them together"
    assert hold.hosts == []
    assert hold.waiting == set()


def test_what_is_left_of_the_delay_is_waited_for(hold: CrawlHold, elsewhere: Leases) -> None:
    lease = elsewhere.take(host_key(HOST))
    lease.asked(300)
    lease.release()
    pauses = Paused()
    asyncio.run(hold.enter(HOST, 60, pauses))
    assert pauses.taken == [pytest.approx(300, abs=PATIENCE)]
    hold.check(HOST)


def test_mongodb_away_is_waited_for_as_a_busy_host(
    hold: CrawlHold, elsewhere: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = type(elsewhere).take

    def away(self: Any, name: str) -> Lease:
        raise DatabaseUnavailable("away")

    def back(count: int) -> None:
        monkeypatch.setattr(type(elsewhere), "take", take)

    monkeypatch.setattr(type(elsewhere), "take", away)
    asyncio.run(hold.enter(HOST, 60, Paused(after=back)))
    assert hold.hosts == [HOST]


def test_hosts_that_were_not_asked_for_long_are_given_back(
    hold: CrawlHold, elsewhere: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list may name thousands of hosts, and a process has only so many files."""
    monkeypatch.setattr("newscrawl.crawl.hold.MOST_HOSTS", 3)
    hosts = [f"h{n}.example" for n in range(5)]

    async def ask() -> None:
        for host in hosts:
            await hold.enter(host, 0, Paused())
            hold.asked(host, 0)
            hold.asked(hosts[0], 0)

    asyncio.run(ask())
    names = [spider_key("site"), *map(host_key, hosts)]
    assert elsewhere.holders(names).keys() == {names[0], names[1], names[4], names[5]}
    assert hold.hosts == hosts
    asyncio.run(hold.enter(hosts[1], 0, Paused()))
    assert host_key(hosts[1]) in elsewhere.holders(names)


def test_while_mongodb_is_away_an_end_does_not_wait_for_it(
    shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_LEASE_SECONDS", "1")
    renew, tried = MongoLeases.renew, threading.Event()

    def away(self: MongoLeases, leases: Any) -> bool:
        tried.set()
        raise DatabaseUnavailable("away")

    released: list[Any] = []
    monkeypatch.setattr(MongoLeases, "renew", away)
    monkeypatch.setattr(MongoLeases, "release", lambda self, leases: released.append(leases))
    with alone("site", dry=False) as found:
        assert found
        assert tried.wait(PATIENCE)
        until(lambda: found._away)
    assert released == []
    monkeypatch.setattr(MongoLeases, "renew", renew)
    looking = MongoLeases(1)
    until(lambda: not looking.holders([spider_key("site")]), PATIENCE)
    looking.close()
    with alone("site", dry=False) as found:
        assert found
    assert len(released) == 1


def test_a_lost_host_is_said_and_others_are_not(shared: str) -> None:
    with alone("site", dry=False) as found:
        assert found
        asyncio.run(found.enter(HOST, 0, Paused()))
        asyncio.run(found.enter(OTHER, 0, Paused()))
        found._held[host_key(HOST)].lost = True  # type: ignore[attr-defined]
        found.check()
        found.check(OTHER)
        with pytest.raises(LeaseLost, match=rf"the lease of the host {HOST} ran out: MongoDB was away, or"):
            found.check(HOST)


def test_requests_to_a_busy_host_are_not_in_the_way_of_others() -> None:
    hold = SimpleNamespace(waiting={HOST})
    run = SimpleNamespace(plan=SimpleNamespace(hold=hold), renderer=None)
    downloader = PatientDownloader.__new__(PatientDownloader)
    downloader.crawler = SimpleNamespace(spider=SimpleNamespace(run=run))  # type: ignore[assignment]
    downloader.total_concurrency = 4
    downloader.active = {Request(f"http://{HOST}/{n}") for n in range(8)}
    assert not downloader.needs_backout()
    downloader.active |= {Request(f"http://{OTHER}/{n}") for n in range(3)}
    assert not downloader.needs_backout()
    downloader.active.add(Request(f"http://{OTHER}/3"))
    assert downloader.needs_backout()
    downloader.active = {Request(f"http://{HOST}/{n}") for n in range(600)}
    assert downloader.needs_backout(), "memory has an end"
    hold.waiting.clear()
    downloader.active = {Request(f"http://{HOST}/{n}") for n in range(3)}
    assert not downloader.needs_backout()
