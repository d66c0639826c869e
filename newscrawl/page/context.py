"""One page walked through: what all its fields are read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.page.body.features import PageHints
from newscrawl.page.document.blocks import BlockTree, block_tree
from newscrawl.page.document.parse import base_of, host_of, parse
from newscrawl.page.language import language_of
from newscrawl.page.structured.collect import Structured, read_structured
from newscrawl.page.title.choose import Title, choose_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Top-level domains of countries whose pages give 3/4/2024 day first though they are in English.
_COUNTRY = re.compile(r"\.(?!us$|io$|co$|tv$|me$|ph$|ai$|fm$)[a-z]{2}$")


@dataclass(slots=True)
class PageContext:
    """A page's blocks, structured data, title and language."""

    found: BlockTree
    structured: Structured
    title: Title
    language: str | None
    url: str
    base: str  #: what its links are relative to

    @property
    def chinese(self) -> bool:
        return (self.language or "").startswith("zh")

    @property
    def month_first(self) -> bool:
        """Whether 3/4/2024 is the 4th of March here."""
        return is_month_first(self.language, self.url)

    def known(self) -> PageHints:
        """What the block classifier is told of the page."""
        digest = next((candidate.value for candidate in self.structured.digests), None)
        return PageHints(self.title.node, self.language, self.structured.body, digest)


def context_from(body: bytes | str, *, url: str, content_type: str | None = None) -> PageContext:
    """Parse a page and find its title. Raises PageError as `tree.parse` does."""
    return page_context(parse(body, url=url, content_type=content_type), url)


def page_context(root: HtmlElement, url: str) -> PageContext:
    found, base = block_tree(root), base_of(root, url)
    structured = read_structured(found, url, base)
    return PageContext(found, structured, choose_title(found, structured, url), language_of(found), url, base)


def is_month_first(language: str | None, url: str) -> bool:
    """Whether 3/4/2024 on the page is the 4th of March: in English, on no address of another country."""
    if language is not None and not language.startswith("en"):
        return False
    if language == "en-US":
        return True
    return _COUNTRY.search(host_of(url)) is None and language != "en-GB"
