"""Which blocks are the article's text, given how likely each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.page.body.copies import LONG, later_copies
from newscrawl.page.body.features import PageHints
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import HEADINGS, Block, BlockTree, Node, inherited
from newscrawl.page.document.prose import words_of
from newscrawl.text.dates.month_names import months
from newscrawl.text.labels import looks_like_date, split_labelled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newscrawl.page.context import PageContext

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
    taken |= {index for index in gaps if _links_between(index, tree) or _heads(tree.blocks[index], likely)}
    taken |= _whole_between(taken, tree)
    taken |= _further_parts(taken, tree, likely, hints.title)
    return taken - _copies(taken, tree)


def _copies(taken: set[int], tree: BlockTree) -> set[int]:
    """The blocks that repeat a run of taken ones."""
    long = [text for index in taken if len(text := tree.blocks[index].text) >= LONG]
    if len(long) == len(set(long)):  # as on nearly all pages
        return set()
    order = sorted(taken)
    return {order[place] for place in later_copies([tree.blocks[index].text for index in order])}


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


def _heads(block: Block, likely: list[float]) -> bool:
    """Whether the block, between two chosen ones, is a heading and no link."""
    ranked = any(node.tag in _RANKED for node in block.node.line(2))
    if not ranked or block.linked * 2 > len(block.text) or is_boilerplate(block):
        return False
    return _is_likely(block, likely, _LEAST_HEADING)


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


# --- doubt: on some pages trafilatura's answer is right more often
#
# Where doubtful characters are more than this share of those taken. Cross-validated by site, shares up to .6
# do nearly as well, and ask less often.

_DOUBTFUL_FROM, _DOUBTFUL_TO = 0.12, 0.88  # probabilities
_MOST_DOUBTFUL = 0.3
_MOST_BLOCKS = 3_000  # of a page given to trafilatura; longer pages are slow and not articles
_MOST_TEXT = 200_000  # its characters
_SAMPLE = 200  # blocks


def is_unsure(context: PageContext, likely: list[float], chosen: Iterable[int]) -> bool:
    """Whether the classifier's choice rests on doubtful blocks; of a Chinese page never.

    `likely` are the probabilities of the page's blocks, `chosen` the indexes of those taken.
    """
    blocks = context.tree.blocks
    if context.chinese or not 0 < len(blocks) <= _MOST_BLOCKS:
        return False
    if sum(len(block.text) for block in blocks) > _MOST_TEXT:
        return False
    taken = sum(len(blocks[index].text) for index in chosen)
    doubtful = sum(
        len(block.text)
        for block, p in zip(blocks, likely, strict=True)
        if _DOUBTFUL_FROM < p < _DOUBTFUL_TO and not is_caption(block)
    )
    # Of a flash of one line the language is not always known.
    return (not taken or doubtful > _MOST_DOUBTFUL * taken) and not _is_cjk(context)


def _is_cjk(context: PageContext) -> bool:
    text = "".join(block.text for block in context.tree.blocks[:_SAMPLE])
    return len(_CJK.findall(text)) * 3 > len(text)


# --- parts: short sentences (`无人受伤。`), lists, tables and quotes that stand among the paragraphs
#
# The classifier leaves many of them out for being short. What a site adds to its articles mostly stands
# further out, has a class of its own, is made of links, or says what it is.

_LEAST_SENTENCE, _LEAST_HEADING = 0.2, 0.1  # probability
_LEAST_CJK = 0.01  # of both in Chinese and Japanese, to which the classifier gives much less
_MOST_PARTS = 6  # of them in a row
_LONGEST_SENTENCE, _LONGEST_HEADING = 60, 40  # characters
_FULL_STOP = re.compile(r"(?:[。！？…]|(?<=\w)[.!?])[”’」』）)\"']*$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NO_SENTENCE = vocabulary.pattern("no_sentence")
_PARTS = frozenset(("table", "ul", "ol", "dl", "blockquote", "pre", "details"))
_RANKED = frozenset(("h2", "h3", "h4", "h5", "h6"))
_MOST_LINKED = 0.3  # share of a part's characters


@dataclass(slots=True)
class _Part:
    """What one child of the text's element holds."""

    node: Node
    blocks: list[Block]


