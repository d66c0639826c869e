"""The steps that make a post of a draft, in their order. This is the only place that has it.

The item pipelines are these functions, one each and in this order (tests/pipelines holds it); the process
that parses pages, `newscrawl try`, `extract_article` and the imports call `complete` and `build_post`.
A step takes the stage of the draft that has what it reads, and returns the next: mypy refuses another order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.normalize.attribution import normalize_attribution
from newscrawl.normalize.body.clean import normalize_body
from newscrawl.normalize.categories import normalize_categories
from newscrawl.normalize.dates import normalize_date
from newscrawl.normalize.title import normalize_title
from newscrawl.normalize.validate import build_post, reject_of

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.model.draft import CompleteDraft, Draft

__all__ = [
    "build_post",
    "complete",
    "normalize_attribution",
    "normalize_body",
    "normalize_categories",
    "normalize_date",
    "normalize_title",
    "reject_of",
]


def complete(draft: Draft, now: datetime) -> CompleteDraft:
    """All steps before validation; `now` (aware) is what relative dates count from."""
    titled = normalize_title(draft)
    dated = normalize_date(titled, now)
    attributed = normalize_attribution(dated)
    categorized = normalize_categories(attributed)
    return normalize_body(categorized)
