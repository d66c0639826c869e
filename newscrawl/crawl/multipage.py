"""Multi-page articles: finds the next page and adds its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from newscrawl.model.layouts import is_xpath
from newscrawl.text.urls import joined

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.model.draft import Draft, Extraction

MAX_PARTS = 30  #: pages of one article


def linked_part(response: Response, selectors: Sequence[str]) -> str | None:
    """The next page's URL by the declared selectors (CSS or XPath); None if no link matches."""
    for selector in selectors:
        links = response.xpath(selector) if is_xpath(selector) else response.css(selector)
        for link in links:
            href = link.root if isinstance(link.root, str) else link.attrib.get("href")
            if href and not href.startswith(("javascript:", "#")):
                base = response.xpath("string(//base[@href]/@href)").get() or ""
                return joined(joined(response.url, base) or response.url, href)
    return None


def next_part(body: bytes, url: str, first_url: str) -> str | None:
    """The URL of the page after `url`, in the article that begins at `first_url`; None on its last page.

    Recognized by the URLs' form: `058_01.shtml` or `058-2.html` beside `058.shtml`. `body` is the undecoded
    page at `url`, which links to the other pages.

    >>> next_part(b'<a href="058_01.shtml">2</a>', "https://e.org/a/058.shtml", "https://e.org/a/058.shtml")
    'https://e.org/a/058_01.shtml'
    """
    parts = urlsplit(first_url)
    folder, slash, name = parts.path.rpartition("/")
    match = re.fullmatch(r"(.+?)(\.[a-z]{3,5})", name)
    if not match or not any(character.isdigit() for character in match[1]):
        return None
    stem, ending = match[1], match[2]
    prefix = stem.encode()
    if prefix + b"_" not in body and prefix + b"-" not in body:
        return None  # nearly all articles: compile no pattern
    pattern = re.escape(stem).encode() + rb"([_-])(\d{1,2})" + re.escape(ending).encode()
    found = {int(number): (mark, number) for mark, number in re.findall(rb"(?<![\w.-])" + pattern, body)}
    here = re.fullmatch(
        rf"{re.escape(stem)}[_-](\d+){re.escape(ending)}", urlsplit(url).path.rpartition("/")[2]
    )
    current = int(here[1]) if here else 0
    later = [number for number in found if current < number <= current + 2]
    if not later or min(later) > MAX_PARTS:
        return None
    mark, digits = found[min(later)]
    path = f"{folder}{slash}{stem}{mark.decode()}{digits.decode()}{ending}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def add_part(draft: Draft, extraction: Extraction) -> bool:
    """Adds a further page's text to a draft; False if the page has no new text."""
    return join_part(draft.extraction, extraction)


def join_part(first: Extraction, extraction: Extraction) -> bool:
    """As `add_part`, for an extraction."""
    body, more = first.body, extraction.body
    if body is None or more is None:
        return False
    text = "".join(more.text_content().split())
    if not text or text in "".join(body.text_content().split()):
        return False
    if first.terms is not None and extraction.terms:
        first.terms += [one for one in extraction.terms if one not in first.terms]
    more.tag = "div"
    more.tail = None
    body.append(more)
    for candidate in extraction.editors:  # often only the last page names them
        if candidate.value not in {known.value for known in first.editors}:
            first.editors.append(candidate)
    return True
