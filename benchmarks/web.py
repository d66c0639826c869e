"""How many pages a second `newscrawl serve` gives: `python -m benchmarks.web [--posts 20000] [--seconds 5]`.

Fills a MongoDB of its own as benchmarks.reads does, starts the server as users do, one process, and loads
it over 16 connections with wrk (Debian's package wrk), which runs on the other core. `one page` is the
same page again and again, which the server keeps for two seconds; `changing` asks for another page each
time, so that each is made anew, database and template included. Latencies are of all requests of the
load, waiting in line included. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from benchmarks import reads

_CONNECTIONS = 16
_LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local next = 0
request = function()
  next = next %% #paths + 1
  return wrk.format("GET", paths[next])
end
"""


@contextmanager
def served() -> Iterator[str]:
    """The address of `newscrawl serve` in a process of its own."""
    command = [sys.executable, "-m", "newscrawl", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if found := re.search(r"http://\S+", line):
                yield found.group().rstrip("/")
                break
        else:
            raise SystemExit("the server did not start; its words are above")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def load(base: str, paths: list[str], seconds: int, header: str | None = None) -> tuple[float, str, str]:
    """Requests a second, and the latencies at the median and the 99th of 100."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "load.lua")
        listed.write_text("\n".join(paths), encoding="ascii")
        script.write_text(_LUA % listed, encoding="ascii")
        command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
        done = subprocess.run(
            [*command, *(["-H", header] if header else []), base], capture_output=True, text=True, check=True
        )
    if "Non-2xx" in done.stdout and header is None:
        raise SystemExit(f"some answers were errors:\n{done.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    late = dict(re.findall(r"(50|99)%\s+(\S+)", done.stdout))
    return float(rate[1]) if rate else 0.0, late["50"], late["99"]


def measured(base: str, posts: int, seconds: int) -> Iterator[tuple[str, float, str, str]]:
    """Name, requests a second, latencies."""
    chance = random.Random(1)
    with urllib.request.urlopen(base, timeout=30) as home:
        size, etag = len(home.read()), home.headers["etag"]
    ids = [f"/post/eastmoney:{202600000000000000 + chance.randrange(posts)}" for _ in range(20_000)]
    words = [f"/search?q={quote(f'{a} {b}')}" for a in _WORDS for b in _WORDS if a != b]
    outlets = [
        f"/api/v1/posts?outlet={slug}&size={size}" for _, slug in reads.OUTLETS for size in range(1, 51)
    ]
    yield f"home, {size / 1000:.0f} kB, one page", *load(base, ["/"], seconds)
    yield "home, unchanged (304)", *load(base, ["/"], seconds, f"If-None-Match: {etag}")
    yield "a post, one page", *load(base, ids[:1], seconds)
    yield "posts, changing", *load(base, ids, seconds)
    yield "JSON lists of 1 to 50 posts, changing", *load(base, outlets, seconds)
    yield "searches for two words, changing", *load(base, words, seconds)


_WORDS = (
    "光伏 储能 白酒 半导体 煤炭 银行 券商 军工 医药 天津 重庆 成都 厦门 长沙 杭州 合肥 净利润 订单 公告 产值"
).split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=5, help="of each load")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here, which loads the server; on Debian and Ubuntu: apt install wrk")
    with tempfile.TemporaryDirectory(prefix="newscrawl-web-") as home:
        os.environ.pop("MONGODB_URI", None)
        os.environ |= {"NEWSCRAWL_HOME": home, "NEWSCRAWL_DATABASE": "newscrawl_reads"}
        from newscrawl.store import client, embedded
        from newscrawl.store.schema import make_schema

        try:
            asyncio.run(make_schema("newscrawl_reads"))
            with client.connect("writer") as writer:
                reads.fill(writer["newscrawl_reads"], 0, given.posts)
            asyncio.run(reads.index("newscrawl_reads"))
            print(f"{datetime.now(UTC):%Y-%m-%d}, {given.posts:,} posts, {_CONNECTIONS} connections\n")
            print("| | requests/s | p50 | p99 |\n|---|---:|---:|---:|")
            with served() as base:
                for name, rate, median, late in measured(base, given.posts, given.seconds):
                    print(f"| {name} | {rate:,.0f} | {median} | {late} |", flush=True)
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
