"""The labels of Chinese info lines (`来源：`, `作者：`, `责任编辑：` …): which field a text is of."""

from __future__ import annotations

import re
from typing import Literal

from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import outlet_named
from newscrawl.text.people import CREW, EDITS, WRITES
from newscrawl.text.places import is_place
from newscrawl.text.surnames import is_commonly_persons, is_persons

LabelledField = Literal["date", "outlet", "authors", "editors", "other"]

# Longer spellings first, so that 责任编辑 is not read as 编辑. A label ends with a colon or a bar;
# without one it is prose (来源于 …) or a decoy (图片来源, told apart by what stands before it).
_SPELLINGS: dict[LabelledField, str] = {
    "other": (
        "图片来源|资料来源|数据来源|视频来源|封面来源|题图来源|图源|来源时间|浏览次数|浏览|阅读量|阅读|点击|评论|人气"
        "|字号|字体|分享|关键词|标签|总编辑|总编|出品人|出品|总监制|总策划|总统筹|监制|統籌|统筹|策划|制片人|制片|制图|摄影|供图|(?:图片|视频|美术|视觉|版式|音频)编辑|图片|图(?![/／、]文)"
        "|视觉|美编|头图来自|题图来自|头图|题图"
    ),
    "outlet": (
        "本文来自微信公众号|本文来自公众号|新闻来源|文章来源|本文来源|信息来源|稿件来源|内容来源|媒体来源|消息来源|原文来源|来源单位|来源媒体|来源渠道|信源|来源|来自|稿源|文章出处|出处|转自|转载自|摘自"
        "|新聞來源|文章來源|本文來源|來源|出處|轉自"
    ),
    "authors": (
        "本报记者|文章作者|本文作者|原作者|特约撰稿人?|特约评论员|评论员|作者|记者|記者|撰文|撰稿人?|文字|通讯员|通訊員|实习生|采写|编译|文[/／、]图|图[/／、]文|文图|图文|文"
    ),
    "editors": (
        "责任编辑|责任编校|选稿|值班编辑|执行编辑|网络编辑|本文编辑|编辑|责编|值班主编|主编|编审|审核|校对|编校|校核"
        "|审校|审读|终审|初审|复审"
        "|[一二三]审(?=[ :：|｜丨/／]*[\u4e00-\u9fff]{2,3}(?:(?![\u4e00-\u9fff])|[二三]审))"
        "|监审|值班主任|網絡編輯|責任編輯|編輯|責編|校對"
    ),
    "date": (
        "发布时间|发布日期|发表时间|发表日期|更新时间|更新日期|日期|时间|发布于|发表于"
        "|發布時間|發佈時間|發表時間|更新時間|時間"
    ),
}
_GROUPS = "|".join(f"(?P<{name}>{spellings})" for name, spellings in _SPELLINGS.items())
_LETTER = r"\u4e00-\u4e27\u4e29-\u9fffA-Za-z"  # 丨 (U+4E28) stands for a bar
_COLON = r"[ \u00a0\u3000]*[:：|｜丨∶/／]"
# A desk before the role (每经记者：) is the label's, unless it is the first word behind another label.
_DESK = (
    r"(?<![:：|｜丨∶/／])(?<![:：|｜丨∶/／][ \u00a0\u3000])(?<!\d)(?!(?:图片|视频|美术|视觉|版式|音频)编)"
    r"[\u4e00-\u4e27\u4e29-\u9fffA-Za-z0-9]{2,10}?"
    r"(?=(?:记者|编辑|责任编辑|责编)[ \u00a0\u3000]*[:：|｜丨])"
)
_LABEL = lazy(rf"(?<![{_LETTER}])(?:{_DESK})?(?:{_GROUPS}){_COLON}")
# Where one label was read, the next may run on from its value: 来源:东方网作者：曹磊选稿：鲍婕. Not words
# that other words end with (散文：, 留言时间：).
_RUN_ON = lazy(
    rf"(?<=[{_LETTER}])(?!(?:文|文字|图|图片|摄影|出品|统筹|策划|时间|日期|标签|浏览|阅读|点击|评论|分享)[:：|｜丨∶/／])"
    rf"(?:{_GROUPS})[ \u00a0\u3000]*[:：|｜丨∶]"
)
#: Stands between a value and the next label; \x1f is where signs.py tells neighbours apart.
_BETWEEN = " \u00a0\u3000|｜\x1f"
_OPENING = " \u00a0\u3000(（[［【〔〖"
_DATE_LIKE = lazy(
    r"(?:19|20)?\d\d[-/年.]\s?\d{1,2}[-/月.]\s?\d{1,2}|\d{1,2}:\d\d|\d{1,2}月\d{1,2}日|(?:分钟|小时|天)前|昨天|今天"
)


