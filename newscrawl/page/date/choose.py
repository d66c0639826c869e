"""Which of the dates that a page offers is that of publication."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from newscrawl.model.draft import Candidate
from newscrawl.page.context import PageContext
from newscrawl.page.date.calendars import other_dates
from newscrawl.page.date.disputes import BESIDE_TITLE, days_of, shown_is_published
from newscrawl.page.date.labels import (
    is_among_comments,
    is_among_related,
    is_at_top,
    is_of_change,
    is_of_other,
    is_published,
    is_time_of_change,
    is_time_of_other,
)
from newscrawl.page.date.relative import without_year
from newscrawl.page.date.scripts import script_dates
from newscrawl.page.document import dates_in_text, vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.dates_in_text import HAS_YEAR, Stamp
from newscrawl.text.lazy_regex import lazy

_LONGEST = 260  # characters; a date in a longer block is prose
_MOST_STAMPS = 1_000  # of a page that are compared; an archive of dates is no article
_DATE_CLASS = vocabulary.class_words("date")
_STRONG_CLASS = vocabulary.class_words("date_strong")
_BAD_REGION = vocabulary.class_words("date_nowhere")
_BAD_TAG = frozenset(("aside", "footer", "nav"))
_RIGHTS = lazy(r"©|copyright|\(c\)|all rights|版权|备案|ICP", re.IGNORECASE)
_OF_CHANGE = " of a change"
_QUARTER, _FURTHEST = timedelta(minutes=15), timedelta(hours=14)
_SHORT_YEAR = lazy(
    r"\d\.\s?\d{1,2}\.\s?[12]\d(?!\d)|\d/\d{1,2}/[12]\d(?=\s*[,–-]?\s*(?:à|at|alle|um)?\s*\d{1,2}[:hH]\d)"
)
_LEADING = 40  # blocks behind the title in which the text begins
_SHORT_LINE = 60  # characters of a line with a date and its label
_A_LINE, _SOME_TEXT = 40, 150  # characters of a line, and of lines that are the text's beginning
_SURE = -1.0  #: score of a text date from which it goes before the URL's
_LEAST = -2.5  #: below it, guesses are wrong more often than right


def choose_dates(look: PageContext) -> list[Candidate]:
    """The candidates for the publication, best first; empty where only guesses are left."""
    return dates_of(look)[0]


def dates_of(look: PageContext) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates for the publication, and those for the last change as the page states it, best first."""
    shown, changed = _shown(look)
    lone = [stamp for score, stamp in shown if score >= BESIDE_TITLE and stamp not in changed]
    updates = [*look.structured.changes, *_as_said([*changed[:1], *lone[:1]], "date of a change", [])]
    return _published(look, shown, changed), updates


def _published(look: PageContext, shown: list[tuple[float, Stamp]], changed: list[Stamp]) -> list[Candidate]:
    certain = look.structured.dates
    if certain:  # what is labelled as the day of a change says nothing against a stated one
        shown = [(score, stamp) for score, stamp in shown if stamp not in changed]
    if look.chinese:
        if certain and shown and _more_exact(shown[0][1], certain[0].value):
            certain = []  # the page's own minute beats a meta date that a CMS set hours later
    elif certain and shown_is_published(
        [pair for pair in shown if pair[0] > _LEAST],
        certain[0].value,
        [one.value for one in look.structured.changes],
    ):
        certain = []
    text = [stamp for score, stamp in shown if score > _SURE][:2]
    doubtful = [stamp for score, stamp in shown if score > _LEAST][:1]
    times = _marked_times(look.tree, look.title.node)
    stated = [] if look.structured.dates else times
    candidate = [
        *certain,
        *(one for one in stated[:1] if text and _is_same_minute(one.value, text[0])),
        *_as_said(text, "text date", changed),
        *look.structured.dates,
        *times,
    ]
    candidate += [
        *look.structured.weak_dates,
        *_of_url(look.url),
        *_as_said(doubtful, "doubtful text date", changed),
    ]
    if all(":" not in one.value for one in candidate):  # no time of day is known
        title = look.title.candidates[0].value if look.title.candidates else None
        candidate += script_dates(look.tree, title, wide=all(one.origin == "url" for one in candidate))
    candidate = candidate or other_dates(look.tree, look.title.node, look.language) or _leading(look)
    candidate = candidate or _far(look, [stamp for _, stamp in shown if stamp not in changed])
    return _distinct(candidate or without_year(look.tree, look.title.node, look.url))


def _leading(look: PageContext) -> list[Candidate]:
    """The date that the text itself begins with: `27.1.2022 – Bei der Erinnerung …`."""
    at = look.title.node.first if look.title.node else 0
    for block in look.tree.blocks[at : at + _LEADING]:
        if len(block.text) > _LONGEST:
            stamps = dates_in_text.find(block.text[:40], month_first=look.month_first, language=look.language)
            return _as_said(stamps[:1], "leading date", []) if stamps and stamps[0].start <= 1 else []
    return []


