"""One page, walked once: its blocks, structured data, title and language. All fields are read from these."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.page.body.features import PageHints
from newscrawl.page.document.blocks import BlockTree, block_tree
from newscrawl.page.document.parse import base_of, host_of, parse
from newscrawl.page.language import language_of
from newscrawl.page.structured.collect import Structured, read_structured
from newscrawl.page.title import Title, choose_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Country domains whose pages write 3/4/2024 day first even in English; the exceptions are used worldwide.
_COUNTRY = re.compile(r"\.(?!us$|io$|co$|tv$|me$|ph$|ai$|fm$)[a-z]{2}$")


@dataclass(slots=True)
class PageContext:
    """A page's blocks, structured data, title and language."""

    tree: BlockTree
    structured: Structured
    title: Title
    language: str | None  #: BCP 47; None if unknown
    url: str
    base: str  #: what its links are relative to

    @property
    def chinese(self) -> bool:
        return (self.language or "").startswith("zh")

    @property
    def month_first(self) -> bool:
        """Whether 3/4/2024 means March 4 on this page."""
        return is_month_first(self.language, self.url)

    def hints(self) -> PageHints:
        """What the block classifier needs to know of the page."""
        digest = next((candidate.value for candidate in self.structured.digests), None)
        return PageHints(self.title.node, self.language, self.structured.body, digest)


def context_from(body: bytes | str, *, url: str, content_type: str | None = None) -> PageContext:
    """Parse a page and build its context. Raises PageError as `document.parse.parse` does."""
    return page_context(parse(body, url=url, content_type=content_type), url)


def page_context(root: HtmlElement, url: str) -> PageContext:
    """The context of a page that is parsed already; of its tree only buttons in headings are changed."""
    tree, base = block_tree(root), base_of(root, url)
    structured = read_structured(tree, url, base)
    return PageContext(tree, structured, choose_title(tree, structured, url), language_of(tree), url, base)


def is_month_first(language: str | None, url: str) -> bool:
    """Whether 3/4/2024 means March 4: in English, unless the address has the domain of another country."""
    if language is not None and not language.startswith("en"):
        return False
    if language == "en-US":
        return True
    return _COUNTRY.search(host_of(url)) is None and language != "en-GB"
