"""Traditional and simplified characters, which a search treats as the same.

Only character by character: words that differ between the mainland and Taiwan (程序, 程式) stay different,
and characters that were merged (後 and 后, 髮 and 發) find each other.
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
    return (
        text.translate(_simplified()) if _any_traditional().search(text) else text
    )  # usually there are none


@cache
def traditional() -> dict[str, str]:
    """All traditional forms of each simplified character.

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