def _is_same_minute(value: str, shown: Stamp) -> bool:
    """Whether an attribute states the very minute that is shown, and its zone and seconds besides."""
    if shown.minute is None:
        return False
    return any(
        (stamp.day, stamp.minute) == (shown.day, shown.minute) for stamp in dates_in_text.find(value)[:1]
    )


def _far(look: PageContext, shown: list[Stamp]) -> list[Candidate]:
    """A date far from the title: the one that is labelled as of publication, else the only day that the page
    shows, if it stands by itself."""
    for block in look.tree.blocks if shown else ():
        for stamp in shown if len(block.text) <= _SHORT_LINE else ():
            if block.text[stamp.start : stamp.end].strip() == stamp.text and is_published(block, stamp, 0):
                return _as_said([stamp], "labelled date", [])
    if len({stamp.day for stamp in shown}) == 1 and any(
        block.text == shown[0].text for block in look.tree.blocks
    ):
        return _as_said(shown[:1], "only date", [])
    return []


def _as_said(stamps: list[Stamp], rule: str, changed: list[Stamp]) -> list[Candidate]:
    """Each as printed, and, where it is not year first, as understood: few parsers know all orders.

    The rule says so where it is labelled as the day of a change, and no other is known.
    """
    candidate = []
    for stamp in stamps:
        rule = f"{rule.removesuffix(_OF_CHANGE)}{_OF_CHANGE if stamp in changed else ''}"
        if not stamp.settled:
            candidate.append(Candidate(stamp.text, "page", rule))
        if stamp.settled or not stamp.text[:4].isdigit():
            candidate.append(Candidate(stamp.plain(), "page", rule))
    return candidate


def _distinct(candidate: list[Candidate]) -> list[Candidate]:
    kept: dict[str, Candidate] = {}
    for one in candidate:
        kept.setdefault(one.value, one)
    return list(kept.values())


def _more_exact(shown: Stamp, structured: str) -> bool:
    """Whether the page shows a minute within a day of the structured date."""
    stamps = dates_in_text.find(structured)
    return shown.minute is not None and (not stamps or abs(stamps[0].day - shown.day) <= timedelta(days=1))


def _shown(look: PageContext) -> tuple[list[tuple[float, Stamp]], list[Stamp]]:
    """Dates in short blocks with how much each looks like that of publication, best first; and those of them
    that are labelled as of a change."""
    scored: list[tuple[float, Stamp]] = []
    changed = []
    nearness = _Nearness(look.tree, look.title.node)
    addressed = dates_in_text.in_url(look.url)
    known = _known_days(look, addressed)
    for block in look.tree.blocks:
        text = block.text
        if len(text) > _LONGEST or not _may_be_dated(text):
            continue
        if len(scored) > _MOST_STAMPS:
            break
        if nearness.is_elsewhere(block.pieces[0].node):
            continue
        end, near = 0, nearness.score(block)
        for number, stamp in enumerate(
            dates_in_text.find(block.text, month_first=look.month_first, language=look.language, known=known)
        ):
            since, end = end, stamp.end
            if is_of_other(look.tree, block, stamp, since):
                continue
            agrees = 0.8 if addressed is not None and addressed.day == stamp.day else 0.0
            own = _score(block, stamp)
            if is_of_change(look.tree, block, stamp, since):
                changed.append(stamp)
                own -= 1.7
            scored.append((own + near + agrees - 0.3 * number, stamp))
    return sorted(scored, key=lambda pair: -pair[0]), changed


def _known_days(look: PageContext, addressed: Stamp | None) -> set[date]:
    """The days that the page states in an order without doubt, by which 03/04/2026 is read."""
    stated = [one.value for one in (*look.structured.dates[:3], *look.structured.weak_dates[:3])]
    days = days_of([*stated, *(node.element.get("datetime") or "" for node in look.tree.times[:20])])
    return days | {addressed.day} if addressed else days


def _may_be_dated(text: str) -> bool:
    if ("20" in text or "19" in text) and HAS_YEAR.search(text):
        return True
    return ("." in text or "/" in text) and _short_year(text)


def _short_year(text: str) -> bool:
    return len(text) < 60 and _SHORT_YEAR.search(text) is not None


