"""How quick reading is as the database grows: `python -m benchmarks.reads [--posts 10000 100000]`.

Fills a database of its own on a MongoDB of its own with invented posts (newscrawl.newsroom.prose, about
450 characters each), indexes them for the search as a crawl does, and asks what readers ask, through
`Posts`. Each question is asked many times with changing arguments, the questions taking turns. Figures
are milliseconds at the median and at the 99th of 100, the client's work included. The last column is the
median in the largest database over that in the smallest. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Post, Security
from newscrawl.newsroom import prose
from newscrawl.normalize.validate import content_hash

if TYPE_CHECKING:
    from newscrawl.read import Posts

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
OUTLETS = [(f"通讯{number}社", f"tongxun{number}she") for number in range(60)]
RARE = 5_000  # one post of so many has a word of its own
_BATCH = 1_000
_LAGS = 200
_LINKED = 30  # batches


def made(number: int) -> Post:
    """One post; the same for the same number."""
    chance = random.Random(number)
    date = BEGIN + timedelta(minutes=number * 3, seconds=chance.randrange(3600))
    text = prose.write(chance, date)
    # A few outlets write most of the news.
    name, slug = OUTLETS[min(int(chance.expovariate(0.12)), len(OUTLETS) - 1)]
    body = "\n\n".join(text.paragraphs)
    if number % RARE == 0:
        body += f"\n\n{rare(number // RARE)}首次披露。"
    return Post(
        id=f"eastmoney:{202600000000000000 + number}",
        title=text.title,
        date=date,
        date_info=DateInfo(f"{date:%Y-%m-%d %H:%M:%S}", "+08:00", "second", "page", ["zone"]),
        categories=[slug, chance.choice(("gupiao", "jijin", "hongguan"))],
        tags=[f"{name}新闻"],
        source=Attribution(name, slug, f"（文章来源：{name}）", "em_media"),
        authors=[text.author],
        digest=text.digest,
        body=Body("".join(f"<p>{part}</p>" for part in body.split("\n\n")), body, len(body)),
        securities=[Security("1", f"{600000 + chance.randrange(2000)}")],
        url=f"https://finance.eastmoney.com/a/{202600000000000000 + number}.html",
        canonical_url=f"https://finance.eastmoney.com/a/{202600000000000000 + number}.html",
        share_url=f"https://finance.eastmoney.com/a/{202600000000000000 + number}.html",
        first_seen=date,
        last_seen=date,
        content_hash=content_hash(title=text.title, text=body, outlet=name),
        crawl=Crawl("eastmoney", "bench", date),
    )


def rare(number: int) -> str:
    """A word of one post alone."""
    chance = random.Random(f"rare {number}")
    return "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(4))


def questions(posts: Posts, count: int) -> dict[str, Callable[[random.Random], object]]:
    """What readers ask; each takes the chance that varies it."""

    def outlet(chance: random.Random) -> str:
        return OUTLETS[chance.randrange(20)][1]

    def moment(chance: random.Random) -> datetime:
        return BEGIN + timedelta(minutes=3 * chance.randrange(count))

    def far(chance: random.Random) -> object:
        return posts.page(category=outlet(chance), until=moment(chance))

    return {
        "get by id": lambda chance: posts.get(f"eastmoney:{202600000000000000 + chance.randrange(count)}"),
        "20 latest": lambda _: posts.page(),
        "20 latest of a category": lambda chance: posts.page(category=outlet(chance)),
        "20 of a category, anywhere in time": far,
        "20 of a security": lambda chance: posts.page(security=f"{600000 + chance.randrange(2000)}"),
        "20 whole posts of an outlet": lambda chance: list(posts.latest(outlet=outlet(chance))),
        "search: a frequent word": lambda chance: posts.search(chance.choice(("板块", "业内人士", "产业"))),
        "search: two words": lambda chance: posts.search(
            chance.choice(("光伏 厦门", "白酒 走强", "储能 重庆"))
        ),
        "search: a rare word": lambda chance: posts.search(rare(chance.randrange(max(1, count // RARE)))),
        "search: a word that is nowhere": lambda chance: posts.search(rare(-1 - chance.randrange(1000))),
    }


def ask(posts: Posts, count: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each question."""
    chance = random.Random(1)
    asked = questions(posts, count)
    for question in asked.values():
        question(chance)
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, question in asked.items():
            begun = time.perf_counter()
            question(chance)
            times[name].append((time.perf_counter() - begun) * 1000)
    return times


async def fill(name: str, first: int, last: int) -> None:
    """Inserts the posts of these numbers, linked to stories, as the writer does for a crawl."""
    from newscrawl.store.client import connect_async
    from newscrawl.store.record import post_record
    from newscrawl.store.story_links import MARKS, Stories

    numbers = iter(range(first, last))
    async with await connect_async("writer") as client:
        posts = client[name]["posts"]
        stories = Stories(client[name][MARKS])
        while batch := [made(number) for number in islice(numbers, _BATCH)]:
            records = await stories.link([post_record(post, post.date) for post in batch])
            await stories.keep(records)
            await posts.insert_many([record.raw_document for record in records], ordered=False)


