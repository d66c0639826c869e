"""What other extractors make of a page: each as bytes → Found, if its package is installed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from newscrawl.page.document.encoding import decode


@dataclass(slots=True)
class Found:
    """What an extractor found on a page; None where it found nothing."""

    text: str = ""
    title: str | None = None
    date: datetime | None = None  #: aware or naive, as the extractor gives it
    day_only: bool = False  #: the date has no time
    source: str | None = None
    authors: list[str] = field(default_factory=list)


Extractor = Callable[[bytes, str], Found]


def _parsed(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value).strip()) if value else None
    except ValueError:
        return None


def _trafilatura(body: bytes, _url: str) -> Found:
    import trafilatura

    found = trafilatura.bare_extraction(body, with_metadata=True)
    if found is None:
        return Found()
    authors = (found.author or "").split("; ") if found.author else []
    return Found(found.text or "", found.title, _parsed(found.date), day_only=True, authors=authors)


def _readability(body: bytes, _url: str) -> Found:
    import lxml.html
    from readability import Document

    document = Document(body)
    text = "\n".join(lxml.html.fromstring(document.summary()).itertext())
    return Found(text, document.short_title())


def _newspaper4k(body: bytes, url: str) -> Found:
    import newspaper

    article = newspaper.Article(url, fetch_images=False)
    article.download(input_html=decode(body))
    article.parse()
    return Found(article.text, article.title, _parsed(article.publish_date), authors=list(article.authors))


def _goose3(body: bytes, _url: str) -> Found:
    from goose3 import Goose

    article = Goose({"enable_image_fetching": False}).extract(raw_html=decode(body))
    return Found(article.cleaned_text, article.title, _parsed(article.publish_datetime_utc))


def _gne(body: bytes, _url: str) -> Found:
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(decode(body))
    stated = re.search(
        r"\d{4}\D\d{1,2}\D\d{1,2}\D{0,3}(?:\d{1,2}:\d\d(?::\d\d)?)?", found["publish_time"] or ""
    )
    date = _parsed(re.sub(r"[年月/]", "-", stated.group().replace("日", "")).strip()) if stated else None
    return Found(found["content"], found["title"], date, authors=[found["author"]] if found["author"] else [])


def _htmldate(body: bytes, _url: str) -> Found:
    import htmldate

    return Found(date=_parsed(htmldate.find_date(body)), day_only=True)


#: Package on PyPI, module, extractor.
_PEERS: tuple[tuple[str, str, Extractor], ...] = (
    ("trafilatura", "trafilatura", _trafilatura),
    ("readability-lxml", "readability", _readability),
    ("newspaper4k", "newspaper", _newspaper4k),
    ("goose3", "goose3", _goose3),
    ("gne", "gne", _gne),
    ("htmldate", "htmldate", _htmldate),
)


def installed() -> dict[str, Extractor]:
    """The peers that can be imported here, by name and version."""
    found: dict[str, Extractor] = {}
    for package, module, extractor in _PEERS:
        try:
            name = f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
        if find_spec(module) is not None:
            found[name] = extractor
    return found