def split_labelled(text: str) -> list[tuple[LabelledField | None, str]]:
    """An info line in its parts, each with the field that its label names.

    What stands before the first label comes first with None. Parts are as printed, label included.

    >>> split_labelled("2026年03月08日 08:37 来源：中新经纬 作者：宋亚芬")
    [(None, '2026年03月08日 08:37'), ('outlet', '来源：中新经纬'), ('authors', '作者：宋亚芬')]
    >>> split_labelled("来源：新华社 记者 张三")
    [('outlet', '来源：新华社'), ('authors', '记者 张三')]
    >>> split_labelled("来源:东方网作者：曹磊选稿：鲍婕")
    [('outlet', '来源:东方网'), ('authors', '作者：曹磊'), ('editors', '选稿：鲍婕')]
    """
    matches = _labels(text)
    starts = [match.start() for match in matches]
    if starts and not text[: starts[0]].strip(_OPENING):
        starts[0] = 0  # an opening bracket belongs to its part
    parts: list[tuple[LabelledField | None, str]] = []
    before = text[: starts[0]] if starts else text
    if before.strip(" \u00a0\u3000|｜"):
        parts.append((None, before.strip()))
    for match, start, end in zip(matches, starts, [*starts[1:], len(text)], strict=False):
        value = text[match.end() : end].rstrip(_BETWEEN)
        parts.append((_field(match), (text[start : match.end()] + value).strip()))
    return [one for part in parts for one in _with_byline(*part)]


def _with_byline(field: LabelledField | None, text: str) -> list[tuple[LabelledField | None, str]]:
    """The part, and the byline without colons that it ends with: 来源：新华社 记者 张三."""
    byline = split_byline(text)
    if byline is None:
        return _with_person(text) if field == "outlet" else [(field, text)]
    before, roles = byline
    if field == "other" and not before:
        return [(field, text)]  # 图/本报记者 李强
    return [*([(field, before)] if before else []), *roles]


def _with_person(text: str) -> list[tuple[LabelledField | None, str]]:
    """An outlet's part, and the people behind the name of an outlet of the registry: 来源：界面新闻 张三."""
    words = text.split()
    end = len(words)
    while end > 1 and is_commonly_persons(words[end - 1]) and outlet_named(words[end - 1]) is None:
        end -= 1
    outlet = " ".join(words[:end])
    if end == len(words) or outlet_named(re.split(_COLON, outlet)[-1]) is None:
        return [("outlet", text)]
    return [("outlet", outlet), ("authors", " ".join(words[end:]))]


def _labels(text: str) -> list[re.Match[str]]:
    """The labels from left to right; those that run on from a value only behind one that stands free."""
    free = list(_LABEL.finditer(text))
    if not free:
        return []
    spans = [match.span() for match in free]
    run_on = (
        match
        for match in _RUN_ON.finditer(text, free[0].end())
        if not any(begin < match.end() and match.start() < end for begin, end in spans)
    )
    return sorted([*free, *run_on], key=lambda match: match.start())


def _field(match: re.Match[str]) -> LabelledField:
    return next(name for name in _SPELLINGS if match.group(name) is not None)


def looks_like_date(text: str) -> bool:
    """Whether a date or a clock time stands in the text."""
    return _DATE_LIKE.search(text) is not None


# --- bylines without colons: `每经记者 张三 每经编辑 李四`, `来源：新华社 记者 张三 北京报道`

Trade = Literal["authors", "editors", "other"]

