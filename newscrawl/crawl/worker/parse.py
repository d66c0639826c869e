"""The worker's task: turns an article's page into a post, or a reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.crawl.drafts import draft_of
from newscrawl.crawl.worker.messages import ParseResult
from newscrawl.errors import PageError, Unusable
from newscrawl.normalize.steps import build_post, complete, reject_of
from newscrawl.normalize.validate import is_doubtful
from newscrawl.page.reader import read_page
from newscrawl.search.near_duplicates import story_of

if TYPE_CHECKING:
    from newscrawl.crawl.worker.messages import PageTask
    from newscrawl.model.draft import Extraction
    from newscrawl.model.source import Source


def read(page: PageTask, source: Source, *, marked: bool = False) -> ParseResult:
    """Reads the page by the source's declarations, and runs the pipeline steps up to validation.

    `marked`: also computes the story marks, which otherwise the store does.
    """
    try:
        extraction = read_page(
            page.body, url=page.url, content_type=page.content_type, layouts=source.layouts
        )
    except PageError as error:
        return ParseResult(error=str(error))
    return result_of(extraction, page, source, marked=marked)


def result_of(extraction: Extraction, page: PageTask, source: Source, *, marked: bool = False) -> ParseResult:
    """The result of the pipeline steps up to validation."""
    answer = ParseResult(
        title=extraction.titles[0].value if extraction.titles else "", canonical_url=extraction.canonical_url
    )
    page.crawl.page_version = extraction.layout
    drafted = draft_of(page.entry, extraction, source, page.crawl, page.body)
    drafted.around = page.around
    draft = complete(drafted, page.crawl.fetched)
    answer.names = draft.category_names
    try:
        answer.item = post = build_post(draft, page.crawl.fetched)
    except Unusable as error:
        answer.item = reject_of(draft, error.reasons)
    else:
        answer.doubtful = is_doubtful(draft)
        if marked:
            post.story = story_of(post.id, post.body.text)
    return answer
