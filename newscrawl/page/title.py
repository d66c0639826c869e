"""The article's title: chosen among headings, JSON-LD and meta tags, without the site's name."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.model.draft import Candidate
from newscrawl.page.document import blocks, vocabulary
from newscrawl.page.document.blocks import HEADINGS, BlockTree, Node, tokens_of
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import absolute, host_of, text_of
from newscrawl.page.structured.collect import Structured
from newscrawl.text.labels import looks_like_date, split_labelled
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import outlet_named

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SHORTEST = 5  # letters and digits; a shorter title is not compared with others
_LONGEST = 300  # characters; a heading with more is a paragraph
_MOST_READ = 2_000_000  # characters of headings, which are read again where they stand in one another
_NEAR = 0.5  # similarity from which two texts are forms of one title


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
        text = plain(heading_text(node) if node.tag in HEADINGS else text_of(node.element))
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


# --- headings as they stand in the markup, with kickers, subtitles and badges inside them

_CRUMB_CLASS = frozenset(("breadcrumb", "breadcrumbs", "crumb", "crumbs"))
_BESIDE_CLASS = vocabulary.class_words("beside_title")
_HOME = lazy(r"/?(?:(?:index|default|home)\.\w{3,5})?")
_BADGES = frozenset(
    "原创 转载 独家 置顶 推荐 热门 组图 视频 直播 付费 专题 图 Live LIVE Video Premium Exclusive".split()
)
_TAG = lazy(r"</?(?:b|i|em|strong|span|br|sup|sub|font|p|u)\b[^<>]{0,200}>", re.IGNORECASE)
_LETTER = lazy(r"[^\W\u2e80-\u9fff\uac00-\ud7a3]|[,:;.!?–—-]")
_UNSEEN_TAGS = frozenset(("svg", "script", "style", "template", "noscript", "button"))
# Words for screen readers, as Bootstrap, WordPress, Tailwind, GOV.UK and others class them.
_UNSEEN_CLASS = lazy(
    r"(?:^|[\s_-])(?:(?:visually|visuallyhidden|accessibly|screen-?reader)(?:-?hidden|-text|-only)?|sr-only|u-vh"
    r"|a11y-(?:hidden|only)|hidden-visually|hide-accessible|off-?screen|element-invisible|assistive-text)(?=$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN_STYLE = lazy(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_MOST_PARTS = 12  # elements inside a heading that are checked
_LEAST = 4  # letters of what is left of a heading without its kicker
_NO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")


def bare(text: str) -> str:
    """Letters and digits only, case folded: what is compared."""
    return blocks.bare(text).casefold()


def plain(text: str) -> str:
    """A title without what readers do not see: zero-width marks, tags, entities escaped twice."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return text if text.isascii() else text.translate(_NO_WIDTH).strip()


def heading_text(node: Node) -> str:
    """The text that a heading shows; where a line is broken between words of letters, they stay two."""
    for line_end in islice(node.element.iter("br"), _MOST_PARTS):
        before, around = line_end.getprevious(), line_end.getparent()
        left = (before.tail if before is not None else around.text if around is not None else None) or ""
        if line_end.tail and _LETTER.match(line_end.tail) and _LETTER.search(left[-1:]):
            line_end.tail = f" {line_end.tail}"
    return _shown(node.element) if len(node.element) else text_of(node.element)


def _shown(heading: HtmlElement) -> str:
    """The heading's text without what it does not show: the title of an icon, words for screen readers. All
    of it, if nothing else is there."""
    parts = islice(heading.iterdescendants(), _MOST_PARTS)
    if not any(isinstance(part.tag, str) and _is_unseen(part) for part in parts):
        return text_of(heading)
    copy = deepcopy(heading)
    copy.tail = None
    for part in [part for part in copy.iterdescendants() if isinstance(part.tag, str) and _is_unseen(part)]:
        if part.getparent() is not None:
            part.drop_tree()
    return text_of(copy) or text_of(heading)


def _is_unseen(part: HtmlElement) -> bool:
    if part.tag in _UNSEEN_TAGS or part.get("hidden") is not None:
        return True
    return bool(
        _UNSEEN_CLASS.search(part.get("class") or "") or _UNSEEN_STYLE.search(part.get("style") or "")
    )


def is_masthead(node: Node, text: str, url: str) -> bool:
    """Whether a heading is only a link to the site's front page, or part of the breadcrumb."""
    if node.tokens & _CRUMB_CLASS:
        return True
    links = list(islice(node.element.iter("a"), _MOST_PARTS))
    outer = next(node.element.iterancestors("a"), None)
    if outer is not None:
        links.append(outer)
    return any(
        text_of(link) == text and _is_front(link.get("href"), url) for link in links
    ) and not _is_front(url, url)


def _is_front(href: str | None, url: str) -> bool:
    address = absolute(href, url)
    if address is None:
        return False
    parts = urlsplit(address)
    return host_of(address) == host_of(url) and not parts.query and _is_home(parts.path)


def _is_home(path: str) -> bool:
    return _HOME.fullmatch(path) is not None


def without_kicker(node: Node, text: str) -> str:
    """The heading's text without the elements in it that are classed a kicker or a subtitle."""
    for part in list(islice(node.element.iterdescendants(), _MOST_PARTS)):
        beside = text_of(part) if isinstance(part.tag, str) else ""
        if beside in _BADGES or (part.get("class") and tokens_of(part.get("class") or "") & _BESIDE_CLASS):
            left = text.removeprefix(beside) if text.startswith(beside) else text.removesuffix(beside)
            joined = beside.endswith(":") or left.lstrip().startswith(":")  # papers say it with a colon
            left = left.strip(" |–—-·•/")
            if beside and left != text and not joined and len(bare(left)) >= _LEAST:
                text = left
    return text


