"""The bytes of one page → what it says. Ignorant of crawling: no request, no spider, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page.reader import read_fragment, read_page

if TYPE_CHECKING:
    from newscrawl.page.article import Article as Article
    from newscrawl.page.article import extract_article as extract_article

__all__ = ["Article", "extract_article", "read_fragment", "read_page"]


def __getattr__(name: str) -> object:
    """What needs the normalizing modules, imported when it is first asked for."""
    if name not in ("Article", "extract_article"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newscrawl.page import article

    return getattr(article, name)
