"""Reads a page with a spider's declarations and without any, and reports what the declarations lose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from newscrawl.devtools.try_page import Fetched, read_trial

if TYPE_CHECKING:
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.post import Post

SHORT = 0.8  #: a declared body shorter than this part of the undeclared one is too short
FEW = 100  #: missing characters that do not count: a line next to the text that undeclared reading kept
MORE = 8  #: extra characters around the title that show that a declared title is wrong
_TIMED = ("second", "minute")


def losses(
    page: Fetched,
    kind: type[NewsSpider],
    now: datetime | None = None,
    listed: Mapping[str, str] | None = None,
) -> list[str]:
    """What the declared reading of a page lacks compared with the undeclared one; empty if it lacks nothing.

    A page that cannot be read without declarations, such as an API's answer, loses nothing. `now` and
    `listed` as in `read_trial`.
    """
    generic = read_trial(page, None, now, listed).post
    if generic is None:
        return []
    declared = read_trial(page, kind, now, listed)
    if declared.post is None:
        return [f"the page is rejected ({', '.join(declared.reasons)}), but read without declarations"]
    return lost_of(declared.post, generic)


def lost_of(declared: Post, generic: Post) -> list[str]:
    """What one reading of a page lacks compared with another."""
    return [*_lost_title(declared, generic), *_lost_body(declared, generic), *_lost_names(declared, generic)]


def _lost_title(declared: Post, generic: Post) -> list[str]:
    """Whether a title has the date or the outlet appended."""
    more = len(declared.title) - len(generic.title)
    if more < MORE or generic.title not in declared.title:
        return []
    return [f"the title is {declared.title!r}, {generic.title!r} without declarations"]


def _lost_body(declared: Post, generic: Post) -> list[str]:
    lost = []
    short, whole = len(declared.body.text), len(generic.body.text)
    if short < SHORT * whole and whole - short >= FEW:
        lost.append(f"the body has {short} characters, {whole} without declarations")
    if generic.body.images and not declared.body.images:
        lost.append(f"no image, {len(generic.body.images)} without declarations")
    return lost


def _lost_names(declared: Post, generic: Post) -> list[str]:
    lost = []
    known = {*declared.authors, *declared.editors}
    if generic.authors and not declared.authors and (missed := set(generic.authors) - known):
        lost.append(f"no author, {', '.join(sorted(missed))} without declarations")
    if generic.date_info.precision in _TIMED and declared.date_info.precision not in _TIMED:
        lost.append(f"the date has no time, {generic.date_info.raw!r} without declarations")
    named = generic.source is not None and generic.source.origin != "site"
    if named and (declared.source is None or declared.source.origin == "site"):
        kept = declared.source.name if declared.source else "none"
        if generic.source is not None and generic.source.name != kept:
            lost.append(f"the outlet is {kept}, {generic.source.name} without declarations")
    return lost
