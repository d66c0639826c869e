"""Microdata: what elements with `itemprop` say of the page's article, and of nothing else on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newscrawl.page.document.blocks import BlockTree, Node
from newscrawl.page.document.parse import text_of

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Story|Recipe|CreativeWork)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage|WebSite)$")
_VALUES = {
    "datepublished": ("date", "datetime"),
    "headline": ("headline", "content"),
    "articlesection": ("column", "content"),
    "description": ("digest", "content"),
}
_NAMED = {
    "author": "author",
    "creator": "author",
    "editor": "editor",
    "publisher": "publisher",
    "sourceorganization": "outlet",
}
_TOGETHER = 4  # blocks between the people of one article
_LONGEST_NAME = 80  # characters


def read_microdata(found: BlockTree) -> Iterator[tuple[str, str, str]]:
    """Field, value and rule of each property of the page's article, in the page's order.

    Fields are `date`, `headline`, `column`, `digest`, `author`, `editor`, `publisher` and `outlet`. What
    stands in the scope of something else (a comment, a product, an article that a list shows) is left out.
    """
    scopes = {node: _scope(node.element) for node in found.marked}
    main = _main([scope for scope in scopes.values() if scope is not None and _is_article(scope)])
    far = _far_people(found, [node for node in found.marked if scopes[node] is None])
    for node in found.marked:
        if node in far:
            continue
        scope = scopes[node]
        if scope is None or scope is main or (main is None and _is_article(scope)) or _is_page(scope):
            yield from _said(node)


def _said(node: Node) -> Iterator[tuple[str, str, str]]:
    element = node.element
    for name in (element.get("itemprop") or "").split():
        if name.lower() in _VALUES:
            field, attribute = _VALUES[name.lower()]
            if value := _value(element, attribute):
                yield field, value, f"itemprop {name}"
        elif name.lower() in _NAMED and (value := _name(element)):
            yield _NAMED[name.lower()], value, f"itemprop {name}"
    if element.get("rel") == "author" and not element.get("itemprop") and (value := _name(element)):
        yield "author", value, "rel author"


def _far_people(found: BlockTree, free: list[Node]) -> set[Node]:
    """Of the people without a scope those that do not stand together with the one nearest to the heading.

    Lists of other articles name theirs the same way.
    """
    people = [
        node
        for node in free
        if node.element.get("rel") == "author" or "author" in (node.element.get("itemprop") or "").lower()
    ]
    heading = next((node.first for node in found.headings if node.tag == "h1"), 0)
    nearest = min(people, key=lambda node: abs(node.first - heading), default=None)
    if nearest is None:
        return set()
    return {node for node in people if abs(node.first - nearest.first) > _TOGETHER}


def _scope(element: HtmlElement) -> HtmlElement | None:
    """The nearest element around it that begins a scope; its own would be of its value."""
    for outer in element.iterancestors():
        if outer.get("itemscope") is not None:
            return outer
    return None


def _is_article(scope: HtmlElement) -> bool:
    kind = scope.get("itemtype")
    return kind is None or _ARTICLE.search(kind.rstrip("/")) is not None


def _is_page(scope: HtmlElement) -> bool:
    return _PAGE.search((scope.get("itemtype") or "").rstrip("/")) is not None


def _main(scopes: list[HtmlElement]) -> HtmlElement | None:
    """Of several articles that of the page: which has a text, else the first heading; None of one or none."""
    distinct = list(dict.fromkeys(scopes))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    for path in ("descendant::*[@itemprop='articleBody' or @itemprop='text']", "descendant::h1"):
        for scope in distinct:
            if any(_scope(inner) is scope for inner in scope.xpath(path)):
                return scope
    return distinct[0]


def _value(element: HtmlElement, attribute: str) -> str | None:
    value = element.get("content") or element.get(attribute)
    if not value and element.tag == "abbr":  # Blogger prints the time, and has the whole date in `title`
        value = element.get("title")
    value = value or text_of(element)
    return value.strip() or None


def _name(element: HtmlElement) -> str | None:
    named = element.xpath("descendant::*[@itemprop='name']")
    value = element.get("content") or (
        named[0].get("content") or text_of(named[0]) if named else text_of(element)
    )
    value = value.strip()
    return value if value and len(value) <= _LONGEST_NAME else None
