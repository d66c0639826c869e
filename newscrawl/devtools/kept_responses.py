"""A Scrapy extension for `newscrawl check`: keeps responses, to be read again after the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from newscrawl.crawl.responses import header
from newscrawl.devtools.try_page import Fetched

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newscrawl.model.draft import Entry

MOST = 40  #: of each kind; a check requests few


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list's page, and the cursor that its request carried."""

    page: Fetched
    cursor: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """An article's page, and the values from its list."""

    page: Fetched
    listed: dict[str, str]


@dataclass(eq=False)  # signals hold it weakly
class KeptResponses:
    """The successful responses of a run: pages of lists, and pages of articles."""

    lists: list[KeptList] = field(default_factory=list)
    articles: list[KeptArticle] = field(default_factory=list)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        kept = cls()
        crawler.signals.connect(kept.keep, signals.response_received)
        return kept

    def keep(self, response: Response, request: Request) -> None:
        """Signal handler: keeps a page of a list or of an article."""
        if response.status != 200 or not request.cb_kwargs:  # robots.txt has none
            return
        page = Fetched(response.body, response.url, header(response, "Content-Type"), response.status)
        arguments = request.cb_kwargs
        if "cursor" in arguments and len(self.lists) < MOST:
            self.lists.append(KeptList(page, dict(arguments["cursor"])))
        elif "entry" in arguments and len(self.articles) < MOST:
            entry: Entry = arguments["entry"]
            said = {name: getattr(entry, name) for name in ("title", "date", "outlet", "digest")}
            self.articles.append(KeptArticle(page, {name: text for name, text in said.items() if text}))
