"""One page to an Extraction: declared selectors first, then structured data, then the page's own text."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from newscrawl.errors import PageError
from newscrawl.model.draft import Candidate, Extraction
from newscrawl.model.layouts import DataLayout, PageLayout
from newscrawl.page.declared.html import read_declared
from newscrawl.page.declared.trim import trim_edges
from newscrawl.page.document.parse import base_of, link_of, list_format, parse, parse_fragment, text_of
from newscrawl.page.language import stated_language
from newscrawl.page.page_kind import page_refusal, title_refusal
from newscrawl.text.labels import split_labelled

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.layouts import Layout
    from newscrawl.page.context import PageContext

# A sample of a body, from which its script is determined.
_SAMPLE_NODES, _SAMPLE_CHARS = 30, 300


def read_page(
    body: bytes | str, *, url: str, content_type: str | None = None, layouts: tuple[Layout, ...] = ()
) -> Extraction:
    """What the page at `url` says, best candidate first in each list; nothing is normalized.

    `content_type` is the HTTP header's value. `layouts` are the source's declared layouts: the first
    whose title and body match is used, and its empty fields are filled from the page itself. If the
    layout gives title, date, body and outlet, the rest of the page is not searched. A page that is
    not an article is read too; `refused` says what it is instead.
    Raises PageError for bytes that are not a page and for feeds, UsageError for an invalid selector.
    """
    from_data = _read_data(body, url, content_type, layouts)
    if from_data is not None:
        return _trimmed(from_data)
    if kind := list_format(body):
        raise PageError(f"{url}: not an article but {kind}")
    root = parse(body, url=url, content_type=content_type)
    pages = tuple(layout for layout in layouts if isinstance(layout, PageLayout))
    base = base_of(root, url)
    declared = read_declared(root, base, pages) if pages else None
    if declared is None:
        return _read_undeclared(root, url)
    declared.base_url = base if base != url else None
    if not _is_complete(declared):
        _fill_from_page(declared, root, url)
    declared.refused = title_refusal(declared)
    declared.language = declared.language or stated_language(root, _sample(declared.body))
    return _trimmed(declared)


def _read_data(
    body: bytes | str, url: str, content_type: str | None, layouts: tuple[Layout, ...]
) -> Extraction | None:
    """The article in the JSON of a page or an API, by the first declared DataLayout that matches."""
    data_layouts = [layout for layout in layouts if isinstance(layout, DataLayout)]
    if not data_layouts:
        return None
    from newscrawl.page.declared.data import read_data

    read = (read_data(body, url=url, content_type=content_type, layout=layout) for layout in data_layouts)
    return next((extraction for extraction in read if extraction is not None), None)


def _read_undeclared(root: HtmlElement, url: str) -> Extraction:
    extraction = Extraction()
    context = _fill_from_page(extraction, root, url)
    extraction.base_url = context.base if context.base != url else None
    extraction.refused = page_refusal(extraction, context)
    return extraction


def _is_complete(extraction: Extraction) -> bool:
    found = extraction.titles and extraction.dates and extraction.outlets
    return bool(found) and extraction.body is not None


def _fill_from_page(extraction: Extraction, root: HtmlElement, url: str) -> PageContext:
    # Imported here: half of what a crawl would import, and fully declared sources never need it.
    from newscrawl.page.context import page_context
    from newscrawl.page.undeclared import fill_open_fields

    context = page_context(root, url)
    fill_open_fields(extraction, context)
    return context


def _trimmed(extraction: Extraction) -> Extraction:
    """A declared body without the lines around its text; what they name fills the fields that are empty."""
    if extraction.body is None:
        return extraction
    title = extraction.titles[0].value if extraction.titles else None
    parts = [part for line in trim_edges(extraction.body, title) for part in split_labelled(line)]
    for label, field in (("outlet", "outlets"), ("authors", "authors"), ("editors", "editors")):
        if not getattr(extraction, field):
            named = [Candidate(text, "page", "info line") for name, text in parts if name == label]
            setattr(extraction, field, named)
    return extraction


def _sample(body: HtmlElement | None) -> str:
    """The beginning of the body's text, from which its script is determined."""
    sample = ""
    for text in islice(body.itertext(), _SAMPLE_NODES) if body is not None else ():
        sample += text
        if len(sample) >= _SAMPLE_CHARS:
            break
    return sample[:_SAMPLE_CHARS]


def read_fragment(html: str, *, url: str) -> Extraction:
    """Body HTML out of an API's answer: the body, and the outlet if the text names it.

    `body` of the result is a `div` around `html`, white space included. Raises PageError if it is empty.
    """
    element = parse_fragment(html, url=url)
    return Extraction(outlets=_em_media(element, url), body=element, body_rule="fragment")


def _em_media(element: HtmlElement, url: str) -> list[Candidate]:
    """East Money names the outlet in the body's last paragraph: `（文章来源：北方网）`."""
    return [
        Candidate(text, "page", "em_media", link_of(node, url))
        for node in element.iter("p", "span", "div")
        if "em_media" in (node.get("class") or "").split() and (text := text_of(node))
    ]
