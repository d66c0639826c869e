"""`scrapy crawl`, with an exit code that tells whether the run was a good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler


class Command(ScrapyCrawl):
    """As Scrapy's command; exits 1 where the run failed or is degraded. The log says why."""

    def _create_crawler(self, spider: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spider)
        return self._crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        run = getattr(self._crawler.spider, "run", None)
        if run is not None and (run.problems or not run.finished):
            self.exitcode = 1
