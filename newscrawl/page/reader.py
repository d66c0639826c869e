"""One page → Reading: declared selectors, then what the page says of itself, then what is found in it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from newscrawl.errors import PageError
from newscrawl.model.draft import Candidate, Extraction
from newscrawl.model.layouts import DataLayout, PageLayout
from newscrawl.page.declared.html import read_declared
from newscrawl.page.declared.trim import cut_edges
from newscrawl.page.document.formats import list_format
from newscrawl.page.document.parse import base_of, link_of, parse, parse_fragment, text_of
from newscrawl.page.language import stated_language
from newscrawl.page.page_kind import title_refusal
from newscrawl.text.labels import split_labelled

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.layouts import Layout

# Text nodes of a body that tell its script, and characters.
_SAMPLE, _SAMPLE_CHARS = 30, 300


def read_page(
    body: bytes | str, *, url: str, content_type: str | None = None, layouts: tuple[Layout, ...] = ()
) -> Extraction:
    """What the page at `url` says, best candidate first in each list; nothing is normalized.

    `content_type` is the HTTP header's value. `layouts` are the source's declared layouts; the
    first whose title and body match is read, and what it leaves open is filled from the page
    itself. What is no article is read all the same, and `refused` says what it is. Where title, date,
    body and outlet are declared and found, nothing else is looked for.
    Raises PageError for bytes that are no page, or a feed, UsageError for a broken selector.
    """
    pages = tuple(layout for layout in layouts if isinstance(layout, PageLayout))
    if len(pages) < len(layouts):
        from newscrawl.page.declared.data import read_data

        for layout in layouts:
            if isinstance(layout, DataLayout) and (
                found := read_data(body, url=url, content_type=content_type, layout=layout)
            ):
                return _without_edges(found)
    if kind := list_format(body):
        raise PageError(f"{url}: not an article but {kind}")
    root = parse(body, url=url, content_type=content_type)
    base = base_of(root, url)
    extraction = read_declared(root, base, pages) or Extraction()
    extraction.base_url = base if base != url else None
    if not (extraction.titles and extraction.dates and extraction.outlets and extraction.body is not None):
        from newscrawl.page.context import page_context
        from newscrawl.page.page_kind import refusal
        from newscrawl.page.undeclared import complete  # half of a crawl's own imports

        look = page_context(root, url)
        complete(extraction, look)
        if extraction.layout is None:
            extraction.refused = refusal(extraction, look)
    if extraction.layout is not None:
        extraction.refused = title_refusal(extraction)
        extraction.language = extraction.language or stated_language(root, _beginning(extraction.body))
        return _without_edges(extraction)
    return extraction


def _without_edges(extraction: Extraction) -> Extraction:
    """A declared body without the lines around its text; what they name fills the fields that are open."""
    if extraction.body is None:
        return extraction
    title = extraction.titles[0].value if extraction.titles else None
    parts = [part for line in cut_edges(extraction.body, title) for part in split_labelled(line)]
    for label, field in (("outlet", "outlets"), ("authors", "authors"), ("editors", "editors")):
        if not getattr(extraction, field):
            setattr(
                extraction,
                field,
                [Candidate(text, "page", "info line") for name, text in parts if name == label],
            )
    return extraction


def _beginning(body: HtmlElement | None) -> str:
    """A sample of the body's text, to tell its script."""
    sample = ""
    for text in islice(body.itertext(), _SAMPLE) if body is not None else ():
        sample += text
        if len(sample) >= _SAMPLE_CHARS:
            break
    return sample[:_SAMPLE_CHARS]


def read_fragment(html: str, *, url: str) -> Extraction:
    """What body HTML that came inside an API's answer says: the body, and the outlet if it is named.

    `reading.body` is a `div` that holds what came, white space included. Raises PageError if it is
    empty.
    """
    element = parse_fragment(html, url=url)
    return Extraction(outlets=_em_media(element, url), body=element, body_rule="fragment")


def _em_media(element: HtmlElement, url: str) -> list[Candidate]:
    """East Money names the outlet in the body's last paragraph: `（文章来源：北方网）`."""
    found = [
        node for node in element.iter("p", "span", "div") if "em_media" in (node.get("class") or "").split()
    ]
    return [
        Candidate(text, "page", "em_media", link_of(node, url)) for node in found if (text := text_of(node))
    ]
