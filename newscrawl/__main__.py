"""python -m newscrawl, and the command `newscrawl`."""

from __future__ import annotations

import os
import signal
from types import FrameType


def program() -> None:
    """Runs a command. Ctrl-C ends it quietly from the first import on, when nothing has begun yet."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit)
    from newscrawl import cli  # slow to import

    signal.signal(signal.SIGINT, before)
    cli.program()


def _exit(_number: int, _frame: FrameType | None) -> None:
    os._exit(130)


if __name__ == "__main__":
    program()
