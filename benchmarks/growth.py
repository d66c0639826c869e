"""What an insert costs as the database grows: `python -m benchmarks.growth [--posts 1000000]`.

Fills two databases on an embedded MongoDB of its own with the posts of a year, one of 50,000 and a large one,
and puts new posts into both in turn, 1,000 at a time, with `Archive.put`: so both meet the same load of the
machine. Shown are, at the median of the rounds, the pages that WiredTiger reads from its files and writes to
them, and the CPU of mongod and of the client. All indexes are those of newscrawl. A post has about 450
characters and an `_id` of a hash, which lands anywhere in its index; `story_marks` holds those of the last 16
days, as MongoDB's TTL would leave them. The posts that are not measured are inserted by the bulk, as copies
of 2,000 written ones with an address, a date and a story of their own; the full-text index has none of them.

The cache is filled before, by 40 rounds that do not count: an index into which posts land anywhere has to be
read once after the server starts. `--cache 0.25` measures again with a cache of so many GB. `--home FOLDER`
keeps the databases, and goes on where an earlier run was ended; without it, a temporary folder is used.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from benchmarks.reads import made as short_post
from newscrawl.model.post import Post
from newscrawl.store.archive import Archive, ArchiveOptions
from newscrawl.store.client import connect
from newscrawl.store.indexes import MARKS_KEPT
from newscrawl.store.record import post_record
from newscrawl.store.schema import make_schema
from newscrawl.store.server import embedded
from newscrawl.store.story_links import MARKS

Document = dict[str, Any]

YEAR = timedelta(days=365)
SMALL = 50_000  #: posts
ROUND, ROUNDS = 1_000, 10  #: posts of a round, and how many rounds are counted
MOST_READ, MOST_CPU = 0.1, 1.2  #: pages read an insert; CPU in the large database over that in the small one
_TEMPLATES, _BATCH = 2_000, 1_000
_NEW = 10_000_000  # above the numbers of what is filled in
_CLAUSE, _WHOLE = 1 << 32, 2 << 32  # kinds of a band; see newscrawl.search.near_duplicates


@dataclass(frozen=True)
class Spent:
    """Of one insert: pages, and milliseconds of CPU and of time."""

    read: float
    written: float
    server: float
    client: float
    wall: float

    @property
    def cpu(self) -> float:
        """Of both."""
        return self.server + self.client


def made(number: int, date: datetime) -> Post:
    """A post of some 450 characters, 4.5 KB in MongoDB; the same for the same number."""
    post, chance = short_post(number), random.Random(number)
    post.id, post.date = f"url:{hashlib.sha256(str(number).encode()).hexdigest()[:32]}", date
    address = f"https://www{number % 50}.example.com/{date:%Y/%m/%d}/{chance.randrange(10**9)}.html"
    post.url = post.canonical_url = post.share_url = address
    return post


class Filler:
    """Inserts posts by the bulk."""

    def __init__(self, client: MongoClient[Document], largest: int, now: datetime) -> None:
        self._client = client
        self._begin, self._step = now - YEAR, YEAR / largest
        templates = (post_record(made(number, now), now) for number in range(_TEMPLATES))
        self._templates = [record.document for record in templates]
        for each in self._templates:
            del each["search_pending"]

    def date(self, number: int) -> datetime:
        """When a post was published, and stored."""
        return self._begin + self._step * number

    def fill(self, name: str, count: int) -> None:
        """Brings a database to so many posts, with the marks of those that are young then."""
        database = self._client[name]
        old, began = self.date(count) - timedelta(seconds=MARKS_KEPT), time.monotonic()
        there = database["posts"].count_documents({"crawl.run": "bench"})
        batches = (range(at, min(at + _BATCH, count)) for at in range(there, count, _BATCH))
        with ThreadPoolExecutor(2) as pool:
            for numbers in pool.map(lambda numbers: self._insert(database, numbers, old), batches):
                if numbers.stop % SMALL == 0:
                    print(f"  {name}: {numbers.stop:,} posts, {time.monotonic() - began:.0f} s", flush=True)

    def _insert(self, database: Database[Document], numbers: range, old: datetime) -> range:
        posts = [self._post(number) for number in numbers]
        if young := [post for post in posts if post["first_seen"] > old]:
            database[MARKS].insert_many(map(_marks, young), ordered=False)
        database["posts"].insert_many(posts, ordered=False)
        return numbers

    def _post(self, number: int) -> Document:
        template, date = self._templates[number * 7 % _TEMPLATES], self.date(number)
        name = f"url:{hashlib.sha256(f'filled {number}'.encode()).hexdigest()[:32]}"
        tail = f"{date:%Y/%m/%d}/{int(name[4:12], 16)}.html"
        address = f"https://www{number % 50}.example.com/{tail}"
        return {
            **template,
            **dict.fromkeys(("url", "canonical_url", "share_url"), address),
            **dict.fromkeys(("date", "first_seen", "last_seen"), date),
            "_id": name,
            "story": {**template["story"], "first": name},
            "content_hash": name[4:],
        }


def _marks(post: Document) -> Document:
    chance = random.Random(post["_id"])
    clauses = [_CLAUSE | chance.getrandbits(32) for _ in range(6)]
    bands = [chance.getrandbits(62), *clauses, _WHOLE | chance.getrandbits(32)]
    story = {**post["story"], "bands": bands}
    return {"_id": post["_id"], "date": post["date"], "stored": post["first_seen"], "story": story}


async def measure(
    client: MongoClient[Document], pid: int, dates: dict[str, datetime], warm_up: int
) -> dict[str, Spent]:
    """What `Archive.put` costs now, by database, after so many rounds that do not count."""
    first = _NEW + secrets.randbelow(_NEW)
    archives = {
        name: await Archive.open(
            ArchiveOptions(database=name, clock=lambda date=date: date),  # type: ignore[misc]
            lambda *_: None,
        )
        for name, date in dates.items()
    }
    spent: dict[str, list[Spent]] = {name: [] for name in dates}
    try:
        for number in range(warm_up + ROUNDS):
            for name, date in dates.items():
                begin = first + number * ROUND
                posts = [_of_run(made(each, date)) for each in range(begin, begin + ROUND)]
                spent[name].append(await _round(client, pid, archives[name], posts))
    finally:
        for name, archive in archives.items():
            client[name]["posts"].update_many({"search_pending": True}, {"$unset": {"search_pending": 1}})
            await archive.close()
    return {
        name: Spent(
            *(statistics.median(column) for column in zip(*map(astuple, rounds[warm_up:]), strict=True))
        )
        for name, rounds in spent.items()
    }


async def _round(client: MongoClient[Document], pid: int, archive: Archive, posts: list[Post]) -> Spent:
    pages, server, own, began = _pages(client), _cpu(pid), time.process_time(), time.perf_counter()
    await _put(archive, posts)
    wall, own, server = time.perf_counter() - began, time.process_time() - own, _cpu(pid) - server
    read, written = ((after - before) / ROUND for before, after in zip(pages, _pages(client), strict=True))
    return Spent(read, written, *(seconds / ROUND * 1000 for seconds in (server, own, wall)))


def _of_run(post: Post) -> Post:
    post.crawl.run = "measured"
    return post


async def _put(archive: Archive, posts: list[Post]) -> None:
    for post in posts:
        await archive.put(post)
    await archive._outbox.drained()


def _pages(client: MongoClient[Document]) -> tuple[int, int]:
    cache = client.admin.command("serverStatus")["wiredTiger"]["cache"]
    return cache["pages read into cache"], cache["pages written from cache"]


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _size(database: Database[Document]) -> str:
    posts, marks = (database.command("collStats", name, scale=1_000_000) for name in ("posts", MARKS))
    indexes = ", ".join(f"{name} {size}" for name, size in posts["indexSizes"].items() if size)
    return (
        f"{database.name}: {posts['size']} MB, {posts['storageSize']} on the disk, indexes"
        f" {posts['totalIndexSize']} ({indexes}); {MARKS}: {marks['count']:,} of {marks['size']} MB,"
        f" indexes {marks['totalIndexSize']}"
    )


def cache_of(client: MongoClient[Document]) -> float:
    """The cache in GB."""
    cache = client.admin.command("serverStatus")["wiredTiger"]["cache"]
    size: int = cache["maximum bytes configured"]
    return size / 2**30


def run(posts: int, small_cache: float | None, warm_up: int) -> bool:
    """Fills, measures, prints; whether the bars are met."""
    pid = embedded.ensure().pid
    assert pid
    now = datetime.now(UTC).replace(microsecond=0)
    sizes = {"newscrawl_small": min(SMALL, posts), "newscrawl_large": posts}
    met = False
    with connect("admin") as client:
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)  # the small one's year is long ago
        filler = Filler(client, posts, now)
        for name, size in sizes.items():
            asyncio.run(make_schema(name))
            filler.fill(name, size)
        print("\n".join(_size(client[name]) for name in sizes))
        dates = {name: filler.date(size) for name, size in sizes.items()}
        for number, cache in enumerate((None, small_cache) if small_cache else (None,)):
            if cache:
                wanted = f"cache_size={int(cache * 1024)}M"
                client.admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=wanted)
            found = asyncio.run(measure(client, pid, dates, warm_up))
            print(f"\ncache {cache_of(client):.2f} GB\n{table(found, sizes)}", flush=True)
            small, large = found.values()
            met = met or (number == 0 and large.read <= MOST_READ and large.cpu <= MOST_CPU * small.cpu)
    return met


def table(found: dict[str, Spent], sizes: dict[str, int]) -> str:
    """Markdown, for docs/evaluation.md."""
    lines = [
        "| posts | pages read an insert | written | CPU, ms | mongod | client | ms | CPU ratio |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    least = next(iter(found.values())).cpu
    for name, each in found.items():
        lines.append(
            f"| {sizes[name]:,} | {each.read:.3f} | {each.written:.2f} | {each.cpu:.2f} | {each.server:.2f}"
            f" | {each.client:.2f} | {each.wall:.2f} | {each.cpu / least:.2f} |"
        )
    return "\n".join(lines)


@contextmanager
def _folder(home: Path | None) -> Iterator[str]:
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        yield str(home)
        return
    with tempfile.TemporaryDirectory(prefix="newscrawl-growth-") as folder:
        yield folder


def main() -> int:
    """Measures, prints the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description="What an insert costs as the database grows.")
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--warm-up", type=int, default=40, metavar="N", help="rounds that do not count")
    parser.add_argument("--cache", type=float, metavar="GB", help="also measured with, at the end")
    parser.add_argument("--home", type=Path, help="keeps the database there")
    options = parser.parse_args()
    with _folder(options.home) as home:
        os.environ["NEWSCRAWL_HOME"] = home
        os.environ.pop("MONGODB_URI", None)
        try:
            return 0 if run(options.posts, options.cache, options.warm_up) else 1
        finally:
            embedded.stop()


if __name__ == "__main__":
    raise SystemExit(main())
