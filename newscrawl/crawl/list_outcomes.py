"""What came of the lists that a run asks for.

It goes to three places: the ledger counts it, `QuietLists` holds it against earlier runs, and
`ConditionalLists` keeps what the next run needs to ask whether the list changed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.quiet_lists import list_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Request
    from scrapy.http import Response

    from newscrawl.crawl.drafts import ListPage
    from newscrawl.crawl.run import Run
    from newscrawl.crawl.selection import EntrySelector
    from newscrawl.model.list_validator import ListValidator
    from newscrawl.model.source import ListSource, Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListOutcomes:
    """Records what a run's lists brought. `cursor` is what a page's `list_request` was given."""

    run: Run
    selector: EntrySelector
    source: Source  #: as of now: `site` finds out its source during the crawl

    def read(self, response: Response, page: ListPage, cursor: Mapping[str, Any], *, first: bool) -> str:
        """Records a page of a list whose articles were chosen from; returns the list's name."""
        name, declared = self._name_of(response, cursor)
        self.run.quiet.source = self.source
        if first and not cursor.get("counting") and (page.entries or page.skipped or not page.others):
            self.run.quiet.read(name, page, self.selector.dates_of(page.entries), declared)
        lists = self.run.conditional
        lists.read(response, page, self.selector.open_entries(page.entries))
        dates = self.selector.dates_of(page.entries).values()
        lists.judge(response, dates, news=not self.selector.all_known(page.entries))
        return name

    def unchanged(self, response: Response, kept: ListValidator, cursor: Mapping[str, Any]) -> None:
        """Records a list that shows what it showed before."""
        name, declared = self._name_of(response, cursor)
        self.run.quiet.source = self.source
        self.run.quiet.unchanged(name, kept.count, declared)

    def give_up(self, request: Request | None, url: str, reason: str, cursor: Mapping[str, Any]) -> None:
        """Records a list that could not be read. One that is optional may be missing."""
        self.run.conditional.break_off(request)
        if cursor.get("optional"):
            logger.info("No list at %s: %s", url, reason)
            return
        self.run.ledger.list_failures[reason] += 1
        index = cursor.get("list")
        self.run.quiet.give_up(self.source.lists[index].url if isinstance(index, int) else None)
        logger.warning("List %s given up: %s", url, reason)

    def leave_out(self, request: Request, reason: str) -> None:
        """Records a page of a list that is not requested any more: the run's budget is spent."""
        if not self.run.ledger.skipped[reason]:
            self.run.ledger.list_failures[f"no {reason}"] += 1
            logger.error("No %s, the first of them %s", reason, request.url)
        self.run.ledger.skipped[reason] += 1
        self.run.conditional.break_off(request)

    def _name_of(self, response: Response, cursor: Mapping[str, Any]) -> tuple[str, ListSource | None]:
        """The name of a list among those that are watched, and its declaration if it has one."""
        index = cursor.get("list")
        declared = self.source.lists[index] if isinstance(index, int) else None
        own = {key: value for key, value in cursor.items() if key in ("column", "feed")}
        name = declared.url if declared else response.meta.get("list") or list_name(response.url, own)
        return name, declared
