"""The reading process: `python -m newscrawl.crawl.worker.process FD`, the number of its end of a socket.

First comes the Source, then pages; each is answered in turn. It ends with the socket, however the crawl ends.
"""

from __future__ import annotations

import gc
import itertools
import logging
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
_ALONE = 120.0  # seconds of computing at one page; the crawl grants less
_COLLECTED = 250  # pages between two looks for cycles


def serve(connection: socket.socket) -> None:
    """Answers pages until the socket ends. Raises EOFError where it ends within a message."""
    from newscrawl.crawl.worker.parse import read  # the crawl's process is to import none of it

    with BufferedReader(connection.makefile("rb", buffering=0), _BUFFER) as pages:
        _, source = _message(pages)
        declared: Source = source
        connection.sendall(packed(0, None))  # ready: what ends it from now on may be a page
        gc.freeze()
        gc.disable()  # hardly any object of a page is in a cycle: newscrawl.extract
        for count in itertools.count(1):
            signal.setitimer(signal.ITIMER_PROF, _ALONE)  # ends this process where the crawl no longer can
            number, (page, marked) = _message(pages)
            connection.sendall(_answered(number, partial(read, page, declared, marked=marked)))
            if not count % _COLLECTED:
                gc.collect()


def _answered(number: int, read: Callable[[], ParseResult]) -> bytes:
    try:
        return packed(number, read())
    except Exception:  # noqa: BLE001  # the crawl's process meets it again, and tells it
        return packed(number, ParseResult(unforeseen=True))


def _message(pages: BufferedReader[SocketIO]) -> tuple[int, Any]:
    number, length = HEAD.unpack(_exactly(pages, HEAD.size))
    return number, unpacked(_exactly(pages, length))


def _exactly(pages: BufferedReader[SocketIO], size: int) -> bytes:
    data = pages.read(size)
    if len(data) < size:
        raise EOFError
    return data


if __name__ == "__main__":
    for told in (signal.SIGINT, signal.SIGTERM):  # told to both processes: the crawl decides
        signal.signal(told, signal.SIG_IGN)
    logging.getLogger().addHandler(logging.NullHandler())
    with suppress(ConnectionError, EOFError):  # the crawl's process is gone
        serve(socket.socket(fileno=int(sys.argv[1])))
