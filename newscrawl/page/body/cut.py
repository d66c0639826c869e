"""The article's element, cut out of the page: what holds the chosen blocks, without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import INLINE, SKIPPED, Block, BlockTree, Node
from newscrawl.page.document.letters import tokens_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Kept though without text.
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
            continue  # it parts what stands before it from the text behind
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
