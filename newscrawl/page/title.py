"""The article's title: chosen among headings, JSON-LD and meta tags, without the site's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from newscrawl.model.draft import Candidate
from newscrawl.page.document.blocks import HEADINGS, BlockTree, Node
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import text_of
from newscrawl.page.structured.collect import Structured
from newscrawl.page.title_headings import (
    bare,
    heading_text,
    holds,
    in_parts,
    is_masthead,
    plain,
    without_kicker,
)
from newscrawl.page.title_sites import names_no_article, site_names, without_site
from newscrawl.text.labels import looks_like_date, split_labelled

_SHORTEST = 5  # letters and digits; a shorter title is not compared with others
_LONGEST = 300  # characters; a heading with more is a paragraph
_MOST_READ = 2_000_000  # characters of headings, which are read again where they stand in one another
_NEAR = 0.5  # similarity from which two texts are forms of one title
_SAME = 0.7  # and from which one is hardly more than a correction of the other
_SOME, _SOME_OF_HEADLINE, _LITTLE = 0.28, 0.32, 0.1  # similarity of a heading about the same in other words
_FEWEST_WORDS, _MANY_WORDS, _MOST_WORDS = 3, 7, 30  # of a headline
_QUARTER = 0.25  # of a heading's words
_WORD = re.compile(r"[^\W_]{3,}")
_PROSE = 150  # characters of a paragraph
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Title:
    """The candidates, best first, and the element that shows the title, None if no element does."""

    candidates: list[Candidate]
    node: Node | None


def choose_title(tree: BlockTree, structured: Structured, url: str) -> Title:
    """Choose by agreement of h1, JSON-LD headline, og:title and `<title>`."""
    names = site_names(structured, url)
    og = _first_cut(structured.titles, names)
    ld = _first_cut(structured.headlines, names)
    tag = _cut(Candidate(tree.title, "page", "title"), names) if tree.title else None
    references = [
        candidate
        for candidate in (og, ld, tag)
        if candidate is not None and not names_no_article(candidate.value, names)
    ]
    node, h1 = _nearest_h1(tree, references, names, url)
    best = _choose(h1, og, ld)
    alone = _only_h1(tree, references, names, url, headlined=ld is not None)
    if alone is not None and (best is None or best is ld):
        node, best = alone
    if best is None:
        node, best = _of_epaper(tree)
    if best is None:
        node, best = _above_info_line(tree, references)
    if best is None:
        node, best = _marked_title(tree, references)
    if best is None and not references:
        node, best = _above_date(tree, names)
    if best is not None and node is not None:
        best = _inside(node, best, [candidate for candidate in (og, ld) if candidate is not None])
        if og is None and ld is None and tag is not None:
            best = _inside(node, best, [tag]) if in_parts(node) else _without_info(best, tag)
    others = [h1, ld, og, tag]
    candidates = [one for one in (best, *others) if one is not None]
    distinct: dict[str, Candidate] = {}
    for one in candidates:
        distinct.setdefault(one.value, one)
    return Title(list(distinct.values()), node)


def _inside(node: Node, best: Candidate, references: list[Candidate]) -> Candidate:
    """The title without the kicker or the subtitle that stands in its heading, in an element of its own."""
    if not len(node.element) or best.rule not in HEADINGS:
        return best
    mine = bare(best.value)
    same = [candidate for candidate in references if bare(candidate.value) == mine]
    if same:  # the kicker belongs to it; two elements are shown without the colon that joins them
        return next(
            (candidate for candidate in same if ": " in candidate.value and ":" not in best.value), best
        )
    for candidate in references:
        theirs = bare(candidate.value)
        if len(theirs) > _SHORTEST and theirs in mine and holds(node, candidate.value):
            return candidate
    return Candidate(without_kicker(node, best.value), best.origin, best.rule)


def _without_info(best: Candidate, tag: Candidate) -> Candidate:
    """The title without the info line that follows it in the same heading, if `<title>` is without it."""
    rest = best.value.removeprefix(tag.value)
    informs = rest != best.value and len(bare(tag.value)) > _SHORTEST and HAS_YEAR.search(rest)
    return tag if informs and looks_like_date(rest) else best


def _choose(h1: Candidate | None, og: Candidate | None, ld: Candidate | None) -> Candidate | None:
    if h1 is None:
        return None
    mine = bare(h1.value)
    if ld is None:
        longer = og is not None and mine != bare(og.value) and _extra(h1.value, og.value)
        return og if longer else h1
    cut_off = mine.startswith(bare(ld.value.rstrip("….")))
    agreed = mine == bare(ld.value) or (og is not None and mine == bare(og.value)) or cut_off
    return h1 if agreed else ld


def _extra(h1: str, og: str) -> bool:
    """Whether the h1 is the og:title with a kicker or a date around it."""
    if og not in h1:
        return False
    rest = h1.replace(og, " ", 1).strip()
    return bool(rest) and (bool(re.search(r"(?:19|20)\d\d", rest)) or h1.endswith(og))


def _nearest_h1(
    tree: BlockTree, references: list[Candidate], names: list[str], url: str
) -> tuple[Node | None, Candidate | None]:
    best: tuple[float, Node | None, str] = (0.0, None, "")
    texts = list(_texts([node for node in tree.headings if node.tag == "h1"]))
    for node, text in texts:
        if not text or len(text) > _LONGEST or bare(text) in names:
            continue
        if not references and names_no_article(text, names):
            continue
        near = max(
            (similarity(text, candidate.value) for candidate in references),
            default=0.3 if len(texts) == 1 else 0.0,
        )
        if near > best[0] and not is_masthead(node, text, url):
            best = (near, node, text)
    if best[1] is None or (best[0] < _NEAR and references):
        return None, None
    text = without_site(best[2], names)  # the name goes only where another title is without it, too
    agreed = bare(text) != bare(best[2]) and any(
        bare(text) == bare(candidate.value) for candidate in references
    )
    return best[1], Candidate(text if agreed else best[2], "page", "h1")


def _only_h1(
    tree: BlockTree, references: list[Candidate], names: list[str], url: str, *, headlined: bool
) -> tuple[Node, Candidate] | None:
    """The page's one h1 that is a headline, though little of it is in the other titles: those are written for
    search engines. Not one behind paragraphs of the text, nor one that differs from them by a word or two.
    """
    found: dict[str, Node] = {}
    for node, text in _texts([node for node in tree.headings if node.tag == "h1"]):
        if text and not (bare(text) in names or names_no_article(text, names)):
            found.setdefault(text, node)
    near, text = max(((_likeness(text, references), text) for text in found), default=(0.0, ""))
    if not references or not text or _CJK.search(text):
        return None
    alone = len(found) == 1 and (not headlined or _shared(text, references) >= _QUARTER)
    if not _is_like_enough(text, near, _SOME_OF_HEADLINE if headlined else _SOME, alone=alone):
        return None
    node = found[text]
    before = sum(len(block.text) > _PROSE for block in tree.blocks[: node.first])
    return None if before > 1 or is_masthead(node, text, url) else (node, Candidate(text, "page", "h1"))


def _shared(text: str, references: list[Candidate]) -> float:
    """The share of a heading's words that the other titles have."""
    words = set(_WORD.findall(text.casefold()))
    others = {word for candidate in references for word in _WORD.findall(candidate.value.casefold())}
    return len(words & others) / (len(words) or 1)


