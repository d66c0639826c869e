"""`scrapy crawl`, with an exit code that tells whether the run was a good one."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from newscrawl.crawling import check_settings, spider_class
from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.jobs.lock import SpiderBusy, SpiderLock

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


class Command(ScrapyCrawl):
    """As Scrapy's command; exits 1 where the run failed or is degraded, and the log says why; 2, without a
    stack, for wrong words and without MongoDB."""

    def _create_crawler(self, spider: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spider)
        return self._crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for name in args[:1]:  # Scrapy itself would tell it in the middle of a stack, or of a log
            try:
                spider_class(name)(**opts.spargs)
                if self.settings is not None:
                    check_settings(self.settings)
                    _check_store(self.settings)
            except (UsageError, DatabaseUnavailable) as error:
                raise ScrapyUsageError(str(error), print_help=False) from None
        try:
            with self._lock(args):
                super().run(args, opts)
        except SpiderBusy as error:
            print(f"newscrawl: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        run = getattr(self._crawler.spider, "run", None)
        if run is not None and (run.problems or not run.finished):
            self.exitcode = 1

    def _lock(self, args: list[str]) -> AbstractContextManager[object]:
        """One crawl of a spider at a time, as of `newscrawl crawl`."""
        dry = self.settings is not None and self.settings.getbool("NEWSCRAWL_DRY_RUN")
        return nullcontext() if dry or len(args) != 1 else SpiderLock(args[0])


def _check_store(settings: BaseSettings) -> None:
    """Raises DatabaseUnavailable where a run would find no MongoDB."""
    if not settings.getbool("NEWSCRAWL_DRY_RUN"):
        from newscrawl.store.client import check_reachable

        check_reachable("writer")
