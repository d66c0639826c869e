"""What the reading process does: an article's page to its post, or to why it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.crawl.drafts import draft_of
from newscrawl.crawl.worker.messages import Answer
from newscrawl.errors import PageError
from newscrawl.normalize.validate import Unusable, normalise, reject_of
from newscrawl.page.reader import read_page
from newscrawl.search.stories import story_of

if TYPE_CHECKING:
    from newscrawl.crawl.worker.messages import Page
    from newscrawl.model.source import Source


def read(page: Page, source: Source, *, marked: bool = False) -> Answer:
    """The page read as the source declares it, and settled by the steps of the pipelines up to validation.

    `marked`: with the marks of its story, which the store makes otherwise.
    """
    try:
        reading = read_page(page.body, url=page.url, content_type=page.content_type, versions=source.pages)
    except PageError as error:
        return Answer(error=str(error))
    answer = Answer(
        title=reading.titles[0].value if reading.titles else "", canonical_url=reading.canonical_url
    )
    page.crawl.page_version = reading.version
    draft = draft_of(page.entry, reading, source, page.crawl, page.body)
    try:
        answer.item = post = normalise(draft, page.crawl.fetched)
    except Unusable as error:
        answer.item = reject_of(draft, error.reasons)
    else:
        if marked:
            post.story = story_of(post.id, post.body.text)
    answer.names = draft.category_names
    return answer
