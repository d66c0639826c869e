"""The bounded buffer."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.store.buffer import ArchiveOptions, PostBuffer
from newscrawl.store.record import Record, touch_record

AT = datetime(2026, 3, 8, 1, tzinfo=UTC)


def options(**values: float) -> ArchiveOptions:
    return ArchiveOptions(database="news", spool=Path("unused"), **values)  # type: ignore[arg-type]


def record(number: int) -> Record:
    return touch_record(f"eastmoney:{number}", AT)


async def fill(outbox: PostBuffer, count: int) -> None:
    for number in range(count):
        await outbox.put(record(number))


def test_a_full_batch_does_not_wait_for_the_interval() -> None:
    async def run() -> int:
        outbox = PostBuffer(options(batch_size=3, flush_interval=3600))
        await fill(outbox, 7)
        return len(await outbox.take()) * 10 + len(await outbox.take())

    assert asyncio.run(run()) == 33


def test_a_batch_that_does_not_fill_goes_after_the_interval() -> None:
    async def run() -> list[Record]:
        outbox = PostBuffer(options(batch_size=3, flush_interval=0.01))
        await fill(outbox, 2)
        return await outbox.take()

    assert asyncio.run(run()) == [record(0), record(1)]


def test_who_waits_for_the_end_does_not_wait_for_batches_to_fill() -> None:
    async def run() -> None:
        outbox = PostBuffer(options(batch_size=3, flush_interval=3600))
        await fill(outbox, 4)
        drained = asyncio.create_task(outbox.drained())
        for size in (3, 1):
            batch = await outbox.take()
            assert (len(batch), drained.done()) == (size, False)
            outbox.done(batch)
        await drained

    asyncio.run(run())


def test_put_waits_while_it_is_full_of_documents() -> None:
    asyncio.run(_fills_at(options(batch_size=2, buffer_documents=4), 4))


def test_put_waits_while_it_is_full_of_bytes() -> None:
    size = len(record(0).raw)
    asyncio.run(_fills_at(options(batch_size=2, buffer_documents=100, buffer_bytes=3 * size), 3))


async def _fills_at(given: ArchiveOptions, limit: int) -> None:
    outbox = PostBuffer(given)
    await fill(outbox, limit)
    more = asyncio.create_task(outbox.put(record(limit)))
    batch = await outbox.take()
    await asyncio.sleep(0)
    assert not more.done(), "a batch under way still counts"
    outbox.done(batch)
    await more


def test_nobody_waits_for_room_that_never_comes() -> None:
    async def run() -> None:
        outbox = PostBuffer(options(buffer_documents=1))
        await fill(outbox, 1)
        more = asyncio.create_task(outbox.put(record(1)))
        await asyncio.sleep(0)
        outbox.abandon()
        await more

    asyncio.run(run())
