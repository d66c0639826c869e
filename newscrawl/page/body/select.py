"""From how likely each block is to which blocks are taken: what no page's text begins or ends with is not."""

from __future__ import annotations

from newscrawl.page.body.boilerplate import is_caption, is_no_text
from newscrawl.page.body.features import PageHints
from newscrawl.page.body.lead import leads
from newscrawl.page.document.blocks import Block, BlockTree, Node, inherited

THRESHOLD = 0.5
_SURE = 0.9  # probability from which even a caption is taken
_WHOLE = frozenset(("table", "ul", "ol"))  #: taken whole or in part, never left out between paragraphs
_MEMBERS = frozenset(("li", "p", "dd", "dt", "td"))


def selected(found: BlockTree, known: PageHints, likely: list[float]) -> set[int]:
    """The indexes of the blocks that are the article's text."""
    title = (
        found.blocks[known.title.first].text
        if known.title and known.title.first < len(found.blocks)
        else None
    )
    taken = {
        block.index
        for block, p in zip(found.blocks, likely, strict=True)
        if p > THRESHOLD and block.text != title and not is_no_text(block) and not _inside(block, known.title)
    }
    taken -= _of_other_articles(taken, found, known.title)
    taken -= _captions(taken, found, likely)
    taken |= leads(found, known, likely, taken)
    gaps = [index + 1 for index in taken if index + 1 not in taken and index + 2 in taken]
    taken |= {index for index in gaps if _links_between(index, found)}
    return taken | _whole_between(taken, found)


def _captions(taken: set[int], found: BlockTree, likely: list[float]) -> set[int]:
    """Of a text the captions, but for those that are surely text; of a series of pictures none."""
    captions = {at for at in taken if likely[at] < _SURE and is_caption(found.blocks[at])}
    length = sum(len(found.blocks[at].text) for at in captions)
    return captions if length * 2 < sum(len(found.blocks[at].text) for at in taken) else set()


def _of_other_articles(taken: set[int], found: BlockTree, title: Node | None) -> set[int]:
    """The blocks of further articles, with titles of their own, that a page loads below its own."""
    own = _article(title)
    if title is None or own is None:
        return set()
    titled = {_article(node) for node in found.headings if node.tag == "h1" and node is not title}
    others = {
        node for node in titled if node is not None and own not in node.line() and node not in own.line()
    }
    if not others:
        return set()
    inside = {index for index in taken if not others.isdisjoint(found.blocks[index].node.line())}
    return inside if inside != taken else set()


def _article(node: Node | None) -> Node | None:
    """The innermost `article` around an element."""
    return next((outer for outer in node.line() if outer.tag == "article"), None) if node else None


def _inside(block: Block, title: Node | None) -> bool:
    node: Node | None = block.pieces[0].node
    while node is not None and node is not title:
        node = node.parent
    return node is not None


def _links_between(index: int, found: BlockTree) -> bool:
    """A short link between two taken blocks of its kind: a list's member that is nothing but a link."""
    block = found.blocks[index]
    around = {found.blocks[index - 1].node.tag, found.blocks[index + 1].node.tag} & _MEMBERS
    return block.linked >= len(block.text) * 0.9 and block.node.tag in around and not is_no_text(block)


def _whole_between(taken: set[int], found: BlockTree) -> set[int]:
    """All of a table or list that stands between two taken blocks, in what holds both; not one of links."""
    parts: dict[Node, list[Block]] = {}
    outermost: dict[Node, Node | None] = {}
    for block in found.blocks[min(taken) : max(taken) + 1] if taken else ():
        around = inherited(block.node, outermost, None, _outermost)
        if around is not None:
            parts.setdefault(around, []).append(block)
    whole: set[int] = set()
    for outer, blocks in parts.items():
        before, after = blocks[0].index - 1, blocks[-1].index + 1
        if before in taken and after in taken and _holds(outer.parent, found, before, after):
            linked = sum(block.linked for block in blocks)
            if linked * 2 < sum(len(block.text) for block in blocks):
                whole.update(block.index for block in blocks)
    return whole


def _outermost(node: Node, outer: Node | None) -> Node | None:
    """The outermost table or list around an element, given that of its parent."""
    return outer or (node if node.tag in _WHOLE else None)


def _holds(node: Node | None, found: BlockTree, *indexes: int) -> bool:
    return all(node in found.blocks[index].node.line() for index in indexes)
