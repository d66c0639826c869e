"""One page to an Extraction: declared selectors first, then structured data, then the page's own text."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from lxml import etree

from newscrawl.errors import PageError
from newscrawl.model.draft import Candidate, Extraction
from newscrawl.model.layouts import DataLayout, PageLayout
from newscrawl.page.declared.html import read_declared
from newscrawl.page.declared.trim import trim_edges
from newscrawl.page.document.blocks import INLINE, SKIPPED
from newscrawl.page.document.parse import base_of, link_of, list_format, parse, parse_fragment, text_of
from newscrawl.page.language import stated_language
from newscrawl.page.page_kind import page_refusal, title_refusal
from newscrawl.text.labels import split_labelled
from newscrawl.text.usage_terms import (
    LONGEST_LINE,
    MARKS,
    NAMES,
    notices,
    robots_terms,
    states_copyright,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newscrawl.model.layouts import Layout
    from newscrawl.model.rights import Statement
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
    tagged = list(_tag_terms(root, body, base))
    lines = _last_lines(root) if pages else []
    declared = read_declared(root, base, pages) if pages else None
    if declared is None:
        return _read_undeclared(root, url, tagged)
    if declared.body is not None:
        lines += _marked_lines(declared.body, _STRING(declared.body))
    declared.terms = [*tagged, *_line_terms(lines), *_work_terms(_works(root, url), base)]
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


def _read_undeclared(root: HtmlElement, url: str, tagged: list[Statement]) -> Extraction:
    extraction = Extraction()
    context = _fill_from_page(extraction, root, url)
    lines = [block.text for block in context.tree.blocks]
    works = _work_terms(context.structured.works, context.base)
    extraction.terms = [*tagged, *_line_terms(lines), *works]
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
    cut = trim_edges(extraction.body, title)
    if extraction.terms is not None and cut:
        extraction.terms += _line_terms(cut)
    parts = [part for line in cut for part in split_labelled(line)]
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


# --- what the page says of its use: in its tags, in its JSON-LD, and in the lines below its text

_END = 3_000  # characters of a declared page, from its end, in which its footer lies
_LAST = 10  # of the lines with one mark
_MOST_FOOTERS = 256
_FOOTERS: dict[str, list[str]] = {}  #: a footer's text -> its lines: a site has the same on all its pages
_STRING = etree.XPath("string()", smart_strings=False)
_WITH_MARK = etree.XPath("descendant-or-self::text()[contains(., $mark)]")
_RELATIONS = etree.XPath("descendant::a/@rel | descendant::link/@rel", smart_strings=False)
_LICENSED = etree.XPath("//*[contains(@rel, 'license')][@href]")
_WALLED = etree.XPath("//*[contains(@class, 'paywall')]")
_WALL_CLASSES = frozenset({"paywall", "paywalled", "is-paywalled", "has-paywall", "paywall-active"})
_IN_WORKS = ("isAccessibleForFree", "icense", "opyright")
_CRAWLERS = (
    "bot",
    "-ai",
    "spider",
    "crawler",
    "extended",
    "agent",
)  # ends of the names of meta tags for them


def _tag_terms(root: HtmlElement, body: bytes | str, base: str) -> Iterator[Statement]:
    """What meta tags, links and classes say, wherever on the page: a reservation must not be missed."""
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop")
        name = (name or element.get("http-equiv") or "").lower()
        if name in NAMES:
            yield from terms("meta", name, element.get("content") or "", base)
        elif name.endswith(_CRAWLERS):
            yield from robots_terms("meta", element.get("content") or "")
    if any("license" in rel for rel in _RELATIONS(root)):
        for element in _LICENSED(root):
            yield from terms("link", "license", element.get("href"), base)
    if _has(body, "paywall"):
        for element in _WALLED(root):
            if not _WALL_CLASSES.isdisjoint(element.get("class").split()) and text_of(element):
                yield from terms("markup", "paywall class", element.get("class"))
                break


def _has(body: bytes | str, word: str) -> bool:
    """Whether a page may have an ASCII word; of UTF-16 that is not looked for."""
    if isinstance(body, str):
        return word in body
    return word.encode() in body or b"\0" in body[:64]


def _works(root: HtmlElement, url: str) -> list[dict[str, Any]]:
    """JSON-LD of the article and of its page, if it says anything of rights."""
    scripts = [
        script
        for script in root.iter("script")
        if "ld+json" in (script.get("type") or "") and any(part in (script.text or "") for part in _IN_WORKS)
    ]
    if not scripts:
        return []
    from newscrawl.page.structured.schema_org import Graph  # most declared sources never need it

    graph = Graph(scripts)
    title = text_of(found) if (found := root.find(".//title")) is not None else None
    return [*graph.own_article(graph.articles(), url, title)[:1], *graph.webpages()]


def _work_terms(works: list[dict[str, Any]], base: str) -> Iterator[Statement]:
    for work in works:
        for name in ("isAccessibleForFree", "license", "acquireLicensePage", "copyrightNotice"):
            for value in _members(work.get(name)):
                yield from terms("json-ld", name, value, base)
        parts = work.get("hasPart")
        for part in parts if isinstance(parts, list) else [parts]:
            said = _members(part.get("isAccessibleForFree")) if isinstance(part, dict) else []
            if said and said[0].lower().endswith("false"):  # a part that is free says nothing of the others
                yield from terms("json-ld", "isAccessibleForFree", said[0])
        for value in _members(work.get("copyrightHolder"), "name"):
            yield from terms("json-ld", "copyrightHolder", value)


def _members(value: Any, *keys: str) -> list[str]:
    """A property's values as text; of an object the first of its `keys`, as a rule its address."""
    found = []
    for one in (value if isinstance(value, list) else [value])[:20]:
        keyed = [one.get(key) for key in keys or ("url", "@id", "name")] if isinstance(one, dict) else [one]
        found += [str(plain) for plain in keyed if isinstance(plain, str | bool | int)][:1]
    return found


