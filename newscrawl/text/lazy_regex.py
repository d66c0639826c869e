"""Patterns that are compiled when they are first asked: compiling them all took half of the library's import.

Most commands read no page, and a page of one language needs none of another's patterns.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled pattern until somebody wants it, then has its methods."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self.flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As re.compile, but what is wrong with the pattern shows at its first use.

    >>> lazy("a+").sub("b", "caat")
    'cbt'
    """
    return cast("re.Pattern[str]", _Late(pattern, flags))
