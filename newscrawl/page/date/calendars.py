"""Dates in the numerals, orders and calendars of other lands, asked for where a page shows no other date.

Buddhist years (`4 พ.ค. 2569`), years of the Republic of China (`115-05-04`), years of two figures
(`26-05-04`), Chinese and Arabic numerals, and orders with names of months (`2026. május 4.`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from newscrawl.model.draft import Candidate
from newscrawl.page.date.labels import is_at_top, is_change_labelled, is_other_labelled
from newscrawl.page.document import dates_in_text, vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.text.dates.calendar_days import in_figures
from newscrawl.text.dates.month_names import months
from newscrawl.text.lazy_regex import lazy

RULE = "date of another calendar"
_LONGEST = 120  # characters
_ABOVE, _BELOW = 3, 9  # blocks around the title
_APART = frozenset(("aside", "footer", "nav", "li"))
_ELSEWHERE = frozenset().union(
    *map(vocabulary.class_words, ("date_nowhere", "date_comments", "date_related"))
)
_RIGHTS = lazy(r"©|copyright|版权|備案|备案|ICP", re.IGNORECASE)
_BUDDHIST = 543
_REPUBLIC = 1911
_FIGURES = lazy(r"\d")
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_VIETNAMESE = lazy(rf"(?<!\d)(?P<d>\d\d?)\s+tháng\s+(?P<m>\d\d?)[\s,]+(?:năm\s+)?{_YEAR}", re.IGNORECASE)
_BUDDHIST_FIGURES = lazy(r"(?<![\d/.-])(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-](?P<y>25[4-9]\d)(?!\d)")
_OF_REPUBLIC = lazy(
    r"(?<![\d/.-])(?P<y>1[0-4]\d)(?P<s>[-/.]|年\s?)(?P<m>\d\d?)(?:[-/.]|月\s?)(?P<d>\d\d?)(?![\d/.-])"
)
_SHORT_YEAR = lazy(
    r"(?<![\d/.-])(?<!\d:)(?P<y>[12]\d)(?P<s>[-/])(?P<m>[01]\d)(?P=s)(?P<d>[0-3]\d)(?:(?![\d/.:-])|(?=\d\d:\d\d))"
)
_RUN_ON = lazy(r"(?<=\d{4}-\d\d-\d\d)(?=\d\d:\d\d)")  # 26-05-04 and 10:30 in two elements
_SCRIPTS = """
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
جانفي فيفري مارس إبريل ماي يونية يوليوز غشت شتنبر أكتوبر نونبر دجنبر
كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्तूबर नवम्बर दिसम्बर
জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.
sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris
siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca
"""


@cache
def _named() -> dict[str, int]:
    """Names of months with their numbers: these, and those of vocabulary.toml."""
    rows = [row.split() for row in _SCRIPTS.strip().splitlines()]
    mine = {name.replace("_", " "): number for row in rows for number, name in enumerate(row, 1)}
    return months() | {unicodedata.normalize("NFKC", name): number for name, number in mine.items()}


@cache
def _orders() -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted(map(re.escape, _named()), key=len, reverse=True))
    years = r"(?P<y>(?:19|20)\d\d|25[4-9]\d)"
    return (
        re.compile(
            rf"(?<![\d.])(?P<d>\d\d?)\.?\s+ב?(?P<n>{names})\.?,?\s*(?:พ\.?ศ\.?\s*)?{years}(?!\d)", re.I
        ),
        re.compile(
            rf"(?<!\d){years}\.?\s*(?:m\.|gada)?\s*(?P<n>{names})\.?\s+(?P<d>\d\d?)(?!\d)\.?(?:\s?d\.)?,?",
            re.I,
        ),
        re.compile(rf"(?<!\d){years}\.\s*gada\s*(?P<d>\d\d?)\.\s*(?P<n>{names})", re.I),
    )


def other_dates(found: BlockTree, title: Node | None, language: str | None) -> list[Candidate]:
    """The first such date near the title, as `2026-05-04 10:30`; empty where none is or it is of a change."""
    if title is None:
        return []
    around = set(title.line())
    for block in found.blocks[max(0, title.first - _ABOVE) : title.first + _BELOW]:
        if block.index == title.first or not _may_hold(block, around):
            continue
        if block.index < title.first and is_at_top(block.pieces[0].node, around):
            continue
        read = year_first(block.text, language)
        for stamp in dates_in_text.find(read, language=language)[:1]:
            if not dates_in_text.HAS_YEAR.search(stamp.text):
                continue  # 05-04-22 is a number as well
            if is_other_labelled(read[: stamp.start]):
                continue
            if is_change_labelled(read[: stamp.start]) or len(read) - len(stamp.text) > _LONGEST // 2:
                return []
            return [Candidate(stamp.plain(), "page", RULE)]
    return []


def _may_hold(block: Block, around: set[Node]) -> bool:
    if len(block.text) > _LONGEST or not _may_be_dated(block.text) or _RIGHTS.search(block.text):
        return False
    return not any(
        node.tag in _APART or not node.tokens.isdisjoint(_ELSEWHERE)
        for node in block.pieces[0].node.line()
        if node not in around
    )


def _may_be_dated(text: str) -> bool:
    return _FIGURES.search(text) is not None or ("月" in text and "年" in text)


def year_first(text: str, language: str | None) -> str:
    """The text with its dates as `2026-05-04`, in our calendar and in Latin figures.

    >>> year_first("4 พ.ค. 2569 10:30 น.", "th"), year_first("發布日期：115-05-04", "zh-TW")
    ('2026-05-04 10:30 น.', '發布日期:2026-05-04')
    >>> year_first("2026. május 4. 10:30", "hu"), year_first("二〇二六年五月四日", "zh")
    ('2026-05-04 10:30', '2026年5月4日')
    """
    text = in_figures(unicodedata.normalize("NFKC", text))
    text = "".join(
        str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in text
    )
    for pattern in (*_orders(), _VIETNAMESE, _BUDDHIST_FIGURES):
        text = pattern.sub(_rewritten(0), text)
    if language and language.startswith("zh"):
        text = _OF_REPUBLIC.sub(_rewritten(_REPUBLIC), text)
        text = _RUN_ON.sub(" ", _SHORT_YEAR.sub(_rewritten(2000), text))
    return text


def _rewritten(beginning: int) -> Callable[[re.Match[str]], str]:
    def write(match: re.Match[str]) -> str:
        fields = match.groupdict()
        year = int(match["y"]) + beginning
        year -= _BUDDHIST if year > 2500 else 0
        month = int(match["m"]) if fields.get("m") else _named()[match["n"].casefold()]
        return f"{year}-{month:02}-{int(match['d']):02}"

    return write
