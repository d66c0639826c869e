"""What the specifications of the three feed forms ask for, checked one by one.

Atom: RFC 4287. RSS: the RSS 2.0 specification and the RSS Advisory Board's best practices profile.
JSON Feed: version 1.1.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9!#$%&'()*+,./:;=?@\[\]_~-]+")


def check_atom(feed: bytes) -> list[etree._Element]:
    """Raises AssertionError where it breaks RFC 4287; gives the entries."""
    root = etree.fromstring(feed)
    assert root.tag == f"{ATOM}feed"
    _check_atom_holder(root)
    entries = root.findall(f"{ATOM}entry")
    assert root.find(f"{ATOM}author") is not None or all(e.find(f"{ATOM}author") is not None for e in entries)
    ids = [_text(entry, f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    for entry in entries:
        _check_atom_holder(entry)
        published = entry.findall(f"{ATOM}published")
        assert len(published) <= 1
        assert all(_RFC3339.fullmatch(one.text or "") for one in published)
        content = entry.findall(f"{ATOM}content")
        assert len(content) == 1
        assert content[0].get("type") == "html"
        assert not len(content[0])
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
        assert len(entry.findall(f"{ATOM}summary")) <= 1
    return entries


def _check_atom_holder(holder: etree._Element) -> None:
    """What feed and entry share: exactly one id, title and updated; links that are, and not twice."""
    for name in ("id", "title", "updated"):
        assert len(holder.findall(f"{ATOM}{name}")) == 1, name
    assert _URI.fullmatch(_text(holder, f"{ATOM}id"))
    assert _RFC3339.fullmatch(_text(holder, f"{ATOM}updated"))
    links = holder.findall(f"{ATOM}link")
    assert all(_URI.fullmatch(link.get("href", "")) for link in links)
    alternate = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate"]
    assert len(alternate) == len(set(alternate))
    for author in holder.findall(f"{ATOM}author"):
        assert len(author.findall(f"{ATOM}name")) == 1
        assert _text(author, f"{ATOM}name")


def check_rss(feed: bytes) -> list[etree._Element]:
    """Raises AssertionError where it breaks RSS 2.0; gives the items."""
    root = etree.fromstring(feed)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root.findall("channel")
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1
        assert _text(channel, name)
    assert _URI.fullmatch(_text(channel, "link"))
    own = channel.findall(f"{ATOM}link")
    assert [(link.get("rel"), link.get("type")) for link in own] in ([], [("self", "application/rss+xml")])
    items = channel.findall("item")
    guids = [_text(item, "guid") for item in items]
    assert len(guids) == len(set(guids))
    for item in items:
        assert all(len(item.findall(name)) == 1 for name in ("title", "guid", "pubDate", "description"))
        assert len(item.findall("link")) <= 1
        assert all(_URI.fullmatch(link.text or "") for link in item.findall("link"))
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(_text(item, "pubDate")).utcoffset() is not None
        assert len(item.findall(f"{CONTENT}encoded")) == 1
        assert item.find("author") is None  # would have to be an address of e-mail
    return items


def check_json_feed(feed: bytes) -> list[dict[str, Any]]:
    """Raises AssertionError where it breaks JSON Feed 1.1; gives the items."""
    read: dict[str, Any] = json.loads(feed)
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(read["title"], str)
    assert read["title"]
    for name in ("home_page_url", "feed_url"):
        assert name not in read or _URI.fullmatch(read[name])
    items: list[dict[str, Any]] = read["items"]
    ids = [item["id"] for item in items]
    assert len(ids) == len(set(ids))
    for item in items:
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        assert "url" not in item or _URI.fullmatch(item["url"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).utcoffset() is not None
        assert all(author["name"] for author in item.get("authors", []))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
    return items


def _text(holder: etree._Element, name: str) -> str:
    found = holder.find(name)
    assert found is not None
    return found.text or ""
