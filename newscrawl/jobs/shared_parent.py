"""SharedParent: one process that forks the runs of all processes of a worker."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import dataclass

from newscrawl.jobs.warm import WarmParent, warm_parent


def shared_parent() -> SharedParent | None:
    """Started, for a worker; None if NEWSCRAWL_WARM is 0. Raises UsageError for another value."""
    if warm_parent() is None:
        return None
    parent = SharedParent()
    parent.start()
    return parent


@dataclass(slots=True)
class SharedParent(WarmParent):
    """A warm parent whose user started it before it was forked: the forks share its socket.

    An order is one message, so orders do not mix. If the parent has died, runs are started cold.
    """

    _shared: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process. In the worker, before it forks."""
        self._orders, theirs = socket.socketpair()
        self._orders.setblocking(False)
        with theirs:
            self._shared = subprocess.Popen(  # noqa: S603  this program
                [sys.executable, "-m", self.module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def end(self) -> None:
        """Ends the process, in the worker; it ends by itself with the worker and all its forks."""
        if self._shared:
            self._shared.kill()
            self._shared.wait()

    def revive(self) -> None:
        """Starts the process anew if it died; for forks from now on."""
        if self._shared and self._shared.poll() is not None:
            if self._orders:
                self._orders.close()
            self.start()

    async def _make(self) -> None:
        """Nothing: it was started before."""

    async def close(self) -> None:
        """Nothing: others use it."""