def in_parts(node: Node) -> bool:
    """Whether all that a heading shows stands in elements inside it."""
    heading = node.element
    return not (heading.text or "").strip() and all(not (part.tail or "").strip() for part in heading)


def holds(node: Node, text: str) -> bool:
    """Whether one of the elements inside the heading shows this text and nothing else."""
    parts = islice(node.element.iterdescendants(), _MOST_PARTS)
    wanted = bare(text)
    return any(bare(text_of(part)) == wanted for part in parts if isinstance(part.tag, str))


# --- the site's name at the ends of titles, known from the page or by how such names end

_LEAST_NAME = 4  # letters of a name after a colon
_LONGEST_NAME = 24  # characters
_MOST_CUT = 1_000  # characters; a title with more is left as it is
#: What sites put between title and name. A bare hyphen is one only beside Chinese.
_SEPARATOR = lazy(
    r"\s+[|｜ǀㅣ\-–—_·•:»«/\\~]+\s+|\s*[|｜ǀㅣ»]\s*|__+|_(?=[^_]*[\u3400-\u9fff])|—+|(?<=[\u3400-\u9fff!?！？”》])-+|-+(?=[\u3400-\u9fff])"
)
#: How names of Chinese sites and their sections end; a headline does not.
_CHINESE_SITE = lazy(
    r"^[^，。！？：“”]{2,12}(?:网|官网|网站|频道|日报|晚报|时报|在线|门户|客户端|中心|热线|论坛|订阅|头条|手机版|触屏版|移动版)$"
)

#: How names of Chinese institutions end, which follow a title, and stand within one too.
_CHINESE_HOUSE = lazy(
    r"^[^，。！？：“”\s]{2,16}(?:电视台|广播台|融媒体|新闻社|出版社|人民政府|委员会|管理局|协会|大学|学院|医院|有限公司|集团|法院"
    r"|检察院|数字报|电子报|周刊|杂志)$"
)
#: Columns as they stand between a headline and the name of a Chinese site: 本地要闻, 时政, 澎湃号·政务.
_CHINESE_COLUMN = lazy(
    r"[\u4e00-\u9fff]{0,4}(?:新闻|要闻|快讯|资讯|时政|时事|财经|经济|金融|证券|股票|基金|社会|民生|国内|国际|本地|地方|教育"
    r"|体育|娱乐|科技|军事|健康|房产|汽车|旅游|文化|评论|观点|专题|滚动|政务|法治|生活|正文)|[\u4e00-\u9fff]{2,4}号·[\u4e00-\u9fff]{2,4}"
)
_LEAST_TITLE = 6  # characters of a headline that a column is cut from
#: Titles of pages whose template names no article.
_GENERIC = lazy(
    r"(?:新闻|文章|信息|资讯|公告|通知|行业|公司|媒体|政务|工作)?(?:详情|详细|正文|内容|动态|中心|新闻|资讯|报道)?页?面?|首页|无标题.{0,3}"
    r"|(?:news|article|story|post|blog)?\s?(?:details?|page|home|index|article|news|untitled|document)?",
    re.IGNORECASE,
)


def names_no_article(title: str, names: list[str]) -> bool:
    """Whether a title is the site's name, or what its template calls all pages: `新闻详情`, `示例日报`."""
    if len(title) > _LONGEST_NAME:  # some sites put the article's title where their name should be
        return False
    return _GENERIC.fullmatch(title.strip()) is not None or _is_site(title, names)


def without_site(title: str, names: list[str]) -> str:
    """The title without the segments at its ends that are the site's name.

    `names` are as `site_names` gives them: letters and digits only, case folded.
    """
    before, _, name = title.rpartition("：")  # 見出し：例新聞オンライン; elsewhere it parts a headline
    if before and len(bare(name)) >= _LEAST_NAME and bare(name) in names:
        title = before
    whole = title
    while len(title) <= _MOST_CUT:
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        end = title[cuts[-1].end() :]
        if _is_site(end, names) or _CHINESE_HOUSE.search(end.strip()):
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
    return (title if title == whole else _without_column(title)).strip()


def _without_column(title: str) -> str:
    """The title without the columns that stood before a site's name, which is cut already."""
    while len(title) <= _MOST_CUT and (cuts := list(_SEPARATOR.finditer(title))):
        before = title[: cuts[-1].start()]
        if (
            not _CHINESE_COLUMN.fullmatch(title[cuts[-1].end() :].strip())
            or len(before.strip()) < _LEAST_TITLE
        ):
            break
        title = before
    return title


def _is_site(segment: str, names: list[str]) -> bool:
    mine = bare(segment)
    if not mine or _CHINESE_SITE.search(segment.strip()) or _is_outlet(segment.strip()):
        return True
    return any(
        mine == name
        or (
            len(mine) >= 3
            and len(name) >= 3
            and (mine in name or (name in mine and len(name) * 2 > len(mine)))
        )
        for name in names
    )


def _is_outlet(segment: str) -> bool:
    """Whether the segment is an outlet of the registry that is written in Chinese: 腾讯新闻."""
    return 2 < len(segment) <= _LONGEST_NAME and not segment.isascii() and outlet_named(segment) is not None


def site_names(structured: Structured, url: str) -> list[str]:
    names = {bare(candidate.value) for candidate in structured.publishers}
    host = host_of(url).removeprefix("www.")
    labels = [
        label
        for label in host.split(".")[:-1]
        if label not in ("co", "com", "org", "net", "gov", "edu", "m", "news")
    ]
    names |= {bare(label) for label in labels} | {bare(host)}
    return [name for name in names if len(name) > 1]
