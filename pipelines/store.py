"""Store: hands posts to the run's archive, which writes them to MongoDB in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from newscrawl.model.post import Post

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.crawl.run import Run


class StorePipeline:
    """Opens the archive before the first request and flushes it after the last item.

    `process_item` only puts the post into the archive's buffer: it waits when the buffer is full,
    never for a single write.
    """

    def __init__(self, run: Run | None) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "run", None))

    async def open_spider(self) -> None:
        if self._run:
            await self._run.open()

    async def process_item(self, item: object) -> object:
        if self._run and isinstance(item, Post):
            await self._run.store(item)
        elif self._run:
            self._run.unstored[type(item).__name__] += 1
        return item

    async def close_spider(self) -> None:
        if self._run:
            await self._run.flush()
