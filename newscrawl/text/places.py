"""Where reports are signed from: the cities of China and those abroad that news comes from (places.toml)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from newscrawl.text.lazy_regex import lazy
from newscrawl.text.surnames import is_persons

_HAN = r"\u3400-\u9fff"
# 综合报道, 现场报道: what kind of report it is, not where it comes from.
_KINDS = (
    "摄影|综合|采访|现场|独家|联合|全媒体|融媒体|连续|连线|深度|跟踪|追踪"
    "|专题|图文|视频|编译|前方|滚动|整理"
    "|实地|特别|綜合|獨家|現場"
)
_REPORT = lazy(rf"\s{{0,9}}(?:{_KINDS}){{0,4}}(?:报道|報道|報導)$")
_WIRED = lazy(rf"(?:(?P<place>[{_HAN}]{{2,6}}?)|(?<=\s))(?P<day>\d{{1,2}}月\d{{1,2}}日)?[电讯]$")
_BETWEEN = " \u3000、,/·"
_LAST = lazy(rf"(?<=[\s、,/])[{_HAN}]{{2,8}}$")
_RANK = lazy(r"(?:特别行政区|自治[区州]|新区|地区|[省市州县区盟])$")


@cache
def _places() -> frozenset[str]:
    data = tomllib.loads((files("newscrawl.text") / "places.toml").read_text(encoding="utf-8"))
    return frozenset(
        name
        for table in (data["regions"], data["cities"])
        for line in table.values()
        for name in line.split()
    )


@cache
def _longest() -> int:
    return max(map(len, _places()))


def is_place(name: str) -> bool:
    """Whether the name is a place's that reports come from, with its province and rank or without.

    >>> is_place("安庆"), is_place("安徽安庆"), is_place("合肥市"), is_place("张三")
    (True, True, True, False)
    """
    while name and name not in _places():
        short = _RANK.sub("", name)
        short = _without_last(name) if short == name else short
        if short == name:
            return False
        name = short
    return bool(name)


def _without_last(text: str) -> str:
    """The text without the place that it ends with; itself where it ends with none; empty if it is one."""
    for length in range(min(_longest(), len(text)), 1, -1):
        if text[-length:] in _places():
            return text[:-length]
    return text


def without_report(text: str) -> str:
    """A byline without the place and the kind of the report at its end; the text itself if none is there.

    A place is told from a name by the list, or else by its beginning with no surname.

    >>> without_report("记者 张三 李四 安徽安庆报道"), without_report("记者陈若川北京、上海报道")
    ('记者 张三 李四', '记者陈若川')
    >>> without_report("记者 张三 李四报道"), without_report("记者 张三 安庆")
    ('记者 张三 李四', '记者 张三 安庆')
    """
    if match := _REPORT.search(text):
        return _without_places(text[: match.start()])
    wired = _WIRED.search(text)
    if wired and (is_place(wired["place"]) if wired["place"] else wired["day"]):
        return text[: wired.start()].rstrip()
    return text


def _without_places(text: str) -> str:
    while True:
        text = text.rstrip(_BETWEEN)
        last = _LAST.search(text)
        if last and (is_place(last.group()) or not _may_be_people(last.group())):
            text = text[: last.start()]
            continue
        shorter = _run_on(text)
        if shorter == text:
            return text
        text = shorter


def _may_be_people(token: str) -> bool:
    """Whether a name stands in the token: `张三`, `记者张三`, `本报记者`, `陈若川北京`."""
    return (
        is_persons(token)
        or "记者" in token
        or "記者" in token
        or "通讯员" in token
        or is_persons(_without_last(token))
    )


def _run_on(text: str) -> str:
    """`陈若川北京` without the place, where a person's name is left; `李东方` is a name whole."""
    token = re.search(rf"[{_HAN}]*$", text)
    run = token.group() if token else ""
    name = re.sub(r"^.*(?:记者|記者|通讯员|实习生)", "", run)
    shorter = _without_last(name)
    if shorter == name or not is_persons(shorter) or (len(name) == 4 and is_persons(name)):
        return text
    return text[: len(text) - len(name) + len(shorter)]
