"""Log lines a person can read: a dropped item is one line, not the whole article."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

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
        values = {"id": getattr(item, "id", item), "why": exception}
        return _line(logging.INFO, "Dropped %(id)s: %(why)s", values)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.ERROR, "Error processing %(id)s", {"id": getattr(item, "id", item)})


class OneLineOfRobots(logging.Filter):
    """A site that does not even give its robots.txt is one line of information, without the stack.

    The run itself says at its end which lists were given up, and why.
    """

    LOGGER = "scrapy.downloadermiddlewares.robotstxt"

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return True


def _line(level: int, message: str, values: dict[str, Any]) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": values}
