"""Which of the texts that a page offers is the article's title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from newscrawl.draft import Said
from newscrawl.page.blocks import HEADINGS, Node, Survey
from newscrawl.page.labels import looks_like_date, split_labelled
from newscrawl.page.structured import Structured
from newscrawl.page.tree import host_of, text_of

_LONGEST = 300  # characters; a heading with more is a paragraph
_MOST_CUT = 1_000  # characters; a title with more is left as it is
_MOST_READ = 2_000_000  # characters of headings, which are read again where they stand in one another
_NEAR = 0.5  # similarity from which two texts are forms of one title
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
#: What sites put between title and name. A bare hyphen is one only beside Chinese.
_SEPARATOR = re.compile(
    r"\s+[|｜\-–—_·•:»«/\\~]+\s+|\s*[|｜»]\s*|__+|_(?=[^_]*[\u3400-\u9fff])|—+|(?<=[\u3400-\u9fff!?！？”》])-+|-+(?=[\u3400-\u9fff])"
)
#: How names of Chinese sites and their sections end; a headline does not.
_CHINESE_SITE = re.compile(
    r"^[^，。！？：“”]{2,12}(?:网|官网|网站|频道|日报|晚报|时报|在线|门户|客户端|中心)$"
)
_WORDS = re.compile(r"[^\W_]+")
_DATE_OR_KICKER = re.compile(r"(?:19|20)\d\d|^[^:：|]{2,30}\s*[|:：]")


@dataclass(frozen=True, slots=True)
class Title:
    """The candidates, best first, and the element that shows the title, None if none does."""

    said: list[Said]
    node: Node | None


def settle_title(found: Survey, structured: Structured, url: str) -> Title:
    """Choose by agreement of h1, JSON-LD headline, og:title and `<title>`."""
    names = _site_names(structured, url)
    og = _first_cut(structured.titles, names)
    ld = _first_cut(structured.headlines, names)
    plain = _cut(Said(found.title, "page", "title"), names) if found.title else None
    references = [said for said in (og, ld, plain) if said is not None]
    node, h1 = _nearest_h1(found, references, names)
    best = _choose(h1, og, ld)
    if best is None:
        node, best = _above_info_line(found)
    if best is None:
        node, best = _marked_title(found, references)
    others = [h1, ld, og, plain]
    said = [one for one in (best, *others) if one is not None]
    distinct: dict[str, Said] = {}
    for one in said:
        distinct.setdefault(one.value, one)
    return Title(list(distinct.values()), node)


def _choose(h1: Said | None, og: Said | None, ld: Said | None) -> Said | None:
    if h1 is None:
        return None
    mine = _bare(h1.value)
    if ld is None:
        longer = og is not None and mine != _bare(og.value) and _extra(h1.value, og.value)
        return og if longer else h1
    cut_off = mine.startswith(_bare(ld.value.rstrip("….")))
    agreed = mine == _bare(ld.value) or (og is not None and mine == _bare(og.value)) or cut_off
    return h1 if agreed else ld


def _extra(h1: str, og: str) -> bool:
    """Whether the h1 is the og:title with a kicker or a date around it."""
    if og not in h1:
        return False
    rest = h1.replace(og, " ", 1).strip()
    return bool(rest) and (bool(re.search(r"(?:19|20)\d\d", rest)) or h1.endswith(og))


def _nearest_h1(found: Survey, references: list[Said], names: list[str]) -> tuple[Node | None, Said | None]:
    best: tuple[float, Node | None, str] = (0.0, None, "")
    texts = list(_texts([node for node in found.headings if node.tag == "h1"]))
    for node, text in texts:
        if not text or len(text) > _LONGEST or _bare(text) in names:
            continue
        near = max(
            (similarity(text, said.value) for said in references), default=0.3 if len(texts) == 1 else 0.0
        )
        if near > best[0]:
            best = (near, node, text)
    if best[1] is None or (best[0] < _NEAR and references):
        return None, None
    return best[1], Said(best[2], "page", "h1")


def _marked_title(found: Survey, references: list[Said]) -> tuple[Node | None, Said | None]:
    """No h1 fits: the longest heading or element classed a title that is part of a reference."""
    best: tuple[int, Node | None, str] = (3, None, "")
    wanted = [_bare(said.value) for said in references]
    for node, text in _texts([*found.headings, *found.titled]):
        bare = _bare(text)
        if best[0] < len(bare) and len(text) <= _LONGEST and any(bare in other for other in wanted):
            best = (len(bare), node, text)
    longest = max(map(len, wanted), default=0)
    if best[1] is None or best[0] < longest * 0.4:
        return _title_block(found, wanted)
    rule = best[1].tag if best[1].tag.startswith("h") else "title class"
    return best[1], Said(best[2], "page", rule)


def _above_info_line(found: Survey) -> tuple[Node | None, Said | None]:
    """Chinese pages: the heading, of whatever rank, right above the line with 发布时间 or 来源."""
    for block, after in zip(found.blocks, found.blocks[1:], strict=False):
        heading = block.node.tag in HEADINGS and not block.linked and 6 <= len(block.text) <= 100
        if (
            heading
            and looks_like_date(after.text)
            and any(name for name, _ in split_labelled(after.text[:200]))
        ):
            return block.node, Said(block.text, "page", block.node.tag)
    return None, None


def _texts(nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Elements with their texts, as long as they are not beyond measure."""
    read = 0
    for node in nodes:
        text = text_of(node.element)
        yield node, text
        read += len(text)
        if read > _MOST_READ:
            return


