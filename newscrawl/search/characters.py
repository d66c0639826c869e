"""Traditional and simplified characters, which mean the same to a search.

Character by character, as far as that goes: words that the two sides of the strait choose otherwise (程序,
程式) stay different, and of characters that became one (後 and 后, 髮 and 發) each finds the other, too.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_TABLE = files("newscrawl.search") / "characters.toml"


def simplify(text: str) -> str:
    """Simplified characters for traditional ones.

    >>> simplify("證券後髮")
    '证券后发'
    """
    return text.translate(_simplified()) if _any_traditional().search(text) else text  # mostly there is none


@cache
def traditional() -> dict[str, str]:
    """The traditional characters of a simplified one, all of them.

    >>> traditional()["发"]
    '發髮'
    """
    found: dict[str, str] = {}
    for pair in _pairs():
        found[pair[1]] = found.get(pair[1], "") + pair[0]
    return found


@cache
def _simplified() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in _pairs()}


@cache
def _any_traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(pair[0] for pair in _pairs())}]")


@cache
def _pairs() -> list[str]:
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    pairs: list[str] = table["pairs"].split()
    return pairs
