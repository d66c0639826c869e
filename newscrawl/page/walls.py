"""Whether a page with little text is a wall: an error, a check for robots, a consent page, a parked domain …

What it calls itself is compared with the phrases of newscrawl/text/walls.toml, and what it is made of with
the scripts and addresses there. A page that declares itself an article is not looked at here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from newscrawl.text.walls import EDGES, Part, literals, patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.page.context import PageContext

#: Characters outside links. A page with more is not compared with anything.
_LITTLE = 2_500
_FEW = 700  #: with more, only the first lines are compared, and no scripts
_NOTE = 200  #: characters of a text; beside a longer one, a sentence outside of it is a banner's
_MOST_OF_TITLE = 0.5  #: a headline goes on after such a sentence
_QUOTED = frozenset('”"»」』’')  #: signs behind a quotation
_NO_TEXT = 80  #: with less, the page is a shell
_FIRST_LINES, _FIRST_LINES_OF_MORE = 8, 3
_LONGEST_TITLE = 80  #: characters; a longer title is a headline
_HEAD = 8  #: characters of a line within which a sentence must begin
_LINE = 240  #: characters of a line that are compared
_HTML = 300_000  #: characters of HTML that are searched for marks
_SOON = 10  #: seconds; a page that reloads later than that is meant to be read
_REDIRECT = "redirect page"
_NEEDS_SCRIPT = "needs JavaScript"


def wall_kind(context: PageContext, text: str) -> str | None:
    """What a page is instead of an article, such as `consent page`; None if it may be one.

    `text` is what was read as the article's text.
    """
    lines = [block.text for block in context.tree.blocks if block.linked * 2 < len(block.text)]
    length = sum(map(len, lines))
    if length > _LITTLE:
        return None
    few = length <= _FEW
    titles = _titles(context)
    first = [line for line in lines if line.strip(EDGES) not in titles]
    first = first[: _FIRST_LINES if few else _FIRST_LINES_OF_MORE]
    return (
        (_by_title(titles) if len(text) <= _FEW else None)
        or _by_sentence([line for line in first if len(text) <= _NOTE or line in text])
        or _by_sentence(titles, least=_MOST_OF_TITLE if first else 0)
        or (_by_structure(context, length) if few else None)
    )


def _titles(context: PageContext) -> list[str]:
    """What the page shows as its title: `<title>`, also without the site's name, and the first heading."""
    window = context.tree.title or ""
    found = [window, *(part for sign in (" | ", " - ", " – ", " — ") for part in window.split(sign)[:1])]
    heading = next((node for node in context.tree.headings if node.tag == "h1"), None)
    if heading is not None and heading.first < len(context.tree.blocks):
        found.append(context.tree.blocks[heading.first].text)
    return [text for text in dict.fromkeys(title.strip(EDGES) for title in found) if text]


def _by_title(titles: Iterable[str]) -> str | None:
    short = [title for title in titles if len(title) <= _LONGEST_TITLE]
    parts: tuple[Part, ...] = ("notices", "titles")
    return next(
        (
            kind
            for part in parts
            for kind, pattern in patterns(part)
            for title in short
            if pattern.fullmatch(title)
        ),
        None,
    )


def _by_sentence(lines: Iterable[str], least: float = 0) -> str | None:
    """`least`: the part of a line that the sentence must be."""
    for line in lines:
        for kind, pattern in patterns("sentences"):
            found = opening(pattern, line)
            if found and len(found) >= least * len(line):
                return kind
    return None


def opening(pattern: re.Pattern[str], line: str) -> str | None:
    """The sentence with which a line begins, after a word such as `Sorry,`; None if it only quotes it."""
    line = line[:_LINE].lstrip(EDGES)
    found = pattern.search(line)
    if not found or found.start() > _HEAD or line[found.end() : found.end() + 1] in _QUOTED:
        return None
    before = line[: found.start()].rstrip()
    return found[0] if not before or before[-1] in EDGES else None


def _by_structure(context: PageContext, length: int) -> str | None:
    """By its scripts and addresses, and by what it says to browsers without JavaScript."""
    html = etree.tostring(context.tree.root, encoding="unicode", method="html")[:_HTML].lower()
    parts: tuple[Part, ...] = ("marks", "shells") if length <= _NO_TEXT else ("marks",)
    for part in parts:
        for kind, marks in literals(part):
            if any(mark in html for mark in marks):
                return kind
    if _is_forwarding(context):
        return _REDIRECT
    if length <= _NO_TEXT:
        inner = (" ".join(element.itertext()).strip() for element in context.tree.root.iter("noscript"))
        return _by_sentence([text for text in inner if text][:_FIRST_LINES])
    return None


def _is_forwarding(context: PageContext) -> bool:
    """Whether the page tells browsers to go to another address within seconds."""
    for meta in context.tree.metas:
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        seconds, _, target = (meta.get("content") or "").partition(";")
        address = target.strip()[4:].strip(" '\"") if target.strip().lower().startswith("url=") else ""
        if address and seconds.strip().isdecimal() and int(seconds) <= _SOON:
            return not _is_same(address, context.url)
    return False


def _is_same(address: str, url: str) -> bool:
    try:
        return urljoin(url, address).partition("#")[0] == url.partition("#")[0]
    except ValueError:  # such as a broken IPv6 host
        return False
