"""How many pages a second `newscrawl serve` gives, as the database grows.

    python -m benchmarks.serving [--posts 10000 100000] [--seconds 3]

Fills a MongoDB of its own as benchmarks.reads does, starts the command as a user does (one process, so one
core), and asks from CONNECTIONS connections that stay open, each with its next request once the last is
answered. `home` and `category` are asked again and again, as readers do; `other posts` and `other searches`
are pages that nobody asked for before, so that each is made; `counts` are made anew at most every twenty
seconds and are timed once. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from benchmarks import reads

CONNECTIONS = 16
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ETAG = re.compile(rb"etag: ([^\r]+)", re.IGNORECASE)
_WORDS = ("半导体", "银行", "储能", "医药", "算力", "航运", "种业", "环保", "食品", "北向资金")
COUNTS = ("/category", "/outlet", "/archive", "/status")


class Reader:
    """One connection."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address)

    async def __aenter__(self) -> Reader:
        self._from, self._to = await asyncio.open_connection(self._place.hostname, self._place.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._to.close()
        await self._to.wait_closed()

    async def ask(self, path: str, more: bytes = b"") -> bytes:
        """The head of the answer; the body is read and left."""
        self._to.write(
            b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n" + more + b"\r\n"
        )
        head = await self._from.readuntil(b"\r\n\r\n")
        if length := _LENGTH.search(head):
            await self._from.readexactly(int(length[1]))
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
            raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
        return head


async def load(address: str, path: Callable[[int], str], seconds: float, more: bytes = b"") -> list[float]:
    """Milliseconds of each answer; path: of the request of a number."""
    times: list[float] = []
    numbers = iter(range(10**9))
    end = time.perf_counter() + seconds

    async def one() -> None:
        async with Reader(address) as reader:
            while (begun := time.perf_counter()) < end:
                await reader.ask(path(next(numbers)), more)
                times.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return times


def _search(number: int) -> str:
    """One or two words; the number makes it a page of its own."""
    words = _WORDS[number % 10] + (f" {_WORDS[number // 10 % 10]}" if number % 2 else "")
    return f"/search?q={quote(words)}&number={number}"


async def measure(address: str, posts: int, seconds: float) -> Iterator[tuple[str, str]]:
    """What was asked, and how it was answered."""
    rows: list[tuple[str, str]] = []
    async with Reader(address) as reader:
        head = await reader.ask("/")
        for path in COUNTS:
            begun = time.perf_counter()
            await reader.ask(path)
            rows.append((f"{path}, once", f"{(time.perf_counter() - begun) * 1000:.0f} ms"))
    etag = _ETAG.search(head)
    assert etag
    asked: dict[str, tuple[Callable[[int], str], bytes]] = {
        "home": (lambda _: "/", b""),
        "home, unchanged (304)": (lambda _: "/", b"If-None-Match: " + etag[1] + b"\r\n"),
        "category": (lambda _: f"/category/{reads.OUTLETS[0][1]}", b""),
        "other posts": (lambda n: f"/post/eastmoney:{202600000000000000 + n * 7919 % posts}", b""),
        "other searches": (_search, b""),
        "API, 20 posts": (lambda n: f"/api/v1/posts?until=2030-01-01T00:00:00.{n}Z", b""),
    }
    for name, (path_of, more) in asked.items():
        times = await load(address, path_of, seconds, more)
        late = statistics.quantiles(times, n=100)[98]
        told = f"{len(times) / seconds:,.0f}/s; {statistics.median(times):.1f} / {late:.1f} ms"
        rows.append((name, told))
    return iter(rows)


@contextmanager
def serving() -> Iterator[str]:
    """The command in a process of its own; its address."""
    command = [sys.executable, "-m", "newscrawl", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[1]
        finally:
            process.terminate()


def grown(sizes: list[int]) -> Iterator[int]:
    """Fills the database to each size."""
    from newscrawl.paths import database_name
    from newscrawl.store.schema import make_schema

    name, done = database_name(), 0
    asyncio.run(make_schema(name))
    for size in sizes:
        asyncio.run(reads.fill(name, done, size))
        asyncio.run(reads.index(name))
        done = size
        yield size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000], help="sizes, growing")
    parser.add_argument("--seconds", type=float, default=3, help="of each load")
    given = parser.parse_args()
    columns: dict[int, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="newscrawl-serving-") as home:
        os.environ.pop("MONGODB_URI", None)
        os.environ |= {"NEWSCRAWL_HOME": home, "NEWSCRAWL_DATABASE": "newscrawl_serving"}
        from newscrawl.store.server import embedded

        try:
            for size in grown(sorted(given.posts)):
                with serving() as address:
                    columns[size] = dict(asyncio.run(measure(address, size, given.seconds)))
        finally:
            embedded.stop()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {CONNECTIONS} connections; pages a second; p50 / p99\n")
    print("| posts | " + " | ".join(f"{size:,}" for size in columns) + " |")
    print("|---" + "|---:" * len(columns) + "|")
    for name in next(iter(columns.values())):
        print(f"| {name} | " + " | ".join(column[name] for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
