"""What the declared selectors left open: from structured data, the visible byline, and the page's text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from newscrawl.page.body.classify import probabilities
from newscrawl.page.body.cut_out import cut_out
from newscrawl.page.body.fallback import (
    MOST_SHOWN,
    add_missing_blocks,
    ask_trafilatura,
    embedded_article,
)
from newscrawl.page.body.select import is_unsure, select_blocks
from newscrawl.page.byline.visible import VisibleByline, read_visible_byline
from newscrawl.page.date.choose import dates_of
from newscrawl.page.document.parse import host_of
from newscrawl.page.page_kind import is_walled
from newscrawl.text.full_names import names_people
from newscrawl.text.outlets import outlet_named

_NEAR_TITLE = ("byline", "author link")
# What somebody logs in with: `ada.lindqvist`, `KatieS`, `admin2`; not initials.
_LOGIN = re.compile(r"^(?=\S{4,}$)(?:[a-z]|.*[\d._]|[A-Z][a-z]+[A-Z])|^(?:\w+ )?admin$")

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.draft import Candidate, Extraction
    from newscrawl.page.context import PageContext
    from newscrawl.page.structured.collect import Structured


def fill_open_fields(extraction: Extraction, context: PageContext) -> None:
    """Fill the fields that are still empty. The body comes last: it is cut out of the page's tree."""
    title, structured = context.title, context.structured
    far = not any(names_people(author.value) for author in structured.authors)  # no credit would outdo them
    byline = read_visible_byline(context.tree, title.node, context.base, chinese=context.chinese, far=far)
    extraction.titles = extraction.titles or title.candidates
    if not extraction.dates:
        extraction.dates, extraction.updates = dates_of(context)
    extraction.outlets = extraction.outlets or _outlets(structured, byline, chinese=context.chinese)
    extraction.authors = extraction.authors or _authors(structured, byline, context)
    extraction.editors = extraction.editors or [*byline.editors, *structured.editors]
    extraction.columns = extraction.columns or byline.columns or structured.columns
    extraction.digests = extraction.digests or structured.digests
    extraction.canonical_url = extraction.canonical_url or structured.canonical_url
    extraction.language = extraction.language or context.language
    extraction.paywalled = extraction.paywalled or structured.paywalled
    if extraction.body is None:
        _fill_body(extraction, context)


def _outlets(structured: Structured, byline: VisibleByline, *, chinese: bool) -> list[Candidate]:
    """Candidates for the outlet: what is marked or labelled as one before what may be one."""
    marked = [candidate for candidate in structured.outlets if candidate.rule.startswith("#")]
    stated = [candidate for candidate in structured.outlets if not candidate.rule.startswith("#")]
    # Chinese CMSs put the outlet into the meta tag `source`; elsewhere it is as often a column.
    columns = [candidate for candidate in stated if not chinese and _is_column(candidate)]
    signing = _signing_outlets([*structured.authors, *byline.bylines]) if chinese else []
    return [
        *marked,
        *byline.outlets,
        *(candidate for candidate in stated if candidate not in columns),
        *byline.beside,
        *byline.desks,
        *signing,
        *structured.publishers,
        *columns,
    ]


def _authors(structured: Structured, byline: VisibleByline, context: PageContext) -> list[Candidate]:
    if not context.chinese:
        return _signed_authors(structured, byline)
    edits = "".join(editor.value for editor in byline.editors)  # sites name their editor in a meta of authors
    named = [
        candidate
        for candidate in structured.authors
        if not _is_host(candidate, context.url) and candidate.value not in edits
    ]
    return [*byline.authors, *named, *byline.bylines]


