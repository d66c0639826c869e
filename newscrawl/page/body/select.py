"""Which blocks are the article's text, given how likely each is; and the element cut out with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.page.body.features import PageHints
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import (
    HEADINGS,
    INLINE,
    SKIPPED,
    Block,
    BlockTree,
    Node,
    inherited,
    tokens_of,
)
from newscrawl.page.document.prose import words_of
from newscrawl.text.dates.month_names import months
from newscrawl.text.labels import looks_like_date, split_labelled

if TYPE_CHECKING:
    from lxml.html import HtmlElement


THRESHOLD = 0.5
_SURE = 0.9  # probability from which even a caption is taken
_WHOLE = frozenset(("table", "ul", "ol"))  #: taken whole or in part, never left out between paragraphs
_MEMBERS = frozenset(("li", "p", "dd", "dt", "td"))


def select_blocks(tree: BlockTree, hints: PageHints, likely: list[float]) -> set[int]:
    """The indexes of the blocks that are the article's text."""
    title = (
        tree.blocks[hints.title.first].text if hints.title and hints.title.first < len(tree.blocks) else None
    )
    taken = {
        block.index
        for block, p in zip(tree.blocks, likely, strict=True)
        if p > THRESHOLD
        and block.text != title
        and not is_boilerplate(block)
        and not _inside(block, hints.title)
    }
    taken -= _of_other_articles(taken, tree, hints.title)
    taken -= _captions(taken, tree, likely)
    taken |= lead_blocks(tree, hints, likely, taken)
    gaps = [index + 1 for index in taken if index + 1 not in taken and index + 2 in taken]
    taken |= {index for index in gaps if _links_between(index, tree)}
    taken |= _whole_between(taken, tree)
    return taken | _short_sentences(taken, tree, likely)


def _captions(taken: set[int], tree: BlockTree, likely: list[float]) -> set[int]:
    """The captions to leave out: those that are not surely text; none if the article is mostly captions."""
    captions = {at for at in taken if likely[at] < _SURE and is_caption(tree.blocks[at])}
    length = sum(len(tree.blocks[at].text) for at in captions)
    return captions if length * 2 < sum(len(tree.blocks[at].text) for at in taken) else set()


def _of_other_articles(taken: set[int], tree: BlockTree, title: Node | None) -> set[int]:
    """The blocks of further articles, with titles of their own, that a page loads below its own."""
    own = _article(title)
    if title is None or own is None:
        return set()
    titled = {_article(node) for node in tree.headings if node.tag == "h1" and node is not title}
    others = {
        node for node in titled if node is not None and own not in node.line() and node not in own.line()
    }
    if not others:
        return set()
    inside = {index for index in taken if not others.isdisjoint(tree.blocks[index].node.line())}
    return inside if inside != taken else set()


def _article(node: Node | None) -> Node | None:
    """The innermost `article` around an element."""
    return next((outer for outer in node.line() if outer.tag == "article"), None) if node else None


def _inside(block: Block, title: Node | None) -> bool:
    node: Node | None = block.pieces[0].node
    while node is not None and node is not title:
        node = node.parent
    return node is not None


def _links_between(index: int, tree: BlockTree) -> bool:
    """Whether the block is a list item that is only a link, between two chosen blocks of its kind."""
    block = tree.blocks[index]
    around = {tree.blocks[index - 1].node.tag, tree.blocks[index + 1].node.tag} & _MEMBERS
    return block.linked >= len(block.text) * 0.9 and block.node.tag in around and not is_boilerplate(block)


def _whole_between(taken: set[int], tree: BlockTree) -> set[int]:
    """All of a table or list that stands between two taken blocks, in what holds both; not one of links."""
    parts: dict[Node, list[Block]] = {}
    outermost: dict[Node, Node | None] = {}
    for block in tree.blocks[min(taken) : max(taken) + 1] if taken else ():
        around = inherited(block.node, outermost, None, _outermost)
        if around is not None:
            parts.setdefault(around, []).append(block)
    whole: set[int] = set()
    for outer, blocks in parts.items():
        before, after = blocks[0].index - 1, blocks[-1].index + 1
        if before in taken and after in taken and _holds(outer.parent, tree, before, after):
            linked = sum(block.linked for block in blocks)
            if linked * 2 < sum(len(block.text) for block in blocks):
                whole.update(block.index for block in blocks)
    return whole


def _outermost(node: Node, outer: Node | None) -> Node | None:
    """The outermost table or list around an element, given that of its parent."""
    return outer or (node if node.tag in _WHOLE else None)


def _holds(node: Node | None, tree: BlockTree, *indexes: int) -> bool:
    return all(node in tree.blocks[index].node.line() for index in indexes)


