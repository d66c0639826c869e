"""Feeds: RSS 0.9–2.0, RDF and Atom by feedparser, JSON Feed (https://www.jsonfeed.org/version/1.1/) here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from newscrawl.discovery.json_answers import json_answer, records, text_of
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.discovery.xml_repair import repaired
from newscrawl.errors import PageError
from newscrawl.model.lists import Feed

#: What feedparser is known to raise for markup that is not as it expects; SAX's own errors it catches.
_RAISED_BY_FEEDPARSER = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
#: Elements that it raises for where they stand in the wrong place, and characters' numbers beyond Unicode.
_STUMBLING = re.compile(
    rb"</?(?:(?:georss|gml|geo|psc|media|itunes):[\w:.-]+|textinput|image)(?=[\s/>])[^<>]*>"
    rb"|&(?:amp;)*#(?:[xX]?[\da-fA-F]{7,};?|[xX][dD][89a-fA-F][\da-fA-F]{2};|5[5-7]\d{3};)",
    re.IGNORECASE,
)


_DC_DATE = re.compile(r"<[a-zA-Z]{1,9}:date[\s>]")
_IS_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)


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
    found = _parsed(repaired(reply.text), reply.url)
    if not found.version and not found.entries:
        raise PageError("no feed")
    following = next(
        (link.get("href") for link in found.feed.get("links", []) if link.get("rel") == "next"), None
    )
    # In RSS and RDF dc:date, which feedparser calls so, is the publication; dcterms:modified and
    # atom:updated, which it calls so as well, are not.
    is_published = not (found.version or "").startswith("atom") and _DC_DATE.search(reply.text) is not None
    return ListResult(
        [
            _with_terms(_item(feed, entry, updated_is_published=is_published), entry, found.feed)
            for entry in found.entries
        ],
        ListRequest(following) if following else None,
    )


def _parsed(document: bytes, url: str) -> Any:
    """What feedparser makes of the document; if it raises, of the document without what it stumbles over."""
    try:
        return _by_feedparser(document, url)
    except _RAISED_BY_FEEDPARSER:
        pass
    try:
        return _by_feedparser(_STUMBLING.sub(b" ", document), url)
    except _RAISED_BY_FEEDPARSER as error:
        raise PageError(f"feed that feedparser cannot read ({type(error).__name__}: {error})") from error


def _by_feedparser(document: bytes, url: str) -> Any:
    import feedparser  # slow to import

    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(document, response_headers=headers, sanitize_html=False)


def _item(feed: Feed, entry: Any, *, updated_is_published: bool) -> ListItem:
    updated = dict.get(entry, "updated") or None  # its own get warns of an old habit
    date = entry.get("published") or entry.get("created") or (updated if updated_is_published else None)
    content = max((part.get("value") or "" for part in entry.get("content", [])), key=len, default="")
    summary = entry.get("summary") or None
    return ListItem(
        url=_address(entry),
        title=entry.get("title") or None,
        date=date,
        changed=updated,
        outlet=(entry.get("source") or {}).get("title") or None,
        digest=None if summary == content else summary,
        text=(content or summary) if feed.full else None,
        columns=(feed.column,) if feed.column else (),
        tags=_distinct(tag.get("term") or tag.get("label") for tag in entry.get("tags", [])),
        authors=_distinct(author.get("name") for author in entry.get("authors", [])),
    )


def _with_terms(item: ListItem, entry: Any, channel: Any) -> ListItem:
    licence, line = _terms_of(entry)
    of_all = _terms_of(channel)
    return replace(item, licence=licence or of_all[0], copyright=line or of_all[1])


def _terms_of(told: Any) -> tuple[str | None, str | None]:
    """Licence and copyright line of a feed or an entry, from any of these elements:

    `creativeCommons:license` (http://backend.userland.com/creativeCommonsRssModule), `cc:license`
    (http://creativecommons.org/ns), `rel="license"` (RFC 4946), `media:license` and `media:copyright`
    (https://www.rssboard.org/media-rss), `dc:rights`, Atom's `rights`, RSS's `copyright`.
    """
    links = [link.get("href") for link in told.get("links", []) if link.get("rel") == "license"]
    media = told.get("media_license") or {}
    licences = (media.get("href"), *links, told.get("license"), media.get("content"))
    lines = (told.get("rights"), told.get("copyright"), (told.get("media_copyright") or {}).get("content"))
    return _first(licences), _first(lines)


def _first(values: Iterable[object]) -> str | None:
    texts = (value.strip()[:1000] for value in values if isinstance(value, str))
    return next((text for text in texts if text), None)


def _address(entry: Any) -> str | None:
    """The address of the article: the one behind FeedBurner's, the link, or an id that is one."""
    if link := entry.get("feedburner_origlink") or entry.get("link"):
        return str(link)
    own = entry.get("id") or ""
    return own if _IS_ADDRESS.match(own) and entry.get("guidislink") is not False else None


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
    own = text_of(record, "id") or ""
    return ListItem(
        url=text_of(record, "url", "external_url") or (own if _IS_ADDRESS.match(own) else None),
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
