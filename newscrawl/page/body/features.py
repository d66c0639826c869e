"""The features of the block classifier: for each block of a page, the names of those that hold.

All features are binary and named; a model is a table of names and weights.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node, bare, inherited, is_in
from newscrawl.page.document.prose import BlockMeasures, stops_in

_LEVELS = 4  # ancestors whose part of the page's prose is a feature
_FAR_FROM_TITLE = 6  # elements outwards to one that holds the title as well; more are as many
_WORD_STEPS = (1, 2, 3, 5, 8, 13, 21, 36, 61, 121)
_LINK_STEPS = (0.001, 0.1, 0.25, 0.4, 0.6, 0.9, 0.999)
_RATIO_STEPS = (0.001, 0.02, 0.06, 0.12, 0.25, 0.45, 0.7, 0.95)
_COARSE_LINK_STEPS = (0.1, 0.5, 0.9)
_COARSE_RATIO_STEPS = (0.02, 0.12, 0.45, 0.95)
_COVER_STEPS = (0.001, 0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
_PLACE_STEPS = (-30, -10, -3, 0, 1, 2, 3, 5, 8, 13, 21, 40, 80)
_PAST_STEPS = (1, 2, 3, 5, 9)
_LEAST_WRITTEN = 250  # letters of an articleBody that is the text and not its first sentence
_LEAST_DIGEST = 20  # letters; shorter texts are not compared with the description
_PHRASE_WORDS = 40  # words; longer blocks are not searched for phrases

_SENTENCE_ENDS = ".!?。！？…؟।"
_CLOSING = "'\"”’»」』）)]"  # what may follow a sentence's end
_QUOTES = "\"'“‘«»„「『—–-"
_NOTHING: frozenset[str] = frozenset()

Group = tuple[str, ...]
Features = list[Group]


@dataclass(frozen=True, slots=True)
class PageHints:
    """What is known of the page before its text is classified."""

    title: Node | None  #: the element that shows the title
    language: str | None
    body: str | None  #: JSON-LD articleBody
    digest: str | None  #: its description


def features_of(tree: BlockTree, hints: PageHints, measures: BlockMeasures) -> list[Features | None]:
    """The names of the features that hold, for each block of the page; None for a hopeless one.

    They come in groups, since blocks are much alike: each group is summed once a page. No name is in two
    groups of a block.
    """
    page = _PageFeatures(tree, hints, measures)
    figures = measures.by_block
    return [None if figures[block.index].hopeless else page.features(block) for block in tree.blocks]


def title_text(tree: BlockTree, title: Node | None) -> str | None:
    """The first block of the element that shows the title."""
    return tree.blocks[title.first].text if title is not None and title.first < len(tree.blocks) else None


def _is_digest(lower: str, digest: str) -> bool:
    """Whether a text is part of the page's description, or that of it."""
    if len(lower) < len(digest) and not is_in(lower, digest):
        return False
    plain = bare(lower)
    return len(plain) > _LEAST_DIGEST and (plain in digest or digest in plain)


