"""How a source is asked, as it and its job declare it: layers of settings, and whole crawls on loopback."""

import asyncio
import base64
import itertools
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from scrapy.settings import Settings

from newscrawl.crawl.declared_settings import check_given, declare
from newscrawl.crawl.runner import project_settings
from newscrawl.crawl.watch.poll import Watcher
from newscrawl.errors import Unclear, UsageError
from newscrawl.jobs.config import Job, JobsFile
from newscrawl.jobs.load import load_jobs
from newscrawl.jobs.run import RunOptions, SupervisedRun
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.warm import WarmParent
from newscrawl.model.crawl_settings import JOB_SETTINGS, CrawlSettings
from newscrawl.model.source import Feed, Source
from tests.crawl.crawls import READ_HERE, documents
from tests.crawl.forward_proxy import ForwardProxy, forwarding
from tests.crawl.harbour import HOST, Harbour, harbour_in
from tests.loopback import QuietHandler, listening

ROOT = Path(__file__).parents[2]
OTHER = "elsewhere.example.org"
LOGIN = "Basic " + base64.b64encode(b"news:pa55word").decode()


# --- layers


def layered(source: dict[str, Any], job: dict[str, Any], given: dict[str, Any] | None = None) -> Settings:
    settings = project_settings(given)
    lists = (Feed("https://example.com/feed.xml"),)
    declared = Source(title="Town", domain="example.com", lists=lists, **source)
    declare(settings, declared, CrawlSettings(**job))
    return settings


def test_a_job_comes_before_its_source_and_the_command_line_before_both() -> None:
    source = {"user_agent": "one/1", "delay": 3, "concurrency": 2, "settings": {"RETRY_TIMES": 1}}
    assert layered(source, {}).getfloat("DOWNLOAD_DELAY") == 3
    job = {"user_agent": "two/1", "delay": 4.5, "settings": {"RETRY_TIMES": 2}}
    both = layered(source, job)
    assert (both["USER_AGENT"], both.getfloat("DOWNLOAD_DELAY"), both.getint("RETRY_TIMES")) == (
        "two/1",
        4.5,
        2,
    )
    assert both.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 2
    given = layered(source, job, {"USER_AGENT": "three/1", "DOWNLOAD_DELAY": "0", "RETRY_TIMES": "0"})
    assert (given["USER_AGENT"], given.getfloat("DOWNLOAD_DELAY"), given.getint("RETRY_TIMES")) == (
        "three/1",
        0,
        0,
    )


def test_tables_of_a_job_are_added_to_those_of_its_source() -> None:
    both = layered(
        {"headers": {"X-Key": "a", "Accept-Language": "en"}, "cookies": {"consent": "yes"}},
        {"headers": {"accept-language": "de"}, "cookies": {"region": "1"}},
    )
    assert both.getdict("NEWSCRAWL_HEADERS") == {"X-Key": "a", "Accept-Language": "de"}
    assert both.getdict("NEWSCRAWL_COOKIES") == {"consent": "yes", "region": "1"}
    assert both.getbool("COOKIES_ENABLED")


def test_what_depends_on_a_value_follows_the_one_that_holds() -> None:
    slow = layered({"delay": 60, "concurrency": 4}, {})
    assert slow.getfloat("AUTOTHROTTLE_MAX_DELAY") == 60, "else the throttle would cut it to 30"
    assert slow.getfloat("DOWNLOAD_DELAY_JITTER") == 0, "a delay is the least, not the middle"
    assert slow.getfloat("AUTOTHROTTLE_TARGET_CONCURRENCY") == 4
    given = layered({"delay": 60}, {}, {"DOWNLOAD_DELAY": "0"})
    assert given.getfloat("AUTOTHROTTLE_START_DELAY") == 0.5, "as the project has it"
    assert layered({"time_limit": timedelta(minutes=2)}, {}).getfloat("CLOSESPIDER_TIMEOUT") == 120
    over = layered({"time_limit": timedelta(minutes=2)}, {"time_limit": timedelta(minutes=9)})
    assert over.getfloat("CLOSESPIDER_TIMEOUT") == 540


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("deskbot/1.0 (+https://example.com/bot)", "deskbot"),
        ("Mozilla/5.0 (compatible; deskbot/1.0; +https://example.com/bot)", "deskbot"),
    ],
)
def test_robots_txt_is_read_for_the_name_of_the_user_agent(agent: str, token: str) -> None:
    assert layered({"user_agent": agent}, {})["ROBOTSTXT_USER_AGENT"] == token
    assert layered({}, {}, {"USER_AGENT": agent})["ROBOTSTXT_USER_AGENT"] == token
    assert layered({}, {})["ROBOTSTXT_USER_AGENT"] == "newscrawl"


