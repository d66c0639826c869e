"""A page of which nothing is declared: its fields from structured data, its own signs, and its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.model.draft import Candidate, Extraction
from newscrawl.page.body.classify import probabilities
from newscrawl.page.body.cut import cut_out
from newscrawl.page.body.embedded import embedded
from newscrawl.page.body.fallback import ask, is_unsure
from newscrawl.page.body.merge import join_sure
from newscrawl.page.body.select import selected
from newscrawl.page.byline.visible import VisibleByline, read_signs
from newscrawl.page.context import PageContext
from newscrawl.page.date.choose import choose_dates
from newscrawl.page.document.parse import host_of
from newscrawl.page.page_kind import is_walled
from newscrawl.page.structured.collect import Structured
from newscrawl.text.outlets import outlet_named

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def complete(extraction: Extraction, look: PageContext) -> None:
    """Fill what the declared selectors left open. The body last, as it is cut out of the tree."""
    signs = read_signs(look.found, look.title.node, look.url, chinese=look.chinese)
    candidate = look.structured
    extraction.titles = extraction.titles or look.title.candidate
    extraction.dates = extraction.dates or choose_dates(look)
    _complete_people(extraction, candidate, signs, look.url, chinese=look.chinese)
    extraction.columns = extraction.columns or signs.columns or candidate.columns
    extraction.digests = extraction.digests or candidate.digests
    extraction.canonical_url = extraction.canonical_url or candidate.canonical_url
    extraction.language = extraction.language or look.language
    extraction.paywalled = extraction.paywalled or candidate.paywalled
    if extraction.body is None:
        _complete_body(extraction, look)


def _complete_people(
    extraction: Extraction, candidate: Structured, signs: VisibleByline, url: str, *, chinese: bool
) -> None:
    marked = [one for one in candidate.outlets if one.rule.startswith("#")]
    structured = [one for one in candidate.outlets if not one.rule.startswith("#")]
    # A meta named source is the outlet where CMSs are Chinese, elsewhere as often a column.
    columns = [one for one in structured if not chinese and _is_column(one)]
    structured = [one for one in structured if one not in columns]
    extraction.outlets = extraction.outlets or [
        *marked,
        *signs.outlets,
        *structured,
        *signs.beside,
        *signs.desks,
        *(_signing_outlets([*candidate.authors, *signs.bylines]) if chinese else ()),
        *candidate.publishers,
        *columns,
    ]
    if chinese:
        edits = "".join(one.value for one in signs.editors)  # sites name their editor in a meta of authors
        named = [one for one in candidate.authors if not _is_host(one, url) and one.value not in edits]
        extraction.authors = extraction.authors or [*signs.authors, *named, *signs.bylines]
    else:
        extraction.authors = extraction.authors or [*candidate.authors, *signs.bylines]
    extraction.editors = extraction.editors or [*signs.editors, *candidate.editors]


def _is_host(candidate: Candidate, url: str) -> bool:
    """Whether a meta names the site by its address as the author: `chinanews`."""
    name = candidate.value.strip().casefold()
    return candidate.rule.startswith("meta") and len(name) > 1 and name.isascii() and name in host_of(url)


def _is_column(candidate: Candidate) -> bool:
    return candidate.rule == "meta source" and outlet_named(candidate.value) is None


def _signing_outlets(authors: list[Candidate]) -> list[Candidate]:
    """Outlets of the registry that a Chinese page names as its author: an account's name."""
    return [candidate for candidate in authors if outlet_named(candidate.value) is not None]


def _complete_body(extraction: Extraction, look: PageContext) -> None:
    likely, chosen = choose(look)
    text = "".join(look.found.blocks[index].text for index in chosen)
    written = look.structured.body
    if written and len(text) * 2 < len(written) and not is_walled(look):
        extraction.body, extraction.body_rule = _paragraphs(look, written), "json-ld articleBody"
        return
    inner = embedded(look, text)
    if inner is not None and not is_walled(look) and (within := choose(inner)[1]):
        extraction.body, extraction.body_rule = cut_out(inner.found, within), "html in data"
        return
    if is_unsure(look, likely, chosen) and not is_walled(look) and (answer := ask(look)) is not None:
        join_sure(answer, look, likely, chosen)
        extraction.body, extraction.body_rule = answer, "trafilatura, asked when unsure"
    if extraction.body is None and chosen:
        extraction.body, extraction.body_rule = cut_out(look.found, chosen), "block classifier"
    elif extraction.body is None:
        extraction.body_rule = None


def choose(look: PageContext) -> tuple[list[float], set[int]]:
    """How likely each block is the article's text, and the indexes of those that are taken."""
    known = look.known()
    likely = probabilities(look.found, known)
    return likely, selected(look.found, known, likely)


def _paragraphs(look: PageContext, text: str) -> HtmlElement:
    """Plain text as an element of the page's document."""
    element = look.found.root.makeelement("div")
    for line in re.split(r"\s*\n\s*", text):
        if line:
            paragraph = look.found.root.makeelement("p")
            paragraph.text = line
            element.append(paragraph)
    return element
