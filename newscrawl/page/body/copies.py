"""Text that a page has twice: a version for print, or one for each width of the screen.

A copy is told by a whole run of blocks. Single lines are repeated in plans, recipes and refrains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

LONG = 40  #: characters of a block by which a run is found
_LEAST_LONG = 3  # such blocks in a run
_LEAST = 400  # their characters
_LEAST_LATER, _LEAST_EARLIER = 0.9, 0.5  # of the characters between a run's ends: a copy may be an excerpt
_LEAST_PART = 0.2  # of the whole text; a plan that has the same day twice repeats less
_MOST_MISSING = 3  # blocks on either side that only one of both has, in a row
_MOST_PLACES = 12  # of one text that are compared


def later_copies(texts: Sequence[str]) -> set[int]:
    """The indexes of the texts that repeat a run of earlier ones."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        if len(text) >= LONG:
            places[text].append(index)
    copies: set[int] = set()
    for index, text in enumerate(texts):
        if index in copies or len(places.get(text, ())) < 2:
            continue
        for place in places[text][:_MOST_PLACES]:
            if place > index and place not in copies:
                earlier, later = _run(texts, index, place)
                if _is_copy(texts, earlier, later):
                    copies.update(later)
    return copies


def _is_copy(texts: Sequence[str], earlier: list[int], later: list[int]) -> bool:
    lengths = [len(texts[at]) for at in later]
    long = [length for length in lengths if length >= LONG]
    if len(long) < _LEAST_LONG or sum(long) < _LEAST:
        return False
    whole = sum(lengths)
    if whole < _LEAST_PART * sum(map(len, texts)):
        return False
    return all(
        whole >= share * sum(map(len, texts[run[0] : run[-1] + 1]))
        for run, share in ((earlier, _LEAST_EARLIER), (later, _LEAST_LATER))
    )


def _run(texts: Sequence[str], first: int, second: int) -> tuple[list[int], list[int]]:
    """The places of what stands both from `first` on, before `second`, and from `second` on."""
    earlier, later, start = [], [], second
    while first < start and second < len(texts):
        if texts[first] == texts[second]:
            earlier.append(first)
            later.append(second)
            first, second = first + 1, second + 1
            continue
        steps = [
            (left, right)
            for left in range(_MOST_MISSING + 1)
            for right in range(_MOST_MISSING + 1)
            if first + left < start
            and second + right < len(texts)
            and texts[first + left] == texts[second + right]
        ]
        if not steps:
            break
        left, right = min(steps, key=sum)
        first, second = first + left, second + right
    return earlier, later
