"""The process of the watcher: `python -m newscrawl.crawl.watch.process`.

A line of standard input is a JSON object with `id`, `spider`, `arguments` and `settings`, what the job
declares of how its source is asked; a line of standard output is the answer, with `id`, and either `counts`
and `hosts` of a poll that found nothing, or `why` a crawl is to be started. Polls run side by side. The
process ends when standard input does.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
from typing import Any

import uvloop

from newscrawl.crawl.watch.poll import Watcher
from newscrawl.errors import Unclear
from newscrawl.model.crawl_settings import CrawlSettings
from newscrawl.store.client import mask

_log = logging.getLogger(__name__)
_MOST_LETTERS = 300  # of a reason


async def answer(watcher: Watcher, order: dict[str, Any]) -> dict[str, Any]:
    """The answer to an input line."""
    try:
        job = CrawlSettings.from_document(order.get("settings") or {})
        found = await watcher.poll(order["spider"], order["arguments"], job)
    except Exception as error:  # noqa: BLE001  a spider's code may raise anything: its crawl reports it
        why = str(error) if isinstance(error, Unclear) else f"{type(error).__name__}: {error}"
        return {"id": order["id"], "why": mask(why)[:_MOST_LETTERS]}
    return {"id": order["id"], **found}


async def serve(orders: asyncio.StreamReader, answers: int) -> None:
    """Answers orders until the input ends."""
    watcher = Watcher()
    tasks: set[asyncio.Task[None]] = set()

    async def work(order: dict[str, Any]) -> None:
        os.write(answers, json.dumps(await answer(watcher, order)).encode() + b"\n")

    while line := await orders.readline():
        task = asyncio.create_task(work(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await watcher.close()


async def main() -> None:
    """Serves standard input and output; what a spider prints goes to standard error."""
    answers = os.dup(1)
    os.dup2(2, 1)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    gc.collect()
    gc.freeze()
    await serve(orders, answers)


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    uvloop.run(main())
