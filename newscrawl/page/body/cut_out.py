"""The element that holds the chosen blocks, without the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import HIDING, INLINE, SKIPPED, Block, BlockTree, Node, tokens_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Kept even if empty.
_EMPTY = frozenset(("img", "amp-img", "amp-anim", "br", "hr", "td", "th", "source", "col"))
_PICTURES = frozenset(("img", "amp-img", "amp-anim"))
#: What a picture for readers without scripts stands in; elsewhere it counts visitors.
_AROUND_PICTURES = frozenset(("figure", "picture", "a", "p", "amp-img"))
#: Class words of what holds pictures that are not the article's.
_FOREIGN = vocabulary.class_words("foreign_picture")
_LEAST_HIDDEN = 200  # characters of text that a reader or a script unfolds; less is a note for machines


def cut_out(tree: BlockTree, chosen: set[int]) -> HtmlElement | None:
    """The element that holds the chosen blocks (by index), the text of all others taken out of it.

    What is hidden of them until a reader or a script unfolds it is shown. The page's tree is changed. None if
    nothing is chosen.
    """
    blocks = [tree.blocks[index] for index in sorted(chosen)]
    if not blocks:
        return None
    container = _container(blocks, tree)
    inside = set(container.iter())
    for block in tree.blocks:
        if block.index not in chosen:
            _blank(block, inside)
    nodes = _around(blocks)
    hidden = sum(len(block.text) for block in blocks if block.node.hidden)
    for node in nodes:
        if not node.hidden or hidden >= _LEAST_HIDDEN:
            _show(node.element)
    _drop_empty(container, {node.element for node in nodes})
    return container


def _show(element: HtmlElement) -> None:
    element.attrib.pop("hidden", None)
    if HIDING.search(element.get("style") or ""):
        element.attrib.pop("style")


def _around(blocks: list[Block]) -> set[Node]:
    """The elements around the blocks."""
    nodes: set[Node] = set()
    for block in blocks:
        node: Node | None = block.node
        while node is not None and node not in nodes:
            nodes.add(node)
            node = node.parent
    return nodes


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
        if tag == "noscript" and _keeps_picture(element):
            continue
        if tag in SKIPPED or (tag in _PICTURES and _foreign(element, container)):
            element.drop_tree()
        elif element in holding or len(element) or (element.text and not element.text.isspace()):
            continue
        elif tag not in INLINE and element.tail and not element.tail.isspace():
            continue  # it separates the text before and after it
        elif tag not in _EMPTY or (tag in ("td", "th") and not _in_kept_table(element, holding)):
            element.drop_tree()


def _keeps_picture(noscript: HtmlElement) -> bool:
    """Whether `noscript` holds the picture that a script would load; its text goes."""
    parent, before = noscript.getparent(), noscript.getprevious()
    beside = before is not None and before.tag in _PICTURES
    if not beside and (parent is None or parent.tag not in _AROUND_PICTURES):
        return False
    if noscript.find(".//img") is None:
        return False
    for element in noscript.iter():
        element.text = None
        if element is not noscript:
            element.tail = None
    return True


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