class _PageFeatures:
    """The features of a page's blocks; what concerns the whole page is computed once."""

    def __init__(self, tree: BlockTree, hints: PageHints, measures: BlockMeasures) -> None:
        self.blocks = tree.blocks
        self.measures = measures
        self.says = _phrases_by_block(tree.blocks, measures)
        self.sizes = [bisect_right(_WORD_STEPS, figures.words) for figures in self.measures.by_block]
        self.written = bare((hints.body or "").lower())
        self.digest = bare((hints.digest or "").lower())
        self.script = "cjk" if (hints.language or "")[:2] in ("zh", "ja", "ko") else "lat"
        self.times = Counter(block.text for block in tree.blocks)
        self.title_at = hints.title.first if hints.title is not None else None
        self.title = title_text(tree, hints.title)
        self.alike: dict[tuple[object, ...], Group] = {}
        self.outer: dict[Node | None, Group] = {}
        self.to_title: dict[Node, int | None] = {}
        self.covers: dict[Node, int] = {}
        self.around: dict[Node, frozenset[str]] = {}

    def features(self, block: Block) -> Features:
        size = self.sizes[block.index]
        groups = [
            self._of_text(block, size),
            self._of_place(block, min(size, 6)),
            self._of_node(block.node),
            self._of_inner(block, min(size, 6)),
            self._of_neighbour(block, "prev", block.index - 1),
            self._of_neighbour(block, "next", block.index + 1),
            self._of_parent(block.node.parent),
        ]
        if block.index in self.says:
            kinds, with_date = self.says[block.index]
            groups.append(phrase_names(kinds, length(size), with_date))
        if self.digest or len(self.written) >= _LEAST_WRITTEN:
            groups.append(self._of_written(block, size))
        return groups

    def _of_text(self, block: Block, size: int) -> Group:
        text, link = block.text, self.measures.by_block[block.index].link
        tail = text[-9:].rstrip(_CLOSING)
        ended = tail != "" and tail[-1] in _SENTENCE_ENDS
        end = "sentence" if ended else "colon" if text[-1] in ":：" else "open"
        first = text[0]
        kinds = (
            "repeated" if self.times[text] > 1 else "",
            "title" if text == self.title else "",
            "lower" if first.islower() else "quote" if first in _QUOTES else "",
            "upper" if text.isupper() else "",
        )
        stops = min(stops_in(text), 4)
        links = (bisect_right(_LINK_STEPS, link), bisect_right(_COARSE_LINK_STEPS, link))
        return text_names((size, self.script), links, (stops, end), kinds)

    def _of_written(self, block: Block, size: int) -> Group:
        """Whether JSON-LD has the text in its articleBody or its description."""
        names: Group = ()
        if len(block.text) <= _LEAST_DIGEST and len(self.written) < _LEAST_WRITTEN:
            return names
        lower = block.text.lower()
        if len(self.written) >= _LEAST_WRITTEN:
            place = "in" if is_in(lower, self.written) else "out"
            names = (f"written-{place}-{length(size)}",)
        if self.digest and _is_digest(lower, self.digest):
            names += ("digest",)
        return names

    def _of_place(self, block: Block, size: int) -> Group:
        index, measures = block.index, self.measures
        steps = measures.steps_to_top(block.node)
        place, far = "between", None
        if index < measures.first:
            place, far = "before", f"until{bisect_right(_PAST_STEPS, measures.first - index)}"
        elif index > measures.last:
            place, far = "after", f"past{bisect_right(_PAST_STEPS, index - measures.last)}"
        part = index * 8 // len(self.blocks)
        title = None if self.title_at is None else bisect_right(_PLACE_STEPS, index - self.title_at)
        return place_names((place, far), (part, title), (steps, measures.in_core(block.node)), size)

    def _of_node(self, node: Node) -> Group:
        """Features of the block's element and what is around it; one group for all that are alike."""
        measures = self.measures
        look = bisect_right(_COVER_STEPS, measures.look(node))
        ratio = bisect_right(_RATIO_STEPS, measures.density(node))
        regions = measures.regions(node)
        key = (node.tag, ratio, look, node.tokens, regions)
        group = self.alike.get(key)
        if group is None:
            own = [f"own.{token}" for token in node.tokens]
            group = self.alike[key] = (
                f"tag-{tag_name(node)}",
                f"ratio{ratio}",
                f"look{look}",
                *own,
                *[f"region-{region}" for region in regions],
            )
        return group

    def _of_inner(self, block: Block, size: int) -> Group:
        """What the block's element has by its size, and the element that its text begins in."""
        node, inner = block.node, block.pieces[0].node
        ratio = bisect_right(_COARSE_RATIO_STEPS, self.measures.density(node))
        tokens: frozenset[str] = frozenset()
        wholly = None
        if inner is not node:
            tokens = inner.tokens - node.tokens
            if all(piece.node is inner or piece.text.isspace() for piece in block.pieces):
                wholly = inner.tag
        key = (tag_name(node), ratio, size, tokens, wholly, node.hidden)
        group = self.alike.get(key)
        if group is None:
            names = [f"ratio{ratio}-words{size}", f"tag-{tag_name(node)}-words{size}"]
            names += [f"own.{token}" for token in tokens]
            names += [f"wholly-{wholly}"] if wholly else []
            group = self.alike[key] = tuple(names + (["hidden"] if node.hidden else []))
        return group

    def _of_parent(self, parent: Node | None) -> Group:
        """Features of what is around a block's element; the same for all its siblings."""
        if parent in self.outer:
            return self.outer[parent]
        line = parent.line(_LEVELS) if parent is not None else []
        found = self.outer[parent] = outer_names(
            tuple([(outer.tag, outer.tokens) for outer in line[:3]]),
            tuple([self._cover(outer) for outer in line]),
            inherited(parent, self.to_title, None, self._to_title) if parent is not None else None,
            inherited(parent, self.around, _NOTHING, self._around) if parent is not None else _NOTHING,
        )
        return found

    def _to_title(self, node: Node, outer: int | None) -> int | None:
        """How many elements out the title is held too, given that of the parent."""
        if node in self.measures.title_line:
            return 0
        return None if outer is None else min(outer + 1, _FAR_FROM_TITLE)

    def _cover(self, node: Node) -> int:
        found = self.covers.get(node)
        if found is None:
            found = self.covers[node] = bisect_right(_COVER_STEPS, self.measures.cover(node))
        return found

    def _around(self, node: Node, outer: frozenset[str]) -> frozenset[str]:
        """Class words and tags of the elements further out, those left aside that hold the whole page."""
        return (
            outer if self.measures.cover(node) >= 0.98 else outer.union(around_names(node.tag, node.tokens))
        )

    def _of_neighbour(self, block: Block, side: str, other: int) -> Group:
        if not 0 <= other < len(self.blocks):
            return side_names(side, None, None)
        figures = self.measures.by_block[other]
        size, link = bisect_right((4, 13, 36), figures.words), bisect_right((0.3, 0.8), figures.link)
        sibling = self.blocks[other].node.parent is block.node.parent
        return side_names(side, (size, link), sibling)


