"""The reading process: what it answers is what this process would make of a page, whatever befalls it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.crawl.runner import spider_class
from newscrawl.crawl.worker import client as module
from newscrawl.crawl.worker.client import Worker
from newscrawl.crawl.worker.messages import PageTask, ParseResult, packed
from newscrawl.crawl.worker.parse import read
from newscrawl.model.draft import Entry
from newscrawl.model.post import Crawl, Post

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SOURCE = spider_class("eastmoney").source
WAIT = 60  # seconds that any of this may take
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
TEXT = "央行宣布下调存款准备金率，市场流动性保持合理充裕，分析人士认为此举有利于稳定预期。"
PAGE = """<!DOCTYPE html><html lang="zh"><head><title>{title} _ 东方财富网</title></head><body>
<div id="topbox"><div class="title">{title}</div><div class="infos">
<div class="item">2026年11月28日 15:30</div><div class="item">来源：示例日报</div></div></div>
<div class="txtinfos" id="ContentBody"><p>{text}</p><p class="em_media">（文章来源：示例日报）</p></div>
</body></html>"""


class Deadly:
    """Ends, or holds up, the process that unpacks it."""

    def __init__(self, act: Callable[..., Any], *words: Any) -> None:
        self.act, self.words = act, words

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.act, self.words


def page(number: int, html: str | None = None) -> PageTask:
    url = f"https://finance.eastmoney.com/a/20261128{number:010d}.html"
    entry = Entry(id=f"eastmoney:20261128{number:010d}", url=url, canonical_url=url, share_url=url)
    body = (html or PAGE.format(title=f"第{number}次降准落地", text=TEXT)).encode()
    return PageTask(entry, url, "text/html; charset=utf-8", body, Crawl("eastmoney", "run", NOW, 200))


def run(work: Callable[[Worker], Awaitable[Any]], **options: Any) -> Any:
    async def whole() -> Any:
        worker = Worker(SOURCE, **options)
        try:
            await worker.open()
            return await asyncio.wait_for(work(worker), WAIT)
        finally:
            worker.close()
            with pytest.raises(ProcessLookupError):
                os.kill(worker.pid, 0)  # gone, and taken leave of

    return asyncio.run(whole())


async def all_of(worker: Worker, pages: list[PageTask]) -> list[ParseResult | None]:
    return await asyncio.gather(*(worker.read(one) for one in pages))


def test_answers_are_those_of_this_process_in_the_order_of_the_pages() -> None:
    pages = [page(number) for number in range(40)]
    answers = run(lambda worker: all_of(worker, pages))
    marked = [answer.item.story is not None for answer in answers]
    assert answers == [read(page(number), SOURCE, marked=marks) for number, marks in enumerate(marked)]
    assert marked == sorted(marked, reverse=True), (
        "marks are made where few pages wait, and left to the store else"
    )
    assert set(marked) == {True, False}
    post = answers[7].item
    assert isinstance(post, Post)
    assert (post.title, post.source and post.source.name) == ("第7次降准落地", "示例日报")
    assert answers[7].names == {post.categories[0]: "示例日报"}


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_crawl_does_not_end_a_process_that_only_begins(told: signal.Signals) -> None:
    """Ctrl-C is said to both; the crawl decides, and nothing is printed of the other's imports."""

    async def whole() -> tuple[int, int, ParseResult | None]:
        worker = Worker(SOURCE)
        begun = worker.pid
        os.kill(begun, told)
        await worker.open()
        try:
            return begun, worker.pid, await asyncio.wait_for(worker.read(page(1)), WAIT)
        finally:
            worker.close()

    begun, still, answer = asyncio.run(whole())
    assert (still, answer and answer.error) == (begun, None)
    assert answer


def test_the_crawl_itself_hears_what_it_is_told() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    Worker(SOURCE).close()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize(
    ("html", "reasons"),
    [
        (PAGE.format(title="404 Not Found", text=TEXT), ("error page",)),
        (PAGE.format(title="短", text=""), ("no body",)),
    ],
)
def test_what_is_no_post_comes_back_as_a_reject_with_its_page(html: str, reasons: tuple[str, ...]) -> None:
    (answer,) = run(lambda worker: all_of(worker, [page(1, html)]))
    assert answer.item.reasons == reasons
    assert answer.item.page == html


