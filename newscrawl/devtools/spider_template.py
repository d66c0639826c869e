"""A first source file, from what a site's home page and one of its articles show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.devtools.try_page import Fetched
from newscrawl.discovery.home_page import Discovered, pattern_of
from newscrawl.page.document.parse import parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.post import Post

_NAME = re.compile(r"^[A-Za-z][\w-]{2,40}$")
_PASSING = re.compile(r"\d{3,}|active|current|clearfix|row|col-|^js-|^is-|^has-|^w-|^css-", re.IGNORECASE)
_SHORT = 88  # characters of an entry that stands in one line
_TEXT_LIMIT = 120  #: characters of an element that holds a date or an outlet


@dataclass(frozen=True, slots=True)
class GuessedLayout:
    """Selectors that find an article's fields on its page; None where none could be found."""

    title: str | None = None
    body: str | None = None
    date: str | None = None
    outlet: str | None = None
    authors: str | None = None


def layout_of(page: Fetched, post: Post) -> GuessedLayout:
    """Where a page holds what was read of it without any declaration."""
    root = parse(page.body, url=page.url, content_type=page.content_type)
    raw = post.date_info.raw
    outlet = post.source.raw if post.source and post.source.origin == "info_line" else None
    return GuessedLayout(
        title=_selector(_smallest(root, post.title, exact=True)),
        body=_selector(_around(root, post.body.text)),
        date=_selector(_smallest(root, raw)) if raw else None,
        outlet=_selector(_smallest(root, outlet)) if outlet else None,
        authors=_selector(_smallest(root, post.authors[0])) if post.authors else None,
    )


def _smallest(root: HtmlElement, text: str, *, exact: bool = False) -> HtmlElement | None:
    """The innermost element of the body whose text is, or holds, a text."""
    wanted = _folded(text)
    found = None
    for node in root.iter("h1", "h2", "h3", "div", "span", "p", "time", "li", "em", "i", "td", "a"):
        shown = _folded(node.text_content())
        if shown == wanted if exact else (wanted in shown and len(shown) <= _TEXT_LIMIT):
            found = node if found is None or found in node.iterancestors() else found
    return found


def _around(root: HtmlElement, text: str) -> HtmlElement | None:
    """The innermost element that holds the whole text."""
    wanted = [_folded(paragraph)[:60] for paragraph in text.split("\n\n") if len(paragraph) > 20]
    found = None
    for node in root.iter("div", "article", "section", "td", "main"):
        shown = _folded(node.text_content())
        if wanted and all(paragraph in shown for paragraph in (wanted[0], wanted[-1])):
            found = node
    return found


def _folded(text: str) -> str:
    return "".join(text.split())


def _selector(node: HtmlElement | None) -> str | None:
    """A CSS selector that finds this element first, by its id or class, or its parent's."""
    if node is None:
        return None
    own = _step(node)
    if own and _is_first(node, own):
        return own
    for parent in node.iterancestors():
        outer = _step(parent)
        if outer and _is_first(node, selector := f"{outer} {own or str(node.tag)}"):
            return selector
    return own


def _step(node: HtmlElement) -> str | None:
    if (name := node.get("id") or "") and _NAME.match(name) and not _PASSING.search(name):
        return f"#{name}"
    classes = [name for name in (node.get("class") or "").split() if _NAME.match(name)]
    lasting = [name for name in classes if not _PASSING.search(name)]
    if lasting:
        return f"{node.tag!s}.{lasting[0]}"
    return str(node.tag) if node.tag in ("h1", "article", "time") else None


def _is_first(node: HtmlElement, selector: str) -> bool:
    found = node.getroottree().getroot().cssselect(selector)
    return bool(found) and found[0] is node


def source_file(name: str, home: str, found: Discovered, layout: GuessedLayout, day: str) -> str:
    """The text of `spiders/<name>.py`; `day` is of today, as 2026-03-08."""
    pattern = pattern_of([link.url for link in found.articles])
    fields: dict[str, str | None] = {
        "title": layout.title or "h1",
        "body": layout.body or "article",
        "date": layout.date,
        "outlet": layout.outlet,
        "authors": layout.authors,
    }
    lines = [f"                {key}=({_quoted(value)},)," for key, value in fields.items() if value]
    following = f"\n_NEXT = ({_quoted(found.next)},)\n" if found.next and not found.feeds else ""
    kinds = "Feed, PageLayout" if found.feeds else "PageLayout, Section"
    if found.sitemap and not found.feeds:
        kinds = "PageLayout, Sitemap"
    title = found.title or urlsplit(home).hostname or name
    unsure = "" if pattern else "  # no article was seen: which part is in their addresses alone?"
    return f'''"""{_plain(title)}. Lists and page as found at {_plain(home)} on {day}; look them over."""

from newscrawl.model.source import {kinds}, Source
from newscrawl.crawl.spider import NewsSpider
{following}

class {_class_name(name)}(NewsSpider):
    """Its news, newest first."""

    name = {_quoted(name)}
    source = Source(
        title={_quoted(title)},
        domain={_quoted(found.domain)},
        outlet={_quoted(title)},
        language={_quoted(found.language)},
        zone={_quoted(found.zone)},
        lists={_tuple(_entries(home, found))},
        articles=r"{pattern or "/"}",{unsure}
        layouts=(
            PageLayout(
                name={_quoted(day[:4])},
{chr(10).join(lines)}
            ),
        ),
    )
'''


def _entries(home: str, found: Discovered) -> list[str]:
    """The feeds; without any the sitemaps, where only they have articles; else the pages."""
    if found.feeds:
        return [f"Feed({_quoted(url)})" for url in found.feeds]
    if found.sitemap:
        return [f"Sitemap({_quoted(found.sitemap)})"]
    more = ", next=_NEXT" if found.next else ""
    sections = (f"Section({_quoted(link.url)}, column={_quoted(link.text)}{more})" for link in found.sections)
    return [f"Section({_quoted(home)})", *sections]


def _quoted(text: str) -> str:
    """A text as Python has it, in the quotes that formatters like."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal else literal


def _tuple(entries: list[str]) -> str:
    """As formatters lay it out."""
    if len(entries) == 1 and len(entries[0]) < _SHORT:
        return f"({entries[0]},)"
    return "(" + "".join(f"\n            {entry}," for entry in entries) + "\n        )"


def _plain(text: str) -> str:
    """A text that can stand in a docstring."""
    return text.replace("\\", " ").replace('"', " ").strip()


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_")) + "Spider"
