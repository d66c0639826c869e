"""Sitemaps (https://www.sitemaps.org/protocol.html) with the news extension, gzipped, in an index, or named
by a robots.txt; as plain text, and as a feed."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree
from scrapy.utils.gz import gunzip

from newscrawl.discovery.feed import read_feed
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.discovery.xml_repair import repaired
from newscrawl.errors import PageError
from newscrawl.model.ledger import OLDER
from newscrawl.model.lists import Feed, Sitemap
from newscrawl.page.document.encoding import decode
from newscrawl.text.dates import parse_date
from newscrawl.text.urls import is_web_address, joined

if TYPE_CHECKING:
    from lxml.etree import _Element

    _Row = dict[str, str]  # by local names

MAX_BYTES = 60_000_000  #: unpacked; the protocol allows 50 MB
MAX_CHILDREN = 200  #: sitemaps of one index, newest first
MAX_DEPTH = 3
UNDATED = 500  #: of a sitemap without dates that many are taken, the first ones
MAX_ROBOTS = 512_000  #: bytes of a robots.txt, as RFC 9309 allows
_TOO_MANY = f"a list's sitemaps after {MAX_CHILDREN}"
_HEAD = 2_000  # characters that show what a file is
_FEED_MARKS = ("<rss", "<feed", "<rdf:rdf")
_FIELDS = frozenset(("loc", "lastmod", "publication_date", "title"))
_OF_NEWS = ("publication_date", "title")
_SITEMAP = re.compile(r"\.xml(?:\.gz)?(?:[?#]|$)|sitemap[^/]*\.(?:txt|gz)(?:[?#]|$)", re.IGNORECASE)
_PAGE = re.compile(r"\.s?html?(?:[?#]|$)", re.IGNORECASE)
_MONTH_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])?(?!\d{3})")


def read_sitemap(
    entry: Sitemap, reply: ListResponse, since: datetime, now: datetime, depth: int = 0
) -> ListResult:
    """The articles of a sitemap that are not older than `since` (aware), newest first; of an index its
    sitemaps, as lists of their own.

    A sitemap may also be a plain list of addresses or a feed. What is listed is judged by its element (`url`,
    `sitemap`) and its address, not by the root: a urlset may list sitemaps.

    Raises PageError: `broken gzip`, `empty answer`, `HTML instead of a sitemap`, `no sitemap`, `sitemaps
    nested too deeply`.
    """
    if depth > MAX_DEPTH:
        raise PageError("sitemaps nested too deeply")
    if reply.url.partition("?")[0].endswith("/robots.txt"):
        return _of_robots(reply)
    if reply.body[:2] == b"\x1f\x8b":
        reply = ListResponse(reply.url, _unpacked(reply.body))
    start = reply.text[:_HEAD].lstrip("\ufeff \t\r\n").lower()
    if not start:
        raise PageError("empty answer")
    if start.startswith(("<!doctype html", "<html")):
        raise PageError("HTML instead of a sitemap")
    if any(mark in start for mark in _FEED_MARKS):
        return read_feed(Feed(reply.url, column=entry.column), reply)
    if "<" not in start:
        return _of_text(entry, reply)
    articles, sitemaps = _rows(_tree(repaired(reply.text)))
    listed = _articles(entry, articles, since, now)
    children, left_out = _children(entry, sitemaps, since, now, depth)
    return replace(listed, others=children, skipped=listed.skipped | left_out)


def _of_robots(reply: ListResponse) -> ListResult:
    text = decode(reply.body[:MAX_ROBOTS], reply.content_type)
    named = [value for line in text.splitlines() if (value := _named_sitemap(line))]
    found = [joined(reply.url, address) for address in named]
    addresses = list(dict.fromkeys(address for address in found if address))
    skipped = {"not an address": found.count(None)} if None in found else {}
    if left_out := len(addresses[MAX_CHILDREN:]):
        skipped[_TOO_MANY] = left_out
    return ListResult(
        [],
        others=[ListRequest(address, {"depth": 1}) for address in addresses[:MAX_CHILDREN]],
        skipped=skipped,
    )


def _named_sitemap(line: str) -> str | None:
    """The address of a line `Sitemap: …`; None for any other line."""
    name, _, value = line.partition(":")
    words = value.split(maxsplit=1)
    return words[0] if words and name.strip("\ufeff \t").lower() in ("sitemap", "site-map") else None


def _of_text(entry: Sitemap, reply: ListResponse) -> ListResult:
    """A sitemap of plain text, an address a line."""
    lines = [line.strip() for line in reply.text.lstrip("\ufeff").splitlines() if line.strip()]
    if not is_web_address(lines[0]):
        raise PageError("no sitemap")
    taken = lines[:UNDATED]
    items = [_item(entry, {"loc": line}) for line in taken]
    left_out = {OLDER: len(lines) - len(taken)} if len(lines) > len(taken) else {}
    return ListResult(items, skipped=left_out)


def _unpacked(body: bytes) -> bytes:
    try:
        return gunzip(body, max_size=MAX_BYTES)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise PageError(f"broken gzip: {error}") from error


def _tree(data: bytes) -> _Element:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise PageError(f"no sitemap: {error.msg}") from error
    if root is None or _local_name(root) not in ("urlset", "sitemapindex"):
        raise PageError("no sitemap")
    return root


def _rows(root: _Element) -> tuple[list[_Row], list[_Row]]:
    """The articles and the sitemaps that a sitemap lists, wherever their elements stand."""
    articles: list[_Row] = []
    sitemaps: list[_Row] = []
    for node in root.iter("{*}url", "{*}sitemap"):
        row = _fields(node)
        if "loc" not in row:
            continue
        is_sitemap = _local_name(node) == "sitemap"
        if is_sitemap and _PAGE.search(row["loc"]):
            is_sitemap = False
        elif not is_sitemap and "title" not in row and _SITEMAP.search(row["loc"]):
            is_sitemap = True
        (sitemaps if is_sitemap else articles).append(row)
    return articles, sitemaps


def _local_name(node: _Element) -> str:
    """The name without namespace or prefix; empty for comments and the like."""
    tag = node.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _fields(node: _Element) -> _Row:
    """What a `url` or `sitemap` element says of itself and in its `news` element: loc, lastmod,
    publication_date, title. Its pictures and videos have their own."""
    fields: _Row = {}
    for inner in node:
        name = _local_name(inner)
        if name == "news":
            fields |= {key: value for key, value in _fields(inner).items() if key in _OF_NEWS}
        elif name in _FIELDS and not _is_of_media(inner) and (text := (inner.text or "").strip()):
            fields.setdefault(name, text)
    return fields


def _is_of_media(node: _Element) -> bool:
    tag = node.tag if isinstance(node.tag, str) else ""
    return node.prefix in ("image", "video") or "sitemap-image" in tag or "sitemap-video" in tag


def _children(
    entry: Sitemap, rows: list[_Row], since: datetime, now: datetime, depth: int
) -> tuple[list[ListRequest], dict[str, int]]:
    """Newest first, and what is left out; those that changed last before `since` do not count."""
    wanted = [row for row in rows if not entry.follow or re.search(entry.follow, row["loc"])]
    dated = [(_at(row.get("lastmod"), now), row["loc"]) for row in wanted]
    kept = [(at, loc) for at, loc in dated if (at >= since if at else not _is_of_before(loc, since))]
    kept.sort(key=lambda pair: (pair[0] is not None, pair[0] or since), reverse=True)
    left_out = {_TOO_MANY: len(kept) - MAX_CHILDREN} if len(kept) > MAX_CHILDREN else {}
    return [ListRequest(loc, {"depth": depth + 1}) for _, loc in kept[:MAX_CHILDREN]], left_out


def _is_of_before(url: str, since: datetime) -> bool:
    """Whether a sitemap's address names a year or month that had ended at `since`."""
    months = _MONTH_IN_URL.findall(url)
    if not months:
        return False
    year, month = months[-1]
    return (int(year), int(month or 12)) < (since.year, since.month)


def _articles(entry: Sitemap, rows: list[_Row], since: datetime, now: datetime) -> ListResult:
    dated = [(_at(row.get("publication_date") or row.get("lastmod"), now), row) for row in rows]
    recent = [(at, row) for at, row in dated if at and at >= since]
    recent.sort(key=lambda pair: pair[0], reverse=True)
    undated = [row for at, row in dated if at is None][:UNDATED]
    items = [_item(entry, row) for row in [row for _, row in recent] + undated]
    old = len(rows) - len(items)
    return ListResult(items, skipped={OLDER: old} if old else {})


def _at(text: str | None, now: datetime) -> datetime | None:
    found = parse_date(text, zone="UTC", now=now) if text else None
    return found.at if found else None


def _item(entry: Sitemap, row: _Row) -> ListItem:
    return ListItem(
        url=row["loc"],
        title=row.get("title"),
        date=row.get("publication_date"),
        changed=row.get("lastmod"),
        columns=(entry.column,) if entry.column else (),
    )
