"""Every pattern that a page's text reaches takes time in proportion to it, whatever the text.

Each compiled or late pattern of newscrawl.text and newscrawl.page.date is given hostile texts at two
sizes, and the growth of the time is looked at, not the time: on a loaded machine as well, the best of several
runs at four times the size takes no sixteen times as long.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import newscrawl.page.date
import newscrawl.text
from newscrawl.page.date.calendars import _orders, year_first
from newscrawl.page.document import dates_in_text
from newscrawl.text.dates import parsed, relative
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.urls import canonical_url

pytestmark = pytest.mark.slow

LATE = type(lazy(""))
LONGEST = 8_000  # characters of a text whose curve is looked at
SCREENED = 8_000  # … of one that tells whether to look
LEAST = 0.02  # seconds from which on a time tells anything
GROWTH = 8  # of the time where the text is four times as long: a line's is 4, a square's 16

WHOLE = frozenset(("_PLAIN", "_ONLY_SHORT_FIGURES", "_SIGNED", "_LETTERS"))  # asked for a whole text only
RUNS = ["1", "a", " ", "\n", "-", ".", "(", "一", "A", "é", "'", "%"]
PAIRS = ["1 ", "a ", "1:", "一 ", "2026-", "1月", "Jan ", "1 a", "A B", "12:30 ", "记者 "]
OPENED = ["(", "vor 1 ", "来源：", "12:30 GMT+", ";jsessionid="]
TEXTS = [*RUNS, *PAIRS, *(opened + filler for opened in OPENED for filler in ("", " "))]


def hostile(unit: str, size: int) -> list[str]:
    """A run of the unit that is ended by what fits nothing, and an opened one that a run follows."""
    run = (unit * (size // len(unit) + 1))[:size]
    return [run + "\x00", unit + run[-1] * size]


def asked(pattern: Any, method: str) -> Callable[[str], object]:
    """A method of a pattern, which is compiled when it is called: not while tests are collected."""

    def ask(text: str) -> object:
        return getattr(pattern, method)(text)

    return ask


def patterns() -> Iterator[tuple[str, Callable[[str], object]]]:
    packages = (newscrawl.text, newscrawl.page.date)
    modules = [
        importlib.import_module(found.name)
        for package in packages
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    seen: set[int] = set()
    for module in [*modules, dates_in_text]:
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern | LATE) and id(value) not in seen:
                seen.add(id(value))
                yield f"{module.__name__}.{name}", asked(value, "fullmatch" if name in WHOLE else "search")
    made = {
        "after": dates_in_text._after(),
        "before": dates_in_text._before(),
        "after_day": parsed._after_day(),
        "anywhere": parsed._anywhere(),
        **{f"order {number}": one for number, one in enumerate(_orders())},
        **{f"span {name}": relative._patterns(name)[0] for name in relative._LANGUAGES},
    }
    for name, pattern in made.items():
        at_a_place = name in ("after", "after_day", "before")  # they are matched beside a date
        yield name, pattern.match if at_a_place else pattern.search
    yield "dates_in_text.find", dates_in_text.find
    yield "dates_in_text.in_url", dates_in_text.in_url
    yield "calendars.year_first", lambda text: year_first(text, "zh")
    yield "urls.canonical_url", lambda text: canonical_url.__wrapped__(f"https://e.example/{text}?{text}")


@functools.cache
def small() -> float:
    """Seconds for the screened text, below which the curve is of no interest: a fourth of what a pattern
    whose time is the square of the text's takes here and now."""
    return took(re.compile(r"\d+x").search, "1" * SCREENED, 3) / 4


def took(search: Callable[[str], object], text: str, runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        search(text)
        best = min(best, time.process_time() - began)
    return best


def is_linear(search: Callable[[str], object], unit: str, shape: int) -> bool:
    """Whether the time grows with the text; asked twice where it does not look so."""
    if took(search, hostile(unit, SCREENED)[shape], 1) < small():
        return True
    for _ in range(3):
        quarter = took(search, hostile(unit, LONGEST // 4)[shape], 3)
        if took(search, hostile(unit, LONGEST)[shape], 3) < max(GROWTH * quarter, LEAST):
            return True
    return False


@pytest.mark.parametrize(("name", "search"), [pytest.param(*one, id=one[0]) for one in patterns()])
def test_a_pattern_is_linear(name: str, search: Callable[[str], object]) -> None:
    slow = [(unit, shape) for unit in TEXTS for shape in range(2) if not is_linear(search, unit, shape)]
    assert not slow, name


@pytest.mark.parametrize("pattern", [r"^\s*x", r"\w+:"])
def test_a_pattern_that_is_not_linear_is_found(pattern: str) -> None:
    search = re.compile(pattern, re.MULTILINE).search
    assert not all(is_linear(search, unit, shape) for unit in ("a", "\n", "1") for shape in range(2))