def _signed_authors(structured: Structured, byline: VisibleByline) -> list[Candidate]:
    """Whom the data names before whom the page shows; a login or a meta tag behind a name in full."""
    stated, shown = _stated_authors(structured), byline.bylines
    if not stated or not shown:
        return [*stated, *shown]
    first, name = stated[0], shown[0].value
    doubtful = byline.spoken and (first.rule.startswith("meta") or _is_longer(name, stated))
    if shown[0].rule != "credit":
        doubtful |= first.rule.startswith("meta") and not names_people(first.value)
    if shown[0].rule in _NEAR_TITLE:
        doubtful |= _LOGIN.search(first.value) is not None or name.startswith(f"{first.value} ")
    return [*shown, *stated] if doubtful and names_people(name) else [*stated, *shown]


def _stated_authors(structured: Structured) -> list[Candidate]:
    """Those that the data names; what calls itself an organization before meta tags, and last a meta tag that
    has no name in full where markup has one."""
    stated = structured.authors
    organizations = [one for one in structured.publishers if one.rule == "json-ld author"]
    data = [one for one in stated if one.rule.startswith("json-ld")]
    others = [one for one in stated if not one.rule.startswith("json-ld")]
    marked = [one for one in others if not one.rule.startswith("meta") and names_people(one.value)]
    if marked and not names_people(others[0].value):
        others = [*marked, *(one for one in others if one not in marked)]
    return [*data, *(replace(one, rule="json-ld organization") for one in organizations), *others]


def _is_longer(shown: str, stated: list[Candidate]) -> bool:
    """Whether a byline names all whom the data names, and others."""
    names = [one.value for one in stated if one.rule == stated[0].rule]
    left = shown
    for name in names:
        if name not in left:
            return False
        left = left.replace(name, "")
    return names_people(left)


def _is_host(candidate: Candidate, url: str) -> bool:
    """Whether a meta tag gives the site's address as the author: `chinanews`."""
    name = candidate.value.strip().casefold()
    return candidate.rule.startswith("meta") and len(name) > 1 and name.isascii() and name in host_of(url)


def _is_column(candidate: Candidate) -> bool:
    return candidate.rule == "meta source" and outlet_named(candidate.value) is None


def _signing_outlets(authors: list[Candidate]) -> list[Candidate]:
    """Outlets of the registry that a Chinese page names as its author: the name of an account."""
    return [candidate for candidate in authors if outlet_named(candidate.value) is not None]


def _fill_body(extraction: Extraction, context: PageContext) -> None:
    """Take the first that applies: articleBody, HTML inside JSON, trafilatura if unsure, chosen blocks."""
    likely, chosen = choose_blocks(context)
    shown = "".join(context.tree.blocks[index].text for index in chosen)
    written = context.structured.body
    if written and len(shown) * 2 < len(written) and not is_walled(context):
        extraction.body, extraction.body_rule = _paragraphs(context, written), "json-ld articleBody"
        return
    inner = embedded_article(context, shown) if len(shown) <= MOST_SHOWN else None
    if inner is not None and not is_walled(context) and (within := choose_blocks(inner)[1]):
        extraction.body, extraction.body_rule = cut_out(inner.tree, within), "html in data"
        return
    if is_unsure(context, likely, chosen) and not is_walled(context):
        answer = ask_trafilatura(context, len(shown))
        if answer is not None:
            add_missing_blocks(answer, context, likely, chosen)
            extraction.body, extraction.body_rule = answer, "trafilatura, asked when unsure"
            return
    extraction.body = cut_out(context.tree, chosen)
    extraction.body_rule = "block classifier" if chosen else None


def choose_blocks(context: PageContext) -> tuple[list[float], set[int]]:
    """How likely each block is part of the article's text, and the indexes of those chosen."""
    hints = context.hints()
    likely = probabilities(context.tree, hints)
    return likely, select_blocks(context.tree, hints, likely)


def _paragraphs(context: PageContext, text: str) -> HtmlElement:
    """Plain text as an element of the page's document."""
    element = context.tree.root.makeelement("div")
    for line in re.split(r"\s*\n\s*", text):
        if line:
            paragraph = context.tree.root.makeelement("p")
            paragraph.text = line
            element.append(paragraph)
    return element
