"""Checks of the arguments that readers pass: UsageError for a value of a wrong type, with a right example."""

from __future__ import annotations

import math
from collections.abc import Iterable

from newscrawl.errors import UsageError

_SHOWN = 60  # characters of a wrong value


def shown(value: object) -> str:
    """The value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def check_text(name: str, value: object, example: str) -> None:
    """Raises UsageError unless the value is a str."""
    if not isinstance(value, str):
        raise UsageError(f"{name} {shown(value)} is not a string; write it as {example!r}")


def check_count(name: str, value: object, advice: str) -> None:
    """Raises UsageError unless the value is an int of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{name} {shown(value)} is not an integer; {advice}")
    if value < 1:
        raise UsageError(f"{name} {value} is below 1; {advice}")


def check_seconds(name: str, value: object) -> None:
    """Raises UsageError unless the value is a number above 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value <= 0:  # type: ignore[arg-type, operator]
        raise UsageError(f"{name} {shown(value)} is not a positive number of seconds; use 5.0, for example")


def texts(name: str, values: Iterable[str], example: str) -> list[str]:
    """The values as a list. Raises UsageError unless each is a str; one str alone is not a list of them."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise UsageError(f"{name} {shown(values)} is not a list of strings; write it as [{example!r}]")
    found = list(values)
    for value in found:
        if not isinstance(value, str):
            raise UsageError(f"{name} has {shown(value)}, which is not a string; write it as [{example!r}]")
    return found
