"""Outlet, people and columns as a page shows them: info lines, bylines, breadcrumbs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newscrawl.model.draft import Candidate
from newscrawl.page.byline.latin import read_bylines
from newscrawl.page.byline.regions import Regions
from newscrawl.page.document import dates_in_text, vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node, TextPiece
from newscrawl.page.document.parse import absolute, fold
from newscrawl.text.labels import LabelledField, looks_like_date, split_labelled
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import desk_outlet, outlet_named

_MOST_LINES = 500  # lines with labels that are read on a page, the nearest first
_LONGEST_LINE = 200  # characters; a label in a longer block is at its end or it is prose
_LONGEST_NAME = 60
_APART = "\x1f"  # no page holds it: control characters are taken out before parsing
_BLANK = " \u00a0\u3000" + _APART
_COLON = lazy(r"[:：|｜丨∶/／]")
_LABELLED = lazy(
    r"来源|來源|来自[:：]|編輯|責編|稿源|信源|出处|转自|转载自|摘自|作者|记者|記者|编辑|责编|撰文|撰稿|通讯员|校对|审核|主编|实习生|采写"
    r"|[一二三终]审|[【（(]文[/／]|[图文][/／、][图文]|^文\s?[/／|｜丨]|文字[:：|丨]\s?[\u4e00-\u9fff]{2,3}(?![\u4e00-\u9fff])|》\s?[（(]\s?20\d\d年"
)
# 《人民日报》（2026年05月04日 第 01 版）: the issue of a paper
_ISSUE = lazy(r"《\s?([^《》]{2,12}?)\s?》\s?[（(]\s?20\d\d年\s?\d{1,2}月\s?\d{1,2}日[^（）()]{0,16}[)）]")
_AT_END = lazy(
    r"[（(【\[]\s*(?:文章|本文|新闻|稿件)?(?:来源|來源|稿源)[:：][^（()）]{2,40}[)）】\]]\s*$"
    r"|[（(【\[](?:[^（()）】]{0,8})(?:记者|作者|通讯员)\s*[^（()）】]{2,30}[)）】\]]\s*$"
    r"|[（(【\[]\s*(?:责任编辑|责编|编辑)[:：]?[^（()）】]{2,20}[)）】\]]\s*$"
)
_CELL = lazy(r"(?:文章|新闻|信息)?来源|稿源|作者|记者|责任编辑|责编|编辑")  # a label in a table's cell
_SOURCE_CLASS = vocabulary.class_words("source")
_AUTHOR_CLASS = vocabulary.class_words("author")
# Words in the classes of author boxes that do not hold the name.
_ABOUT_AUTHOR = frozenset("avatar bio count counts desc description intro info title post posts text".split())
_SENTENCE = lazy(r"[：:，。！？!?]")
_SEVERAL = lazy(r"[\s\u00a0\u3000]{2,}|[|｜]")
_NO_NAME = lazy(
    r"\d{3}|[:：，。！？]|^(?:原创|转载|星期.|字号|大|中|小|评论|跟帖|分享|收藏|打印|阅读|举报|正文|首页|下载.*|关注|纠错"
    r"|视频|图片|订阅|T大|T小|A[+-]|.*字体.*|.*字号.*|[放缩][大小]|打印.{0,4}|保存|复制.{0,4}|推荐|点赞|转发|投稿|投诉|举报.{0,4}|收藏.{0,4}|我要.{1,4}|扫一扫.*|手机[看版].*|关闭.{0,4}|返回.{0,4}|听新闻|朗读|语音播报|无障碍|长辈版|繁體?|简体|论坛|浏览.{0,4}|点击.{0,4}|阅读.{0,4}|评论.{0,4}|分享.{0,6}|(?:发布|发表|更新|修改|创建)(?:时间|日期|于)?|时间|日期|来源|作者|编辑"
    r"|facebook|twitter|whatsapp|linkedin|telegram|line|e?mail|print|微信|(?:新浪)?微博|qq(?:空间)?|朋友圈|豆瓣"
    r"|.{4,}(?:法|条例|办法|规定|通知|公告|意见|方案))$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class VisibleByline:
    """Candidates by field, best first, each with origin `page`."""

    outlets: list[Candidate] = field(default_factory=list)
    authors: list[Candidate] = field(default_factory=list)
    editors: list[Candidate] = field(default_factory=list)
    columns: list[Candidate] = field(default_factory=list)
    beside: list[Candidate] = field(default_factory=list)  #: outlets without label, in the line of the date
    desks: list[Candidate] = field(default_factory=list)  #: outlets of reporters: 证券时报记者 张三
    bylines: list[Candidate] = field(default_factory=list)  #: of class and `By`, weaker than labels
    spoken: bool = False  #: whether the bylines are one that says `By`, right below the title


def read_visible_byline(
    tree: BlockTree, title: Node | None, url: str, *, chinese: bool, far: bool = True
) -> VisibleByline:
    """Look through the page's blocks once; the nearest after the title comes first."""
    byline = VisibleByline()
    if chinese:
        _read_info_lines(tree, title, url, byline)
    else:
        h1s = [node for node in tree.headings if node.tag == "h1"]
        byline.bylines, byline.spoken = read_bylines(
            tree, title or (h1s[0] if len(h1s) == 1 else None), far=far
        )
    byline.columns = breadcrumb(tree, title)
    return byline


