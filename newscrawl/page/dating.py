"""Which of the dates that a page offers is that of publication."""

from __future__ import annotations

import re
from datetime import timedelta

from newscrawl.draft import Said
from newscrawl.page import datestamps, words
from newscrawl.page.blocks import Block, Node, Survey
from newscrawl.page.datestamps import Stamp
from newscrawl.page.structured import Structured

_LONGEST = 260  # characters; a date in a longer block is prose
_DATE_CLASS = words.classes("date")
_STRONG_CLASS = words.classes("date_strong")
_BAD_REGION = words.classes("date_nowhere")
_BAD_TAG = frozenset(("aside", "footer", "nav"))
_UPDATE = words.pattern("update")
_RIGHTS = re.compile(r"©|copyright|\(c\)|all rights|版权|备案|ICP", re.IGNORECASE)
_SCRIPT_DATE = re.compile(
    r'"(?:datePublished|publishedAt|publish(?:ed)?_?(?:date|time|at)|pub_?(?:date|time)|publicationDate|firstPublished\w*)"\s*:\s*"([^"]{8,35})"',
    re.IGNORECASE,
)
_LEAST = 0.0  #: score below which a text date is a guess that is wrong more often than right


def settle_dates(
    found: Survey, structured: Structured, title: Node | None, url: str, *, month_first: bool, chinese: bool
) -> list[Said]:
    """The candidates, best first; empty where only guesses are left."""
    shown = _shown(found, title, month_first=month_first)
    certain = structured.dates
    if chinese and certain and shown and _more_exact(shown[0][1], certain[0].value):
        certain = []  # the page's own minute beats a meta date that a CMS set hours later
    text = [Said(stamp.text, "page", "text date") for score, stamp in shown if score > _LEAST][:2]
    marked = _marked_times(found, title)
    return _distinct(
        [
            *certain,
            *text,
            *structured.dates,
            *marked,
            *structured.weak_dates,
            *_of_url(url),
            *_of_scripts(found),
        ]
    )


def _distinct(said: list[Said]) -> list[Said]:
    kept: dict[str, Said] = {}
    for one in said:
        kept.setdefault(one.value, one)
    return list(kept.values())


def _more_exact(shown: Stamp, structured: str) -> bool:
    """Whether the page shows a minute within a day of the structured date."""
    stamps = datestamps.find(structured)
    return shown.minute is not None and (not stamps or abs(stamps[0].day - shown.day) <= timedelta(days=1))


def _shown(found: Survey, title: Node | None, *, month_first: bool) -> list[tuple[float, Stamp]]:
    """Dates in short blocks with how much each looks like that of publication, best first."""
    scored = []
    ancestors = set(title.line()) if title else set()
    at = title.first if title else None
    for block in found.blocks:
        if len(block.text) > _LONGEST or (
            not datestamps.HAS_YEAR.search(block.text) and not _short_year(block.text)
        ):
            continue
        for number, stamp in enumerate(datestamps.find(block.text, month_first=month_first)):
            scored.append((_score(found, block, stamp, at, ancestors) - 0.3 * number, stamp))
    return sorted(scored, key=lambda pair: -pair[0])


def _short_year(text: str) -> bool:
    return len(text) < 60 and re.search(r"\d\.\s?\d{1,2}\.\s?[12]\d(?!\d)", text) is not None


def _score(found: Survey, block: Block, stamp: Stamp, at: int | None, ancestors: set[Node]) -> float:
    score = 1.0 - min(len(block.text) - len(stamp.text), 160) / 80
    if at is not None:
        away = block.index - at
        score += (
            1.5 - (away * 0.04 if away >= 0 else -away * 0.12) - 0.5 * min(4, _long_between(found, at, block))
        )
    else:
        score -= block.index * 0.01
    chain = block.pieces[0].node.line()
    for node in chain[:4]:
        if node.tokens & _STRONG_CLASS or node.tag == "time":
            score += 0.8
            break
        if node.tokens & _DATE_CLASS:
            score += 0.4
            break
    if any(node not in ancestors and (node.tokens & _BAD_REGION or node.tag in _BAD_TAG) for node in chain):
        score -= 1.8
    if block.linked > len(block.text) * 0.5 and len(block.text) > len(stamp.text) + 30:
        score -= 0.8
    before = block.text[max(0, stamp.start - 40) : stamp.start]
    if _UPDATE.search(before) or (_UPDATE.search(block.text) and len(block.text) < 60):
        score -= 0.7
    if _RIGHTS.search(block.text):
        score -= 2.0
    return score + (0.4 if stamp.minute else 0.0)


def _long_between(found: Survey, at: int, block: Block) -> int:
    """How many paragraphs stand between the title and the block; dates inside the text follow them."""
    return sum(len(other.text) > 100 for other in found.blocks[at + 1 : min(block.index, at + 30)])


def _marked_times(found: Survey, title: Node | None) -> list[Said]:
    """`<time>` elements that are marked as the publication's, or stand beside the title."""
    marked, others = [], []
    at = title.first if title else 0
    for node in found.times:
        value = node.element.get("datetime")
        if not value or _UPDATE.search(
            " ".join(sorted(node.tokens | (node.parent.tokens if node.parent else frozenset())))
        ):
            continue
        said = Said(value.strip(), "page", "time")
        if node.element.get("pubdate") is not None or node.tokens & _STRONG_CLASS:
            marked.append((abs(node.first - at), said))
        elif title is not None and -5 <= node.first - at <= 12:
            others.append((abs(node.first - at), said))
    return [said for group in (marked, others) for _, said in sorted(group, key=lambda pair: pair[0])[:1]]


def _of_url(url: str) -> list[Said]:
    stamp = datestamps.in_url(url)
    return [Said(stamp.day.isoformat(), "url", "url")] if stamp else []


def _of_scripts(found: Survey) -> list[Said]:
    """Publication names in other JSON of the page; the last thing to believe."""
    for script in found.scripts:
        match = _SCRIPT_DATE.search(script.text or "")
        if match:
            return [Said(match[1], "structured", "script json")]
    return []
