"""Short log lines: a dropped item is one line instead of the whole article."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

from newscrawl.text.printable import PrintableLog

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from twisted.python.failure import Failure


class OneLine(LogFormatter):
    """Scrapy's log formatter, with items shortened to their ids."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return _line(logging.DEBUG, "Post %(id)s", {"id": getattr(item, "id", item)})

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        values = {"id": getattr(item, "id", item), "reason": exception}
        return _line(logging.INFO, "Dropped %(id)s: %(reason)s", values)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.ERROR, "Error processing %(id)s", {"id": getattr(item, "id", item)})


class OneLineOfRobots(logging.Filter):
    """Logs a robots.txt that could not be fetched at level INFO and without a stack trace.

    The run's end reports which lists were given up, and why.
    """

    LOGGER = "scrapy.downloadermiddlewares.robotstxt"

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return True


def make_log_printable() -> None:
    """Filters the output of log handlers. Called when a spider opens, because Scrapy creates a handler per
    crawler."""
    for handler in logging.root.handlers:
        if not any(isinstance(each, PrintableLog) for each in handler.filters):
            handler.addFilter(PrintableLog())


def _line(level: int, message: str, values: dict[str, Any]) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": values}
