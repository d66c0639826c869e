"""Names of months in some twenty languages, with their numbers (months.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def months() -> dict[str, int]:
    """The number of a month by its name or short form, lower-case.

    >>> months()["march"], months()["märz"]
    (3, 3)
    """
    text = (files("newscrawl.text.dates") / "months.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["rows"].strip().splitlines()
    return {name: number for row in rows for number, name in enumerate(row.split(), 1)}
