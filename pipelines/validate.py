"""The step `validate`: a draft becomes a Post or a Reject."""

from __future__ import annotations

from scrapy.exceptions import DropItem

from newscrawl.model.draft import CompleteDraft, Draft, Reject
from pipelines import at_stage


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

    def process_item(self, item: object) -> object:
        if isinstance(item, Reject):
            raise Rejected(item)
        if not isinstance(item, Draft):
            return item
        from newscrawl.errors import Unusable
        from newscrawl.normalize.steps import build_post, reject_of  # slow to import

        draft = at_stage(item, CompleteDraft, self)
        try:
            return build_post(draft, draft.crawl.fetched)
        except Unusable as error:
            raise Rejected(reject_of(draft, error.reasons)) from error
