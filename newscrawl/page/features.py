"""What the block classifier looks at: one list of feature names for each block of a page.

All features are binary and named, so that a model is a table of names and weights.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from newscrawl.page import words
from newscrawl.page.blocks import Block, Node, Survey
from newscrawl.page.layout import STOPS, Layout, look_of

_LEVELS = 4  # ancestors whose part of the page's prose is a feature
_WORD_STEPS = (1, 2, 3, 5, 8, 13, 21, 36, 61, 121)
_LINK_STEPS = (0.001, 0.1, 0.25, 0.4, 0.6, 0.9, 0.999)
_RATIO_STEPS = (0.001, 0.02, 0.06, 0.12, 0.25, 0.45, 0.7, 0.95)
_COARSE_LINK_STEPS = (0.1, 0.5, 0.9)
_COARSE_RATIO_STEPS = (0.02, 0.12, 0.45, 0.95)
_COVER_STEPS = (0.001, 0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
_PLACE_STEPS = (-30, -10, -3, 0, 1, 2, 3, 5, 8, 13, 21, 40, 80)
_PAST_STEPS = (1, 2, 3, 5, 9)
_LEAST_WRITTEN = 250  # letters of an articleBody that is the text and not its first sentence
_PHRASE_WORDS = 40  # of a block in which phrases are looked for

_NOT_WORDS = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[.!?。！？…؟।]['\"”’»」』）)\]]*$")
_QUOTES = "\"'“‘«»„「『—–-"
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}:\d\d")
_PHRASE = words.phrases()
_PLAIN_PHRASES = words.plain_phrases()
_ASCII_PHRASES = tuple(pair for pair in _PLAIN_PHRASES if pair[0].isascii())
_TAGS = words.tags("shown")
_AROUND = words.tags("around")


Features = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the page before its text is looked for."""

    title: Node | None  #: the element that shows the title
    language: str | None
    body: str | None  #: JSON-LD articleBody
    digest: str | None  #: its description


def features_of(found: Survey, known: Known) -> list[Features | None]:
    """The names of the features that hold, for each block of the page; None for a hopeless one.

    Those of what is around the block come apart: siblings share one list, so that its weights are
    summed once. No name is in both.
    """
    page = _Page(found, known)
    figures = page.layout.measures
    return [None if figures[block.index].hopeless else page.features(block) for block in found.blocks]


def title_text(found: Survey, title: Node | None) -> str | None:
    """The first block of the element that shows the title."""
    return found.blocks[title.first].text if title is not None and title.first < len(found.blocks) else None


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text.lower())


def _tag(node: Node) -> str:
    return node.tag if node.tag in _TAGS else "other"


