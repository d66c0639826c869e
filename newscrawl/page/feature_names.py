"""The names of features: what figures of a block are called in the classifier's table of weights.

Blocks are much alike, on one page and from page to page: groups of names are kept.
"""

from __future__ import annotations

from functools import lru_cache

from newscrawl.page import words
from newscrawl.page.blocks import Node

_MOST_KEPT = 4096  # groups of each kind
_TAGS = words.tags("shown")
_AROUND = words.tags("around")

Group = tuple[str, ...]


def tag_name(node: Node) -> str:
    """The element's tag, `other` for rare ones."""
    return node.tag if node.tag in _TAGS else "other"


@lru_cache(maxsize=_MOST_KEPT)
def text_names(
    words: tuple[int, str], links: tuple[int, int], ending: tuple[int, str], kinds: Group
) -> Group:
    (size, script), (link, coarse), (stops, end) = words, links, ending
    return (
        "bias",
        f"words{size}",
        f"words{size}{script}",
        f"link{link}",
        f"words{size}link{coarse}",
        f"stops{stops}",
        f"end-{end}",
        f"words{size}end-{end}",
        *(kind for kind in kinds if kind),
    )


@lru_cache(maxsize=_MOST_KEPT)
def place_names(
    place: tuple[str, str | None], at: tuple[int, int | None], inside: tuple[int | None, bool], size: int
) -> Group:
    (where, far), (part, title), (steps, core) = place, at, inside
    names = (
        f"place-{where}",
        f"place-{where}-words{size}",
        f"part{part}",
        f"top{'out' if steps is None else min(steps, 4)}",
        f"top{'out' if steps is None else min(steps, 4)}-words{size}",
        f"top{'out' if steps is None else min(steps, 2)}-{where}",
        f"core-{core}-words{size}",
        f"core-{core}-{where}",
    )
    return (*names, *((far,) if far else ()), *(() if title is None else (f"title{title}",)))


@lru_cache(maxsize=_MOST_KEPT)
def side_names(side: str, figures: tuple[int, int] | None, sibling: bool | None) -> Group:
    if figures is None:
        return (f"{side}-none",)
    size, link = figures
    return f"{side}-words{size}-link{link}", f"{side}-{'same' if sibling else 'other'}"


@lru_cache(maxsize=_MOST_KEPT)
def said_names(kinds: frozenset[str], long: str, dated: bool) -> Group:
    names = tuple(f"says-{kind}-{long}" for kind in sorted(kinds))
    return (*names, f"date-{long}") if dated else names


@lru_cache(maxsize=_MOST_KEPT)
def around_names(tag: str, tokens: frozenset[str]) -> Group:
    names = tuple([f"in.{token}" for token in tokens])
    return (*names, f"around-{tag}") if tag in _AROUND else names


@lru_cache(maxsize=_MOST_KEPT)
def _near_names(tokens: frozenset[str]) -> Group:
    return tuple([f"near.{token}" for token in tokens])


@lru_cache(maxsize=_MOST_KEPT)
def outer_names(
    line: tuple[tuple[str, frozenset[str]], ...],
    covers: tuple[int, ...],
    with_title: int | None,
    around: frozenset[str],
) -> Group:
    """Names of the elements around a block's, the nearest first in `line` and `covers`."""
    names = {f"cover{level}-{cover}" for level, cover in enumerate(covers)}
    if len(covers) > 1:
        names.add(f"covers{covers[0]}-{covers[1]}")
    for level, (tag, tokens) in enumerate(line[:2]):
        names.add(f"in{level}-{tag if tag in _TAGS else 'other'}")
        names.update(_near_names(tokens))
    names.add(f"withtitle{'none' if with_title is None else with_title}")
    names.update(around, *[around_names(tag, tokens) for tag, tokens in line])
    return tuple(names)


def length(size: int) -> str:
    return "short" if size <= 4 else "long"