def test_a_reject_names_its_categories_as_the_step_of_a_crawl_does() -> None:
    (answer,) = run(lambda worker: all_of(worker, [page(1, PAGE.format(title="404 Not Found", text=TEXT))]))
    assert "示例日报" in answer.names.values()


def test_what_is_no_page_comes_back_as_the_words_of_the_error() -> None:
    first, second = run(lambda worker: all_of(worker, [page(1, "%PDF-1.7 "), page(2)]))
    assert "PDF" in first.error
    assert first.item is None
    assert second.item.title == "第2次降准落地"


def test_a_fault_in_the_reading_is_left_to_the_caller() -> None:
    broken = replace(page(1), content_type=7)  # type: ignore[arg-type]
    first, second = run(lambda worker: all_of(worker, [broken, page(2)]))
    assert first is None
    assert second.item.title == "第2次降准落地"


def test_a_killed_process_costs_no_page() -> None:
    async def work(worker: Worker) -> list[ParseResult | None]:
        before = worker.pid
        extraction = [asyncio.ensure_future(worker.read(page(number))) for number in range(200)]
        await extraction[20]
        os.kill(before, signal.SIGKILL)
        answers = await asyncio.gather(*extraction)
        assert worker.pid != before
        return list(answers)

    answers = run(work)
    assert [answer.item.title for answer in answers] == [f"第{number}次降准落地" for number in range(200)]


def test_a_page_that_ends_the_process_is_told_and_the_others_are_read() -> None:
    deadly = replace(page(1), content_type=Deadly(os._exit, 7))  # type: ignore[arg-type]
    first, *others = run(lambda worker: all_of(worker, [deadly, page(2), page(3)]))
    assert first.error == "parsing it crashes the worker process"
    assert [answer.item.title for answer in others] == ["第2次降准落地", "第3次降准落地"]


def test_a_page_that_takes_too_long_is_told_and_the_others_are_read() -> None:
    slow = replace(page(1), content_type=Deadly(time.sleep, WAIT))  # type: ignore[arg-type]

    async def work(worker: Worker) -> list[ParseResult | None]:
        await worker.read(page(0))  # the start of the process is not what is measured
        return await all_of(worker, [slow, page(2)])

    first, second = run(work, time_limit=3.0)
    assert first.error == "parsing it takes longer than 3 s"
    assert second.item.title == "第2次降准落地"


def test_the_page_behind_one_that_took_too_long_is_not_blamed_for_its_end() -> None:
    slow, brief = (replace(page(1), content_type=Deadly(time.sleep, s)) for s in (WAIT, 1.0))  # type: ignore[arg-type]

    async def work(worker: Worker) -> ParseResult | None:
        await worker.read(page(0))
        first, second = (asyncio.ensure_future(worker.read(one)) for one in (slow, brief))
        before = worker.pid
        await first
        while worker.pid == before or not worker._ready:  # noqa: ASYNC110  # there is no event
            await asyncio.sleep(0.01)
        os.kill(worker.pid, signal.SIGKILL)
        return await second

    assert run(work, time_limit=3.0).error is None


def test_after_many_ends_pages_are_left_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CRASHES", 2)
    deadly = [replace(page(n), content_type=Deadly(os._exit, 7)) for n in (1, 2)]  # type: ignore[arg-type]
    first, second, third = run(lambda worker: all_of(worker, [*deadly, page(3)]))
    assert first.error == "parsing it crashes the worker process"
    assert (second, third) == (None, None)


def test_a_process_that_cannot_be_started_again_leaves_pages_to_the_caller(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(worker: Worker) -> ParseResult | None:
        await worker.read(page(0))
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        os.kill(worker.pid, signal.SIGKILL)
        return await worker.read(page(1))

    assert run(work) is None
    assert "Pages are parsed in the crawl's own process from now on" in caplog.text


def test_a_process_that_cannot_read_at_all_costs_no_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "newscrawl.py").write_text("raise SystemExit(9)")
    monkeypatch.setattr(module, "_path", lambda: str(tmp_path))
    assert run(lambda worker: all_of(worker, [page(number) for number in range(20)])) == [None] * 20
    assert caplog.text.count("The process that parses pages ended (exit code 9)") == 1


