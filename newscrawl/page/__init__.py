"""One page's bytes to what it says (an Extraction): no request, no spider, no clock."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.page.reader import read_fragment as read_fragment
    from newscrawl.page.reader import read_page as read_page

__all__ = ["read_fragment", "read_page"]


def __getattr__(name: str) -> object:
    """The names of this package, imported when first asked for: declaring a source reads no page."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("newscrawl.page.reader"), name)
