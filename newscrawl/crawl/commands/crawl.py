"""`scrapy crawl`, with an exit code for the result of the run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from newscrawl.crawl.hold import alone
from newscrawl.crawl.run import RunPlan
from newscrawl.crawl.runner import check_settings, check_store, spider_class
from newscrawl.errors import DatabaseUnavailable, SpiderBusy, UsageError

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler


class Command(ScrapyCrawl):
    """Scrapy's command; exits 1 if the run failed or has problems, which are logged; and, without a stack
    trace, 2 for wrong arguments or without MongoDB, 3 if the spider is busy."""

    def _create_crawler(self, spider: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spider)
        return self._crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for name in args[:1]:  # Scrapy would report these with a stack trace, or in the log
            try:
                spider_class(name)(**opts.spargs)
                if self.settings is not None:
                    check_settings(self.settings)
                    check_store(self.settings)
            except (UsageError, DatabaseUnavailable) as error:
                raise ScrapyUsageError(str(error), print_help=False) from None
        if len(args) != 1:
            super().run(args, opts)  # which refuses them
        dry = self.settings is not None and self.settings.getbool("NEWSCRAWL_DRY_RUN")
        try:
            with alone(args[0], dry=dry) as hold:
                self._crawl(args[0], RunPlan(hold=hold), opts)
        except SpiderBusy as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 3
            return
        run = getattr(self._crawler.spider, "run", None)
        if run is not None and (run.problems or not run.finished):
            self.exitcode = 1

    def _crawl(self, spider: str, plan: RunPlan, opts: argparse.Namespace) -> None:
        """As Scrapy's `run`, but passes the plan to the spider."""
        assert self.crawler_process
        self.crawler_process.crawl(self._create_crawler(spider), plan, **opts.spargs)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = 1