def test_cookies_can_be_turned_off_by_a_job() -> None:
    assert not layered({"cookies": {"consent": "yes"}}, {"cookies": False}).getbool("COOKIES_ENABLED")
    assert layered({"cookies": True}, {}).getbool("COOKIES_ENABLED")


def test_variables_are_filled_in_by_whoever_crawls(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"headers": {"Authorization": "Bearer ${NEWS_KEY}"}}
    monkeypatch.delenv("NEWS_KEY", raising=False)
    with pytest.raises(UsageError, match="variable NEWS_KEY is not set"):
        layered({}, headers)
    monkeypatch.setenv("NEWS_KEY", "abc123")
    assert layered({}, headers).getdict("NEWSCRAWL_HEADERS") == {"Authorization": "Bearer abc123"}
    monkeypatch.setenv("NEWS_KEY", "abc\r\nX-Evil: 1")
    with pytest.raises(UsageError, match="has a line break") as error:
        layered({}, headers)
    assert "Evil" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        (
            "NEWSCRAWL_PROXY",
            "socks5://127.0.0.1:9",
            "NEWSCRAWL_PROXY = 'socks5://127.0.0.1:9': socks5: is not",
        ),
        ("NEWSCRAWL_HEADERS", '{"X-A": "b\\nc"}', "has a line break"),
        ("NEWSCRAWL_HEADERS", "X-A=b", "is not a JSON object"),
    ],
)
def test_a_command_line_is_checked_as_well(name: str, value: str, what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        check_given(project_settings({name: value}))


# --- whole crawls


@pytest.fixture
def harbour(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harbour]:
    """A site of three articles, and its spider."""
    assert database
    with harbour_in(tmp_path) as harbour:
        harbour.numbers = [1, 2, 3]
        for name, value in harbour.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NEWSCRAWL_KEEP_PAGES", "0")
        monkeypatch.setenv("NEWSCRAWL_CONTACT", "mailto:desk@example.org")
        yield harbour


TDMREP = "/.well-known/tdmrep.json"
ASKED = ["/robots.txt", "/feed.xml", TDMREP, "/a/1", "/a/2", "/a/3"]
DECLARED = (
    'user_agent="deskbot/2.0 (+https://example.com/bot)",'
    ' headers={"X-Key": "k3y-of-source", "Accept-Language": "cy"},'
    ' cookies={"consent": "yes-c00kie"},'
)


def identity(headers: dict[str, str]) -> tuple[str | None, ...]:
    return tuple(headers.get(name) for name in ("User-Agent", "X-Key", "Accept-Language", "Cookie"))


OF_SOURCE = ("deskbot/2.0 (+https://example.com/bot)", "k3y-of-source", "cy", "consent=yes-c00kie")
OF_JOB = ("jobbot/1.0", "k3y-of-job", "cy", "consent=yes-c00kie; region=7")
JOB = CrawlSettings(user_agent="jobbot/1.0", headers={"X-Key": "k3y-of-job"}, cookies={"region": "7"})


@pytest.mark.slow
def test_they_hold_for_lists_articles_and_robots_txt(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    run = harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
    assert (run["counts"]["stored"], run["problems"]) == (3, [])
    assert sorted(harbour.asked) == sorted(ASKED)
    assert {identity(headers) for _, _, headers in harbour.requests} == {OF_SOURCE}
    stored = json.dumps(documents_of("runs"), default=str)
    assert "k3y" not in stored
    assert "c00kie" not in stored


def documents_of(collection: str) -> list[Any]:
    from newscrawl.paths import database_name

    return list(documents(database_name(), collection).values())


@pytest.mark.slow
def test_scrapy_crawl_knows_them(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "harbour",
        "-s",
        f"NEWSCRAWL_NEWSROOM={harbour.address}",
    ]
    done = subprocess.run([*command, "-L", "DEBUG"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {identity(headers) for _, _, headers in harbour.requests} == {OF_SOURCE}
    assert "k3y" not in done.stderr + done.stdout
    assert "c00kie" not in done.stderr + done.stdout


@pytest.mark.slow
def test_the_command_line_comes_first(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    words = ("-s", "USER_AGENT=by-hand/1", "-s", 'NEWSCRAWL_HEADERS={"X-Key": "mine"}')
    harbour.crawl(*words, NEWSCRAWL_KEEP_PAGES="0")
    assert {identity(headers)[:2] for _, _, headers in harbour.requests} == {("by-hand/1", "mine")}


@pytest.mark.slow
def test_neither_headers_nor_cookies_follow_a_redirect_to_another_host(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    harbour.moved["/a/1"] = f"http://{OTHER}/a/1"
    harbour.moved["/a/2"] = f"http://www.{HOST}/a/2"
    harbour.moved["/a/3"] = f"http://{HOST}/b/3"
    harbour.pages["/b/3"] = harbour.article(3)
    harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
    by_host = {
        host: {identity(headers) for at, _, headers in harbour.requests if at == host}
        for host in (HOST, OTHER, f"www.{HOST}")
    }
    assert by_host[HOST] == {OF_SOURCE}
    assert by_host[f"www.{HOST}"] == {OF_SOURCE}, "one of the source's own"
    [foreign] = by_host[OTHER]
    assert foreign[0] == OF_SOURCE[0]
    assert (foreign[1], foreign[3]) == (None, None)
    assert foreign[2] == "en", "as without the declaration"


@pytest.mark.slow
def test_robots_txt_is_obeyed_for_the_declared_name(harbour: Harbour) -> None:
    harbour.pages["/robots.txt"] = (
        b"User-agent: deskbot\nDisallow: /a/2\n\nUser-agent: newscrawl\nDisallow: /\n"
    )
    harbour.kind = "text/plain"
    harbour.declare(more=DECLARED)
    harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
    assert sorted(harbour.asked) == [TDMREP, "/a/1", "/a/3", "/feed.xml", "/robots.txt"]
    harbour.declare()  # nothing of its own
    harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
    assert harbour.asked == ["/robots.txt"], "what was kept is the other name's"


@pytest.mark.slow
def test_a_delay_is_the_least_between_two_requests(harbour: Harbour) -> None:
    harbour.declare(more="delay=0.5,")
    command = harbour.command("crawl", "harbour", "--json", *READ_HERE, NEWSCRAWL_NEWSROOM=harbour.address)
    assert command.returncode == 0, command.stderr
    assert len(harbour.times) == len(ASKED)
    # the list may follow robots.txt at once: each is the first of its kind
    assert harbour.times[-1] - harbour.times[1] >= (len(ASKED) - 2) * 0.5 * 0.9


@pytest.mark.slow
def test_a_longer_crawl_delay_wins_and_ends_side_by_side(harbour: Harbour) -> None:
    harbour.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 1\n"
    harbour.kind = "text/plain"
    harbour.slow = 1.2
    harbour.declare(more="delay=0.1, concurrency=3,")
    done = harbour.command("crawl", "harbour", "--json", *READ_HERE, NEWSCRAWL_NEWSROOM=harbour.address)
    assert done.returncode == 0, done.stderr
    articles = harbour.times[2:]
    gaps = [after - before for before, after in itertools.pairwise(articles)]
    assert len(gaps) == len(ASKED) - 3
    assert min(gaps) >= 0.9
    assert harbour.most_at_once == 1


@pytest.mark.slow
def test_concurrency_is_of_one_host(harbour: Harbour) -> None:
    harbour.numbers, harbour.slow = list(range(1, 7)), 1.0
    harbour.declare(more="delay=0, concurrency=3,")
    done = harbour.command("crawl", "harbour", "--json", *READ_HERE, NEWSCRAWL_NEWSROOM=harbour.address)
    assert done.returncode == 0, done.stderr
    assert harbour.most_at_once == 3


@pytest.mark.slow
def test_a_run_ends_at_its_time_limit(harbour: Harbour) -> None:
    harbour.numbers, harbour.slow = list(range(1, 21)), 0.3
    harbour.declare(more="time_limit=timedelta(seconds=1),")
    text = (harbour.folder / "own" / "harbour.py").read_text()
    (harbour.folder / "own" / "harbour.py").write_text("from datetime import timedelta\n" + text)
    done = harbour.command("crawl", "harbour", "--newsroom", harbour.address, "--json", *READ_HERE)
    run = json.loads(done.stdout)
    assert done.returncode == 1
    assert run["problems"][0] == "the run was ended early: its time limit"
    assert len(harbour.asked) < 22


# --- a proxy


@pytest.mark.slow
def test_a_proxy_is_used_for_everything_and_gets_its_password_alone(harbour: Harbour) -> None:
    routes = {HOST: ("127.0.0.1", urlsplit(harbour.address).port or 0)}
    with forwarding(ForwardProxy(routes, LOGIN)) as proxy:
        harbour.declare(more=f'proxy="http://news:${{PROXY_PASSWORD}}@127.0.0.1:{proxy.port}",')
        done = harbour.command(
            *("crawl", "harbour", "--json", "-s", "DOWNLOAD_DELAY=0", "-L", "DEBUG", *READ_HERE),
            PROXY_PASSWORD="pa55word",
            no_proxy="*",  # a declared proxy is used in any case
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["stored"] == 3
    assert sorted(target for _, target, _ in proxy.asked) == sorted(f"http://{HOST}{path}" for path in ASKED)
    assert sorted(harbour.asked) == sorted(ASKED)
    assert not any("Proxy-Authorization" in headers for _, _, headers in harbour.requests)
    for text in (done.stdout, done.stderr):
        assert "pa55word" not in text
        assert LOGIN.split()[1] not in text


@pytest.mark.slow
def test_nothing_private_is_asked_through_a_proxy(harbour: Harbour) -> None:
    port = urlsplit(harbour.address).port or 0
    hosts = (HOST, "10.0.0.1", "127.0.0.1")
    with forwarding(ForwardProxy(dict.fromkeys(hosts, ("127.0.0.1", port)))) as proxy:
        feed = harbour.feed().replace(f"http://{HOST}/a/1".encode(), b"http://10.0.0.1/a/1")
        feed = feed.replace(f"http://{HOST}/a/2".encode(), f"http://127.0.0.1:{proxy.port}/a/2".encode())
        harbour.pages["/feed.xml"], harbour.kind = feed, "application/rss+xml"
        harbour.declare(more=f'proxy="http://127.0.0.1:{proxy.port}",')
        harbour.command("crawl", "harbour", "--json", "-s", "DOWNLOAD_DELAY=0", *READ_HERE)
    assert proxy.hosts == {HOST}


# --- jobs


def supervised(job: Job, home: Path, *, warm: bool) -> Any:
    async def run() -> Any:
        parent = WarmParent() if warm else None
        try:
            started = await SupervisedRun.start(job, RunOptions(home, warm=parent))
            assert parent is None or parent.pid
            return await started.wait()
        finally:
            if parent:
                await parent.close()

    return asyncio.run(run())


@pytest.mark.slow
@pytest.mark.parametrize("warm", [False, True])
def test_a_job_adds_its_own_in_cold_and_in_forked_runs(
    harbour: Harbour, mongo_home: Path, monkeypatch: pytest.MonkeyPatch, warm: bool
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", harbour.address)
    harbour.declare(more=DECLARED)
    name = f"harbour-{warm}"
    job = Job(name=name, spider="harbour", every=timedelta(minutes=5), zone=UTC, crawl=JOB)
    ended = supervised(job, mongo_home, warm=warm)
    assert ended.outcome == "ok", ended.error
    assert {identity(headers) for _, _, headers in harbour.requests} == {OF_JOB}
    log = (mongo_home / "logs" / f"{name}.log").read_text()
    assert "k3y" not in log
    assert "c00kie" not in log


@pytest.mark.slow
def test_a_job_of_the_database_is_run_with_the_variables_of_its_machine(
    harbour: Harbour, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", harbour.address)
    monkeypatch.setenv("NEWS_KEY", "k3y-of-machine")
    crawl = CrawlSettings(user_agent="jobbot/1.0", headers={"X-Key": "${NEWS_KEY}"})
    load_jobs(
        JobsFile([Job(name="shared", spider="harbour", every=timedelta(hours=1), zone=UTC, crawl=crawl)])
    )
    ended = asyncio.run(Scheduler(SharedJobs(), RunOptions(mongo_home)).run_once("shared"))
    assert ended
    assert ended.outcome == "ok", ended.error
    assert {identity(headers)[:2] for _, _, headers in harbour.requests} == {("jobbot/1.0", "k3y-of-machine")}
    for collection in ("jobs", "runs", "validators", "heartbeats"):
        assert "k3y" not in json.dumps(documents_of(collection), default=str)


@pytest.mark.slow
def test_a_sources_time_limit_ends_a_jobs_run_unless_the_job_has_its_own(
    harbour: Harbour, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", harbour.address)
    harbour.numbers, harbour.slow = list(range(1, 11)), 0.3
    harbour.declare(more="time_limit=timedelta(seconds=1),")
    file = harbour.folder / "own" / "harbour.py"
    file.write_text("from datetime import timedelta\n" + file.read_text())
    job = Job(name="limited", spider="harbour", every=timedelta(minutes=5), zone=UTC)
    ended = supervised(job, mongo_home, warm=False)
    assert ended.outcome == "timeout"
    assert "its time limit" in (ended.error or "")
    longer = supervised(replace(job, time_limit=timedelta(minutes=5)), mongo_home, warm=False)
    assert longer.outcome == "ok", longer.error


@pytest.mark.slow
def test_what_only_a_newer_newscrawl_can_declare_fails_the_run_with_the_reason(
    harbour: Harbour, mongo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_NEWSROOM", harbour.address)
    newer = CrawlSettings.unchecked({"settings": [["OF_A_NEWER_ONE", 1]]})
    job = Job(name="newer", spider="harbour", every=timedelta(minutes=5), zone=UTC, crawl=newer)
    ended = supervised(job, mongo_home, warm=False)
    assert (ended.outcome, ended.exit) == ("failed", 2)
    assert "settings, OF_A_NEWER_ONE = 1: unknown setting" in (ended.error or "")
    assert harbour.asked == []


@pytest.mark.slow
def test_retries_ask_as_crawls_do(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    harbour.pages["/a/2"] = b"<html><body><p>nothing</p></body></html>"
    harbour.crawl(NEWSCRAWL_KEEP_PAGES="0")
    del harbour.pages["/a/2"]
    harbour.forget()
    done = harbour.command("retry", "harbour", "--newsroom", harbour.address)
    assert done.returncode == 0, done.stderr + done.stdout
    assert harbour.asked[-1] == "/a/2"
    assert {identity(headers) for _, _, headers in harbour.requests} == {OF_SOURCE}


@pytest.mark.slow
def test_several_spiders_of_one_process_each_have_their_own(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    text = (harbour.folder / "own" / "harbour.py").read_text()
    quay = text.replace('name = "harbour"', 'name = "quay"').replace(HOST, "quay.example.com")
    quay = quay.replace("deskbot", "quaybot").replace("k3y-of-source", "k3y-of-quay")
    (harbour.folder / "own" / "quay.py").write_text(quay)
    script = (
        "from newscrawl.crawl.runner import crawler_process, project_settings, spider_class\n"
        f"process = crawler_process(project_settings({{'NEWSCRAWL_NEWSROOM': {harbour.address!r},"
        " 'DOWNLOAD_DELAY': 0, 'NEWSCRAWL_READER': 'here', 'NEWSCRAWL_DRY_RUN': True}))\n"
        "for name in ('harbour', 'quay'):\n    process.crawl(spider_class(name))\n"
        "process.start()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    asked = {
        (host, *identity(headers)[:2]) for host, path, headers in harbour.requests if path == "/feed.xml"
    }
    assert asked == {
        (HOST, OF_SOURCE[0], "k3y-of-source"),
        ("quay.example.com", "quaybot/2.0 (+https://example.com/bot)", "k3y-of-quay"),
    }


# --- the watcher


def polled(newsroom: str | None, job: CrawlSettings) -> Any:
    async def run() -> Any:
        overrides: dict[str, Any] = {"DOWNLOAD_DELAY": "0"}
        if newsroom:
            overrides["NEWSCRAWL_NEWSROOM"] = newsroom
        watcher = Watcher(overrides)
        try:
            return (await watcher.poll("harbour", {}, job))["counts"]
        except Unclear as error:
            return str(error)
        finally:
            await watcher.close()

    return asyncio.run(run())


POLL = (
    "import json, sys, asyncio\n"
    "sys.path.insert(0, '.')\n"
    "from tests.crawl.test_declared_settings import polled\n"
    "from newscrawl.model.crawl_settings import CrawlSettings\n"
    "newsroom, job = json.loads(sys.argv[1])\n"
    "print(json.dumps(polled(newsroom, CrawlSettings.from_document(job))))\n"
)


def poll(newsroom: str | None, job: CrawlSettings) -> Any:
    """In a process of its own, which finds the test's spider."""
    said = json.dumps([newsroom, job.to_document()])
    done = subprocess.run(
        [sys.executable, "-c", POLL, said], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def settle(harbour: Harbour) -> None:
    """Makes the articles so old that none is due to be read again."""
    harbour.began -= timedelta(days=2)


@pytest.mark.slow
def test_a_poll_asks_as_the_crawl_does(harbour: Harbour) -> None:
    settle(harbour)
    harbour.declare(more=DECLARED)
    harbour.crawl(NEWSCRAWL_KEEP_PAGES="0", **{JOB_SETTINGS: JOB.to_json()})
    crawled = {identity(headers) for _, path, headers in harbour.requests if path == "/feed.xml"}
    harbour.forget()
    assert poll(harbour.address, JOB)["watched"] == 1
    assert harbour.asked == ["/feed.xml"]
    assert {identity(headers) for _, _, headers in harbour.requests} == crawled == {OF_JOB}
    assert "is to be read whole" in poll(harbour.address, CrawlSettings()), (
        "asked otherwise, it is another list"
    )


@pytest.mark.slow
def test_a_poll_goes_through_the_proxy(harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(harbour)
    monkeypatch.setenv("PROXY_PASSWORD", "pa55word")
    with forwarding(ForwardProxy({HOST: ("127.0.0.1", urlsplit(harbour.address).port or 0)}, LOGIN)) as proxy:
        job = CrawlSettings(proxy=f"http://news:${{PROXY_PASSWORD}}@127.0.0.1:{proxy.port}")
        words = ("crawl", "harbour", "--json", "-s", "DOWNLOAD_DELAY=0", *READ_HERE)
        done = harbour.command(*words, **{JOB_SETTINGS: job.to_json()})
        assert done.returncode == 0, done.stderr
        proxy.asked.clear()
        assert poll(None, job)["watched"] == 1
    [(method, target, headers)] = proxy.asked
    assert (method, target) == ("GET", f"http://{HOST}/feed.xml")
    assert headers["Proxy-Authorization"] == LOGIN
    assert "Proxy-Authorization" not in harbour.requests[-1][2]


# --- what is shown


@pytest.mark.slow
def test_what_a_source_declares_is_shown_without_its_secrets(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED + 'proxy="http://news:pa55word@127.0.0.1:3128", delay=2, concurrency=3,')
    text = harbour.command("sources", "harbour").stdout
    shown = json.loads(harbour.command("sources", "harbour", "--json").stdout)
    assert shown["headers"] == {"X-Key": "***", "Accept-Language": "cy"}
    assert shown["proxy"] == "http://news:***@127.0.0.1:3128"
    assert (shown["cookies"], shown["delay"], shown["concurrency"]) == ({"consent": "***"}, 2, 3)
    assert "headers     X-Key=***, Accept-Language=cy\n" in text
    assert "delay       2 s\n" in text
    for secret in ("k3y", "c00kie", "pa55word"):
        assert secret not in text + json.dumps(shown)


@pytest.mark.slow
def test_an_invalid_declaration_ends_a_crawl_with_2(harbour: Harbour) -> None:
    harbour.declare(more="delay=-1,")
    done = harbour.command("crawl", "harbour", "--newsroom", harbour.address)
    assert done.returncode == 2
    assert "delay = -1: not a number of seconds from 0 to 600; write e.g. 2.5" in done.stderr
    harbour.declare(more='headers={"X-Key": "${NO_SUCH_VARIABLE}"},')
    done = harbour.command("crawl", "harbour", "--newsroom", harbour.address)
    assert done.returncode == 2
    assert "the variable NO_SUCH_VARIABLE is not set" in done.stderr
    assert harbour.asked == []


@pytest.mark.slow
def test_one_page_is_tried_as_it_is_crawled(harbour: Harbour) -> None:
    harbour.declare(more=DECLARED)
    done = harbour.command("try", f"http://{HOST}/a/1", "--spider", "harbour", "--newsroom", harbour.address)
    assert done.returncode == 0, done.stderr
    assert {identity(headers) for _, _, headers in harbour.requests} == {OF_SOURCE}


# --- a tunnel


@pytest.mark.slow
def test_a_tunnel_hides_headers_from_the_proxy_and_the_login_from_the_site(
    harbour: Harbour, tmp_path: Path
) -> None:
    login = "news:pa55word"
    with (
        served_by_tls(harbour, tmp_path) as port,
        forwarding(ForwardProxy({HOST: ("127.0.0.1", port)}, LOGIN)) as proxy,
    ):
        more = f'proxy="http://{login}@127.0.0.1:{proxy.port}",'
        harbour.declare(more=f'settings={{"DOWNLOAD_VERIFY_CERTIFICATES": False}}, {DECLARED} {more}')
        file = harbour.folder / "own" / "harbour.py"
        file.write_text(file.read_text().replace(f"http://{HOST}", f"https://{HOST}"))
        harbour.command("crawl", "harbour", "--json", "-s", "DOWNLOAD_DELAY=0", *READ_HERE)
    assert ("CONNECT", f"{HOST}:443") in {(method, target) for method, target, _ in proxy.asked}
    assert ("GET", f"http://{HOST}/a/1") in {(method, target) for method, target, _ in proxy.asked}
    # its list is asked by https, so nothing that is declared goes in the clear, to an article either
    assert all("X-Key" not in headers and "Cookie" not in headers for _, _, headers in proxy.asked)
    over_tls = [headers for _, path, headers in harbour.requests if path == "/feed.xml"]
    assert [identity(headers) for headers in over_tls] == [OF_SOURCE]
    assert "Proxy-Authorization" not in over_tls[0]


@contextmanager
def served_by_tls(harbour: Harbour, folder: Path) -> Iterator[int]:
    """The port at which TLS ends, with a certificate of its own making; what is inside goes to the site."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    certificate = made.sign(key, hashes.SHA256())
    pem = folder / "tls.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            harbour.requests.append((self.headers["Host"], self.path, dict(self.headers.items())))
            status, kind, body = harbour.answer(self.path)
            self.give(status, {"Content-Type": kind}, body)

    with listening(Handler, context) as port:
        yield port
