"""Dates in the data that scripts of a page carry: `publishedAt` of Next, Nuxt, Fusion, a data layer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from newscrawl.model.draft import Candidate
from newscrawl.page.document.blocks import BlockTree
from newscrawl.text.lazy_regex import lazy

_MOST = 2_000_000  # characters of a page's scripts that are read
_MOST_DATES = 500  # of one script
_FAR = 20_000  # characters between the title and its date, at most
_LEAST_TITLE = 8  # characters of a title that are looked for
_VALUE = (
    r"""\\*["']?\s*[:=]\s*\\*["']?(?P<value>(?:19|20)\d\d[-/.年][^"'\\,}<]{4,30}|1\d{9}(?:\d{3})?(?!\d))"""
)
_FIRST = lazy(
    r"\b(?:datePublished|published_?(?:at|on|date|time)|first_?publish\w{0,12}|display_?date)" + _VALUE,
    re.IGNORECASE,
)
_ANY = lazy(
    r"\b(?:publish_?(?:date|time|at|on)|pub_?(?:date|time)|publication_?date|release_?(?:date|time)|issue_?time)"
    + _VALUE,
    re.IGNORECASE,
)


def script_dates(found: BlockTree, title: str | None, *, wide: bool) -> list[Candidate]:
    """What a script calls the date of publication, at most one; the last thing to believe.

    `wide`: in all scripts, not in those alone that hold nothing but JSON. Of several dates it is the one
    nearest to the `title` in the same script; without it, none but the only one.
    """
    read = 0
    for script in _scripts(found, wide):
        text = script.text or ""
        read += len(text)
        if read > _MOST:
            break
        if value := _of(text, title or ""):
            return [Candidate(value, "structured", "script json")]
    return []


def _scripts(found: BlockTree, wide: bool) -> Iterable[HtmlElement]:
    return found.root.iter("script") if wide else found.scripts


def _of(text: str, title: str) -> str | None:
    for form in (_FIRST, _ANY):
        dates = list(_dates(form, text))
        if not dates:
            continue
        if len({value for _, value in dates}) == 1:
            return dates[0][1]
        places = _places(text, title)
        near = min(
            ((abs(at - place), value) for at, value in dates for place in places), default=(_FAR, None)
        )
        if near[0] < _FAR:
            return near[1]
    return None


def _dates(form: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    for number, match in enumerate(form.finditer(text)):
        if number >= _MOST_DATES:
            return
        yield match.start(), match["value"].strip()


def _places(text: str, title: str) -> list[int]:
    """Where the title stands in the script, written as it is or with its letters as JSON escapes them."""
    places: list[int] = []
    for written in {title, json.dumps(title)[1:-1]} if len(title) >= _LEAST_TITLE else ():
        at = text.find(written)
        while at >= 0 and len(places) < 10:
            places.append(at)
            at = text.find(written, at + 1)
    return places