class _Page:
    """The features of a page's blocks; what concerns the whole page is found once."""

    def __init__(self, found: Survey, known: Known) -> None:
        self.blocks = found.blocks
        self.layout = Layout(found.blocks, known.title)
        self.written = _plain(known.body or "")
        self.digest = _plain(known.digest or "")
        self.script = "cjk" if (known.language or "")[:2] in ("zh", "ja", "ko") else "lat"
        self.times = Counter(block.text for block in found.blocks)
        self.title_at = known.title.first if known.title is not None else None
        self.title = title_text(found, known.title)
        self.cache: dict[Node, list[str]] = {}
        self.outer: dict[Node | None, list[str]] = {}

    def features(self, block: Block) -> Features:
        names = ["bias"]
        self._of_text(block, names)
        self._of_written(block, names)
        self._of_place(block, names)
        self._of_nodes(block, names)
        self._of_neighbours(block, names)
        return list(dict.fromkeys(names)), self._of_parent(block.node.parent)

    def _size(self, block: Block) -> int:
        return bisect_right(_WORD_STEPS, self.layout.measures[block.index].words)

    def _of_text(self, block: Block, names: list[str]) -> None:
        text, figures, size = block.text, self.layout.measures[block.index], self._size(block)
        end = "sentence" if _SENTENCE_END.search(text) else "colon" if text.endswith((":", "：")) else "open"
        names += (
            f"words{size}",
            f"words{size}{self.script}",
            f"link{bisect_right(_LINK_STEPS, figures.link)}",
            f"words{size}link{bisect_right(_COARSE_LINK_STEPS, figures.link)}",
            f"stops{min(len(STOPS.findall(text)), 4)}",
            f"end-{end}",
            f"words{size}end-{end}",
        )
        if self.times[text] > 1:
            names.append("repeated")
        if text == self.title:
            names.append("title")
        if text[0].islower():
            names.append("lower")
        elif text[0] in _QUOTES:
            names.append("quote")
        if text.isupper():
            names.append("upper")
        if figures.words <= _PHRASE_WORDS:
            _of_phrases(text, size, names)

    def _of_written(self, block: Block, names: list[str]) -> None:
        """Whether JSON-LD has the text in its articleBody or its description."""
        plain = _plain(block.text)
        if len(self.written) >= _LEAST_WRITTEN:
            place = "in" if plain in self.written else "out"
            names.append(f"written-{place}-{_length(self._size(block))}")
        if self.digest and len(plain) > 20 and (plain in self.digest or self.digest in plain):
            names.append("digest")

    def _of_place(self, block: Block, names: list[str]) -> None:
        index, layout = block.index, self.layout
        place = "before" if index < layout.first else "after" if index > layout.last else "between"
        steps = layout.steps_to_top(block.node)
        size = min(self._size(block), 6)
        inner = layout.in_core(block.node)
        names += (
            f"place-{place}",
            f"place-{place}-words{size}",
            f"part{index * 8 // len(self.blocks)}",
            f"top{'out' if steps is None else min(steps, 4)}",
            f"top{'out' if steps is None else min(steps, 4)}-words{size}",
            f"top{'out' if steps is None else min(steps, 2)}-{place}",
            f"core-{inner}-words{size}",
            f"core-{inner}-{place}",
        )
        if place == "after":
            names.append(f"past{bisect_right(_PAST_STEPS, index - layout.last)}")
        elif place == "before":
            names.append(f"until{bisect_right(_PAST_STEPS, layout.first - index)}")
        if self.title_at is not None:
            names.append(f"title{bisect_right(_PLACE_STEPS, index - self.title_at)}")

    def _of_nodes(self, block: Block, names: list[str]) -> None:
        node, inner = block.node, block.pieces[0].node
        known = self.cache.get(node)
        if known is None:
            known = self.cache[node] = self._of_node(node)
        names += known
        size = min(self._size(block), 6)
        names.append(f"ratio{bisect_right(_COARSE_RATIO_STEPS, self.layout.density(node))}-words{size}")
        names.append(f"tag-{_tag(node)}-words{size}")
        if inner is not node:
            names += [f"own.{token}" for token in inner.tokens]
            if all(piece.node is inner or piece.text.isspace() for piece in block.pieces):
                names.append(f"wholly-{inner.tag}")
        if node.hidden:
            names.append("hidden")

    def _of_node(self, node: Node) -> list[str]:
        """Features of the block's element and what is around it; the same for all blocks in it."""
        layout = self.layout
        look = bisect_right(_COVER_STEPS, layout.looks[look_of(node)] / layout.all_prose)
        names = [
            f"tag-{_tag(node)}",
            f"ratio{bisect_right(_RATIO_STEPS, layout.density(node))}",
            f"look{look}",
        ]
        names += [f"own.{token}" for token in node.tokens]
        names += [f"region-{region}" for region in layout.regions(node)]
        return names

    def _of_parent(self, parent: Node | None) -> list[str]:
        """Features of what is around a block's element; the same for all its siblings."""
        known = self.outer.get(parent)
        if known is not None:
            return known
        layout, names = self.layout, []
        line = parent.line() if parent is not None else []
        covers = [bisect_right(_COVER_STEPS, layout.cover(outer)) for outer in line[:_LEVELS]]
        names += [f"cover{level}-{cover}" for level, cover in enumerate(covers)]
        if len(covers) > 1:
            names.append(f"covers{covers[0]}-{covers[1]}")
        for level, outer in enumerate(line[:2]):
            names.append(f"in{level}-{_tag(outer)}")
            names += [f"near.{token}" for token in outer.tokens]
        with_title = next((level for level, outer in enumerate(line) if outer in layout.title_line), None)
        names.append(f"withtitle{'none' if with_title is None else min(with_title, 6)}")
        known = self.outer[parent] = list(dict.fromkeys(names + self._around(line)))
        return known

    def _around(self, line: list[Node]) -> list[str]:
        """Class words and tags of the elements further out, those left aside that hold the whole page."""
        names: dict[str, None] = {}
        for level, outer in enumerate(line):
            if level < 3 or self.layout.cover(outer) < 0.98:
                names.update((f"in.{token}", None) for token in outer.tokens)
                if outer.tag in _AROUND:
                    names[f"around-{outer.tag}"] = None
        return list(names)

    def _of_neighbours(self, block: Block, names: list[str]) -> None:
        for side, other in (("prev", block.index - 1), ("next", block.index + 1)):
            if not 0 <= other < len(self.blocks):
                names.append(f"{side}-none")
                continue
            figures = self.layout.measures[other]
            size, link = bisect_right((4, 13, 36), figures.words), bisect_right((0.3, 0.8), figures.link)
            family = "same" if self.blocks[other].node.parent is block.node.parent else "other"
            names += (f"{side}-words{size}-link{link}", f"{side}-{family}")


def _length(size: int) -> str:
    return "short" if size <= 4 else "long"


def _of_phrases(text: str, size: int, names: list[str]) -> None:
    head = text[:300].lower()
    plain = _ASCII_PHRASES if head.isascii() else _PLAIN_PHRASES
    kinds: set[str | None] = {kind for phrase, kind in plain if phrase in head}
    kinds.update(match.lastgroup for match in _PHRASE.finditer(head))
    names += [f"says-{kind}-{_length(size)}" for kind in kinds if kind]
    if _DATE.search(text):
        names.append(f"date-{_length(size)}")
