"""Dates that hang on the day of reading: `发布时间：09-30 22:46`, `3小时前`, `vor 3 Stunden`."""

from __future__ import annotations

import re

from newscrawl.model.draft import Candidate
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.parse import fold
from newscrawl.text.lazy_regex import lazy

_LONGEST = 120  # characters
COUNTED = "date without year"  #: the rule of dates that hang on the day of reading
_LABELLED = lazy(
    r"(?:(?:发布|发表|刊发)(?:时间|日期|于)|(?<!更新)(?<!修改)(?:时间|日期)|posted|published)\s*[:：]?\s*"
    r"(?:(?P<ago>\d{1,2}\s?(?:秒|分钟|小时|天)前|刚刚|\d{1,2} (?:minute|hour|day)s? ago)"
    r"|(?P<day>\d{1,2}-[0-3]\d|\d{1,2}月[0-3]?\d日|今天|昨天|前天)\s*(?P<time>[0-2]?\d:[0-5]\d)?(?!\d))",
    re.IGNORECASE,
)
# By itself, or after 发布于; a day needs its time, for 3-5 is a score.
_BARE = lazy(
    r"\d{1,2}\s?(?:分钟|小时|天|分鐘|小時)前|刚刚"
    r"|(?:(?:0?[1-9]|1[0-2])-[0-3]\d|\d{1,2}月[0-3]?\d日|[今昨前]天)\s*[0-2]?\d:[0-5]\d"
    r"|(?:an?|\d{1,2}) (?:min(?:ute)?|hour|hr|day)s? ago|vor (?:einer|\d{1,2}) (?:Minuten?|Stunden?|Tage?n?)"
    r"|il y a (?:une|\d{1,2}) (?:minutes?|heures?|jours?)|hace (?:una?|\d{1,2}) (?:minutos?|horas?|días?)"
    r"|há (?:uma?|\d{1,2}) (?:minutos?|horas?|dias?)|\d{1,2} (?:minut[oi]|or[ae]|giorn[oi]) fa"
    r"|\d{1,2} (?:minuten|uur|dagen) geleden|\d{1,2}\s?(?:分|時間|日)前|\d{1,2}\s?(?:분|시간|일)\s?전",
    re.IGNORECASE,
)
_YEAR_IN_URL = lazy(r"/(?P<year>20[0-4]\d)(?:[/_-]?(?P<month>0[1-9]|1[0-2]))?(?:/|[_-]\D)")
_MONTH_DAY = lazy(r"(?P<month>\d{1,2})(?:-|月)(?P<day>\d{1,2})日?")
_ABOVE, _BELOW = 3, 9  # blocks around the title in which a label may stand
_RIGHT_BELOW = 5  # and those in which a date by itself may
_ELSEWHERE = vocabulary.class_words("date_nowhere")
_APART = frozenset(("aside", "footer", "nav", "li"))


def without_year(found: BlockTree, title: Node | None, url: str) -> list[Candidate]:
    """The date near the title that counts from the day of reading; asked for where a page shows no other.

    It goes after one with the year of the page's address, where that states one: `/2026/a/1.html`.
    """
    candidate = _counted(found, title)
    return [*_in_year_of(url, candidate), *candidate]


def _in_year_of(url: str, candidate: list[Candidate]) -> list[Candidate]:
    """`2026-05-04 10:30`; nothing where the address states a month, and the date is of another."""
    year = _YEAR_IN_URL.search(url)
    day = _MONTH_DAY.match(candidate[0].value) if candidate else None
    if year is None or day is None or (year["month"] and int(year["month"]) != int(day["month"])):
        return []
    clock = candidate[0].value[day.end() :].strip()
    value = f"{year['year']}-{int(day['month']):02}-{int(day['day']):02} {clock}".strip()
    return [Candidate(value, "page", "date in the address's year")]


def _counted(found: BlockTree, title: Node | None) -> list[Candidate]:
    at = title.first if title else 0
    for block in found.blocks[max(0, at - _ABOVE) : at + _BELOW]:
        match = _LABELLED.search(block.text) if len(block.text) <= _LONGEST else None
        if match:
            value = match["ago"] or " ".join(part for part in (match["day"], match["time"]) if part)
            return [Candidate(value, "page", COUNTED)]
    if title is None:
        return []
    return _by_itself(found.blocks[at + 1 : at + 1 + _RIGHT_BELOW], title)


def _by_itself(blocks: list[Block], title: Node) -> list[Candidate]:
    """An element right below the title that holds nothing but such a date."""
    around = set(title.line())
    for block in blocks:
        if len(block.text) > _LONGEST:
            return []  # the text begins
        foreign = any(
            node.tag in _APART or not node.tokens.isdisjoint(_ELSEWHERE)
            for node in block.pieces[0].node.line()
            if node not in around
        )
        for piece in block.pieces if not foreign else ():
            text = fold(piece.text).strip(" \u00a0\u3000|·•")
            if piece.link is None and _BARE.fullmatch(text):
                return [Candidate(text, "page", COUNTED)]
    return []
