"""A page of which nothing is declared: its fields from structured data, its own signs, and its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.model.draft import Reading, Said
from newscrawl.page.body.classify import probabilities
from newscrawl.page.body.cut import cut_out
from newscrawl.page.body.embedded import embedded
from newscrawl.page.body.fallback import ask, is_unsure
from newscrawl.page.body.merge import join_sure
from newscrawl.page.body.select import selected
from newscrawl.page.byline.visible import Signs, read_signs
from newscrawl.page.context import Look
from newscrawl.page.date.choose import settle_dates
from newscrawl.page.document.parse import host_of
from newscrawl.page.page_kind import is_walled
from newscrawl.page.structured.collect import Structured
from newscrawl.text.outlets import outlet_named

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def complete(reading: Reading, look: Look) -> None:
    """Fill what the declared selectors left open. The body last, as it is cut out of the tree."""
    signs = read_signs(look.found, look.title.node, look.url, chinese=look.chinese)
    said = look.structured
    reading.titles = reading.titles or look.title.said
    reading.dates = reading.dates or settle_dates(look)
    _complete_people(reading, said, signs, look.url, chinese=look.chinese)
    reading.columns = reading.columns or signs.columns or said.columns
    reading.digests = reading.digests or said.digests
    reading.canonical_url = reading.canonical_url or said.canonical_url
    reading.language = reading.language or look.language
    reading.paywalled = reading.paywalled or said.paywalled
    if reading.body is None:
        _complete_body(reading, look)


def _complete_people(reading: Reading, said: Structured, signs: Signs, url: str, *, chinese: bool) -> None:
    marked = [one for one in said.outlets if one.rule.startswith("#")]
    structured = [one for one in said.outlets if not one.rule.startswith("#")]
    # A meta named source is the outlet where CMSs are Chinese, elsewhere as often a column.
    columns = [one for one in structured if not chinese and _is_column(one)]
    structured = [one for one in structured if one not in columns]
    reading.outlets = reading.outlets or [
        *marked,
        *signs.outlets,
        *structured,
        *signs.beside,
        *signs.desks,
        *(_signing_outlets([*said.authors, *signs.bylines]) if chinese else ()),
        *said.publishers,
        *columns,
    ]
    if chinese:
        named = [one for one in said.authors if not _is_host(one, url)]
        reading.authors = reading.authors or [*signs.authors, *named, *signs.bylines]
    else:
        reading.authors = reading.authors or [*said.authors, *signs.bylines]
    reading.editors = reading.editors or [*signs.editors, *said.editors]


def _is_host(said: Said, url: str) -> bool:
    """Whether a meta names the site by its address as the author: `chinanews`."""
    name = said.value.strip().casefold()
    return said.rule.startswith("meta") and len(name) > 1 and name.isascii() and name in host_of(url)


def _is_column(said: Said) -> bool:
    return said.rule == "meta source" and outlet_named(said.value) is None


def _signing_outlets(authors: list[Said]) -> list[Said]:
    """Outlets of the registry that a Chinese page names as its author: an account's name."""
    return [said for said in authors if outlet_named(said.value) is not None]


def _complete_body(reading: Reading, look: Look) -> None:
    likely, chosen = choose(look)
    text = "".join(look.found.blocks[index].text for index in chosen)
    written = look.structured.body
    if written and len(text) * 2 < len(written) and not is_walled(look):
        reading.body, reading.body_rule = _paragraphs(look, written), "json-ld articleBody"
        return
    inner = embedded(look, text)
    if inner is not None and not is_walled(look) and (within := choose(inner)[1]):
        reading.body, reading.body_rule = cut_out(inner.found, within), "html in data"
        return
    if is_unsure(look, likely, chosen) and not is_walled(look) and (answer := ask(look)) is not None:
        join_sure(answer, look, likely, chosen)
        reading.body, reading.body_rule = answer, "trafilatura, asked when unsure"
    if reading.body is None and chosen:
        reading.body, reading.body_rule = cut_out(look.found, chosen), "block classifier"
    elif reading.body is None:
        reading.body_rule = None


def choose(look: Look) -> tuple[list[float], set[int]]:
    """How likely each block is the article's text, and the indexes of those that are taken."""
    known = look.known()
    likely = probabilities(look.found, known)
    return likely, selected(look.found, known, likely)


def _paragraphs(look: Look, text: str) -> HtmlElement:
    """Plain text as an element of the page's document."""
    element = look.found.root.makeelement("div")
    for line in re.split(r"\s*\n\s*", text):
        if line:
            paragraph = look.found.root.makeelement("p")
            paragraph.text = line
            element.append(paragraph)
    return element