def _read_info_lines(tree: BlockTree, title: Node | None, url: str, byline: VisibleByline) -> None:
    at = title.first if title is not None else 0
    regions = Regions(tree, title)
    lines = _MOST_LINES
    shown = [block for block in tree.blocks if not block.node.hidden]
    for block in sorted(shown, key=lambda block: _distance(block.index - at)):
        if lines and _LABELLED.search(block.text):
            lines -= 1
            if not regions.is_foreign(block):
                _read_line(tree, block, byline, url, inside=regions.is_inside(block))
        _read_classed(block, byline, at, url, regions)
    if title is not None:
        byline.beside = [*_beside_date(tree, title, url), *byline.beside]


def _distance(away: int) -> float:
    return away if away >= 0 else -away * 3


def _read_line(tree: BlockTree, block: Block, byline: VisibleByline, url: str, *, inside: bool) -> None:
    """The labelled parts of a line; of a paragraph, and of what stands amid the text, brackets at its end."""
    if issue := _ISSUE.search(block.text):
        byline.beside.append(Candidate(issue[1], "page", "issue"))
    match = _AT_END.search(block.text)
    ended = split_labelled(match.group()) if match else []
    if inside or len(block.text) > _LONGEST_LINE:
        _put_parts([(part, None) for part in ended], byline)
        return
    line = f"{block.text}：" if _CELL.fullmatch(block.text) else _spaced(block)
    parts = [(name, _first_value(name, text)) for name, text in split_labelled(line)]
    if len(parts) == 1 and parts[0][0] is not None and _empty(parts[0][1]):
        parts = [(parts[0][0], parts[0][1] + _next_short(tree, block))]
    if not any(name for name, _ in parts) and len(block.pieces) > 1:
        parts = [part for piece in block.pieces for part in split_labelled(fold(piece.text))]
    if match:  # brackets at the end are a part by themselves
        before = [(name, text) for name, text in parts if text not in match.group()]
        parts = [*(before if match.start() else []), *ended]
    _put_parts([(part, _link(block, part[1], url)) for part in parts], byline)


def _put_parts(
    parts: list[tuple[tuple[LabelledField | None, str], str | None]], byline: VisibleByline
) -> None:
    lists = {"outlet": byline.outlets, "authors": byline.authors, "editors": byline.editors}
    if not any(name == "outlet" for (name, _), _ in parts):
        byline.desks += [Candidate(text, "page", "byline") for (_, text), _ in parts if desk_outlet(text)]
    for (name, text), link in parts:
        into = lists.get(name or "")
        if into is not None and not _empty(text) and len(text) <= _LONGEST_NAME * 2:
            into.append(Candidate(text, "page", "info line", link))


def _empty(text: str) -> bool:
    return (
        not text.rstrip(" \u00a0\u3000)）】]").partition("：")[2].strip()
        if "：" in text
        else text.rstrip().endswith((":", "|", "｜"))
    )


def _spaced(block: Block) -> str:
    """The block's text with _APART where another element begins after a blank: neighbours, not one name."""
    out: list[str] = []
    before: TextPiece | None = None
    for piece in block.pieces:
        if before is not None and piece.node is not before.node and _parted(before, piece):
            out.append(_APART)
        out.append(piece.text)
        before = piece
    return fold("".join(out))


def _parted(before: TextPiece, piece: TextPiece) -> bool:
    return _are_siblings(before.node, piece.node) or before.text[-1:].isspace() or piece.text[:1].isspace()


def _are_siblings(before: Node, after: Node) -> bool:
    """Whether the two stand in neighbours: in elements that do not hold each other."""
    return before.parent is after.parent or not (after in before.line() or before in after.line())


def _first_value(name: LabelledField | None, text: str) -> str:
    """Label and value of a part that other elements' texts follow; people may be in several."""
    if name != "outlet":
        return fold(text.replace(_APART, " "))
    label, colon, rest = _split_label(text)
    values = [value for value in rest.split(_APART) if value.strip(_BLANK)]
    return fold(label + colon + (values[0] if values else ""))


def _split_label(text: str) -> tuple[str, str, str]:
    match = _COLON.search(text)
    return (text[: match.start()], match.group(), text[match.end() :]) if match else ("", "", text)


