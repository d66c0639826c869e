"""Watcher: the scheduler's side of newscrawl.crawl.watch.process, the process that polls lists."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from newscrawl.errors import UsageError
from newscrawl.jobs.code_stamp import Stamp, code_stamp
from newscrawl.jobs.state import JobRun
from newscrawl.locks import JOB
from newscrawl.model.crawl_settings import JOB_SETTINGS

if TYPE_CHECKING:
    from newscrawl.jobs.config import Job

_log = logging.getLogger(__name__)

MODULE: Final = "newscrawl.crawl.watch.process"
PATIENCE: Final = 60.0  #: seconds for an answer; a poll takes up to 30, starting the process a few
PAUSE: Final = 60.0  #: seconds without a watcher after it failed; everything due is crawled meanwhile
MOST_POLLS: Final = 10_000  #: per process
_STAMP_EVERY = 1.0  # seconds


def watcher(folder: Path) -> Watcher | None:
    """The watcher of a scheduler; None if NEWSCRAWL_WATCH is 0. Raises UsageError for another value."""
    wanted = os.environ.get("NEWSCRAWL_WATCH") or "1"
    if wanted not in ("0", "1"):
        raise UsageError(
            f"NEWSCRAWL_WATCH is {wanted!r}; use 1 to poll lists before crawling, 0 to crawl always"
        )
    return Watcher(folder) if wanted == "1" else None


@dataclass(slots=True)
class Watcher:
    """Polls sources in a separate process; starts it when needed, and a new one if the code changed, it died,
    or after MOST_POLLS."""

    folder: Path  #: the home folder
    module: str = MODULE
    patience: float = PATIENCE
    pause: float = PAUSE
    _process: Process | None = None
    _ended: list[Process] = field(default_factory=list)  # not yet waited for
    _reading: list[asyncio.Task[None]] = field(default_factory=list)
    _waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _left: int = 0
    _failed: float | None = None  # by the monotonic clock
    _stamp: Stamp = field(default_factory=list)
    _stamped: float = 0.0
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def poll(self, job: Job) -> JobRun | None:
        """The run of a job whose lists have nothing new; None: crawl it."""
        if self._failed is not None and time.monotonic() - self._failed < self.pause:
            return None
        started, number = datetime.now(UTC), next(self._numbers)
        try:
            async with self._making:
                process = await self._make()
            answered = self._waiting[number] = asyncio.get_running_loop().create_future()
            assert process.stdin
            order: dict[str, Any] = {"id": number, "spider": job.spider, "arguments": dict(job.args)}
            order["settings"] = job.crawl.to_document()
            process.stdin.write(json.dumps(order).encode() + b"\n")
            self._left -= 1
            async with asyncio.timeout(self.patience):
                answer = await answered
        except TimeoutError:
            self._fail(f"it did not answer within {self.patience:g} s")
            return None
        except OSError as error:
            self._fail(str(error) or "it ended")
            return None
        finally:
            self._waiting.pop(number, None)
        if why := answer.get("why"):
            _log.debug("%s: crawled: %s", job.name, why)
            return None
        counts, hosts = answer["counts"], answer["hosts"]
        finished = datetime.now(UTC)
        return JobRun(started=started, finished=finished, outcome="ok", exit=0, counts=counts, hosts=hosts)

    async def prepare(self) -> None:
        """Starts the process in advance; a failure shows again when it is needed."""
        with suppress(OSError):
            async with self._making:
                await self._make()

    def kill(self) -> None:
        """Kills the process; pending polls return None."""
        process, self._process = self._process, None
        if process:
            self._ended.append(process)
            with suppress(ProcessLookupError):
                process.kill()  # it holds no state; its leases expire

    async def close(self) -> None:
        """Kills the process and waits for its end."""
        self.kill()
        ended, self._ended = self._ended, []
        for process in ended:
            if process.stdin:
                process.stdin.close()
            await process.wait()
        reading, self._reading = self._reading, []
        await asyncio.gather(*reading, return_exceptions=True)

    def _fail(self, why: str) -> None:
        if self._process is not None:
            _log.warning("the watcher failed (%s); everything due is crawled for now", why)
            self._failed = time.monotonic()
        self.kill()

    async def _make(self) -> Process:
        """The process, restarted if needed. Waits for polls of the old one."""
        if time.monotonic() - self._stamped > _STAMP_EVERY:
            self._stamped, stamp = time.monotonic(), code_stamp()
            self._left = self._left if stamp == self._stamp else 0
            self._stamp = stamp
        if self._process and self._process.returncode is None and self._left > 0:
            return self._process
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()))
        await self.close()
        self._left = MOST_POLLS
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self.module),
            stdin=PIPE,  # only we hold it open: the watcher sees EOF if we die
            stdout=PIPE,
            start_new_session=True,
            env={**os.environ, "NEWSCRAWL_HOME": str(self.folder), JOB: "watched polls", JOB_SETTINGS: ""},
        )
        self._reading.append(asyncio.create_task(self._read(process)))
        return process

    async def _read(self, process: Process) -> None:
        """Delivers answers to polls until the process ends."""
        assert process.stdout
        while line := await process.stdout.readline():
            answer = json.loads(line)
            if (waiting := self._waiting.get(answer["id"])) and not waiting.done():
                waiting.set_result(answer)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(BrokenPipeError("it ended"))