async def index(name: str) -> int:
    """Takes what waits into the search, as the ends of crawls do."""
    from newscrawl.store.search_index import index_all

    return await index_all(name)


def lags(posts: Posts, database: Any, first: int) -> list[float]:
    """Milliseconds from the sending of an insert to the change in the hands of a consumer."""
    from newscrawl.store.record import post_record

    seen: dict[str, float] = {}
    last = f"eastmoney:{202600000000000000 + first + _LAGS}"

    def follow() -> None:
        for change in posts.watch():
            seen[change.id] = time.perf_counter()
            if change.id == last:
                return

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    sent: dict[str, float] = {}
    for number in range(first, first + _LAGS + 1):
        record = post_record(made(number), BEGIN)
        sent[record.id] = time.perf_counter()
        database["posts"].insert_one(record.raw_document)
        time.sleep(0.01)
    follower.join(20)
    return [(seen[post] - sent[post]) * 1000 for post in sent if post in seen]


async def links(name: str, first: int) -> list[float]:
    """Milliseconds for each new post of a batch of 100 to look for its story, the marks not included."""
    from newscrawl.store.client import connect_async
    from newscrawl.store.record import post_record
    from newscrawl.store.story_links import MARKS, Stories

    times = []
    async with await connect_async("writer") as client:
        stories = Stories(client[name][MARKS])  # one for the whole of a crawl
        for batch in range(_LINKED):
            numbers = range(first + batch * 100, first + batch * 100 + 100)
            records = [post_record(made(number), BEGIN) for number in numbers]
            begun = time.perf_counter()
            await stories.link(records)
            times.append((time.perf_counter() - begun) * 10)
    return times


def measure(sizes: list[int], rounds: int) -> Iterator[tuple[int, dict[str, list[float]], str]]:
    """For each size: the times, and what filling and indexing took."""
    from newscrawl.paths import database_name
    from newscrawl.read import Posts
    from newscrawl.store import client
    from newscrawl.store.schema import make_schema

    name = database_name()
    asyncio.run(make_schema(name))
    with client.connect("writer") as writer:
        database, done = writer[name], 0
        for size in sizes:
            begun = time.perf_counter()
            asyncio.run(fill(name, done, size))
            filled = time.perf_counter()
            indexed = asyncio.run(index(name))
            ended = time.perf_counter()
            with Posts.connect() as posts:
                times = ask(posts, size, rounds)
                times["story of a new post"] = asyncio.run(links(name, size))
                times["watch: lag of a change"] = lags(posts, database, size)
            done = size + _LAGS + 1
            told = (
                f"filled in {filled - begun:.0f} s;"
                f" {indexed:,} indexed, {(ended - filled) / max(indexed, 1) * 1000:.2f} ms each;"
                f" {_sizes(database)}"
            )
            yield size, times, told


def _sizes(database: Any) -> str:
    stats = {name: database.command("collStats", name) for name in ("posts", "search_rows", "search_ids")}
    rows = sum(stats[name]["storageSize"] + stats[name]["totalIndexSize"] for name in list(stats)[1:])
    data, indexes = stats["posts"]["storageSize"] / 1e6, stats["posts"]["totalIndexSize"] / 1e6
    return f"on disk: posts {data:,.0f} MB, their indexes {indexes:,.0f} MB, search {rows / 1e6:,.0f} MB"


def table(results: list[tuple[int, dict[str, list[float]], str]]) -> str:
    """Markdown: a line a question."""
    sizes = [size for size, _, _ in results]
    head = "| ms, p50 / p99 | " + " | ".join(f"{size:,}" for size in sizes) + " | ratio |"
    lines = [head, "|---" + "|---:" * (len(sizes) + 1) + "|"]
    for name in results[0][1]:
        medians = [statistics.median(times[name]) for _, times, _ in results]
        last = [statistics.quantiles(times[name], n=100)[98] for _, times, _ in results]
        cells = [f"{median:.1f} / {late:.1f}" for median, late in zip(medians, last, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} | {medians[-1] / medians[0]:.1f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[10_000, 100_000], help="sizes, growing")
    parser.add_argument("--rounds", type=int, default=200, help="times that each question is asked")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newscrawl-reads-") as home:
        os.environ.pop("MONGODB_URI", None)
        os.environ |= {"NEWSCRAWL_HOME": home, "NEWSCRAWL_DATABASE": "newscrawl_reads"}
        from newscrawl.store.server import embedded

        try:
            results = []
            for result in measure(sorted(given.posts), given.rounds):
                results.append(result)
                print(f"{result[0]:>9,} posts: {result[2]}", flush=True)
            print(f"\n{datetime.now(UTC):%Y-%m-%d}, {given.rounds} rounds\n\n{table(results)}")
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