def _next_short(tree: BlockTree, block: Block) -> str:
    after = tree.blocks[block.index + 1] if block.index + 1 < len(tree.blocks) else None
    return (
        after.text if after is not None and len(after.text) <= 20 and not _LABELLED.search(after.text) else ""
    )


def _link(block: Block, text: str, url: str) -> str | None:
    """The address of the link that is part of the text."""
    for piece in block.pieces:
        if piece.link and piece.text.strip() and piece.text.strip() in text:
            return absolute(piece.link, url)
    return None


def _read_classed(block: Block, byline: VisibleByline, at: int, url: str, regions: Regions) -> None:
    """Chinese pages: an unlabelled name in an element classed source or author near the title."""
    if not -6 <= block.index - at <= 15 or len(block.text) > _LONGEST_LINE:
        return
    named = bool(byline.bylines)  # in a nearer block: what follows are boxes about authors
    for piece in block.pieces:
        text = fold(piece.text).strip("\u00a0\u3000 ")
        node = piece.node
        tokens = node.tokens | (
            node.parent.tokens if node.parent and _stands_inside(node, node.parent) else frozenset()
        )
        if not 2 <= len(text) <= 30 or looks_like_date(text) or _LABELLED.search(text):
            continue
        if not tokens & (_SOURCE_CLASS | _AUTHOR_CLASS) or regions.is_foreign(block):
            continue
        if tokens & _SOURCE_CLASS:
            if not _SENTENCE.search(text) and not _NO_NAME.search(text):
                byline.outlets.append(Candidate(text, "page", "source class", absolute(piece.link, url)))
        elif not named and not tokens & _ABOUT_AUTHOR and not _NO_NAME.search(text):
            byline.bylines.append(Candidate(text, "page", "author class"))


def _stands_inside(node: Node, parent: Node) -> bool:
    """Whether an element without a name of its own, or one in a line's part, goes by what it stands in."""
    return node.inline and (parent.inline or not node.tokens)


def _beside_date(tree: BlockTree, title: Node, url: str) -> list[Candidate]:
    """Chinese pages: the name that stands by itself in the line of the date right under the title."""
    for block in tree.blocks[title.first + 1 : title.first + 5]:
        if not (looks_like_date(block.text) and dates_in_text.HAS_YEAR.search(block.text)):
            continue
        above = _known_above(tree.blocks[title.first + 1 : block.index], url)
        if above:
            return above
        names = [text for piece in block.pieces for text in _SEVERAL.split(piece.text)]
        if block.index + 1 < len(tree.blocks):
            names.append(tree.blocks[block.index + 1].text)
        for name in names:
            text = fold(name).strip(_BLANK + "|·")
            if 2 <= len(text) <= 15 and not looks_like_date(text) and not _NO_NAME.search(text):
                return [Candidate(text, "page", "beside date", _link(block, text, url))]
        return []
    return []


def _known_above(blocks: list[Block], url: str) -> list[Candidate]:
    """An outlet of the registry that stands by itself between title and date, a reporter before it or not:
    `新华社`, `石佳/中国青年报`."""
    for block in blocks:
        for text in (block.text, block.text.rpartition("/")[2]):
            name = text.strip(_BLANK)
            if 2 <= len(name) <= 15 and outlet_named(name) is not None:
                return [Candidate(name, "page", "beside date", _link(block, name, url))]
    return []


# --- breadcrumb: the trail of columns above an article, `首页 > 财经 > 正文`

_CRUMB_CLASS = vocabulary.class_words("breadcrumb")
_CRUMB_TEXT = re.compile(r"^.{0,8}位置\s*[:：>＞»]|^(?:网站)?首页\s*[>＞»/]")
_HOME = re.compile(r"^(?:首页|网站首页|主页|正文|home|start|startseite|accueil|inicio)$", re.IGNORECASE)


def breadcrumb(tree: BlockTree, title: Node | None) -> list[Candidate]:
    """The columns that a page's trail to the article names, at most six, each with origin `page`."""
    end = title.first + 3 if title is not None else len(tree.blocks)
    trail: list[Candidate] = []
    for block in tree.blocks[: end + 1]:
        if block.linked and (_in_crumb(block) or _CRUMB_TEXT.match(block.text)):
            for piece in block.pieces:
                name = fold(piece.text).strip(" >＞»/·\u00a0\u3000")
                if piece.link and 1 < len(name) <= 20 and not _HOME.match(name):
                    trail.append(Candidate(name, "page", "breadcrumb"))
    return trail[:6]


def _in_crumb(block: Block) -> bool:
    node: Node | None = block.pieces[0].node
    for _ in range(5):
        if node is None:
            return False
        if not node.tokens.isdisjoint(_CRUMB_CLASS):
            return True
        node = node.parent
    return False
