"""Sitemaps (https://www.sitemaps.org/protocol.html) with the news extension, gzipped, in an index, or named
by a robots.txt."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree
from scrapy.utils.gz import gunzip

from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.errors import PageError
from newscrawl.model.ledger import OLDER
from newscrawl.model.lists import Sitemap
from newscrawl.text.dates import parse_date
from newscrawl.text.urls import joined

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 60_000_000  #: unpacked; the protocol allows 50 MB
MAX_CHILDREN = 200  #: sitemaps of one index, newest first
MAX_DEPTH = 3
UNDATED = 500  #: of a sitemap without dates that many are taken, the first ones
_MONTH_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])?(?!\d{3})")


def read_sitemap(
    entry: Sitemap, reply: ListResponse, since: datetime, now: datetime, depth: int = 0
) -> ListResult:
    """The articles of a sitemap that are not older than `since` (aware), newest first; of an index its
    sitemaps, as lists of their own.

    Raises PageError: `broken gzip`, `no sitemap`, `sitemaps nested too deeply`.
    """
    if depth > MAX_DEPTH:
        raise PageError("sitemaps nested too deeply")
    if reply.url.partition("?")[0].endswith("/robots.txt"):
        return _of_robots(reply)
    root = _tree(_unpacked(reply.body))
    found = [_fields(node) for node in root if isinstance(node.tag, str)]
    rows = [row for row in found if row.get("loc")]
    if etree.QName(root).localname == "sitemapindex":
        return ListResult([], others=_children(entry, rows, since, now, depth))
    return _articles(entry, rows, since, now)


def _of_robots(reply: ListResponse) -> ListResult:
    named = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", reply.text)
    addresses = dict.fromkeys(whole for address in named if (whole := joined(reply.url, address)))
    return ListResult(
        [], others=[ListRequest(address, {"depth": 1}) for address in list(addresses)[:MAX_CHILDREN]]
    )


def _unpacked(body: bytes) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return gunzip(body, max_size=MAX_BYTES)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise PageError(f"broken gzip: {error}") from error


def _tree(data: bytes) -> _Element:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise PageError(f"no sitemap: {error.msg}") from error
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise PageError("no sitemap")
    return root


def _fields(node: _Element) -> dict[str, str]:
    """The texts below a url or sitemap element by their local names: loc, lastmod, publication_date …"""
    fields: dict[str, str] = {}
    for inner in node.iter():
        if isinstance(inner.tag, str) and inner.text and inner.text.strip():
            fields.setdefault(etree.QName(inner).localname, inner.text.strip())
    return fields


def _children(
    entry: Sitemap, rows: list[dict[str, str]], since: datetime, now: datetime, depth: int
) -> list[ListRequest]:
    """Newest first; those that changed last before `since` are left out."""
    wanted = [row for row in rows if not entry.follow or re.search(entry.follow, row["loc"])]
    dated = [(_at(row.get("lastmod"), now), row["loc"]) for row in wanted]
    kept = [(at, loc) for at, loc in dated if (at >= since if at else not _is_of_before(loc, since))]
    kept.sort(key=lambda pair: (pair[0] is not None, pair[0] or since), reverse=True)
    return [ListRequest(loc, {"depth": depth + 1}) for _, loc in kept[:MAX_CHILDREN]]


def _is_of_before(url: str, since: datetime) -> bool:
    """Whether a sitemap's address names a year or month that had ended at `since`."""
    months = _MONTH_IN_URL.findall(url)
    if not months:
        return False
    year, month = months[-1]
    return (int(year), int(month or 12)) < (since.year, since.month)


def _articles(entry: Sitemap, rows: list[dict[str, str]], since: datetime, now: datetime) -> ListResult:
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


def _item(entry: Sitemap, row: dict[str, str]) -> ListItem:
    return ListItem(
        url=row["loc"],
        title=row.get("title"),
        date=row.get("publication_date"),
        changed=row.get("lastmod"),
        columns=(entry.column,) if entry.column else (),
    )
