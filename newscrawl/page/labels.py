"""The labels of Chinese info lines (`来源：`, `作者：`, `责任编辑：` …): which field a text is of."""

from __future__ import annotations

import re
from typing import Literal

LabelledField = Literal["date", "outlet", "authors", "editors", "other"]

# Longer spellings first, so that 责任编辑 is not read as 编辑. A label ends with a colon or a bar;
# without one it is prose (来源于 …) or a decoy (图片来源, told apart by what stands before it).
_SPELLINGS: dict[LabelledField, str] = {
    "other": (
        "图片来源|资料来源|数据来源|图源|来源时间|浏览次数|浏览|阅读量|阅读|点击|评论|字号|字体|分享|关键词|标签"
    ),
    "outlet": (
        "新闻来源|文章来源|本文来源|信息来源|稿件来源|内容来源|来源|稿源|出处|转自|转载自|摘自"
        "|新聞來源|文章來源|本文來源|來源|出處|轉自"
    ),
    "authors": "本报记者|文章作者|作者|记者|撰文|撰稿|文字|通讯员|文",
    "editors": (
        "责任编辑|责任编校|选稿|值班编辑|执行编辑|网络编辑|本文编辑|编辑|责编|值班主编|主编|编审|审核|校对|编校"
        "|責任編輯|編輯|責編"
    ),
    "date": (
        "发布时间|发布日期|发表时间|发表日期|更新时间|更新日期|日期|时间|发布于|发表于"
        "|發布時間|發佈時間|發表時間|更新時間|時間"
    ),
}
_GROUPS = "|".join(f"(?P<{name}>{spellings})" for name, spellings in _SPELLINGS.items())
_LABEL = re.compile(rf"(?<![\u4e00-\u9fffA-Za-z])(?:{_GROUPS})[ \u00a0\u3000]*[:：|｜∶/／]")
_OPENING = " \u00a0\u3000(（[［【〔"
_DATE_LIKE = re.compile(
    r"(?:19|20)?\d\d[-/年.]\s?\d{1,2}[-/月.]\s?\d{1,2}|\d{1,2}:\d\d|\d{1,2}月\d{1,2}日|(?:分钟|小时|天)前|昨天|今天"
)


def split_labelled(text: str) -> list[tuple[LabelledField | None, str]]:
    """An info line in its parts, each with the field that its label names.

    What stands before the first label comes first with None. Parts are as printed, label included.

    >>> split_labelled("2026年03月08日 08:37 来源：中新经纬 作者：宋亚芬")
    [(None, '2026年03月08日 08:37'), ('outlet', '来源：中新经纬'), ('authors', '作者：宋亚芬')]
    """
    matches = list(_LABEL.finditer(text))
    starts = [match.start() for match in matches]
    if starts and not text[: starts[0]].strip(_OPENING):
        starts[0] = 0  # an opening bracket belongs to its part
    parts: list[tuple[LabelledField | None, str]] = []
    before = text[: starts[0]] if starts else text
    if before.strip(" \u00a0\u3000|｜"):
        parts.append((None, before.strip()))
    for match, start, end in zip(matches, starts, [*starts[1:], len(text)], strict=False):
        parts.append((_field(match), text[start:end].strip()))
    return parts


def _field(match: re.Match[str]) -> LabelledField:
    return next(name for name in _SPELLINGS if match.group(name) is not None)


def looks_like_date(text: str) -> bool:
    """Whether a date or a clock time stands in the text."""
    return _DATE_LIKE.search(text) is not None
