"""Posts per hour as bars: their positions, for the template that draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from newscrawl.web import display_times

if TYPE_CHECKING:
    from newscrawl.web.languages import Language

WIDTH, HEIGHT = 720, 160
_TOP, _BOTTOM, _LEFT = 12, 22, 34
_EVERY = 6  # hours between the marks below


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour; lengths in units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    hour: str  #: `11月23日 16:00`
    posts: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A number beside an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing; empty if there are no hours."""

    bars: tuple[Bar, ...]
    hours: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    posts: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    floor: int = HEIGHT - _BOTTOM


def chart_of(hours: Sequence[tuple[datetime, int]], zone: tzinfo, language: Language) -> Chart:
    """hours: the beginning of each and its posts, oldest first."""
    if not hours:
        return Chart((), (), (), 0)
    top = _round_up(max(posts for _, posts in hours))
    step = (WIDTH - _LEFT) / len(hours)
    room = HEIGHT - _TOP - _BOTTOM
    bars, marks = [], []
    for number, (moment, posts) in enumerate(hours):
        there = moment.astimezone(zone)
        tall = round(room * posts / top, 1)
        x = round(_LEFT + number * step, 1)
        hour = display_times.hour(moment, zone, language)
        bars.append(Bar(x, round(HEIGHT - _BOTTOM - tall, 1), round(step * 0.78, 1), tall, hour, posts))
        if there.hour % _EVERY == 0:
            marks.append(Mark(x, f"{there.hour:02}" if there.hour else f"{there.month}-{there.day}"))
    levels = tuple(Mark(round(HEIGHT - _BOTTOM - room * part, 1), f"{top * part:g}") for part in (0.5, 1))
    return Chart(tuple(bars), tuple(marks), levels, sum(posts for _, posts in hours))


def _round_up(most: int) -> int:
    """The next of 2, 4, 6, 8, 10, 20, 40 … above."""
    size = 1
    while True:
        for first in (2, 4, 6, 8, 10):
            if most <= first * size:
                return first * size
        size *= 10
