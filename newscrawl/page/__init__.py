"""One page's bytes to an Extraction. Imports model/ and text/; knows no request, no spider, no clock."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.page.reader import read_fragment as read_fragment
    from newscrawl.page.reader import read_page as read_page

__all__ = ["read_fragment", "read_page"]


def __getattr__(name: str) -> object:
    """Import the reader on first use: modules that only declare sources do without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("newscrawl.page.reader"), name)
