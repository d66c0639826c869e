"""The bytes of one page → what it says. Ignorant of crawling: no request, no spider, no clock."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.page.article import Article as Article
    from newscrawl.page.article import extract_article as extract_article
    from newscrawl.page.reader import read_fragment as read_fragment
    from newscrawl.page.reader import read_page as read_page

__all__ = ["Article", "extract_article", "read_fragment", "read_page"]

_MODULES = {
    "Article": "article",
    "extract_article": "article",
    "read_fragment": "reader",
    "read_page": "reader",
}


def __getattr__(name: str) -> object:
    """The names of this package, imported when first asked for: who declares a source reads no page."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
