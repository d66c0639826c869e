"""Sections: pages of links to articles, and the ways from one to the next."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.errors import PageError
from newscrawl.model.layouts import Selectors, is_xpath
from newscrawl.model.lists import Section
from newscrawl.model.url_templates import filled
from newscrawl.page.document.parse import base_of, parse
from newscrawl.text.urls import is_web_address, joined

if TYPE_CHECKING:
    from parsel import Selector


MOST_LINKS = 5_000  #: of one page
_TOO_MANY = f"pages with more than {MOST_LINKS:,} links"
_COUNT = re.compile(r"[0-9]{1,9}")
# Links within the page, scripts, mail and the like.
_LEADS_NOWHERE = re.compile(r"\s*(?:#|(?!https?:)[a-z][a-z\d+.-]*:|$)", re.IGNORECASE)


def read_section(section: Section, reply: ListResponse, number: int, last: int | None) -> ListResult:
    """The links of a section's page, in its order; `number` is the page's, `last` the count, if known.

    Raises PageError for bytes that are no page.
    """
    from parsel import Selector

    tree = parse(reply.body, url=reply.url, content_type=reply.content_type)
    root, base = Selector(root=tree), base_of(tree, reply.url)
    if section.items:
        found = [_of_item(section, item, base) for item in _select(root, section.items)]
    else:
        found = [_of_link(section, link, base) for link in _all(root, section.links)]
    items = _merged([item for item in found if item])
    left_out = {_TOO_MANY: 1} if len(found) >= MOST_LINKS else {}
    following = _linked_next(section, root, base, number) or _next(section, reply, number, last)
    return ListResult(items, following, skipped=left_out)


def read_count(section: Section, text: str) -> int:
    """The number of a section's pages. Raises PageError where it is not said."""
    match = re.search(section.count or "", text)
    digits = (match[1] or "") if match else ""
    if not _COUNT.fullmatch(digits):
        raise PageError(f"no count of pages ({section.count})")
    return int(digits)


def _of_item(section: Section, item: Selector, base: str) -> ListItem | None:
    links = _all(item, section.links) if item.root.tag != "a" else [item]
    found = _merged([each for link in links if (each := _of_link(section, link, base))])
    if not found:
        return None
    return replace(
        found[0],
        title=_first(item, section.titles) or found[0].title,
        date=_first(item, section.dates),
        digest=_first(item, section.digests),
    )


def _of_link(section: Section, link: Selector, base: str) -> ListItem | None:
    href = link.root if isinstance(link.root, str) else link.attrib.get("href")
    if not href or _LEADS_NOWHERE.match(href):
        return None
    url = joined(base, href) or href  # what is broken is left for the reader of all lists to count
    title = None if isinstance(link.root, str) else link.attrib.get("title") or _text(link)
    return ListItem(url=url, title=title or None, columns=(section.column,) if section.column else ())


def _merged(items: list[ListItem]) -> list[ListItem]:
    """Each address once, with the longest title: a picture and a headline often lead to one page."""
    best: dict[str | None, ListItem] = {}
    for item in items:
        held = best.get(item.url)
        if held is None or len(item.title or "") > len(held.title or ""):
            best[item.url] = item
    return list(best.values())


def _linked_next(section: Section, root: Selector, base: str, number: int) -> ListRequest | None:
    for link in _all(root, section.next):
        following = _of_link(section, link, base)
        if following and following.url and is_web_address(following.url):
            return ListRequest(following.url, {"page": number + 1})
    return None


def _next(section: Section, reply: ListResponse, number: int, last: int | None) -> ListRequest | None:
    if not section.pages:
        return None
    if section.count and last is None and not section.count_url:
        last = read_count(section, reply.text)
    if section.count_url and last is None:
        return ListRequest(urljoin(reply.url, section.count_url), {"page": number, "counting": True})
    return numbered(section, number + 1, last)


def numbered(section: Section, number: int, last: int | None) -> ListRequest | None:
    """The `number`th page of a section (1 is `url` itself); None behind its end."""
    ahead = number - 2
    shown = last - ahead if section.descending and last is not None else section.first + ahead
    if shown < min(section.first, 1) or (last is not None and shown > last):
        return None
    return ListRequest(filled(section.pages or "", {"page": shown}), {"page": number, "last": last})


def _all(root: Selector, selectors: Selectors) -> list[Selector]:
    return [found for selector in selectors for found in _select(root, selector)][:MOST_LINKS]


def _select(root: Selector, selector: str) -> list[Selector]:
    path = selector if is_xpath(selector) else _xpath_of(selector)
    return list(root.xpath(f"({path})[position() <= {MOST_LINKS}]"))


@lru_cache(maxsize=1024)
def _xpath_of(selector: str) -> str:
    from parsel.csstranslator import HTMLTranslator

    return HTMLTranslator().css_to_xpath(selector)


def _first(item: Selector, selectors: Selectors) -> str | None:
    return next((text for found in _all(item, selectors) if (text := _text(found))), None)


def _text(node: Selector) -> str:
    text = node.root if isinstance(node.root, str) else node.xpath("string()").get() or ""
    return " ".join(text.split())
