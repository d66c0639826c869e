"""Bylines without colons: `每经记者 张三 每经编辑 李四`, `来源：新华社 记者 张三 北京报道`."""

from __future__ import annotations

from typing import Literal

from newscrawl.text.lazy_regex import lazy
from newscrawl.text.people import CREW, EDITS, WRITES
from newscrawl.text.places import is_place
from newscrawl.text.surnames import is_persons

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
_PICTURED = lazy(rf"[\s、，]{{1,9}}[{_HAN}]{{2,4}}\s?[/／]\s?[图摄](?=$|[\s、，）)】])")
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
