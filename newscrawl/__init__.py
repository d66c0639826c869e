"""newscrawl turns news source pages into clean, dated, attributed posts in MongoDB."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from newscrawl.crawl.shipped import install

if TYPE_CHECKING:
    from newscrawl.extract import extract_article as extract_article
    from newscrawl.model.post import Post as Post
    from newscrawl.read import Posts as Posts

install()

__all__ = ["Post", "Posts", "extract_article"]

_MODULES = {"Post": "newscrawl.model.post", "Posts": "newscrawl.read", "extract_article": "newscrawl.extract"}


def __getattr__(name: str) -> object:
    """The public names, imported when they are first asked for: `import newscrawl` stays quick."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
