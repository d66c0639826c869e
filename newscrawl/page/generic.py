"""A page of which nothing is declared: its fields from structured data, its own signs, and its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.draft import Reading
from newscrawl.page.blocks import Survey, survey
from newscrawl.page.classify import probabilities
from newscrawl.page.cutting import cut_out
from newscrawl.page.dating import settle_dates
from newscrawl.page.features import Known
from newscrawl.page.language import language_of
from newscrawl.page.selecting import selected
from newscrawl.page.signs import Signs, read_signs
from newscrawl.page.structured import Structured, read_structured
from newscrawl.page.titles import Title, settle_title
from newscrawl.page.tree import parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Top-level domains of countries whose pages give 3/4/2024 day first though they are in English.
_COUNTRY = re.compile(r"\.(?!us$|io$|co$|tv$|me$|ph$|ai$|fm$)[a-z]{2}$")


@dataclass(slots=True)
class Look:
    """One page walked through: what all fields are read from."""

    found: Survey
    structured: Structured
    title: Title
    language: str | None

    def known(self) -> Known:
        """What the block classifier is told of the page."""
        digest = next((said.value for said in self.structured.digests), None)
        return Known(self.title.node, self.language, self.structured.body, digest)


def look_over(body: bytes | str, *, url: str, content_type: str | None = None) -> Look:
    """Parse a page and find its title. Raises PageError as `tree.parse` does."""
    return look_through(parse(body, url=url, content_type=content_type), url)


def look_through(root: HtmlElement, url: str) -> Look:
    found = survey(root)
    structured = read_structured(found, url)
    return Look(found, structured, settle_title(found, structured, url), language_of(found))


def complete(reading: Reading, look: Look, url: str) -> None:
    """Fill what the declared selectors left open. The body last, as it is cut out of the tree."""
    chinese = (look.language or "").startswith("zh")
    signs = read_signs(look.found, look.title.node, url, chinese=chinese)
    said = look.structured
    reading.titles = reading.titles or look.title.said
    reading.dates = reading.dates or settle_dates(
        look.found, said, look.title.node, url, month_first=_month_first(look.language, url), chinese=chinese
    )
    _complete_people(reading, said, signs, chinese=chinese)
    reading.columns = reading.columns or signs.columns or said.columns
    reading.digests = reading.digests or said.digests
    reading.canonical_url = reading.canonical_url or said.canonical_url
    reading.language = reading.language or look.language
    reading.paywalled = reading.paywalled or said.paywalled
    if reading.body is None:
        _complete_body(reading, look)


def _complete_people(reading: Reading, said: Structured, signs: Signs, *, chinese: bool) -> None:
    marked = [one for one in said.outlets if one.rule.startswith("#")]
    structured = [one for one in said.outlets if not one.rule.startswith("#")]
    reading.outlets = reading.outlets or [*marked, *signs.outlets, *structured, *said.publishers]
    if chinese:
        reading.authors = reading.authors or [*signs.authors, *said.authors, *signs.bylines]
    else:
        reading.authors = reading.authors or [*said.authors, *signs.bylines]
    reading.editors = reading.editors or [*signs.editors, *said.editors]


def _complete_body(reading: Reading, look: Look) -> None:
    chosen = choose(look)
    text = "".join(look.found.blocks[index].text for index in chosen)
    written = look.structured.body
    if written and len(text) * 2 < len(written):
        reading.body, reading.body_rule = _paragraphs(look, written), "json-ld articleBody"
    elif chosen:
        reading.body, reading.body_rule = cut_out(look.found, chosen), "block classifier"


def choose(look: Look) -> set[int]:
    """The indexes of the blocks that are the article's text."""
    known = look.known()
    return selected(look.found, known, probabilities(look.found, known))


def _paragraphs(look: Look, text: str) -> HtmlElement:
    """Plain text as an element of the page's document."""
    element = look.found.root.makeelement("div")
    for line in re.split(r"\s*\n\s*", text):
        if line:
            paragraph = look.found.root.makeelement("p")
            paragraph.text = line
            element.append(paragraph)
    return element


def _month_first(language: str | None, url: str) -> bool:
    if language is not None and not language.startswith("en"):
        return False
    if language == "en-US":
        return True
    return _COUNTRY.search(urlsplit(url).hostname or "") is None and language != "en-GB"
