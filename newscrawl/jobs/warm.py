"""WarmParent: the scheduler's side of newscrawl.cli.warm_parent, the process that forks runs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from newscrawl.errors import UsageError

_log = logging.getLogger(__name__)

MODULE: Final = "newscrawl.cli.warm_parent"
PATIENCE: Final = 120.0  #: seconds until a run's first line; a few of them are the parent's imports
PAUSE: Final = 60.0  #: seconds without a parent after it failed; runs are started cold meanwhile


def warm_parent() -> WarmParent | None:
    """The parent of a scheduler's runs; None if NEWSCRAWL_WARM is 0. Raises UsageError for another value."""
    wanted = os.environ.get("NEWSCRAWL_WARM") or "1"
    if wanted not in ("0", "1"):
        raise UsageError(f"NEWSCRAWL_WARM is {wanted!r}; use 1 to fork runs, 0 to start each one cold")
    return WarmParent() if wanted == "1" else None


@dataclass(slots=True)
class ForkedSupervisor:
    """A supervisor forked by the parent."""

    lines: asyncio.StreamReader  #: its standard output
    _stdin: int
    _transport: asyncio.BaseTransport

    def stop(self) -> None:
        """Asks it to stop its run; the second time, it kills it."""
        with suppress(OSError):
            os.write(self._stdin, b"s")

    async def end(self) -> None:
        """Closes the connection, which stops a run that has not ended."""
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1
        self._transport.close()


@dataclass(slots=True)
class WarmParent:
    """Forks runs from a process that has imported everything; starts that process when needed, also after it
    died."""

    module: str = MODULE
    patience: float = PATIENCE
    pause: float = PAUSE
    _process: Process | None = None
    _orders: socket.socket | None = None
    _failed: float | None = None  # monotonic clock
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def pid(self) -> int | None:
        """The parent's pid, or None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def fork(
        self, spec: Mapping[str, Any], environment: Mapping[str, str]
    ) -> tuple[ForkedSupervisor, bytes] | None:
        """Forks a supervisor with its run; returns it and its first line. None: start the run cold; this is
        logged."""
        if self._failed is not None and time.monotonic() - self._failed < self.pause:
            return None
        supervisor = None
        try:
            async with self._making:
                await self._make()
            supervisor = await self._order({"spec": spec, "environment": dict(environment)})
            async with asyncio.timeout(self.patience):
                if line := await supervisor.lines.readline():
                    self._failed = None
                    return supervisor, line
            why = "it died"
        except TimeoutError:
            why = f"it did not answer within {self.patience:g} s"
        except OSError as error:
            why = error.strerror or str(error)
        if supervisor:
            await supervisor.end()
        _log.warning("the process that forks runs failed (%s); runs are started cold for now", why)
        self._failed = time.monotonic()
        await self.close()
        return None

    async def prepare(self) -> None:
        """Starts the parent in advance; a failure shows again when it is needed."""
        with suppress(OSError):
            async with self._making:
                await self._make()

    async def close(self) -> None:
        """Ends the parent; its runs continue."""
        process, self._process = self._process, None
        if self._orders:
            self._orders.close()
            self._orders = None
        if process and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()  # it holds no state
            await process.wait()

    async def _make(self) -> None:
        """Starts the parent unless it is running."""
        if self._orders and self.pid:
            return
        if self._process:
            _log.warning(
                "the process that forks runs ended (exit %s); restarting it", self._process.returncode
            )
        await self.close()
        self._orders, theirs = socket.socketpair()
        self._orders.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.module, str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                stdout=DEVNULL,
                start_new_session=True,  # Ctrl-C stops the scheduler, which then stops the runs
            )

    async def _order(self, order: Mapping[str, Any]) -> ForkedSupervisor:
        """Sends an order."""
        assert self._orders
        (their_in, stdin), (stdout, their_out) = os.pipe(), os.pipe()
        try:
            with tempfile.TemporaryFile() as said:
                said.write(json.dumps(order).encode())
                said.seek(0)
                socket.send_fds(self._orders, [b"."], [their_in, their_out, said.fileno()])
            lines = asyncio.StreamReader()
            file = os.fdopen(stdout, "rb", buffering=0)
            loop = asyncio.get_running_loop()
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), file)
        except BaseException:
            os.close(stdin)
            raise
        finally:
            os.close(their_in)
            os.close(their_out)
        return ForkedSupervisor(lines, stdin, transport)