class _Nearness:
    """How well a block stands to the title for the date to be in it."""

    def __init__(self, found: BlockTree, title: Node | None) -> None:
        self.blocks = found.blocks
        self.at = title.first if title is not None else None
        self.around = set(title.line()) if title is not None else set()

    def score(self, block: Block) -> float:
        return self._place(block) + self._classed(block) - (1.8 if self._in_bad_region(block) else 0.0)

    def _classed(self, block: Block) -> float:
        """Class words of the block, up to where the title's elements begin."""
        for node in block.pieces[0].node.line(4):
            if node in self.around:
                break
            if node.tokens & _STRONG_CLASS or node.tag == "time":
                return 0.8
            if node.tokens & _DATE_CLASS:
                return 0.4
        return 0.0

    def _place(self, block: Block) -> float:
        if self.at is None:
            return -block.index * 0.01
        away = block.index - self.at
        distance = away * 0.04 if away >= 0 else -away * 0.12
        # Dates inside the text follow paragraphs; those of publication do not.
        between = self.blocks[self.at + 1 : min(block.index, self.at + 30)]
        return 1.5 - distance - 0.5 * min(4, sum(len(other.text) > 100 for other in between))

    def is_elsewhere(self, node: Node) -> bool:
        """Whether an element is part of the comments, of the site's header, or of what names other articles.

        Not told where no title was found: then the article itself may stand in such an element.
        """
        if self.at is None:
            return False
        if is_among_related(node, self.around):
            return True
        if node.first < self.at and is_at_top(node, self.around):
            return True
        if not self._text_has_begun(node.first):
            return False  # an opinion piece is classed comment as well
        return is_among_comments(node, self.around) or self._is_linked_aside(node)

    def _text_has_begun(self, index: int) -> bool:
        if self.at is None:
            return False
        between = self.blocks[self.at + 1 : min(index, self.at + 30)]
        return sum(len(other.text) for other in between if len(other.text) > _A_LINE) > _SOME_TEXT

    def _is_linked_aside(self, node: Node) -> bool:
        """Whether it stands in an aside, in a line that leads to another page."""
        block = self.blocks[min(node.first, len(self.blocks) - 1)]
        aside = any(one.tag == "aside" for one in node.line() if one not in self.around)
        return aside and block.linked > _A_LINE // 4

    def _in_bad_region(self, block: Block) -> bool:
        line = block.pieces[0].node.line()
        return any(
            node not in self.around and (node.tokens & _BAD_REGION or node.tag in _BAD_TAG) for node in line
        )


def _score(block: Block, stamp: Stamp) -> float:
    """How much a date's own block looks like that of publication."""
    score = 1.0 - min(len(block.text) - len(stamp.text), 160) / 80
    if block.linked > len(block.text) * 0.5 and len(block.text) > len(stamp.text) + 30:
        score -= 0.4
    if _RIGHTS.search(block.text):
        score -= 4.0
    return score + (0.4 if stamp.minute else 0.0)


def _marked_times(found: BlockTree, title: Node | None) -> list[Candidate]:
    """`<time>` elements that are marked as the publication's, or stand beside the title."""
    marked, others = [], []
    at = title.first if title else 0
    nearness = _Nearness(found, title)
    for node in found.times:
        value = node.element.get("datetime")
        if not value or is_time_of_change(found, node) or is_time_of_other(found, node):
            continue
        if nearness.is_elsewhere(node):
            continue
        candidate = Candidate(value.strip(), "page", "time")
        if node.element.get("pubdate") is not None or node.tokens & _STRONG_CLASS:
            marked.append((abs(node.first - at), candidate))
        elif title is not None and -5 <= node.first - at <= 12:
            others.append((abs(node.first - at), candidate))
    return [
        candidate
        for group in (marked, others)
        for _, candidate in sorted(group, key=lambda pair: pair[0])[:1]
    ]


def page_clock(candidate: list[Candidate], at: datetime, *, month_first: bool) -> timedelta | None:
    """The offset of the clock that the page shows, where its structured date is in UTC.

    A printed time that differs from the instant `at` by quarters of an hour, half a day at most, is the
    same time on the page's own clock. None where no such time is printed.
    """
    utc = at.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    for one in candidate:
        stated = _stated_offset(one.value, utc)
        if stated:
            return stated
        if one.origin != "page":
            continue
        for stamp in dates_in_text.find(one.value, month_first=month_first):
            if stamp.minute is None and not at.second and (ahead := _to_midnight(utc, stamp.day)):
                return ahead
            if stamp.minute is not None:
                ahead = datetime.combine(stamp.day, time(*stamp.minute)) - utc
                if ahead and abs(ahead) <= _FURTHEST and ahead % _QUARTER == timedelta(0):
                    return ahead
    return None


def _to_midnight(utc: datetime, shown: date) -> timedelta | None:
    """How far ahead of UTC a clock is on which the day shown has just begun: one hour in Berlin at 23:00."""
    ahead = datetime.combine(shown, time()) - utc
    return ahead if timedelta() < ahead <= _FURTHEST and ahead % timedelta(hours=1) == timedelta() else None


def _stated_offset(value: str, utc: datetime) -> timedelta | None:
    """The offset of an ISO time, if it is the same minute."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    offset = at.utcoffset()
    same = offset is not None and at.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0) == utc
    return offset if same else None


def _of_url(url: str) -> list[Candidate]:
    stamp = dates_in_text.in_url(url)
    return [Candidate(stamp.day.isoformat(), "url", "url")] if stamp else []
