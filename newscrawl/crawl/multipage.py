"""Articles in several pages, joined into one draft before it goes on."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import scrapy

from newscrawl.crawl.responses import ASK_AGAIN, GONE, failure_reason, readable
from newscrawl.errors import PageError
from newscrawl.model.layouts import is_xpath
from newscrawl.text.urls import joined

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response, TextResponse
    from twisted.python.failure import Failure

    from newscrawl.crawl.run import Run
    from newscrawl.model.draft import Draft, Extraction
    from newscrawl.model.source import Source

logger = logging.getLogger(__name__)


class SeveralPages:
    """What NewsSpider does about an article's further pages.

    A further page that is gone (404) or unreadable ends the article there; one that could not be had
    at all fails it, so that the next run asks again: half an article is not stored for a whole one.
    """

    if TYPE_CHECKING:
        source: ClassVar[Source]
        run: Run

        def read_article(self, response: TextResponse, entry: Any) -> Extraction: ...

    def next_page_of(self, draft: Draft, response: Response, part: int = 1) -> Request | None:
        """The request of the page after `response`, the article's `part`th; None at the end."""
        if draft.extraction.body is None or part >= MOST_PARTS:
            return None
        url = self.next_address(response, draft.url)
        if url is None:
            return None
        return scrapy.Request(
            url,
            self.parse_part,
            errback=self.part_failed,
            priority=20,
            dont_filter=True,
            cb_kwargs={"draft": draft, "part": part + 1},
        )

    def next_address(self, response: Response, first_url: str) -> str | None:
        """The address of the page after `response` of the article that begins at `first_url`."""
        url = self._declared_next(response) or next_part(response.body, response.url, first_url)
        return None if url == response.url else url

    def _declared_next(self, response: Response) -> str | None:
        for selector in self.source.parts:
            links = response.xpath(selector) if is_xpath(selector) else response.css(selector)
            for link in links:
                href = link.root if isinstance(link.root, str) else link.attrib.get("href")
                if href and not href.startswith(("javascript:", "#")):
                    return joined(response.url, href)
        return None

    async def parse_part(self, response: Response, draft: Draft, part: int) -> AsyncIterator[Request | Draft]:
        """Adds a further page's body to the draft's."""
        if response.status >= 400 and (response.status not in GONE or response.status in ASK_AGAIN):
            reason = f"HTTP {response.status} for page {part} of an article"
            await self.run.fail(draft.id, draft.url, reason, draft.entry)
            return
        try:
            extraction = self.read_article(readable(response), None)
        except PageError as error:
            logger.warning("%s ends before its page %d: %s", draft.url, part, error)
            yield draft
            return
        if not _add(draft, extraction):
            yield draft
            return
        yield self.next_page_of(draft, response, part) or draft

    async def part_failed(self, failure: Failure) -> None:
        """A further page that could not be fetched, retries included."""
        draft: Draft = failure.request.cb_kwargs["draft"]  # type: ignore[attr-defined]
        await self.run.fail(draft.id, draft.url, f"{failure_reason(failure)} for a further page", draft.entry)


def _add(draft: Draft, extraction: Extraction) -> bool:
    """Whether the page had text that is not there already; it is then added."""
    body, more = draft.extraction.body, extraction.body
    if body is None or more is None:
        return False
    text = "".join(more.text_content().split())
    if not text or text in "".join(body.text_content().split()):
        return False
    more.tag = "div"
    more.tail = None
    body.append(more)
    for candidate in extraction.editors:  # the last page names them
        if candidate.value not in {held.value for held in draft.extraction.editors}:
            draft.extraction.editors.append(candidate)
    return True


# ---
# Articles in several pages: where the next one is.

MOST_PARTS = 30


def next_part(body: bytes, url: str, first_url: str) -> str | None:
    """The address of the page after `url` of the article that begins at `first_url`; None at its end.

    Pages of an article are told by their addresses: `058_01.shtml` or `058-2.html` beside `058.shtml`;
    `body` is a page as it came, which links to the others.

    >>> next_part(b'<a href="058_01.shtml">2</a>', "https://e.org/a/058.shtml", "https://e.org/a/058.shtml")
    'https://e.org/a/058_01.shtml'
    """
    parts = urlsplit(first_url)
    folder, slash, name = parts.path.rpartition("/")
    match = re.fullmatch(r"(.+?)(\.[a-z]{3,5})", name)
    if not match or not any(character.isdigit() for character in match[1]):
        return None
    stem, ending = match[1], match[2]
    name_on = stem.encode()
    if name_on + b"_" not in body and name_on + b"-" not in body:
        return None  # nearly all articles: no pattern is compiled for them
    pattern = re.escape(stem).encode() + rb"([_-])(\d{1,2})" + re.escape(ending).encode()
    found = {int(number): (mark, number) for mark, number in re.findall(rb"(?<![\w.-])" + pattern, body)}
    here = re.fullmatch(
        rf"{re.escape(stem)}[_-](\d+){re.escape(ending)}", urlsplit(url).path.rpartition("/")[2]
    )
    current = int(here[1]) if here else 0
    later = [number for number in found if current < number <= current + 2]
    if not later or min(later) > MOST_PARTS:
        return None
    mark, digits = found[min(later)]
    path = f"{folder}{slash}{stem}{mark.decode()}{digits.decode()}{ending}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
