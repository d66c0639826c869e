"""Walls: pages that stand where an article should be, by what they call themselves and what they are made of.

Error pages, checks for robots, consent pages, parked domains … The list of them is walls.toml, by kind; the
name of a kind is the reason that a reject gets. `page/` compares whole pages with it, `normalize/` the titles
that came out of lists.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Part = Literal["notices", "titles", "sentences", "marks", "shells"]

#: Signs around a title that do not belong to it.
EDGES = " \t!！.。…?？,，:：|-–—_\"'“”「」()（）[]【】\u00a0\u3000"
#: The kinds whose titles no article has, wherever the title was found.
_ERRORS = ("error page", "challenge page", "blocked", "maintenance page")


def is_error_title(title: str) -> bool:
    """Whether a title is that of an error page, of a check for robots, or of an empty template.

    >>> is_error_title("404 Not Found"), is_error_title("404 reasons to read on")
    (True, False)
    """
    title = title.strip(EDGES)
    return any(
        pattern.fullmatch(title)
        for part in ("notices", "titles")
        for kind, pattern in patterns(part)
        if kind in _ERRORS
    )


@cache
def patterns(part: Part) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each kind that has such phrases, with one pattern of them all, in the order in which they are tried."""
    return tuple((kind, re.compile("|".join(lines), re.IGNORECASE)) for kind, lines in _lines(part) if lines)


@cache
def literals(part: Part) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each kind with its literal parts of a page's HTML, lower-case."""
    return tuple((kind, tuple(lines)) for kind, lines in _lines(part) if lines)


def _lines(part: Part) -> list[tuple[str, list[str]]]:
    return [(kind, table.get(part, "").split("\n")[:-1]) for kind, table in _tables().items()]


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("newscrawl.text") / "walls.toml").read_text(encoding="utf-8"))