def _is_like_enough(text: str, near: float, some: float, *, alone: bool) -> bool:
    """Whether a heading is about the same as the other titles; the fewer its words, the liker it must be."""
    words = len(text.split())
    if not _FEWEST_WORDS <= words <= _MOST_WORDS or near >= _SAME:
        return False
    return near >= some or (alone and words >= _MANY_WORDS and near >= _LITTLE)


def _likeness(text: str, references: list[Candidate]) -> float:
    return max((similarity(text, candidate.value) for candidate in references), default=0.0)


def _marked_title(tree: BlockTree, references: list[Candidate]) -> tuple[Node | None, Candidate | None]:
    """No h1 fits: the longest heading or element classed a title that is part of a reference."""
    best: tuple[int, Node | None, str] = (3, None, "")
    wanted = [bare(candidate.value) for candidate in references]
    for node, text in _texts([*tree.headings, *tree.titled]):
        mine = bare(text)
        if best[0] < len(mine) and len(text) <= _LONGEST and any(mine in other for other in wanted):
            best = (len(mine), node, text)
    longest = max(map(len, wanted), default=0)
    if best[1] is None or best[0] < longest * 0.4:
        return _title_block(tree, wanted)
    rule = best[1].tag if best[1].tag.startswith("h") else "title class"
    return best[1], Candidate(best[2], "page", rule)


