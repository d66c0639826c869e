"""Chromium: finding it, starting it without network access, its memory, its end."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from newscrawl.errors import RenderError, UsageError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

logger = logging.getLogger(__name__)

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")  #: searched in PATH, in this order
#: No name or address literal resolves, and everything goes to a proxy that does not resolve. WebRTC would
#: send UDP past that proxy. Playwright talks to the browser through pipes.
NO_NETWORK: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://no-network.invalid:9",
    "--proxy-bypass-list=<-loopback>",  # otherwise loopback bypasses the proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
)
_QUIET: Final = ("--disable-gpu", "--disable-crash-reporter", "--disable-breakpad")
#: Environment variables passed to Chromium; others may hold passwords.
_ENVIRONMENT: Final = frozenset(
    "HOME LANG LC_ALL LD_LIBRARY_PATH PATH TMPDIR TZ USER"
    " XDG_CACHE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR".split()
)
_START, _END = 30.0, 5.0  # seconds for starting and ending


def need_browser(named: str | None) -> str:
    """The path of Chromium. `named` is NEWSCRAWL_CHROMIUM, a path or a name in PATH.

    Raises UsageError, with the remedy, if Playwright or Chromium is not installed.
    """
    if find_spec("playwright") is None:
        raise UsageError(
            "rendering pages needs playwright, which is not installed: pip install 'newscrawl[browser]'"
        )
    for name in [named] if named else NAMES:
        if found := shutil.which(name):
            return found
    if named:
        raise UsageError(f"NEWSCRAWL_CHROMIUM is {named!r}, which is not a program; give Chromium's path")
    raise UsageError(
        f"rendering pages needs Chromium, and PATH has none of {', '.join(NAMES)};"
        " install it (apt install chromium), or set NEWSCRAWL_CHROMIUM to its path"
    )


class Chromium:
    """A running browser and Playwright's driver, its parent process."""

    def __init__(self, playwright: Playwright, browser: Browser, pid: int) -> None:
        self.pages = 0  #: contexts created
        self.pid = pid  #: of the driver, the ancestor of all browser processes; 0: unknown
        self._playwright, self._browser = playwright, browser

    @classmethod
    async def launch(cls, executable: str, *, heap: int) -> Self:
        """Starts a browser; `heap` limits a page's JavaScript heap, in MB. Raises RenderError."""
        from playwright.async_api import Error, async_playwright  # slow to import

        playwright = None
        try:
            async with asyncio.timeout(_START):
                playwright = await async_playwright().start()
                browser = await playwright.chromium.launch(
                    executable_path=executable,
                    args=[*NO_NETWORK, *_QUIET, f"--js-flags=--max-old-space-size={heap}"],
                    chromium_sandbox=not is_root(),  # as root, Chromium refuses to start with it
                    env={name: value for name, value in os.environ.items() if name in _ENVIRONMENT},
                    handle_sigint=False,  # the crawl decides when it ends
                    handle_sigterm=False,
                    handle_sighup=False,
                )
                return cls(playwright, browser, await _driver_of(browser))
        except (Error, OSError, TimeoutError) as error:
            if playwright is not None:
                await _within(_END, playwright.stop())
            raise RenderError(f"Chromium did not start: {_first_line(error)}") from error

    async def context(self, user_agent: str) -> BrowserContext:
        """A new profile for one page, with no cookies, cache or service workers of other pages."""
        self.pages += 1
        return await self._browser.new_context(
            user_agent=user_agent, service_workers="block", accept_downloads=False
        )

    def memory(self) -> int:
        """Resident memory of all its processes in bytes, without mapped files. 0: unknown."""
        return sum(map(memory_of, tree(self.pid))) if self.pid else 0

    async def close(self) -> None:
        """Ends all processes; kills those still alive after seconds."""
        running = {pid: _started(pid) for pid in tree(self.pid)} if self.pid else {}
        await _within(_END, self._browser.close())
        await _within(_END, self._playwright.stop())
        for pid, started in running.items():
            if started is not None and _started(pid) == started:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def is_root() -> bool:
    """Whether Chromium must run without its sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


async def _driver_of(browser: Browser) -> int:
    """The process id of a browser's driver; 0 without /proc."""
    session = await browser.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    pid = next((one["id"] for one in found["processInfo"] if one["type"] == "browser"), 0)
    stat = _stat(pid)
    return int(stat[1]) if stat else 0


async def _within(seconds: float, ending: object) -> None:
    """Waits for an ending and ignores failures: what is left is killed."""
    from playwright.async_api import Error

    with suppress(Error, OSError, TimeoutError):
        await asyncio.wait_for(ending, seconds)  # type: ignore[arg-type]


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    wanted = ("error", "failed", "sandbox", "cannot", "no such")
    told = [line for line in lines[1:] if any(word in line.lower() for word in wanted)]
    return " ".join([*lines[:1], *told[:1]])[:300] or type(error).__name__


# --- processes, from Linux's /proc


def tree(root: int) -> list[int]:
    """The ids of a process and its descendants; empty without /proc."""
    found: list[int] = []
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        if _stat(pid) is None:
            continue
        found.append(pid)
        with suppress(OSError):  # it may end at any moment
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            for task in tasks:
                with suppress(OSError):
                    waiting += map(int, (task / "children").read_text().split())
    return found


def memory_of(pid: int) -> int:
    """A process's resident memory in bytes, without mapped files; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _started(pid: int) -> str | None:
    """When a process started, to detect a reused id; None if it is gone."""
    stat = _stat(pid)
    return stat[19] if stat else None


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: state, parent, …; None if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None