# --- short sentences: `无人受伤。`, which the classifier leaves out for being short
#
# What a site adds to its articles stands apart from the text or says what it is; a sentence in an element
# like those of the paragraphs before it is one of them.

_LEAST_LIKELY = 0.1  # probability of such a sentence; the classifier gives .2 to .5 to most
_MOST_SENTENCES = 4  # of them in a row
_LONGEST_SENTENCE = 60  # characters
_FULL_STOP = re.compile(r"[。！？…][”’」』）)]*$")
_NO_SENTENCE = vocabulary.pattern("no_sentence")


def _short_sentences(taken: set[int], tree: BlockTree, likely: list[float]) -> set[int]:
    """The short sentences that directly follow a taken paragraph and look like it, by their elements."""
    found: set[int] = set()
    for start in [index + 1 for index in taken if index + 1 not in taken]:
        for index in range(start, min(start + _MOST_SENTENCES, len(tree.blocks))):
            if index in taken or likely[index] < _LEAST_LIKELY or not _is_sentence(index, tree):
                break
            found.add(index)
    return found


def _is_sentence(index: int, tree: BlockTree) -> bool:
    """Whether the block is a short sentence, unlinked, in an element like that of the block before it."""
    block, before = tree.blocks[index], tree.blocks[index - 1]
    return (
        not block.linked
        and len(block.text) <= _LONGEST_SENTENCE
        and _FULL_STOP.search(block.text) is not None
        and (block.node is before.node or _look_alike(block.node, before.node))
        and not is_boilerplate(block)
        and _NO_SENTENCE.search(block.text) is None
    )


def _look_alike(node: Node, other: Node) -> bool:
    return (node.parent, node.tag, node.tokens) == (other.parent, other.tag, other.tokens)


# --- boilerplate: lines that are never part of a text, such as dates, bylines, captions, links elsewhere

_FURNITURE_LENGTH = 160  # characters
_FURNITURE = vocabulary.pattern("furniture", before=r"^[\s【\[（(]*")
_INTERLUDE_LENGTH = 500  # characters
_INTERLUDE = vocabulary.pattern("interlude", before=r"^[\s\W]*?")
_SHORT = 90  # characters of a date or byline
_LEVELS = 4  # elements around a block that may be a caption
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}\s?[:.h]\s?\d\d(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_IN_DATES = vocabulary.class_words("in_dates") | months().keys()
_BY = re.compile(r"(?:by|von|par|por|di|af|av|door)\s*:?\s+", re.IGNORECASE)
_BETWEEN = frozenset("and und et y e og och en de van von der del da & / |".split())
_MOST_NAMES = 12  # words of a byline


def is_boilerplate(block: Block) -> bool:
    text = block.text
    if len(text) <= _INTERLUDE_LENGTH and _INTERLUDE.match(text):
        return True
    if len(text) <= _FURNITURE_LENGTH and (_FURNITURE.match(text) is not None or _is_info_line(text)):
        return True
    if len(text) <= _SHORT and block.node.tag not in HEADINGS and (_is_date(text) or _is_byline(text)):
        return True
    return _is_shouted_link(block)


def is_caption(block: Block) -> bool:
    return any(node.tag == "figcaption" for node in block.node.line()[:_LEVELS])


def _is_info_line(text: str) -> bool:
    """`2026-03-08 09:15 来源：示例日报 作者：张三`, or any other line of labels with a date in it."""
    return looks_like_date(text[:40]) and any(name for name, _ in split_labelled(text))


def _is_date(text: str) -> bool:
    """`Stand: 17.06.2025 18:24 Uhr`: a date, and no words but those of dates."""
    if _DATED.search(text) is None:
        return False
    words = _WORD.findall(text.lower())
    return bool(words) and all(word in _IN_DATES for word in words)


def _is_byline(text: str) -> bool:
    """`By Ana Bell and Bo Cole`: only names after the word."""
    by = _BY.match(text)
    if by is None or text[-1] in ".,!?…":
        return False
    names = text[by.end() :].split()
    return 2 <= len(names) <= _MOST_NAMES and all(
        not name[0].islower() or name.lower() in _BETWEEN for name in names
    )


def _is_shouted_link(block: Block) -> bool:
    """A headline in capitals that is a link: `COUNCIL AGREES ON THE BRIDGE`, between two paragraphs."""
    text = block.text
    return block.linked >= 0.9 * len(text) and len(text) >= 20 and text.isupper()


# --- the lead: the sentence between title and first paragraph that says what happened
#
# It stands apart from the text, and the classifier, which judges by what is around a block, is often not
# sure of it. A lead's class name, or the same words in the page's description, are enough then.

_LIKELY = 0.1  # probability from which such a block is one
_LONG = 15  # words of the first paragraph
_WORDS = range(6, 81)  # of a lead
_NEAR = 15  # blocks below the title
_LEAST = 20  # letters that description and lead have in common
_CLASSES = vocabulary.class_words("lead") | {
    name for name, kinds in vocabulary.region_names().items() if "lead" in kinds
}
_OTHERS = vocabulary.class_words("no_lead")
_OTHER_TAGS = frozenset(("figcaption", "figure", "li"))
_NOT_WORDS = re.compile(r"[\W_]+")


def lead_blocks(tree: BlockTree, hints: PageHints, likely: list[float], taken: set[int]) -> set[int]:
    """The indexes of further blocks to take, given those that are taken."""
    if hints.title is None:
        return set()
    start = hints.title.first + 1
    first = min((at for at in taken if at >= start and words_of(tree.blocks[at]) >= _LONG), default=start)
    digest = _plain(hints.digest or "")
    return {
        block.index
        for block in tree.blocks[start : min(first, start + _NEAR)]
        if likely[block.index] > _LIKELY
        and hints.title not in block.pieces[0].node.line()
        and _may_be_lead(block)
        and (_is_classed_lead(block) or _matches_digest(block, digest))
    }


def _may_be_lead(block: Block) -> bool:
    if words_of(block) not in _WORDS or block.linked > 0.3 * len(block.text):
        return False
    around = block.node.line()[:3]
    return not (
        looks_like_date(block.text[:40])
        or any(node.tag in _OTHER_TAGS or node.tokens & _OTHERS for node in around)
    )


def _is_classed_lead(block: Block) -> bool:
    return any(node.tokens & _CLASSES for node in block.node.line()[:3])


def _matches_digest(block: Block, digest: str) -> bool:
    """Whether the page's description of itself is the block, or a part of it, or holds it."""
    plain = _plain(block.text)
    return min(len(plain), len(digest)) > _LEAST and (plain in digest or digest in plain)


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())