def test_the_process_takes_no_namesake_in_the_folder_it_is_started_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("newscrawl", "lxml", "pickle"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    (answer,) = run(lambda worker: all_of(worker, [page(1)]))
    assert answer.item.title == "第1次降准落地"


def test_the_folder_it_is_started_in_may_be_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", ["", "an.import.hook", *sys.path])
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    (answer,) = run(lambda worker: all_of(worker, [page(1)]))
    assert answer.item.title == "第1次降准落地"


def test_a_page_is_not_blamed_for_the_time_in_which_both_processes_stood_still() -> None:
    slow = replace(page(1), content_type=Deadly(time.sleep, 2.0))  # type: ignore[arg-type]

    async def work(worker: Worker) -> ParseResult | None:
        await worker.read(page(0))
        extraction = asyncio.ensure_future(worker.read(slow))
        await asyncio.sleep(0.2)
        os.kill(worker.pid, signal.SIGSTOP)
        time.sleep(3.5)  # noqa: ASYNC251  # as after Ctrl-Z: nothing runs here either
        os.kill(worker.pid, signal.SIGCONT)
        return await extraction

    answer = run(work, time_limit=3.0)
    assert answer is None or answer.error is None


def test_whoever_waits_at_the_end_is_let_go() -> None:
    async def work(worker: Worker) -> ParseResult | None:
        slow = replace(page(1), content_type=Deadly(time.sleep, WAIT))  # type: ignore[arg-type]
        waiting = asyncio.ensure_future(worker.read(slow))
        await asyncio.sleep(0.1)
        worker.close()
        return await waiting

    assert run(work) is None


def test_the_process_ends_with_a_crawl_that_is_killed() -> None:
    words = (
        "import asyncio, sys; from newscrawl.crawl.runner import spider_class;"
        "from newscrawl.crawl.worker.client import Worker;"
        "worker = Worker(spider_class('eastmoney').source); print(worker.pid, flush=True); sys.stdin.read()"
    )
    crawl = subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert crawl.stdout
    pid = int(crawl.stdout.readline())
    crawl.kill()
    crawl.communicate(timeout=WAIT)
    until = time.monotonic() + WAIT
    while time.monotonic() < until and os.path.exists(f"/proc/{pid}") and _runs(pid):
        time.sleep(0.05)
    assert not _runs(pid)


def test_a_process_that_is_left_alone_with_a_page_without_end_ends() -> None:
    words = (
        "import socket, sys; from newscrawl.crawl.worker import process; process._MAX_CPU = 0.5;"
        "process.serve(socket.socket(fileno=int(sys.argv[1])))"
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        extraction = subprocess.Popen([sys.executable, "-c", words, str(number)], pass_fds=[number])
        endless = Deadly(exec, "while True: pass")
        deadly = replace(page(1), content_type=endless)  # type: ignore[arg-type]
        ours.sendall(packed(0, SOURCE) + packed(1, (deadly, False)))
        ours.settimeout(WAIT)
        assert ours.recv(1)  # it has begun
    try:
        assert extraction.wait(WAIT) == -signal.SIGPROF
    finally:
        extraction.kill()


def _runs(pid: int) -> bool:
    """Whether the process is there, and no corpse that waits for its heir."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


BUSY_CRAWL = """
import asyncio, sys
from tests.crawl.worker.test_process import SOURCE, Deadly
from newscrawl.crawl.worker.client import Worker

async def crawl():
    worker = Worker(SOURCE)
    print(worker.pid, flush=True)
    await worker.open()
    await worker.read(Deadly(exec, f"import time; open({sys.argv[1]!r}, 'w').close(); time.sleep(600)"))

asyncio.run(crawl())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux does it")
def test_a_busy_process_is_killed_with_its_crawl(tmp_path: Path) -> None:
    fifo = tmp_path / "reading"
    os.mkfifo(fifo)
    command = [sys.executable, "-c", BUSY_CRAWL, str(fifo)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as crawl:
        assert crawl.stdout is not None
        worker = os.pidfd_open(int(crawl.stdout.readline()))
        fifo.read_bytes()  # returns when the worker is at the page
        crawl.kill()
    with select.epoll() as ended:
        ended.register(worker, select.EPOLLIN)
        gone = ended.poll(WAIT)
    if not gone:
        signal.pidfd_send_signal(worker, signal.SIGKILL)
    os.close(worker)
    assert gone, "the worker outlived its crawl"
