"""`scrapy crawl`, with an exit code that tells whether the run was a good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from newscrawl.crawling import check_settings, spider_class
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler


class Command(ScrapyCrawl):
    """As Scrapy's command; exits 1 where the run failed or is degraded, and the log says why; 2, without a
    stack, for wrong words."""

    def _create_crawler(self, spider: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spider)
        return self._crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for name in args[:1]:  # Scrapy itself would tell it in the middle of a stack, or of a log
            try:
                spider_class(name)(**opts.spargs)
                if self.settings is not None:
                    check_settings(self.settings)
            except UsageError as error:
                raise ScrapyUsageError(str(error), print_help=False) from None
        super().run(args, opts)
        run = getattr(self._crawler.spider, "run", None)
        if run is not None and (run.problems or not run.finished):
            self.exitcode = 1