# --- cutting: the element that holds the chosen blocks, without the others

#: Kept even if empty.
_EMPTY = frozenset(("img", "br", "hr", "td", "th", "source", "col"))
#: Class words of what holds pictures that are not the article's.
_FOREIGN = vocabulary.class_words("foreign_picture")


def cut_out(tree: BlockTree, chosen: set[int]) -> HtmlElement | None:
    """The element that holds the chosen blocks (by index), the text of all others taken out of it.

    The page's tree is changed. None if nothing is chosen.
    """
    blocks = [tree.blocks[index] for index in sorted(chosen)]
    if not blocks:
        return None
    container = _container(blocks, tree)
    inside = set(container.iter())
    for block in tree.blocks:
        if block.index not in chosen:
            _blank(block, inside)
    _drop_empty(container, _holding(blocks))
    return container


def _holding(blocks: list[Block]) -> set[HtmlElement]:
    """The elements around the blocks."""
    nodes: set[Node] = set()
    for block in blocks:
        node: Node | None = block.node
        while node is not None and node not in nodes:
            nodes.add(node)
            node = node.parent
    return {node.element for node in nodes}


def _container(blocks: list[Block], tree: BlockTree) -> HtmlElement:
    """The innermost element that all the blocks stand in; the page's own where they are nested too deep."""
    around = blocks[0].node.line()
    places = {node: place for place, node in enumerate(around)}
    innermost = 0
    for block in blocks[1:]:
        node: Node | None = block.node
        while node is not None and node not in places:
            node = node.parent
        innermost = max(innermost, len(around) if node is None else places[node])
    return around[innermost].element if innermost < len(around) else tree.root


def _blank(block: Block, inside: set[HtmlElement]) -> None:
    for piece in block.pieces:
        if piece.element not in inside:
            continue
        if piece.tail:
            piece.element.tail = None
        else:
            piece.element.text = None


def _drop_empty(container: HtmlElement, holding: set[HtmlElement]) -> None:
    """Take out elements without text or picture, and those that never are text."""
    for element in reversed(list(container.iterdescendants())):
        tag = element.tag
        if tag in SKIPPED or (tag == "img" and _foreign(element, container)):
            element.drop_tree()
        elif element in holding or len(element) or (element.text and not element.text.isspace()):
            continue
        elif tag not in INLINE and element.tail and not element.tail.isspace():
            continue  # it separates the text before and after it
        elif tag not in _EMPTY or (tag in ("td", "th") and not _in_kept_table(element, holding)):
            element.drop_tree()


def _in_kept_table(cell: HtmlElement, holding: set[HtmlElement]) -> bool:
    table = next(cell.iterancestors("table"), None)
    return table is not None and table in holding


def _foreign(image: HtmlElement, container: HtmlElement) -> bool:
    for element in (image, *image.iterancestors()):
        if element is container:
            return False
        if (
            tokens_of(f"{element.get('class') or ''} {element.get('id') or ''}") & _FOREIGN
            or element.tag == "aside"
        ):
            return True
    return False
