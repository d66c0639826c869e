"""The process that parses pages: `python -m newscrawl.crawl.worker.process FD PARENT`.

FD is a socket's file descriptor, PARENT the id of the crawl's process. This process receives the Source, then
pages, and sends a result for each. It exits when the socket is closed, however the crawl ends; on Linux the
kernel kills it as soon as the crawl's process is gone, even in mid-page.
"""

from __future__ import annotations

import gc
import itertools
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BufferedReader
from socket import SocketIO
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.worker.messages import HEAD, ParseResult, packed, unpacked

if TYPE_CHECKING:
    from newscrawl.model.source import Source

_BUFFER = 1 << 18  # bytes; several pages
_MAX_CPU = 120.0  # seconds of CPU time per page; the crawl allows less
_COLLECT_EVERY = 250  # pages
_PR_SET_PDEATHSIG = 1  # of Linux's prctl(2)


def serve(connection: socket.socket) -> None:
    """Parses pages until the socket is closed. Raises EOFError if that happens within a message."""
    from newscrawl.crawl.worker.parse import read  # not imported by the crawl's process

    with BufferedReader(connection.makefile("rb", buffering=0), _BUFFER) as pages:
        source: Source
        _, source = _message(pages)
        connection.sendall(packed(0, None))  # ready: from now on, crashes may be a page's fault
        gc.freeze()
        gc.disable()  # pages have hardly any reference cycles, see newscrawl.extract
        for count in itertools.count(1):
            signal.setitimer(signal.ITIMER_PROF, _MAX_CPU)  # ends this process if the crawl cannot
            number, (page, marked) = _message(pages)
            connection.sendall(_result(number, partial(read, page, source, marked=marked)))
            if not count % _COLLECT_EVERY:
                gc.collect()


def _result(number: int, read: Callable[[], ParseResult]) -> bytes:
    try:
        return packed(number, read())
    except Exception:  # noqa: BLE001  # the crawl parses the page again, and reports it
        return packed(number, ParseResult(unforeseen=True))


def _message(pages: BufferedReader[SocketIO]) -> tuple[int, Any]:
    number, length = HEAD.unpack(_exactly(pages, HEAD.size))
    return number, unpacked(_exactly(pages, length))


def _exactly(pages: BufferedReader[SocketIO], size: int) -> bytes:
    data = pages.read(size)
    if len(data) < size:
        raise EOFError
    return data


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends. Exits if `parent`, a process id, is gone."""
    if sys.platform == "linux":
        import ctypes  # 3 ms, in this process alone

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # ended before the call
        sys.exit(0)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # sent to both processes: the crawl decides
        signal.signal(number, signal.SIG_IGN)
    end_with_parent(int(sys.argv[2]))
    logging.getLogger().addHandler(logging.NullHandler())
    with suppress(ConnectionError, EOFError):  # the crawl's process is gone
        serve(socket.socket(fileno=int(sys.argv[1])))
