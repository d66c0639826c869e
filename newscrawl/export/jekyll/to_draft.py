"""A page of a Jekyll site as a Draft, so that the pipelines treat it like a crawled page."""

from __future__ import annotations

import re
from datetime import datetime

from newscrawl.errors import PageError
from newscrawl.export.jekyll.post_file import FLASH_CATEGORY, JekyllPost
from newscrawl.model.draft import Candidate, Draft, Extraction, Reject
from newscrawl.model.post import Crawl
from newscrawl.normalize.attribution import flash_tail
from newscrawl.page import read_fragment
from newscrawl.text.urls import canonical_url, identity

SPIDER = "import"
#: The site's first posts state no zone; this was its zone.
ZONE = "Asia/Shanghai"

_EASTMONEY = re.compile(r"(?<!\d)(\d{18}(?:\d{5})?)(?!\d)")
_HASHED = re.compile(r"url-([0-9a-f]{32})")
_LOCAL_HOST = "http://localhost/"  # base of links in a page that has no address


def draft_of(page: JekyllPost, text: str, *, run: str, now: datetime) -> Draft:
    """The draft of a page; `text` is the whole file, which is stored with a reject.

    Its `_id` is `eastmoney:` and the 18 digits in the file's name or in the link; otherwise the one in an
    exported file's name; otherwise the link's. Raises PageError, naming the file, if there is none.
    """
    number = _eastmoney_number(page)
    post_id = f"eastmoney:{number}" if number else _own_id(page)
    link = page.link or ""
    article = f"https://finance.eastmoney.com/a/{number}.html" if number else canonical_url(link)
    return Draft(
        id=post_id,
        url=link or article,
        canonical_url=article,
        share_url=link or article,
        extraction=_reading(page),
        crawl=Crawl(SPIDER, run, now, page_version="jekyll"),
        zone=ZONE,
        language="zh",
        listed_tags=[tag for tag in page.tags if FLASH_CATEGORY in page.categories or tag != page.tags[0]],
        page=text,
    )


def unreadable(error: PageError, file_name: str, text: str, *, run: str, now: datetime) -> Reject:
    """The reject of a file that could not be read at all; its id is the file's name."""
    name = f"file:{file_name}"
    return Reject(name, name, (str(error),), SPIDER, run, now, page=text[:100_000] or None)


def _eastmoney_number(page: JekyllPost) -> str | None:
    found = _EASTMONEY.search(page.number or "") or _EASTMONEY.search(page.link or "")
    return found[1] if found else None


def _own_id(page: JekyllPost) -> str:
    if hashed := _HASHED.fullmatch(page.number or ""):
        return f"url:{hashed[1]}"
    if page.link is None:
        raise PageError(f"{page.file_name} has no identity: neither its name nor a link <http://…> gives one")
    return identity(page.link)


def _reading(page: JekyllPost) -> Extraction:
    """The page's outlet for the pipelines: that in the body takes precedence over the tag."""
    extraction = read_fragment(page.html, url=page.link or _LOCAL_HOST) if page.html else Extraction()
    for candidates, value, rule in (
        (extraction.titles, page.title, "front matter title"),
        (extraction.dates, page.date, "front matter date"),
        (extraction.digests, page.digest, "quote"),
    ):
        if value:
            candidates.append(Candidate(value, "page", rule))
    flash = FLASH_CATEGORY in page.categories
    if flash and page.html and page.digest and (tail := flash_tail(page.digest)):
        extraction.outlets.append(tail)
    if not flash and page.tags and (name := page.tags[0].removesuffix("新闻")):
        extraction.outlets.append(Candidate(name, "list", "front matter tag"))
    known = {FLASH_CATEGORY} if extraction.outlets or flash else set(page.categories)
    extraction.columns.extend(
        Candidate(name, "page", "front matter category") for name in page.categories if name in known
    )
    return extraction
