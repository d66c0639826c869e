"""Feeds: RSS 0.9–2.0, RDF and Atom by feedparser, JSON Feed (https://www.jsonfeed.org/version/1.1/) here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newscrawl.discovery.json_answers import json_answer, records, text_of
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.errors import PageError
from newscrawl.model.lists import Feed


def read_feed(feed: Feed, reply: ListResponse) -> ListResult:
    """The items of a feed; of broken XML what can be made out.

    Raises PageError: `empty answer`, `HTML instead of a feed`, `no feed`.
    """
    start = reply.text.lstrip("\ufeff \t\r\n")[:2000]
    if not start:
        raise PageError("empty answer")
    if start[0] == "{":
        return _json_feed(feed, reply)
    if start[:14].lower() == "<!doctype html" or start[:5].lower() == "<html":
        raise PageError("HTML instead of a feed")
    return _xml_feed(feed, reply)


def _xml_feed(feed: Feed, reply: ListResponse) -> ListResult:
    import feedparser  # slow to import

    headers = {"content-location": reply.url, "content-type": reply.content_type or "application/xml"}
    # Bytes: the XML declaration's encoding is feedparser's to weigh. It never raises for a text.
    found = feedparser.parse(reply.body, response_headers=headers, sanitize_html=False)
    if not found.version and not found.entries:
        raise PageError("no feed")
    following = next(
        (link.get("href") for link in found.feed.get("links", []) if link.get("rel") == "next"), None
    )
    return ListResult(
        [_item(feed, entry, found.version or "") for entry in found.entries],
        ListRequest(following) if following else None,
    )


def _item(feed: Feed, entry: Any, version: str) -> ListItem:
    updated = dict.get(entry, "updated") or None  # its own get warns of an old habit
    is_atom = version.startswith(
        "atom"
    )  # in RSS and RDF dc:date, which feedparser calls so, is the publication
    content = max((part.get("value") or "" for part in entry.get("content", [])), key=len, default="")
    summary = entry.get("summary") or None
    return ListItem(
        url=entry.get("link") or None,
        title=entry.get("title") or None,
        date=entry.get("published") or (None if is_atom else updated),
        changed=updated,
        outlet=(entry.get("source") or {}).get("title") or None,
        digest=None if summary == content else summary,
        text=(content or summary) if feed.full else None,
        columns=(feed.column,) if feed.column else (),
        tags=_distinct(tag.get("term") or tag.get("label") for tag in entry.get("tags", [])),
        authors=_distinct(author.get("name") for author in entry.get("authors", [])),
    )


def _json_feed(feed: Feed, reply: ListResponse) -> ListResult:
    answer = json_answer(reply.text)
    following = text_of(answer, "next_url")
    items = [_json_item(feed, record, answer) for record in records(answer, "items")]
    return ListResult(items, ListRequest(following) if following else None)


def _json_item(feed: Feed, record: dict[str, Any], answer: dict[str, Any]) -> ListItem:
    named = record.get("authors") or answer.get("authors")
    authors = named if isinstance(named, list) else [record.get("author")]
    text = text_of(record, "content_html", "content_text")
    tags = record.get("tags")
    return ListItem(
        url=text_of(record, "url", "external_url"),
        title=text_of(record, "title"),
        date=text_of(record, "date_published"),
        changed=text_of(record, "date_modified"),
        digest=text_of(record, "summary"),
        text=text if feed.full else None,
        columns=(feed.column,) if feed.column else (),
        tags=_distinct(tags if isinstance(tags, list) else []),
        authors=_distinct(text_of(author, "name") for author in authors if isinstance(author, dict)),
    )


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    """The texts among the values, each once."""
    return tuple(
        dict.fromkeys(" ".join(value.split()) for value in values if isinstance(value, str) and value.strip())
    )
