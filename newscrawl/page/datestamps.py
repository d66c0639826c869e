"""Dates and times as pages print them: where they stand in a text, and what they say.

Only to choose among candidates and to compare them; the date of a post is parsed in
newscrawl/dates.py from the value as printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: Month names, and their usual short forms, by language; the number is the place in the row.
_MONTHS = """
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sept oct nov dec
jan feb mar apr may jun jul aug sep oct nov dec
januar februar märz april mai juni juli august september oktober november dezember
jänner feber mär apr mai jun jul aug sep okt nov dez
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
janv févr mars avr mai juin juil aout sept oct nov déc
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ene feb mar abr may jun jul ago sep oct nov dic
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
gen feb mar apr mag giu lug ago set ott nov dic
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
jan fev mar abr mai jun jul ago set out nov dez
januari februari maart april mei juni juli augustus september oktober november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
sty lut mar kwi maj cze lip sie wrz paź lis gru
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
ledna února března dubna května června července srpna září října listopadu prosince
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november december
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
január február március április május június július augusztus szeptember október november december
januari februari maret april mei juni juli agustus september oktober november desember
ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
"""
MONTHS = {name: number for row in _MONTHS.split("\n") for number, name in enumerate(row.split(), 1)}

_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_DAY = re.compile(
    rf"(?<!\d)(?P<y1>{_YEAR})\s?[-/.年]\s?(?P<m1>\d{{1,2}})\s?[-/.月]\s?(?P<d1>\d{{1,2}}(?!\d)|\d\d(?=\d\d:\d\d))\s?日?"
    rf"|(?<![\d.])(?P<d2>\d{{1,2}})(?P<sep>[./-])\s?(?P<m2>\d{{1,2}})[./-]\s?(?P<y2>{_YEAR}|[12]\d(?![\d:.%]))(?!\d)"
    rf"|(?<!\d)(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:de\s+|of\s+)?(?P<n3>[^\W\d_]{{3,14}})\.?,?[\s-]*(?:del?\s+)?(?P<y3>{_YEAR})"
    rf"|(?P<n4>[^\W\d_]{{3,14}})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>{_YEAR})",
    re.IGNORECASE,
)
_CLOCK = r"(?P<h>[01]?\d|2[0-4])\s?[:.hH时時点]\s?(?P<mi>[0-5]\d)(?:[:.分](?P<s>[0-5]\d))?(?!\d)\s*(?P<half>[ap]\.?m\b\.?)?"
_ZONE = r"(?:\s*(?:Uhr|h\b|Z\b|UTC|GMT|[+-]\d\d:?\d\d|\(?[A-Z]{2,5}T\)?))?"
_BETWEEN = r"(?:[\s,|·•–—\-－T()/]|um|at|at the|às|à|as|alle|ore|kl\.?|klo|o|a las|de|Uhr|星期.|周.|上午|下午|晚上?){0,6}?"
_AFTER = re.compile(rf"{_BETWEEN}{_CLOCK}{_ZONE}", re.IGNORECASE)
_BEFORE = re.compile(
    rf"{_CLOCK}{_ZONE}[\s,|·•–\-]{{0,5}}(?:on\s+)?(?:[^\W\d_]{{2,10}}\.?,?\s+)?$", re.IGNORECASE
)
HAS_YEAR = re.compile(_YEAR)
_IN_URL = re.compile(
    rf"(?<!\d)(?P<y>{_YEAR})(?:[-_/.](?P<m>[01]?\d)[-_/.](?P<d>[0-3]?\d)(?!\d)|[-/]?(?P<m2>0[1-9]|1[0-2])[/_-]?(?P<d2>0[1-9]|[12]\d|3[01])(?!\d{{3,5}}[/.]))"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """One date in a text, as printed and as read."""

    text: str  #: as printed, with its time and zone
    start: int
    end: int
    day: date
    minute: tuple[int, int] | None  #: hour and minute of the printed clock; None if no time stands there


def find(text: str, *, month_first: bool = False) -> list[Stamp]:
    """The dates in a text, in order. `month_first`: whether 3/4/2024 is the 4th of March."""
    found = []
    for match in _DAY.finditer(text):
        day = _day(match, month_first)
        if day is not None:
            found.append(_with_time(text, match, day))
    return found


def _day(match: re.Match[str], month_first: bool) -> date | None:
    kind = next(n for n in "1234" if match[f"d{n}"])
    year, day = int(match[f"y{kind}"]), int(match[f"d{kind}"])
    if kind in "12":
        month = int(match[f"m{kind}"])
        if kind == "2" and (month > 12 or (month_first and match["sep"] != "." and day <= 12)):
            month, day = day, month
    else:
        month = MONTHS.get(match[f"n{kind}"].lower(), 0)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _with_time(text: str, match: re.Match[str], day: date) -> Stamp:
    start, end = match.span()
    clock = _AFTER.match(text, end)
    if clock:
        end = clock.end()
    else:
        clock = _BEFORE.search(text[max(0, start - 40) : start])
        if clock:
            start = max(0, start - 40) + clock.start()
    return Stamp(text[start:end].strip(), start, end, day, _minute(clock))


def _minute(clock: re.Match[str] | None) -> tuple[int, int] | None:
    if clock is None:
        return None
    hour = int(clock["h"]) % 24
    half = (clock["half"] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return hour, int(clock["mi"])


def in_url(url: str) -> Stamp | None:
    """The day in an address: `/2024/05/16/`, `/20240516/`, `t20240516_123`; None if there is none."""
    for match in _IN_URL.finditer(url):
        try:
            day = date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
        except ValueError:
            continue
        return Stamp(match.group(), *match.span(), day, None)
    return None
