"""The step `validate`: a draft becomes a Post or a Reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import DropItem

from newscrawl.model.draft import CompleteDraft, Draft, Reject

from . import at_stage

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.crawl.run import Run


class Rejected(DropItem):
    """An article that cannot become a post. The spider's ledger counts `outcome` and keeps `reject`."""

    outcome = "rejected"

    def __init__(self, reject: Reject) -> None:
        super().__init__(
            f"{reject.id} rejected: {', '.join(reject.reasons)} ({reject.url})", log_level="INFO"
        )
        self.reject = reject


class ValidatePipeline:
    """Makes the Post; what cannot become one is Rejected, as is what was read to be none."""

    def __init__(self, run: Run | None = None) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "run", None))

    def process_item(self, item: object) -> object:
        if isinstance(item, Reject):
            raise Rejected(item)
        if not isinstance(item, Draft):
            return item
        from newscrawl.errors import Unusable
        from newscrawl.normalize.steps import build_post, reject_of  # slow to import
        from newscrawl.normalize.validate import is_doubtful

        draft = at_stage(item, CompleteDraft, self)
        try:
            post = build_post(draft, draft.crawl.fetched)
        except Unusable as error:
            raise Rejected(reject_of(draft, error.reasons)) from error
        if self._run and draft.entry and is_doubtful(draft):
            self._run.repeated.doubt(post.id, draft.entry)
        return post
