"""parse_date: a cascade of regexes for what news sites print, dateparser only after all of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from newscrawl.text.dates import calendar_days, relative
from newscrawl.text.dates.calendar_days import in_figures, plain
from newscrawl.text.dates.dateparser_fallback import in_words
from newscrawl.text.dates.parsed import Clock, ParsedDate
from newscrawl.text.lazy_regex import lazy

#: Of a longer text only the beginning is read: a date stands in a short line.
TEXT_LIMIT = 200
_HAS_DATE = lazy(r"\d[\d年月/.: -]{3}|[前天日]")
_LABELLED = 14  # characters of the shortest text in which a label can stand beside a date: 2026-03-08发布

_Form = Callable[[str, Clock], ParsedDate | None]
# In this order: the form of nearly all sources first; a span (1年2个月前) before a day without a year.
_FORMS: tuple[_Form, ...] = (
    relative.epoch,
    calendar_days.compact,
    calendar_days.month_named,
    relative.month_abroad,
    calendar_days.day_first,
    calendar_days.short_year,
    relative.ago_abroad,
    relative.relative,
    calendar_days.yearless,
    in_words,
)
_DIGIT_OR_WORD = lazy(
    r"\d|[刚剛今昨前半어오그]|just|ago|yesterday|today"
    r"|gestern|heute|hier|aujourd|ayer|hoy|ieri|oggi|ontem|hoje|gisteren|vandaag",
    re.IGNORECASE,
)
#: Words beside the date of publication, and beside that of a change.
_LABELS = lazy(
    r"(?=[发發首刊公掲配입등最更修編编수업pcveguambоиОИ])"  # the first letters: most texts have no label
    r"(?:(?P<published>发布|發布|發佈|发表|發表|首发|刊发|发稿|公開日?|掲載|配信|입력|등록"
    r"|published|posted|created"
    r"|veröffentlicht|erstellt|publié|publicad[oa]|pubblicat[oa]|gepubliceerd|опубликовано)"
    r"|(?P<updated>最后更新|更新|修改|編輯於|编辑于|수정|업데이트|updated|modified|edited|aktualisiert|geändert"
    r"|mis à jour|modifié"
    r"|actualizad[oa]|atualizad[oa]|aggiornat[oa]|modificat[oa]|bijgewerkt|обновлено|изменено))",
    re.IGNORECASE,
)


def parse_date(
    text: str, *, zone: str, now: datetime, languages: tuple[str, ...] = ("zh", "en")
) -> ParsedDate | None:
    """The moment that a source printed, or None.

    text: one line of a page or a field of an API; labels and prose around the date do no harm.
    zone: IANA name of the source's clock, for what states none (then `zone` is in `assumed`).
    now: aware; relative dates count from it, dates without a year are the latest before it, and
        later dates than it (by more than CLOCK_DOUBT) are not accepted.
    languages: BCP 47, the likeliest first. They say what 03/04/2026 means: `en-US` March, `en-GB` and
        most others April; `en` and `zh` do not, so that it is None.
    Never raises for a text; raises zoneinfo.ZoneInfoNotFoundError for a zone that does not exist.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 9, tzinfo=UTC)
    >>> read = parse_date("发布时间：2026年03月08日 08:37", zone="Asia/Shanghai", now=now)
    >>> read.at.isoformat(), read.offset, read.precision, read.assumed
    ('2026-03-08T00:37:00+00:00', '+08:00', 'minute', ['zone'])
    """
    text = text[:TEXT_LIMIT]
    clock = Clock(_zone(zone), now, languages)
    if found := plain(text, clock):
        return found
    if not text.isascii():
        text = in_figures(unicodedata.normalize("NFKC", text))
    if len(text) > _LABELLED and (labels := list(_LABELS.finditer(text))):
        for part in _in_order(text, labels):
            if found := _parsed(part, clock):
                return found
        return None
    return _parsed(text, clock)


def _parsed(text: str, clock: Clock) -> ParsedDate | None:
    if found := calendar_days.year_first(text, clock):
        return found
    if _DIGIT_OR_WORD.search(text) is None:
        return None
    text = text.strip()
    return next((found for form in _FORMS if (found := form(text, clock))), None)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _in_order(text: str, labels: list[re.Match[str]]) -> list[str]:
    """What stands beside the labels of a line: of publication, of none, of a change.

    Labels stand before their dates (发布于 …  更新于 …) or behind them (… 发布  … 更新).
    """
    if not any(label["updated"] for label in labels):
        return [text]
    ends = [0, *(label.end() for label in labels)]
    starts = [*(label.start() for label in labels), len(text)]
    parts = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    behind = _HAS_DATE.search(parts[0]) is not None and _HAS_DATE.search(parts[-1]) is None
    labelled = list(zip(labels, parts[:-1] if behind else parts[1:], strict=True))
    published = [part for label, part in labelled if label["published"]]
    updated = [part for label, part in labelled if label["updated"]]
    return [*published, parts[-1 if behind else 0], *updated, text]
