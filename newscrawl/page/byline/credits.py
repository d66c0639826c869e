"""Who wrote an article, where neither an author's class nor `By` near the title says so.

Names beside the date, links to authors' pages, `Written by` behind the text, boxes about the author.
"""

from __future__ import annotations

import re

from newscrawl.model.draft import Candidate
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import fold
from newscrawl.text.full_names import is_full_name
from newscrawl.text.lazy_regex import lazy

_BELOW = 6  # blocks below the title in which a name may stand by itself
_PROSE = 150  # characters of a block with which the text begins
_LONGEST = 120  # characters of a line with a name
_AUTHOR_PATH = lazy(
    r"/(?:authors?|autore?[ns]?|auteurs?|autori|contributors?|columnists?|writers?|journalists?|reporters?|byline"
    r"|people|profiles?|staff|our-team|team|experts?|redakteur(?:in)?|firma|equipo)/[^/?#]",
    re.IGNORECASE,
)
_PARTS = lazy(r"\s*[|·•∙‧⋅/–—,]\s*|\s[-~]\s|\s{2,}")
_READING_TIME = lazy(r"\b\d{1,3}[\s-]?(?:min|minutes?|minuten)\b", re.IGNORECASE)
_IN_TOPIC = lazy(r"^(?P<name>[^|·•]{4,40}?)\s+(?:in|on|\W)\s.*$")
_CREDIT = lazy(
    r"^(?:this (?:article|post|story|piece|guide) (?:was|is) )?(?:(?:article|post|story|blog(?: post)?"
    r"|words|text|content) )?"
    r"(?:written|authored|reported|posted|published|words|article)\s?by"
    r"|^(?:(?:view|see|read) )?(?:all |more )(?:posts|articles|stories) (?:by|from)|^al(?:le artikel"
    r"|le beiträge|les) von"
    r"|^(?:authors?|contributors?|autor(?:in|en|innen)?|auteure?s?|autore|autrice|verfasser(?:in)?|text"
    r"|words)\s?:|^autoren(?= )"
    r"|^(?:geschrieben|verfasst) von|^(?:écrit|rédigé) par|^escrito por|^scritto da|^geschreven door"
    r"|^about the author\s?:?|^about (?=[A-Z][a-z]+ [A-Z])",
    re.IGNORECASE,
)
_AND = lazy(r",\s*(?:and\s+)?|\s*&\s*|\s(?:and|und|et|y)\s")
_ROLE = lazy(r"\s*(?:,|\||–|—|·|\(|\s-\s|\bon\b|\bis an?\b).*$")
_AUTHOR_CLASS = vocabulary.class_words("author")
_ELSEWHERE = frozenset().union(
    *map(vocabulary.class_words, ("date_comments", "date_related")),
    ("testimonial", "testimonials", "review", "reviews", "card", "teaser", "quote", "nav", "menu"),
)
_OF_AUTHOR = frozenset(("author", "authors"))
_ELSEWHERE_TAG = frozenset(("nav", "footer", "blockquote"))


def names_without_label(tree: BlockTree, title: Node | None) -> list[Candidate]:
    """A name by itself right below the title: a link to its author's page, or in the line of the date or the
    reading time, or next to that line: `Ada Lindqvist | Senior Writer | July 2, 2025`."""
    if title is None:
        return []
    around = set(title.line())
    below: list[Block] = []
    for block in tree.blocks[title.first + 1 : title.first + 1 + _BELOW]:
        if len(block.text) > _PROSE:
            break
        below.append(block)
    below = [block for block in below if not block.node.hidden and not _is_elsewhere(block, around)]
    for block in below:
        for piece in block.pieces:
            name = fold(piece.text).strip(" ,|·•")
            if piece.link and _AUTHOR_PATH.search(piece.link) and is_full_name(name):
                return [Candidate(name, "page", "author link")]
    for block in below:
        if alone := _beside_date(tree, block) or _repeated(tree, block, title):
            return [Candidate(alone, "page", "name beside date")]
    return []


def _repeated(tree: BlockTree, block: Block, title: Node) -> str | None:
    """A name by itself right below the title that stands by itself in a second place, a box about authors."""
    if block.index > title.first + 2 or not is_full_name(block.text):
        return None
    return block.text if sum(other.text == block.text for other in tree.blocks) > 1 else None


def _beside_date(tree: BlockTree, block: Block) -> str | None:
    """The name in the line of the date, or by itself next to it."""
    if len(block.text) > _LONGEST:
        return None
    neighbours = tree.blocks[block.index - 1 : block.index] + tree.blocks[block.index + 1 : block.index + 3]
    dated = any(_is_dated(one.text) for one in (block, *neighbours) if len(one.text) <= _LONGEST)
    if not dated:
        return None
    parts = _PARTS.split(_joined(block)) if _is_dated(block.text) else [block.text]
    if not _is_dated(block.text) and _are_people(block.text):
        return block.text
    for part in parts[:3]:
        if is_full_name(part.strip()):
            return part.strip()
        if (topic := _IN_TOPIC.match(part)) and is_full_name(topic["name"]):
            return topic["name"]
    return None


def _joined(block: Block) -> str:
    """The block's text with a bar where another element begins."""
    return "|".join(fold(piece.text) for piece in block.pieces if piece.text.strip())


def _is_dated(text: str) -> bool:
    return HAS_YEAR.search(text) is not None or _READING_TIME.search(text) is not None


def far_credits(tree: BlockTree, title: Node | None) -> list[Candidate]:
    """Whom the page credits anywhere, if all its credits and boxes about authors name the same."""
    around = set(title.line()) if title is not None else set()
    credited: dict[str, None] = {}
    boxed: dict[str, None] = {}
    for block in tree.blocks:
        if len(block.text) > _LONGEST:
            continue
        credit = _CREDIT.match(block.text)
        if credit is None and not (is_full_name(block.text) and _is_of_author(block.pieces[0].node)):
            continue
        if _is_elsewhere(block, around):
            continue
        if credit is None:
            boxed[block.text] = None
            continue
        name = block.text[credit.end() :].strip(" :–—-") or _next(tree, block)
        name = name if _are_people(name) else _ROLE.sub("", name).strip()
        if _are_people(name):
            credited[name] = None
    for found in (credited, boxed):
        if len(found) == 1:
            return [Candidate(name, "page", "credit") for name in found]
    return []


def _are_people(text: str) -> bool:
    """Whether a text is names in full and nothing else: `Ada Lindqvist and Bo Cole`."""
    return bool(text) and all(is_full_name(part.strip()) for part in _AND.split(text))


def _next(tree: BlockTree, block: Block) -> str:
    return tree.blocks[block.index + 1].text if block.index + 1 < len(tree.blocks) else ""


def _is_of_author(node: Node) -> bool:
    """Whether an element is classed an author's, or stands in one that is."""
    return any(one.tokens & _AUTHOR_CLASS for one in node.line(4))


def _is_elsewhere(block: Block, around: set[Node]) -> bool:
    return any(
        one not in around
        and (one.tag in _ELSEWHERE_TAG or one.tokens & _ELSEWHERE)
        and not one.tokens & _OF_AUTHOR
        for one in block.pieces[0].node.line()
    )