def _phrases_by_block(blocks: list[Block], measures: BlockMeasures) -> dict[int, tuple[frozenset[str], bool]]:
    """The kinds of phrases in each short text that is not hopeless, and whether a date is in it."""
    short = [
        index
        for index, figures in enumerate(measures.by_block)
        if figures.words <= _PHRASE_WORDS and not figures.hopeless
    ]
    texts = [blocks[index].text for index in short]
    with_date, kinds = texts_with_date(texts), phrase_kinds(texts)
    return {index: (kinds.get(number, _NOTHING), number in with_date) for number, index in enumerate(short)}


# --- the names, as in blocks.json; groups of them are cached, since blocks are alike from page to page

_MOST_KEPT = 4096  # groups of each kind
_TAGS = vocabulary.tag_names("shown")
_AROUND = vocabulary.tag_names("around")


def tag_name(node: Node) -> str:
    """The element's tag, `other` for rare ones."""
    return node.tag if node.tag in _TAGS else "other"


@lru_cache(maxsize=_MOST_KEPT)
def text_names(
    words: tuple[int, str], links: tuple[int, int], ending: tuple[int, str], kinds: Group
) -> Group:
    (size, script), (link, coarse), (stops, end) = words, links, ending
    return (
        "bias",
        f"words{size}",
        f"words{size}{script}",
        f"link{link}",
        f"words{size}link{coarse}",
        f"stops{stops}",
        f"end-{end}",
        f"words{size}end-{end}",
        *(kind for kind in kinds if kind),
    )


@lru_cache(maxsize=_MOST_KEPT)
def place_names(
    place: tuple[str, str | None], at: tuple[int, int | None], inside: tuple[int | None, bool], size: int
) -> Group:
    (where, far), (part, title), (steps, core) = place, at, inside
    names = (
        f"place-{where}",
        f"place-{where}-words{size}",
        f"part{part}",
        f"top{'out' if steps is None else min(steps, 4)}",
        f"top{'out' if steps is None else min(steps, 4)}-words{size}",
        f"top{'out' if steps is None else min(steps, 2)}-{where}",
        f"core-{core}-words{size}",
        f"core-{core}-{where}",
    )
    return (*names, *((far,) if far else ()), *(() if title is None else (f"title{title}",)))


@lru_cache(maxsize=_MOST_KEPT)
def side_names(side: str, figures: tuple[int, int] | None, sibling: bool | None) -> Group:
    if figures is None:
        return (f"{side}-none",)
    size, link = figures
    return f"{side}-words{size}-link{link}", f"{side}-{'same' if sibling else 'other'}"


@lru_cache(maxsize=_MOST_KEPT)
def phrase_names(kinds: frozenset[str], long: str, texts_with_date: bool) -> Group:
    names = tuple(f"says-{kind}-{long}" for kind in sorted(kinds))
    return (*names, f"date-{long}") if texts_with_date else names


