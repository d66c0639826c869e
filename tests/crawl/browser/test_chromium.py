"""Chromium itself: found or not, without a network even if nothing stops its requests, ended."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from newscrawl.crawl.browser import chromium
from newscrawl.crawl.browser.chromium import NO_NETWORK, Chromium, memory_of, need_browser, tree
from newscrawl.errors import RenderError, UsageError
from tests import programs
from tests.crawl.browser.scripted_site import HTML, serving


def test_what_is_named_is_taken_and_else_what_is_in_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert need_browser("") == str(program)
    assert need_browser(str(program)) == str(program)
    with pytest.raises(UsageError, match=r"NEWSCRAWL_CHROMIUM is '/no/chromium', which is not a program"):
        need_browser("/no/chromium")
    program.unlink()
    with pytest.raises(UsageError, match=r"PATH has none of chromium, .*NEWSCRAWL_CHROMIUM to its path"):
        need_browser("")


def test_without_playwright_the_remedy_is_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'newscrawl\[browser\]'"):
        need_browser("")


@pytest.mark.needs("chromium")
def test_a_program_that_is_no_browser_is_an_error_of_one_line() -> None:
    with pytest.raises(RenderError, match=r"^Chromium did not start: ") as caught:
        asyncio.run(Chromium.launch(shutil.which("false") or "/bin/false", heap=64))
    assert "\n" not in str(caught.value)


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("switches", [NO_NETWORK, ()], ids=["ours", "none"])
def test_it_reaches_nothing_though_nothing_stops_its_requests(
    switches: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard does not rest on Playwright's routing alone. Without our switches there is a way out, which
    shows that the tries are real."""
    monkeypatch.setattr(chromium, "NO_NETWORK", switches)
    log: list[tuple[str, str, str]] = []
    with (
        serving(lambda _: (200, HTML, "secret"), log) as (secret, _),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening,
    ):
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        tries = _tries(secret, listening.getsockname()[1], until=lambda: _received(listening))
        failures, asked_by_udp = asyncio.run(tries)
    if switches:
        assert (log, asked_by_udp, len(failures)) == ([], False, 3)
        assert all("ERR_" in failure for failure in failures), failures
    else:
        assert log
        assert asked_by_udp


def _received(listening: socket.socket) -> bool:
    try:
        return len(listening.recv(2**16)) > 0
    except BlockingIOError:
        return False


async def _tries(secret: str, port: int, until: Callable[[], bool]) -> tuple[list[str], bool]:
    """What failed, and whether `until` was true before WebRTC gave up."""
    from playwright.async_api import Error, Route

    host = secret.rpartition("/")[2]
    script = f"""
      fetch('{secret}/fetch', {{mode: 'no-cors'}}).catch(() => 0);
      new WebSocket('ws://{host}/socket');
      new Worker(URL.createObjectURL(new Blob(["new WebSocket('ws://{host}/worker')"])));
      const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});
      peer.createDataChannel('x');
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));
      peer.onicegatheringstatechange = () => document.title = peer.iceGatheringState;
    """
    browser = await Chromium.launch(programs.where("chromium") or "", heap=256)
    failures = []
    try:
        context = await browser.context("test")

        async def first(route: Route) -> None:
            if route.request.url == "http://page.example/":
                await route.fulfill(body=f"<script>{script}</script>", content_type=HTML)
            else:
                await route.continue_()  # nothing is refused here

        await context.route("**", first)
        page = await context.new_page()
        await page.goto("http://page.example/")
        received = False
        for _ in range(600):
            received = received or until()
            if received or await page.title() == "complete":
                break
            await asyncio.sleep(0.1)
        for address in (f"{secret}/goto", f"http://localhost:{port}/", f"http://[::1]:{port}/"):
            try:
                await page.goto(address)
            except Error as error:
                failures.append(str(error))
        return failures, received or until()
    finally:
        await browser.close()


@pytest.mark.needs("chromium")
def test_its_memory_is_that_of_all_processes_and_none_is_left() -> None:
    async def seen() -> tuple[list[int], int]:
        browser = await Chromium.launch(programs.where("chromium") or "", heap=64)
        try:
            return tree(browser.pid), browser.memory()
        finally:
            await browser.close()

    pids, memory = asyncio.run(seen())
    assert len(pids) >= 3
    assert memory > 50 * 2**20
    assert not any(memory_of(pid) for pid in pids)


def test_a_process_and_those_below_it() -> None:
    assert os.getpid() in tree(os.getpid())
    assert memory_of(os.getpid()) > 2**20
    assert tree(2**22 + 1) == []
    assert memory_of(2**22 + 1) == 0


@pytest.mark.needs("chromium")
def test_it_gets_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:secret@example.com/")

    def environments(pids: list[int]) -> list[bytes]:
        return [Path(f"/proc/{pid}/environ").read_bytes() for pid in pids]

    async def seen() -> list[bytes]:
        browser = await Chromium.launch(programs.where("chromium") or "", heap=64)
        try:
            return environments(tree(browser.pid)[1:])
        finally:
            await browser.close()

    found = asyncio.run(seen())
    assert any(b"PATH=" in one for one in found)
    assert not any(b"MONGODB_URI" in one for one in found)
