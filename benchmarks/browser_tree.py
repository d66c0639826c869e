"""Where our trees differ from those of browsers.

    python -m benchmarks.browser_tree [--step 1] [--show 3] [FILE …]

Each page of the corpus (or each file) is parsed by newscrawl.page.document.parse and by an HTML5 parser:
lexbor, in selectolax, which has to be installed. Compared are the words that both show, their order, and the
elements around them. A line is a construct: what differs first, from the outside, around how many words of
how many pages. `button / div` is text that is in a button in our tree and in a div in theirs. Exits 1 if a
page loses text.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from benchmarks import corpus
from newscrawl.errors import PageError
from newscrawl.page.document.blocks import INLINE, SKIPPED
from newscrawl.page.document.encoding import as_utf8
from newscrawl.page.document.parse import parse

_EITHER = frozenset(("html", "head", "body", "tbody", "colgroup"))  # added by one of the parsers
_UNSEEN = SKIPPED | {"title"}
# What parse takes out: controls, and what is not shown.
_UNWRITTEN = dict.fromkeys([*range(9), *range(14, 32), 0xAD, 0x200B, 0x2060, 0xFEFF])
_MANY = 20_000  # words: of more, frequent ones do not decide on the order
_LEAST_LOST = 20  # words: of fewer a page does not lose its text


class Word(NamedTuple):
    """One word of a page, and the tags around it but for inline ones, the outermost first."""

    letters: str
    around: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        return _UNSEEN.isdisjoint(self.around)


def our_words(root: HtmlElement) -> list[Word]:
    """The words in our tree, in its order."""
    return list(_words([(root, ())], _of_lxml))


def browser_words(html: str) -> list[Word]:
    """The words in the tree of an HTML5 parser."""
    from selectolax.lexbor import LexborHTMLParser

    return list(_words([(LexborHTMLParser(html).root, ())], _of_lexbor))


def _words(waiting: list[Any], parts_of: Any) -> Iterator[Word]:
    while waiting:
        node, outside = waiting.pop()
        if isinstance(node, str):
            for word in node.translate(_UNWRITTEN).split():
                yield Word(word, outside)
            continue
        tag, parts = parts_of(node)
        inside = outside if tag in _EITHER or (tag in INLINE and tag != "a") else (*outside, tag)
        waiting += [(part, inside) for part in reversed(parts)]


def _of_lxml(element: HtmlElement) -> tuple[str, list[Any]]:
    parts: list[Any] = [element.text or ""]
    for child in element:
        parts += [child, child.tail or ""]
    return str(element.tag), parts


def _of_lexbor(node: Any) -> tuple[str, list[Any]]:
    parts: list[Any] = [""]
    child = node.child
    while child is not None:
        if child.tag == "-text":  # where a comment stands in a text, there are two
            parts[-1:] = (
                [parts[-1] + child.text_content]
                if isinstance(parts[-1], str)
                else [parts[-1], child.text_content]
            )
        elif child.tag and not child.tag.startswith(("-", "!")):
            parts.append(child)
        child = child.next
    return node.tag, parts


class Difference(NamedTuple):
    """What differs on one page."""

    lost: int  #: words that browsers show and our tree has nowhere, or where nothing is text
    added: int  #: words that our tree shows alone
    moved: int  #: words shown in another order
    constructs: Counter[str]  #: words by what differs around them


def compare(ours: list[Word], theirs: list[Word]) -> Difference:
    """Hold one page's words against each other."""
    mine = Counter(word.letters for word in ours if word.is_shown)
    shown = Counter(word.letters for word in theirs if word.is_shown)
    lost, added = sum((shown - mine).values()), sum((mine - shown).values())
    constructs: Counter[str] = Counter()
    if ours == theirs:
        return Difference(0, 0, 0, constructs)
    left, right = [word.letters for word in ours], [word.letters for word in theirs]
    matcher = SequenceMatcher(None, left, right, autojunk=len(left) > _MANY)
    blocks = [(0, 0, len(left))] if left == right else [(*block,) for block in matcher.get_matching_blocks()]
    moved = max(0, sum(shown.values()) - lost - sum(size for _, _, size in blocks))
    for at, other, size in blocks:
        for own, yours in zip(ours[at : at + size], theirs[other : other + size], strict=True):
            if own.around != yours.around and (own.is_shown or yours.is_shown):
                constructs[_construct(own, yours)] += 1
    return Difference(lost, added, moved, constructs)


def _construct(ours: Word, theirs: Word) -> str:
    longest = max(len(ours.around), len(theirs.around)) + 1
    pairs = zip((*ours.around, *[""] * longest), (*theirs.around, *[""] * longest), strict=False)
    mine, other = next((mine, other) for mine, other in pairs if mine != other)
    hidden = (
        "" if ours.is_shown == theirs.is_shown else " (shown here)" if ours.is_shown else " (shown there)"
    )
    return f"{mine or 'end'} / {other or 'end'}{hidden}"


def _pages(files: list[Path], step: int) -> Iterator[tuple[str, bytes]]:
    for file in files:
        data = file.read_bytes()
        yield str(file), gzip.decompress(data) if file.suffix == ".gz" else data
    place = corpus.folder()
    if not files and place is not None:
        for page in list(corpus.pages(place))[::step]:
            yield f"{page.set}/{page.id}", page.read()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, help="pages to compare in place of the corpus")
    parser.add_argument("--step", type=int, default=1, help="compare every n-th page only")
    parser.add_argument("--show", type=int, default=3, help="pages to name for each construct")
    arguments = parser.parse_args()
    by_construct: dict[str, Counter[str]] = defaultdict(Counter)
    count, losing = 0, []
    for name, body in _pages(arguments.files, max(1, arguments.step)):
        try:
            root = parse(body, url=name)
        except PageError as error:
            print(error, file=sys.stderr)
            continue
        count += 1
        found = compare(our_words(root), browser_words(as_utf8(body, None).decode("utf-8", "replace")))
        for construct, words in found.constructs.items():
            by_construct[construct][name] += words
        for kind, words in (("lost", found.lost), ("added", found.added), ("moved", found.moved)):
            if words:
                by_construct[f"words {kind}"][name] += words
        losing += [name] if found.lost >= _LEAST_LOST else []
    print(f"{count} pages, {len(losing)} of them lose {_LEAST_LOST} words or more")
    for construct, names in sorted(by_construct.items(), key=lambda item: -len(item[1])):
        most = ", ".join(f"{name} {words}" for name, words in names.most_common(arguments.show))
        print(f"{construct:40} {len(names):5} pages {names.total():8} words: {most}")
    return 1 if losing else 0


if __name__ == "__main__":
    sys.exit(main())
