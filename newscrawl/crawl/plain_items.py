"""Items of plain Scrapy spiders: dictionaries, dataclasses and others that itemadapter knows, as drafts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final

from itemadapter import ItemAdapter

from newscrawl.crawl.drafts import draft_of, listed_extraction
from newscrawl.errors import PageError
from newscrawl.model.draft import Entry
from newscrawl.text.urls import canonical_url, identity, is_web_address

if TYPE_CHECKING:
    from newscrawl.model.draft import Draft
    from newscrawl.model.post import Crawl
    from newscrawl.model.source import Source

#: Names under which items hold a field, the usual ones first.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "url": ("url", "link", "canonical_url"),
    "text": ("text", "body", "content", "html", "article", "articleBody"),
    "title": ("title", "headline", "name"),
    "date": (
        "date",
        "published",
        "published_at",
        "datePublished",
        "publish_date",
        "pub_date",
        "datetime",
        "time",
    ),
    "outlet": ("source", "outlet", "publisher", "site_name"),
    "digest": ("digest", "summary", "description"),
    "authors": ("authors", "author", "byline"),
    "columns": ("categories", "category", "section"),
    "tags": ("tags", "keywords"),
}
_TAG = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|table|figure|blockquote|section|article)\b", re.IGNORECASE)


def is_item(value: object) -> bool:
    """Whether a spider's result is an item that itemadapter can read."""
    return ItemAdapter.is_item(value)


def article_id(item: object) -> str | None:
    """The id of the article that an item is, of whatever kind; None if it is none."""
    if isinstance(found := getattr(item, "id", None), str):
        return found
    if not is_item(item):
        return None
    url = _text(ItemAdapter(item).asdict(), "url")
    return identity(canonical_url(url)) if url and is_web_address(url) else None


def draft_of_item(item: object, source: Source, crawl: Crawl) -> Draft | None:
    """The draft of an item with an address and a text; None for any other, which is no article.

    Fields are found by the names above. A text with HTML tags is read as HTML, else its lines are paragraphs.
    """
    values = ItemAdapter(item).asdict()
    url, text = _text(values, "url"), _text(values, "text")
    if url is None or text is None or not is_web_address(url):
        return None
    address = canonical_url(url)
    entry = Entry(
        id=identity(address),
        url=None,
        canonical_url=address,
        share_url=url,
        title=_text(values, "title"),
        date=_text(values, "date"),
        outlet=_text(values, "outlet"),
        digest=_text(values, "digest"),
        authors=tuple(_texts(values, "authors")),
        columns=tuple(_texts(values, "columns")),
        tags=tuple(_texts(values, "tags")),
        text=text if _TAG.search(text) else _paragraphs(text),
    )
    try:
        extraction = listed_extraction(entry)
    except PageError:
        return None
    from newscrawl.page.language import language_of_script

    extraction.language = language_of_script(f"{entry.title or ''}{text[:1000]}")
    return draft_of(entry, extraction, source, crawl)


def _text(values: Mapping[str, Any], field: str) -> str | None:
    return next(iter(_texts(values, field)), None)


def _texts(values: Mapping[str, Any], field: str) -> Iterable[str]:
    """The first field of an item that has something; lists of texts, as `getall` gives them, too."""
    for name in NAMES[field]:
        value = values.get(name)
        parts = value if isinstance(value, list | tuple) else [value]
        found = [text for part in parts if (text := _plain(part))]
        if field == "text" and found:
            return ["\n".join(found)]
        if found:
            return found
    return []


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):  # schema.org's way: {"name": …}
        return _plain(value.get("name"))
    return ""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())