def _further_parts(taken: set[int], tree: BlockTree, likely: list[float], title: Node | None) -> set[int]:
    """The blocks of parts that follow or precede a taken one, in the element with most of the taken text."""
    home = _home(taken, tree)
    if home is None:
        return set()
    parts = _parts_of(home, tree, title.first + 1 if title is not None else 0)
    has = [any(block.index in taken for block in part.blocks) for part in parts]
    looks = {(part.node.tag, part.node.tokens) for part, known in zip(parts, has, strict=True) if known}
    fits = [known or _is_part(part, looks, likely) for part, known in zip(parts, has, strict=True)]
    found = [part for part, known in zip(parts, has, strict=True) if known and part.node.tag in _PARTS]
    found = [part for part in found if _is_part(part, looks, likely)]  # of which some blocks are taken
    for at in [at for at, known in enumerate(has) if known]:
        for step in (1, -1):
            found += _run(parts, has, fits, at, step)
    return {block.index for part in found for block in part.blocks}


def _run(parts: list[_Part], has: list[bool], fits: list[bool], at: int, step: int) -> list[_Part]:
    """The parts that fit on one side of a taken one; a heading only with what it stands over."""
    run: list[_Part] = []
    end = at + step
    while 0 <= end < len(parts) and fits[end] and not has[end] and len(run) < _MOST_PARTS:
        run.append(parts[end])
        end += step
    followed = step < 0 or (0 <= end < len(parts) and has[end])
    while run and _is_heading(run[-1]) and not followed:
        run.pop()
    return run


def _home(taken: set[int], tree: BlockTree) -> Node | None:
    """The element that most of the taken text stands right in."""
    held: dict[Node, int] = {}
    for index in taken:
        block = tree.blocks[index]
        home = block.node.parent if block.node.tag == "p" else block.node
        if home is not None:
            held[home] = held.get(home, 0) + len(block.text)
    return max(held, key=lambda node: held[node], default=None)


def _parts_of(home: Node, tree: BlockTree, first: int) -> list[_Part]:
    """The children of an element that hold blocks from `first` on; loose text is a part by itself."""
    parts: list[_Part] = []
    for block in tree.blocks[max(first, home.first) :]:
        node = block.node
        while node is not home and node.parent is not home:
            if node.parent is None:
                return parts  # past the element's end
            node = node.parent
        if parts and parts[-1].node is node and node is not home:
            parts[-1].blocks.append(block)
        else:
            parts.append(_Part(node, [block]))
    return parts


def _is_part(part: _Part, looks: set[tuple[str, frozenset[str]]], likely: list[float]) -> bool:
    """Whether a child is a part of the text: a sentence like the paragraphs, a heading, or a bare list."""
    node, blocks = part.node, part.blocks
    length = sum(len(block.text) for block in blocks)
    if node.hidden or sum(block.linked for block in blocks) > _MOST_LINKED * length:
        return False
    if any(is_boilerplate(block) or _NO_SENTENCE.search(block.text) for block in blocks):
        return False
    if node.tag in _PARTS or node.tag in _RANKED:
        bare = not node.tokens and not any(block.node.tokens for block in blocks)
        return bare and (node.tag in _PARTS or _is_likely(blocks[0], likely, _LEAST_HEADING))
    if (node.tag, node.tokens) not in looks or len(blocks) != 1:
        return False
    return _is_sentence(blocks[0], likely) or _is_heading(part)


def _is_heading(part: _Part) -> bool:
    """Whether a part is a heading, or a paragraph that looks like one: a few words in bold."""
    if part.node.tag in _RANKED:
        return True
    block, inner = part.blocks[0], part.blocks[0].pieces[0].node
    bold = inner.tag in ("b", "strong") and all(piece.node is inner for piece in block.pieces)
    return bold and len(block.text) <= _LONGEST_HEADING


def _is_sentence(block: Block, likely: list[float]) -> bool:
    if block.linked or len(block.text) > _LONGEST_SENTENCE or _FULL_STOP.search(block.text) is None:
        return False
    return _is_likely(block, likely, _LEAST_SENTENCE)


def _is_likely(block: Block, likely: list[float], least: float) -> bool:
    return likely[block.index] >= (_LEAST_CJK if _CJK.search(block.text) else least)


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
_BY = re.compile(
    r"(?:(?:(?:article|posted|written) )?by|author|von|par|por|di|af|av|door)\s*:?\s+", re.IGNORECASE
)
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
