"""From a capture to a post, as a crawl would have made it of the same answer."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse, TextResponse

from newscrawl.crawl.drafts import listed_extraction
from newscrawl.crawl.host_terms import HEADERS
from newscrawl.crawl.multipage import join_part, linked_part, next_part
from newscrawl.crawl.spider import NewsSpider
from newscrawl.crawl.worker.messages import PageTask, ParseResult
from newscrawl.crawl.worker.parse import result_of
from newscrawl.errors import NotAPage, PageError
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.ledger import ARCHIVE
from newscrawl.model.post import Crawl
from newscrawl.model.rights import NOTHING, Stated
from newscrawl.model.source import Source
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.parse import text_of
from newscrawl.page.language import language_of_script
from newscrawl.page.reader import read_page
from newscrawl.text.urls import canonical_url, identity
from newscrawl.text.usage_terms import terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newscrawl.captures.http_capture import Capture
    from newscrawl.model.draft import Extraction
    from newscrawl.warc.records import Note

SPREAD: Final = "an article in several pages"  #: which an archive has apart; half an article is never stored

_MOBILE = ("www.", "m.", "amp.", "mobile.", "wap.")


def read_declared(kind: type[NewsSpider], capture: Capture, run: str) -> ParseResult:
    """The article of a declared source. Raises NotAPage if it has further pages."""
    entry = entry_at(kind, capture.url)
    if _has_next(capture, kind.source):
        raise NotAPage(SPREAD)
    return _read(kind, entry, [capture], Crawl(kind.name, run, capture.fetched))


def read_noted(kind: type[NewsSpider], captures: Sequence[Capture], note: Note, run: str) -> ParseResult:
    """The article of a file of our own, with what its list said; without captures, of the list alone."""
    crawl = Crawl(note.spider, run, note.fetched)
    if captures:
        return _read(kind, note.entry, captures, crawl)
    return _result(note.entry, listed_extraction(note.entry), kind.source, None, crawl)


def read_any(capture: Capture, run: str) -> ParseResult:
    """The article on a page that no source declares. Raises NotAPage, with the reason, if it is none."""
    try:
        extraction = read_page(capture.body, url=capture.url, content_type=capture.content_type)
    except PageError:
        raise NotAPage("an unreadable page") from None
    if extraction.refused:
        raise NotAPage(extraction.refused)
    if _has_next(capture, None):
        raise NotAPage(SPREAD)
    address = _own_address(extraction.canonical_url, capture.url)
    entry = Entry(id=identity(address), url=capture.url, canonical_url=address, share_url=address)
    language = extraction.language or language_of_script(_words(extraction)) or "en"
    source = _undeclared(language, zone_of(capture.url, language))
    result = _result(entry, extraction, source, capture, Crawl(ARCHIVE, run, capture.fetched))
    if isinstance(result.item, Reject):
        raise NotAPage(result.item.reasons[0])
    return result


@lru_cache(maxsize=256)
def _undeclared(language: str, zone: str) -> Source:
    return Source(title="any site", domain="any.invalid", language=language, zone=zone)


def entry_at(kind: type[NewsSpider], url: str) -> Entry:
    """The entry of an article that is known by its address alone."""
    address = canonical_url(kind.source.rewritten(url))
    return Entry(id=kind.identity_of(url), url=url, canonical_url=address, share_url=address)


def _read(kind: type[NewsSpider], entry: Entry, captures: Sequence[Capture], crawl: Crawl) -> ParseResult:
    first = captures[0]
    try:
        extraction = _extraction(kind, entry, first)
    except PageError as error:
        reason = str(error).removeprefix(f"{first.url}: ")
        return ParseResult(Reject.of_entry(entry, reason, crawl))
    for part in captures[1:]:
        with suppress(PageError):  # the article ends before it, as in a crawl
            join_part(extraction, _extraction(kind, entry, part))
    return _result(entry, extraction, kind.source, first, crawl)


def _extraction(kind: type[NewsSpider], entry: Entry, capture: Capture) -> Extraction:
    """What the page says, by the spider's own reading if it has one. Raises PageError."""
    if kind.read_article is NewsSpider.read_article:
        return read_page(
            capture.body, url=capture.url, content_type=capture.content_type, layouts=kind.source.layouts
        )
    return kind().read_article(_response(capture), entry)


def _result(
    entry: Entry, extraction: Extraction, source: Source, capture: Capture | None, crawl: Crawl
) -> ParseResult:
    if capture is not None:
        crawl.status = capture.status
        crawl.etag, crawl.last_modified = capture.header("etag"), capture.header("last-modified")
    url = capture.url if capture else entry.canonical_url
    content_type, body = (capture.content_type, capture.body) if capture else (None, b"")
    around = _around(capture) if capture else NOTHING
    return result_of(extraction, PageTask(entry, url, content_type, body, crawl, around), source, marked=True)


def _around(capture: Capture) -> Stated:
    """What the headers of the capture say; what the host's files said then is not known."""
    named = ((name, value) for name, value in capture.headers if name.lower() in HEADERS)
    said = (terms("header", name, value, capture.url) for name, value in named)
    return Stated(("header",), tuple(chain.from_iterable(said)))


def _has_next(capture: Capture, source: Source | None) -> bool:
    """Whether the page links to the next page of its article."""
    if source is not None and source.parts and linked_part(_response(capture), source.parts):
        return True
    address = source.rewritten(capture.url) if source is not None else capture.url
    return next_part(capture.body, address, address) is not None


def _response(capture: Capture) -> TextResponse:
    headers = {name: value for name, value in capture.headers if name.lower() == "content-type"}
    return HtmlResponse(capture.url, status=capture.status, headers=headers, body=capture.body)


def _own_address(stated: str | None, url: str) -> str:
    """The canonical address that a page gives, if it is on the same site and an article's; else its own.

    Of many a site all pages give the home page.
    """
    own = canonical_url(url)
    if not stated:
        return own
    address = canonical_url(stated)
    there, here = urlsplit(address), urlsplit(own)
    same = _bare(there.hostname or "") == _bare(here.hostname or "")
    is_above = here.path.startswith(there.path.rstrip("/") + "/") and not there.query
    amp = here.path.rstrip("/").removesuffix("/amp") == there.path.rstrip("/")
    return address if same and (amp or not is_above) and there.scheme in ("http", "https") else own


def _bare(host: str) -> str:
    return next((host.removeprefix(prefix) for prefix in _MOBILE if host.startswith(prefix)), host)


def _words(extraction: Extraction) -> str:
    """The beginning of what was read, for its script."""
    title = extraction.titles[0].value if extraction.titles else ""
    return title + (text_of(extraction.body)[:1000] if extraction.body is not None else "")
