"""Stories among many posts: `python -m benchmarks.stories_among_many [--posts 1000 10000]`.

The database is filled with the posts of 14 days, linked as the writer links them, batches of 100. Then
batches come of which a half are reposts (benchmarks/story_pairs.py) of posts that are there, the others
new. Told are the reposts that joined the story they belong to, those that joined another, the new articles
that joined any, and what a post costs: its marks (CPU) and looking for its story (wall clock, MongoDB
included).

Two kinds of text, for the cost hangs on what articles share: the newsroom's prose, made of few sentence
forms, a third of the posts with two closing paragraphs that are all the same; and texts of the same words of
which no clause is in another. Then the first kind once more as a database grows in life: 10,000 posts of
each 14 days, year after year, and the batches are of the last 14 days.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.story_pairs import reposts
from newscrawl.newsroom import prose
from newscrawl.search.near_duplicates import story_of

if TYPE_CHECKING:
    from newscrawl.store.record import Record
    from newscrawl.store.story_links import Stories

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_WINDOW, _IN_WINDOW = timedelta(days=14), 10_000
_BATCH, _ROUNDS = 100, 10
_NEW = 10_000_000  # the first number of an article that is not there
_CLAUSE_END = re.compile(r"[，。；：]")
_HEAD = "| texts | posts | reposts found | to another | new joined | marks, ms | link, ms |"
_CLOSING = (
    "免责声明：本网所载文章仅代表作者观点，不构成投资建议，投资者据此操作风险自担。\n\n"
    "版权归本网所有，未经授权不得转载，违者必究。"
)


@dataclass
class Found:
    """What became of the reposts and of the new articles, and milliseconds of one post."""

    reposts: int = 0
    joined: int = 0
    astray: int = 0
    new: int = 0
    wrongly: int = 0
    marks: list[float] = field(default_factory=list)
    link: list[float] = field(default_factory=list)


def of_few_forms(number: int) -> str:
    """An article of the newsroom; the same for the same number."""
    written = prose.write(random.Random(number), _BEGIN + timedelta(minutes=number))
    text = "\n\n".join(written.paragraphs)
    return f"{text}\n\n{_CLOSING}" if number % 3 == 0 else text


def of_its_own(number: int) -> str:
    """The same words with a figure of its own in each clause: no clause is in another text."""
    chance = random.Random(number)
    written = prose.write(chance, _BEGIN + timedelta(minutes=number))
    return _CLAUSE_END.sub(lambda end: f"{chance.randrange(10**8)}{end[0]}", "\n\n".join(written.paragraphs))


def within_14_days(number: int) -> datetime:
    """The date of a post: all lie within one window, in no order."""
    return _BEGIN + timedelta(minutes=number * 7919 % 20_160)


def one_after_another(number: int) -> datetime:
    """The date of a post: 10,000 lie within each window."""
    return _BEGIN + _WINDOW / _IN_WINDOW * number


async def measure(
    marks: Any, text: Callable[[int], str], dated: Callable[[int], datetime], sizes: list[int]
) -> list[tuple[int, Found]]:
    """For each size what was found."""
    from newscrawl.store.story_links import Stories

    results, there, filler = [], 0, Stories(marks)
    for size in sizes:
        for first in range(there, size, _BATCH):
            numbers = range(first, min(first + _BATCH, size))
            linked = await filler.link([_record(number, dated(number), text(number)) for number in numbers])
            await filler.keep(linked)
        there = size
        oldest = max(0, size - _IN_WINDOW) if dated is one_after_another else 0
        results.append((size, await _asked(Stories(marks), text, dated, range(oldest, size))))
    return results


async def _asked(
    stories: Stories, text: Callable[[int], str], dated: Callable[[int], datetime], there: range
) -> Found:
    found, chance = Found(), random.Random(5)
    for round_ in range(_ROUNDS):
        first = _NEW + there.stop + round_ * _BATCH
        origins = [chance.choice(there) for _ in range(_BATCH // 2)]
        given = [(origin, chance.choice(list(reposts([text(origin)], chance))).other) for origin in origins]
        new = [(number, text(number)) for number in range(first + _BATCH // 2, first + _BATCH)]
        texts = [words for _, words in (*given, *new)]
        begun = time.process_time()
        for words in texts:
            story_of("a:1", words)
        found.marks.append((time.process_time() - begun) / _BATCH * 1000)
        dates = [dated(number) for number in origins] * 2  # the new ones as the reposts
        records = [_record(first + at, dates[at], words) for at, words in enumerate(texts)]
        asked = time.perf_counter()
        linked = await stories.link(records)
        found.link.append((time.perf_counter() - asked) / _BATCH * 1000)
        _count(found, linked, origins)
    return found


def _count(found: Found, linked: list[Record], origins: list[int]) -> None:
    for at, record in enumerate(linked):
        joined = record.document["story"]["first"]
        if at < len(origins):
            found.reposts += 1
            found.joined += joined == f"x:{origins[at]}"
            found.astray += joined not in (f"x:{origins[at]}", record.id)
        else:
            found.new += 1
            found.wrongly += joined != record.id


def _record(number: int, date: datetime, text: str) -> Record:
    """A record of what the linking looks at."""
    import bson

    from newscrawl.store.record import Record

    story = story_of(f"x:{number}", text)
    assert story
    marked = {"story": story.to_document(), "date": date}
    return Record("post", f"x:{number}", _BEGIN, bson.encode(marked))


def line(name: str, size: int, found: Found) -> str:
    """A row of the table."""
    parts = (
        name,
        f"{size:,}",
        f"{found.joined / found.reposts:.1%}",
        f"{found.astray} of {found.reposts}",
        f"{found.wrongly} of {found.new}",
        f"{statistics.median(found.marks):.2f}",
        f"{statistics.median(found.link):.2f}",
    )
    return f"| {' | '.join(parts)} |"


async def _all(sizes: list[int]) -> None:
    from newscrawl.store.client import connect_async
    from newscrawl.store.indexes import INDEXES
    from newscrawl.store.story_links import MARKS

    kinds = (
        ("few sentence forms", of_few_forms, within_14_days),
        ("nothing shared", of_its_own, within_14_days),
        ("few forms, 10,000 in 14 days", of_few_forms, one_after_another),
    )
    async with await connect_async("writer") as client:
        for number, (name, text, dated) in enumerate(kinds):
            marks = client[f"newscrawl_stories_{number}"][MARKS]
            await marks.create_indexes([each for each in INDEXES[MARKS] if each.document["name"] == "bands"])
            for size, found in await measure(marks, text, dated, sizes):
                print(line(name, size, found), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 10_000], help="sizes, growing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newscrawl-stories-") as home:
        os.environ.pop("MONGODB_URI", None)
        os.environ["NEWSCRAWL_HOME"] = home
        from newscrawl.store.server import embedded

        print(
            f"{datetime.now(UTC):%Y-%m-%d}\n\n| texts | posts | reposts found | to another | new joined",
            end="",
        )
        print(" | marks, ms | link, ms |\n|---|---:|---:|---:|---:|---:|---:|")
        try:
            asyncio.run(_all(sorted(given.posts)))
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
