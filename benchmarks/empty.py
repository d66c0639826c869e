"""A spider that fetches the generated site's lists and pages and does nothing with them.

`python -m benchmarks.empty default URL` with Scrapy's own settings, `… ours URL` with newscrawl's
(and the overrides that benchmarks/speed.py gives newscrawl). What Scrapy alone costs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

LISTS = "https://np-listapi.eastmoney.com"
PAGES = "https://finance.eastmoney.com"


class EmptySpider(scrapy.Spider):
    """Follows the lists; leaves the articles alone."""

    name = "empty"
    lists = LISTS
    pages = PAGES

    async def start(self) -> AsyncIterator[Any]:
        yield self.list_page(1)

    def list_page(self, page: int) -> scrapy.Request:
        """The request of a page of the list."""
        query = f"column=350&page_index={page}&page_size=20&req_trace=1"
        url = f"{self.lists}/comm/web/getNewsByColumns?{query}"
        return scrapy.Request(url, self.parse_list, cb_kwargs={"page": page}, priority=5)

    def parse_list(self, response: Response, page: int) -> Iterator[scrapy.Request]:
        data = json.loads(response.body)["data"]
        for entry in data["list"]:
            yield scrapy.Request(f"{self.pages}/a/{entry['code']}.html", self.parse_article, priority=10)
        if page * 20 < data["totle_hits"]:
            yield self.list_page(page + 1)

    def parse_article(self, response: Response) -> None:
        """Nothing."""


def main(kind: str, site: str) -> None:
    """Crawls the site at that address with the settings of that kind."""
    settings, arguments = Settings(), {}
    if kind == "ours":
        from benchmarks.contestants import OVERRIDES

        settings.setmodule("newscrawl.settings", priority="project")
        # Nothing of newscrawl's own code but its middlewares; no spiders, no pipelines.
        nothing = {"SPIDER_MODULES": [], "ITEM_PIPELINES": {}, "LOG_LEVEL": "WARNING"}
        overrides = {**OVERRIDES, **nothing, "NEWSCRAWL_NEWSROOM": site}
        settings.setdict(overrides, priority="cmdline")
    else:
        arguments = {"lists": site, "pages": site}
    process = AsyncCrawlerProcess(settings)
    process.crawl(EmptySpider, **arguments)
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
