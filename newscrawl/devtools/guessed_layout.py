"""Selectors guessed from the articles that were read; kept only if they read at least as well as none."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from newscrawl.devtools.compare_readings import lost_of
from newscrawl.devtools.try_page import Fetched, read_trial, unknown_site
from newscrawl.model.layouts import PageLayout
from newscrawl.page.date.zones import zone_of
from newscrawl.page.document.parse import parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.post import Post

PROVING = 3  #: pages on which a guess must hold
_NAME = re.compile(r"^[A-Za-z][\w-]{2,40}$")
_PASSING = re.compile(r"\d{3,}|active|current|clearfix|row|col-|^js-|^is-|^has-|^w-|^css-", re.IGNORECASE)
_TEXT_LIMIT = 120  #: characters of an element that holds a date or an outlet


@dataclass(frozen=True, slots=True)
class GuessedLayout:
    """Selectors for an article's fields on its page; None if none was found."""

    title: str | None = None
    body: str | None = None
    date: str | None = None
    outlet: str | None = None
    authors: str | None = None

    def selectors(self) -> dict[str, str]:
        """The fields that have a selector."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) is not None}


def proven_layout(posts: list[tuple[Fetched, Post]]) -> GuessedLayout:
    """Selectors, guessed from the first page, that extract the same as undeclared reading on every page.

    `posts` are pages with what was read of them undeclared. The title and the body stand or fall together;
    each other field is kept if it, too, holds on every page.
    """
    page, post = posts[0]
    guess = layout_of(page, post)
    proven = GuessedLayout(title=guess.title, body=guess.body)
    if not _holds(proven, posts):
        return GuessedLayout()
    for name in (
        "date",
        "authors",
        "outlet",
    ):  # with everything but the authors declared, authors are not searched for
        tried = replace(proven, **{name: getattr(guess, name)})
        if tried != proven and _holds(tried, posts):
            proven = tried
    return proven


def _holds(layout: GuessedLayout, posts: list[tuple[Fetched, Post]]) -> bool:
    if not layout.title or not layout.body:
        return False
    for page, generic in posts:
        declared = read_trial(page, _spider_with(layout, page.url, generic.language)).post
        if declared is None or lost_of(declared, generic):
            return False
        if _told(declared) != _told(generic) or declared.crawl.page_version is None:
            return False
    return True


def _told(post: Post) -> tuple[object, ...]:
    """The values in which two readings must agree."""
    outlet = post.source.name if post.source else None
    return post.title, post.date, outlet, post.authors, _folded(post.body.text)


def _spider_with(layout: GuessedLayout, url: str, language: str) -> type[NewsSpider]:
    from newscrawl.crawl.spider import NewsSpider

    selectors: dict[str, Any] = {name: (value,) for name, value in layout.selectors().items()}
    layouts = (PageLayout(name="guess", **selectors),)
    declared = replace(unknown_site(url), zone=zone_of(url, language), layouts=layouts)

    class Guess(NewsSpider):
        name = "guess"
        source = declared

    return Guess


def layout_of(page: Fetched, post: Post) -> GuessedLayout:
    """Selectors for what was read from a page without declarations."""
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
    """The innermost element of the body whose text is, or contains, a text."""
    wanted = _folded(text)
    found = None
    for node in root.iter("h1", "h2", "h3", "div", "span", "p", "time", "li", "em", "i", "td", "a"):
        shown = _folded(node.text_content())
        if shown == wanted if exact else (wanted in shown and len(shown) <= _TEXT_LIMIT):
            found = node if found is None or found in node.iterancestors() else found
    return found


def _around(root: HtmlElement, text: str) -> HtmlElement | None:
    """The innermost element that contains the whole text."""
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
