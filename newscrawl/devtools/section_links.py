"""Finds the links of a home page that lead to sections: not forums or further pages, but also by query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from newscrawl.discovery.home_page import MOST_SECTIONS, Discovered, PageLink, is_headline
from newscrawl.page.document.parse import parse
from newscrawl.text.urls import canonical_url, joined

if TYPE_CHECKING:
    from newscrawl.devtools.try_page import Fetched

_FORUM = re.compile(
    r"(?:^|[./_-])(?:bbs|forums?|threads?|club|tieba|community)(?:[./_-]|\d|$)", re.IGNORECASE
)
_FORUM_TEXT = re.compile(r"论坛|社区|贴吧|论壇|^(?:forums?|community|boards?)$", re.IGNORECASE)
_PAGING = re.compile(
    r"^(?:\d+|[上下]一?[页頁]|[首末尾][页頁]|next|prev(?:ious)?|older|newer|first|last|more|[«»‹›<>…]+)\W*$",
    re.IGNORECASE,
)
_PAGING_PATH = re.compile(r"(?:/page/\d+|[-_/](?:index|list|page|p)_\d+)(?:\.\w+)?/?$", re.IGNORECASE)
_PAGE_KEYS = frozenset({"page", "p", "pg", "paged", "start", "offset", "pn"})
# Keys that select a section by query in a CMS: PHPCMS, DedeCMS, Discuz portals, EmpireCMS, Joomla.
_COLUMN_KEYS = frozenset(
    "catid cid cat category categoryid classid channel channelid column columnid typeid".split()
)
_COLUMN_KEYS |= frozenset({"nodeid", "sectionid", "sid"})


def section_links(found: Discovered, home: Fetched) -> list[PageLink]:
    """The sections that the home page links to, in its order, including those selected by query.

    Raises PageError for bytes that are not a page.
    """
    links = [*found.sections, *_by_query(found, home)]
    unlike = {link.url: link for link in links if not is_forum(link) and not is_paging(link)}
    return list(unlike.values())[:MOST_SECTIONS]


def is_forum(link: PageLink) -> bool:
    """Whether a link leads to a forum, whose threads are not news."""
    parts = urlsplit(link.url)
    address = f"{(parts.hostname or '').partition('.')[0]}/{parts.path.strip('/')}"
    return bool(_FORUM.search(address) or _FORUM_TEXT.search(link.text))


def is_paging(link: PageLink) -> bool:
    """Whether a link leads to a further page of the same list."""
    parts = urlsplit(link.url)
    keys = {key.lower() for key, value in parse_qsl(parts.query) if value.isdigit()}
    paged = bool(keys & _PAGE_KEYS) and not keys & _COLUMN_KEYS
    return bool(paged or _PAGING.match(link.text.strip()) or _PAGING_PATH.search(parts.path))


def _by_query(found: Discovered, home: Fetched) -> list[PageLink]:
    root = parse(home.body, url=home.url, content_type=home.content_type)
    links = []
    for node in root.iter("a"):
        url = joined(home.url, (node.get("href") or "").strip())
        text = " ".join(node.text_content().split())
        if url and text and not is_headline(text) and _is_column(url, found.domain):
            links.append(PageLink(canonical_url(url), text))
    return links


def _is_column(url: str, domain: str) -> bool:
    parts = urlsplit(url)
    if not f".{parts.hostname}".endswith(f".{domain}"):
        return False
    query = dict(parse_qsl(parts.query))
    return any(key.lower() in _COLUMN_KEYS for key in query) and not query.keys() & {"id", "aid", "contentid"}