_HAN = r"\u4e00-\u4e27\u4e29-\u9fff"
_NAME = rf"[{_HAN}]{{2,4}}|[{_HAN}]{{1,8}}(?:·[{_HAN}]{{1,8}}){{1,2}}"
_ROLE = lazy(
    rf"[(（【\[]?(?P<desk>[{_HAN}A-Za-z0-9·《》/—-]{{0,16}}?)"
    rf"(?:(?P<authors>{WRITES}|特约撰稿|[图文][/／、][图文])|(?P<editors>{EDITS})|(?P<other>{CREW}))"
    rf"(?P<names>(?:{_NAME})(?:[、,，](?:{_NAME}))*)?[)）】\]]?"
)
_NAMES = lazy(rf"(?:{_NAME}|[{_HAN}])(?:[、,，](?:{_NAME}))*[)）】\]]?")
_APART = lazy(r"[、,，]")
_REPORT = lazy(r"(?:发自)?(?P<place>[^\s]{0,12}?)(?:综合|摄影|采访)?(?:报道|報導|报導|发自)?[)）】\]]?")
_TAKEN = lazy(r"[(（]?摄[)）】\]]?|摄影|供图|/?摄")
# Before brackets, and between a name and the place of its report: 张三/北京报道.
_PARTED = lazy(rf"(?=[(（【\[])|[/／](?=[{_HAN}]{{2,6}}(?:报道|報導|報道))")
_DATE = lazy(r"\d{1,4}\s?[-/.年月:]\s?\d")
# 张三/文 李四/图: who wrote, and who took the pictures
_WROTE = lazy(rf"(?<=[{_HAN}]{{2}})\s?[/／]\s?(?:文图|图文|文)(?=$|[\s、，）)】])")
_PICTURED = lazy(rf"[\s、，]+[{_HAN}]{{2,4}}\s?[/／]\s?[图摄](?=$|[\s、，）)】])")
_SITE = lazy(r"[(（](?:www\.)?[\w-]+(?:\.[a-z]{2,4}){1,2}[)）]")  # 华夏时报（www.chinatimes.net.cn）记者
_SENTENCE = lazy(r"[，。！？；,!?;]")
_LONGEST = 120  # characters; a byline is a line
_BEFORE = 30  # characters that may stand before its first role


def split_byline(text: str) -> tuple[str, list[tuple[Trade, str]]] | None:
    """What stands before the first role, with the date that may stand behind, and each role with its names.

    None for what is no byline.

    Every word behind the first role must be a role, a person's name, or where the report comes from; of a
    picture's signature (记者 张三 摄) the people are `other`.

    >>> split_byline("每经记者 张三 李四 每经编辑 王五")
    ('', [('authors', '每经记者 张三 李四'), ('editors', '每经编辑 王五')])
    >>> split_byline("来源：新华社 记者 张三 北京报道")
    ('来源：新华社', [('authors', '记者 张三 北京报道')])
    >>> split_byline("记者 今天 获悉") is None
    True
    """
    words = _words(text) if len(text) <= _LONGEST else []
    parts: list[tuple[Trade, list[str]]] = []
    before: list[str] = []
    for number, word in enumerate(words):
        if parts and _DATE.match(word):  # the rest of an info line
            before += words[number:]
            break
        if (role := _role(word)) is not None:
            parts.append((role, [word]))
        elif not parts:
            before.append(word)
        elif not _may_follow(word):
            return None
        else:
            parts[-1][1].append(word)
    if not parts or len(" ".join(before)) > _BEFORE or _SENTENCE.search(" ".join(before)):
        return None
    if not any(_named(words) for _, words in parts):
        return None
    return " ".join(before), [
        ("other" if _TAKEN.fullmatch(words[-1]) else role, " ".join(words)) for role, words in parts
    ]


def _words(text: str) -> list[str]:
    text = _SITE.sub("", text).rstrip("：:，, ")
    if "/" in text or "／" in text:
        text = _PICTURED.sub("", _WROTE.sub("", text))
    return _PARTED.sub(" ", text).split()


def _role(word: str) -> Trade | None:
    match = _ROLE.fullmatch(word)
    if match is None or (match["names"] and not _are_people(match["names"])):
        return None
    return "authors" if match["authors"] else "editors" if match["editors"] else "other"


def _are_people(names: str) -> bool:
    return all(map(is_persons, _APART.split(names.rstrip(")）】]"))))


def _may_follow(word: str) -> bool:
    if _TAKEN.fullmatch(word) or (len(word) == 1 and _NAMES.fullmatch(word)):
        return True
    if _NAMES.fullmatch(word) and _are_people(word):
        return True
    report = _REPORT.fullmatch(word)
    return report is not None and all(map(is_place, filter(None, _APART.split(report["place"]))))


def _named(words: list[str]) -> bool:
    """Whether somebody stands behind the role, glued to it or as a word."""
    match = _ROLE.fullmatch(words[0])
    return len(words) > 1 or (match is not None and bool(match["names"]))
