"""WARC files as others write them, for tests."""

from __future__ import annotations

import gzip
import html
import sys
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from newscrawl.devtools.fixtures import Frozen, frozen_pages

CAPTURED = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
PAGES = Path(__file__).parents[1] / "pages"
HTML = "text/html; charset=utf-8"
WORDS = (
    "The harbour council met on Tuesday and voted for a new quay",
    "Dockers asked for lamps along the northern wall before the winter",
    "A ferry will call twice a day from March, the operator said",
    "Fishermen keep the eastern basin, which the first plan had given away",
    "Costs are put at nine million, of which the region pays a third",
)


def warc_record(  # one parameter a part of the record
    url: str,
    content: bytes,
    *,
    kind: str = "response",
    date: datetime | str = CAPTURED,
    content_type: str = "application/http; msgtype=response",
    version: str = "WARC/1.0",
    length: int | None = None,
    more: Iterable[str] = (),
) -> bytes:
    """One record. `length` overrides its Content-Length; `more` are further header lines."""
    moment = date if isinstance(date, str) else f"{date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url} {moment}")
    lines = [
        version,
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{number}>",
        f"WARC-Date: {moment}",
        f"WARC-Target-URI: {url}",
        *more,
        f"Content-Type: {content_type}",
        f"Content-Length: {len(content) if length is None else length}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK", content_type: str | None = HTML) -> bytes:
    """An HTTP answer."""
    named = [f"Content-Type: {content_type}"] if content_type else []
    return "\r\n".join([f"HTTP/1.1 {status}", *named, *headers]).encode() + b"\r\n\r\n" + body


def page(url: str, body: bytes, *headers: str, date: datetime | str = CAPTURED) -> bytes:
    """The record of a page that came well."""
    return warc_record(url, http(body, *headers), date=date)


def info(software: str = "test crawler 1.0") -> bytes:
    """The first record of most files."""
    content = f"software: {software}\r\nformat: WARC File Format 1.0\r\n".encode()
    return warc_record("", content, kind="warcinfo", content_type="application/warc-fields")


def chunked(body: bytes, size: int = 1000) -> bytes:
    """A body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def write(path: Path, records: Iterable[bytes], compression: str = "gzip") -> Path:
    """A file; `compression`: gzip or zstd by record, `whole gzip`, `whole zstd` or plain."""
    kept = list(records)
    pack = {"gzip": lambda data: gzip.compress(data, 6), "zstd": zstd.compress}
    if compression == "plain":
        path.write_bytes(b"".join(kept))
    elif compression.startswith("whole "):
        path.write_bytes(pack[compression.removeprefix("whole ")](b"".join(kept)))
    else:
        path.write_bytes(b"".join(map(pack[compression], kept)))
    return path


def article(number: int, *, day: int = 1, text: str = "", language: str = "en", canonical: str = "") -> bytes:
    """A page of a site that nobody declares, with its date in JSON-LD."""
    words = [f"{sentence}, note {number} of the clerk." for sentence in WORDS]
    told = "".join(f"<p>{html.escape(one)}</p>" for one in [*words, *([text] if text else [])])
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return f"""<!doctype html><html lang="{language}"><head><title>Quay vote {number}</title>{link}
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Quay vote number {number} passes", "datePublished": "2020-02-{day:02}T08:00:00Z",
"author": {{"@type": "Person", "name": "Mara Linde"}}}}</script></head><body><nav><a href="/">Home</a></nav>
<article><h1>Quay vote number {number} passes</h1>{told}</article></body></html>""".encode()


def url_of(number: int) -> str:
    """The address of `article(number)`."""
    return f"https://news.harbour.example.org/2020/02/quay-vote-number-{number}-passes.html"


def frozen() -> list[Frozen]:
    """The frozen pages of declared sources that an address tells."""
    from newscrawl.captures.choice import declares, is_declared
    from newscrawl.crawl.runner import spider_class

    return [
        one
        for one in frozen_pages(PAGES)
        if is_declared(spider_class(one.spider)) and declares(spider_class(one.spider), one.url)
    ]


def frozen_record(one: Frozen, date: datetime | None = None) -> bytes:
    """The capture of a frozen page."""
    answer = http(one.page, content_type=one.content_type or "text/html")
    return warc_record(one.url, answer, date=date or one.fetched)