@lru_cache(maxsize=_MOST_KEPT)
def around_names(tag: str, tokens: frozenset[str]) -> Group:
    names = tuple([f"in.{token}" for token in tokens])
    return (*names, f"around-{tag}") if tag in _AROUND else names


@lru_cache(maxsize=_MOST_KEPT)
def _near_names(tokens: frozenset[str]) -> Group:
    return tuple([f"near.{token}" for token in tokens])


@lru_cache(maxsize=_MOST_KEPT)
def outer_names(
    line: tuple[tuple[str, frozenset[str]], ...],
    covers: tuple[int, ...],
    with_title: int | None,
    around: frozenset[str],
) -> Group:
    """Names of the elements around a block's, the nearest first in `line` and `covers`."""
    names = {f"cover{level}-{cover}" for level, cover in enumerate(covers)}
    if len(covers) > 1:
        names.add(f"covers{covers[0]}-{covers[1]}")
    for level, (tag, tokens) in enumerate(line[:2]):
        names.add(f"in{level}-{tag if tag in _TAGS else 'other'}")
        names.update(_near_names(tokens))
    names.add(f"withtitle{'none' if with_title is None else with_title}")
    names.update(around, *[around_names(tag, tokens) for tag, tokens in line])
    return tuple(names)


def length(size: int) -> str:
    return "short" if size <= 4 else "long"


# --- phrases: which kinds (`share`, `photo`, `source` … of vocabulary.toml) stand in a page's short texts
#
# All texts are searched at once, joined: a phrase that is nowhere on the page is searched once, not per text.

HEAD = 300  #: characters of a text that are searched for phrases
# 2026 or 9:30; written so that `re` knows that every match begins with a digit.
_DATE = re.compile(r"\d(?:(?<=1)9\d\d|(?<=2)0\d\d|\d?:\d\d)")
_CJK = re.compile(r"[\u3400-\u9fff]")
_PLAIN = vocabulary.literal_phrases()
_PLAIN_LATIN = tuple(pair for pair in _PLAIN if not _CJK.search(pair[0]))
_LINES = vocabulary.phrase_patterns()
_NONE: frozenset[str] = frozenset()
_compiled = cache(re.compile)
_phrases = cache(vocabulary.combined_phrase_pattern)


def phrase_kinds(texts: list[str]) -> dict[int, frozenset[str]]:
    """The kinds of the phrases in texts, by the number of each that has any; no text holds a line's end."""
    whole = "\n".join([text[:HEAD] for text in texts]).lower()
    ends = _ends(heads := whole.split("\n"))
    kinds = _of_patterns(whole, heads, ends)
    for phrase, kind in _PLAIN if _CJK.search(whole) else _PLAIN_LATIN:
        if phrase in whole:
            for number in _standing(phrase, whole, ends):
                kinds[number] = kinds.get(number, _NONE) | {kind}
    return kinds


def texts_with_date(texts: list[str]) -> set[int]:
    """The numbers of the texts in which a year or a time of day stands."""
    ends = _ends(texts)
    return {bisect_right(ends, match.start()) for match in _DATE.finditer("\n".join(texts))}


def _ends(texts: list[str]) -> list[int]:
    """Where each text ends in all of them, joined with line ends."""
    return [end - 1 for end in accumulate([len(text) + 1 for text in texts])]


def _of_patterns(whole: str, heads: list[str], ends: list[int]) -> dict[int, frozenset[str]]:
    """The kinds of what is more than letters, by the number of the text."""
    found: dict[int, frozenset[str]] = {}
    for part, pattern, kind in _LINES:
        if part in whole:
            search = _compiled(pattern).search
            for number in _standing(part, whole, ends):
                if search(heads[number]):
                    found[number] = found.get(number, _NONE) | {kind}
    for number, kinds in found.items():
        if len(kinds) > 1:  # of two that overlap only the first one counts
            found[number] = frozenset(match.lastgroup or "" for match in _phrases().finditer(heads[number]))
    return found


def _standing(part: str, whole: str, ends: list[int]) -> Iterator[int]:
    """The numbers of the texts that hold a part."""
    at = whole.find(part)
    while at >= 0:
        number = bisect_right(ends, at)
        yield number
        at = whole.find(part, ends[number])