def _above_info_line(tree: BlockTree, references: list[Candidate]) -> tuple[Node | None, Candidate | None]:
    """Chinese pages: the heading, of whatever rank, right above the line with 发布时间 or 来源; not the
    subtitle of one that another title is like."""
    wanted = {bare(candidate.value) for candidate in references}
    for block, after in zip(tree.blocks, tree.blocks[1:], strict=False):
        heading = block.node.tag in HEADINGS and not block.linked and 6 <= len(block.text) <= 100
        if (
            heading
            and looks_like_date(after.text)
            and any(name for name, _ in split_labelled(after.text[:200]))
            and (bare(block.text) in wanted or not _shows_any(tree, wanted))
        ):
            return block.node, Candidate(block.text, "page", block.node.tag)
    return None, None


def _above_date(tree: BlockTree, names: list[str]) -> tuple[Node | None, Candidate | None]:
    """No other title says anything: the heading, or what is classed a title, right above a date."""
    titled = set(tree.titled)
    for block, after in zip(tree.blocks, tree.blocks[1:], strict=False):
        if not (HAS_YEAR.search(after.text) and len(after.text) <= _LONGEST and looks_like_date(after.text)):
            continue
        heading = block.node.tag in HEADINGS or not titled.isdisjoint(block.node.line(2))
        fits = not block.linked and _SHORTEST < len(block.text) <= _LONGEST
        if heading and fits and not names_no_article(block.text, names):
            rule = block.node.tag if block.node.tag in HEADINGS else "title class"
            return block.node, Candidate(block.text, "page", rule)
    return None, None


def _of_epaper(tree: BlockTree) -> tuple[Node | None, Candidate | None]:
    """Digital newspapers made with Founder's software; their `<title>` is the paper's name."""
    element = next(tree.root.iter("founder-title"), None)
    for block in tree.blocks if element is not None else ():
        node = next((node for node in block.pieces[0].node.line() if node.element is element), None)
        if node is not None:
            return node, Candidate(block.text, "page", "founder-title")
    return None, None


def _shows_any(tree: BlockTree, wanted: set[str]) -> bool:
    return any(bare(text) in wanted for _, text in _texts(tree.headings) if len(text) > _SHORTEST)


def _texts(nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Elements with their texts, as long as they are not beyond measure."""
    read = 0
    for node in nodes:
        text = plain(heading_text(node), shown=True) if node.tag in HEADINGS else plain(text_of(node.element))
        yield node, text
        read += len(text)
        if read > _MOST_READ:
            return


def _title_block(tree: BlockTree, wanted: list[str]) -> tuple[Node | None, Candidate | None]:
    """The first block whose text is the whole beginning of a reference: the title in plain markup."""
    for block in tree.blocks:
        mine = bare(block.text)
        if len(mine) >= 6 and not block.linked and any(other.startswith(mine) for other in wanted):
            return block.pieces[0].node, Candidate(block.text, "page", "title text")
    return None, None


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the character bigrams; 1 where one is the other's beginning or end."""
    a, b = bare(one), bare(other)
    if not a or not b:
        return 0.0
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 8 and (longer.startswith(shorter) or longer.endswith(shorter)):
        return 1.0 if len(shorter) * 2 > len(longer) else 0.8
    mine, theirs = Counter(_bigrams(a)), Counter(_bigrams(b))
    return sum((mine & theirs).values()) / sum((mine | theirs).values())


def _bigrams(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


def _first_cut(candidates: list[Candidate], names: list[str]) -> Candidate | None:
    return _cut(candidates[0], names) if candidates else None


def _cut(candidate: Candidate, names: list[str]) -> Candidate:
    return Candidate(without_site(plain(candidate.value), names), candidate.origin, candidate.rule)