def _last_lines(root: HtmlElement) -> list[str]:
    """The lines at the page's end that may say anything of rights, up to the one that states a copyright."""
    part, length = root.find("body"), 0
    found: list[str] = []
    while part is not None and len(part) == 1:
        part = part[0]
    for child in reversed(part if part is not None else root):
        if child.tag in SKIPPED:
            continue
        text = _STRING(child)
        found += _footer_lines(child, text)
        length += len(text)
        if length > _END or any(map(states_copyright, found)):
            break
    return found


def _footer_lines(part: HtmlElement, text: str) -> list[str]:
    """As `_marked_lines`; a site has the same footer on all its pages."""
    if len(text) > _END:
        return _marked_lines(part, text)
    if text not in _FOOTERS:
        if len(_FOOTERS) >= _MOST_FOOTERS:
            _FOOTERS.clear()
        _FOOTERS[text] = _marked_lines(part, text)
    return _FOOTERS[text]


def _marked_lines(part: HtmlElement, text: str) -> list[str]:
    """The lines with any mark in a part of the page, whose whole text is `text`."""
    marks = [mark for mark in MARKS if mark in text]
    return list(dict.fromkeys(line for mark in marks for line in _lines_with(part, mark)))


def _lines_with(part: HtmlElement, mark: str) -> Iterator[str]:
    """The last lines of a part of the page that have this mark."""
    for text in _WITH_MARK(part, mark=mark)[-_LAST:]:
        block = _block_of(text.getparent().getparent() if text.is_tail else text.getparent())
        if block.tag not in SKIPPED:
            whole = text_of(block)
            yield whole if len(whole) <= LONGEST_LINE else " ".join(text.split())


def _block_of(element: HtmlElement) -> HtmlElement:
    while element.tag in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _line_terms(lines: list[str]) -> list[Statement]:
    whole = "\n".join(lines)
    marked = [line for mark in MARKS if mark in whole for line in lines if mark in line]
    return [statement for line in dict.fromkeys(marked) for statement in notices("text", line)]