def _title_block(found: Survey, wanted: list[str]) -> tuple[Node | None, Said | None]:
    """The first block whose text is the whole beginning of a reference: the title in plain markup."""
    for block in found.blocks:
        bare = _bare(block.text)
        if len(bare) >= 6 and not block.linked and any(other.startswith(bare) for other in wanted):
            return block.pieces[0].node, Said(block.text, "page", "title text")
    return None, None


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the character bigrams; 1 where one is the other's beginning or end."""
    a, b = _bare(one), _bare(other)
    if not a or not b:
        return 0.0
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 8 and (longer.startswith(shorter) or longer.endswith(shorter)):
        return 1.0 if len(shorter) * 2 > len(longer) else 0.8
    mine, theirs = Counter(_bigrams(a)), Counter(_bigrams(b))
    return sum((mine & theirs).values()) / sum((mine | theirs).values())


def _bigrams(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]


def _bare(text: str) -> str:
    return "".join(_WORDS.findall(text)).casefold()


def _first_cut(said: list[Said], names: list[str]) -> Said | None:
    return _cut(said[0], names) if said else None


def _cut(said: Said, names: list[str]) -> Said:
    return Said(without_site(said.value, names), said.origin, said.rule)


def without_site(title: str, names: list[str]) -> str:
    """The title without the segments at its ends that are the site's name.

    `names` are as `_site_names` gives them: letters and digits only, case folded.
    """
    while len(title) <= _MOST_CUT:
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        if _is_site(title[cuts[-1].end() :], names):
            title = title[: cuts[-1].start()]
        elif _is_site(title[: cuts[0].start()], names):
            title = title[cuts[0].end() :]
        else:
            shorter = next(
                (title[: cut.start()] for cut in cuts if _is_site(title[cut.end() :], names)), None
            )
            if shorter is None:
                break
            title = shorter
    return title.strip()


def _is_site(segment: str, names: list[str]) -> bool:
    bare = _bare(segment)
    if not bare or _CHINESE_SITE.search(segment.strip()):
        return True
    return any(
        bare == name
        or (
            len(bare) >= 3
            and len(name) >= 3
            and (bare in name or (name in bare and len(name) * 2 > len(bare)))
        )
        for name in names
    )


def _site_names(structured: Structured, url: str) -> list[str]:
    names = {_bare(said.value) for said in structured.publishers}
    host = host_of(url).removeprefix("www.")
    labels = [
        label
        for label in host.split(".")[:-1]
        if label not in ("co", "com", "org", "net", "gov", "edu", "m", "news")
    ]
    names |= {_bare(label) for label in labels} | {_bare(host)}
    return [name for name in names if len(name) > 1]
