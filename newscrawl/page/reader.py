"""One page → Reading: declared selectors, then what the page says of itself, then what is found in it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from newscrawl.errors import PageError
from newscrawl.model.draft import Reading, Said
from newscrawl.model.layouts import DataVersion, PageVersion
from newscrawl.page.declared.html import read_declared
from newscrawl.page.declared.trim import cut_edges
from newscrawl.page.document.formats import list_format
from newscrawl.page.document.parse import link_of, parse, parse_fragment, text_of
from newscrawl.page.language import stated_language
from newscrawl.page.page_kind import title_refusal
from newscrawl.text.labels import split_labelled

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.layouts import Version

# Text nodes of a body that tell its script, and characters.
_SAMPLE, _SAMPLE_CHARS = 30, 300


def read_page(
    body: bytes | str, *, url: str, content_type: str | None = None, versions: tuple[Version, ...] = ()
) -> Reading:
    """What the page at `url` says, best candidate first in each list; nothing is normalized.

    `content_type` is the HTTP header's value. `versions` are the source's declared layouts; the
    first whose title and body match is read, and what it leaves open is filled from the page
    itself. What is no article is read all the same, and `refused` says what it is. Where title, date,
    body and outlet are declared and found, nothing else is looked for.
    Raises PageError for bytes that are no page, or a feed, UsageError for a broken selector.
    """
    layouts = tuple(version for version in versions if isinstance(version, PageVersion))
    if len(layouts) < len(versions):
        from newscrawl.page.declared.data import read_data

        for version in versions:
            if isinstance(version, DataVersion) and (
                found := read_data(body, url=url, content_type=content_type, version=version)
            ):
                return _without_edges(found)
    if kind := list_format(body):
        raise PageError(f"{url}: not an article but {kind}")
    root = parse(body, url=url, content_type=content_type)
    reading = read_declared(root, url, layouts) or Reading()
    if not (reading.titles and reading.dates and reading.outlets and reading.body is not None):
        from newscrawl.page.context import look_through
        from newscrawl.page.page_kind import refusal
        from newscrawl.page.undeclared import complete  # half of a crawl's own imports

        look = look_through(root, url)
        complete(reading, look)
        if reading.version is None:
            reading.refused = refusal(reading, look)
    if reading.version is not None:
        reading.refused = title_refusal(reading)
        reading.language = reading.language or stated_language(root, _beginning(reading.body))
        return _without_edges(reading)
    return reading


def _without_edges(reading: Reading) -> Reading:
    """A declared body without the lines around its text; what they name fills the fields that are open."""
    if reading.body is None:
        return reading
    title = reading.titles[0].value if reading.titles else None
    parts = [part for line in cut_edges(reading.body, title) for part in split_labelled(line)]
    for label, field in (("outlet", "outlets"), ("authors", "authors"), ("editors", "editors")):
        if not getattr(reading, field):
            setattr(
                reading, field, [Said(text, "page", "info line") for name, text in parts if name == label]
            )
    return reading


def _beginning(body: HtmlElement | None) -> str:
    """A sample of the body's text, to tell its script."""
    sample = ""
    for text in islice(body.itertext(), _SAMPLE) if body is not None else ():
        sample += text
        if len(sample) >= _SAMPLE_CHARS:
            break
    return sample[:_SAMPLE_CHARS]


def read_fragment(html: str, *, url: str) -> Reading:
    """What body HTML that came inside an API's answer says: the body, and the outlet if it is named.

    `reading.body` is a `div` that holds what came, white space included. Raises PageError if it is
    empty.
    """
    element = parse_fragment(html, url=url)
    return Reading(outlets=_em_media(element, url), body=element, body_rule="fragment")


def _em_media(element: HtmlElement, url: str) -> list[Said]:
    """East Money names the outlet in the body's last paragraph: `（文章来源：北方网）`."""
    found = [
        node for node in element.iter("p", "span", "div") if "em_media" in (node.get("class") or "").split()
    ]
    return [Said(text, "page", "em_media", link_of(node, url)) for node in found if (text := text_of(node))]
