"""The step `dates`: which of the dates that a source gave is the publication date."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from newscrawl.model.draft import Candidate, DatedDraft, TitledDraft
from newscrawl.model.post import DateInfo
from newscrawl.text.dates.parse import parse_date
from newscrawl.text.dates.parsed import ParsedDate

_FINENESS = {"day": 0, "minute": 1, "second": 2}


def normalize_date(draft: TitledDraft, now: datetime) -> DatedDraft:
    """Choose among the draft's dates; `now` (aware) is what relative dates count from.

    The first candidate that parses wins. A later one that agrees with it and is finer refines it: the
    time of the same day, the seconds of the same minute, the year where the first assumed one.
    """
    chosen: tuple[ParsedDate, Candidate] | None = None
    zone = ZoneInfo(draft.zone)
    languages = tuple(
        dict.fromkeys((draft.language, "zh" if draft.language.startswith("zh") else "en", "en"))
    )
    for candidate in draft.extraction.dates:
        if chosen and chosen[0].precision == "second" and "year" not in chosen[0].assumed:
            break
        parsed = parse_date(candidate.value, zone=draft.zone, now=now, languages=languages)
        if parsed and (chosen is None or _refines(chosen[0], parsed, zone)):
            chosen = parsed, candidate
    if chosen is None:
        return DatedDraft(**vars(draft), date=None, date_info=None)
    parsed, candidate = chosen
    draft.crawl.origins["date"] = candidate.rule
    info = DateInfo(
        raw=" ".join(candidate.value.split()),
        offset=parsed.offset,
        precision=parsed.precision,
        origin=candidate.origin,
        assumed=parsed.assumed,
    )
    return DatedDraft(**vars(draft), date=parsed.at, date_info=info)


def _refines(first: ParsedDate, later: ParsedDate, zone: ZoneInfo) -> bool:
    """Whether a later candidate says the same as the first, more exactly."""
    ours, theirs = first.at.astimezone(zone), later.at.astimezone(zone)
    if "year" in first.assumed and "year" not in later.assumed:
        return (ours.month, ours.day) == (theirs.month, theirs.day)
    if _FINENESS[later.precision] <= _FINENESS[first.precision]:
        return False
    if first.precision == "day":
        return ours.date() == theirs.date()
    return first.at.replace(second=0) == later.at.replace(second=0)
