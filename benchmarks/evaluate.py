"""Score extract_article, and the peers that are installed, on the pages of ../shared/pages.

    python -m benchmarks.evaluate                 newscrawl alone
    python -m benchmarks.evaluate --peers         and the peers that can be imported
    python -m benchmarks.evaluate --misses fundus the pages of a set that are not all right
    python -m benchmarks.evaluate --floors        and exit 1 if a score sank below benchmarks/floors.json
    python -m benchmarks.evaluate --update        and make the scores the floors; none may be lowered
    python -m benchmarks.evaluate --peers --write and write the tables of docs/evaluation.md

The block classifier was trained on these pages: for the body, the cross-validated figures in
newscrawl/page/body/blocks.json are the honest ones, and they are printed below the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from benchmarks import corpus, floors, tables
from benchmarks.peers import Extractor, Found, installed
from newscrawl import extract_article

FETCHED = datetime(2026, 11, 1, tzinfo=UTC)  # relative dates count from here, so that runs agree
COLUMNS = ("body", "title", "day", "wrong", "minute", "source", "authors")


@dataclass(slots=True)
class Tally:
    """Scores of one extractor on one set."""

    pages: int = 0
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    bodies: list[tuple[str, object]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)  #: pages whose truth has the field
    right: Counter[str] = field(default_factory=Counter)

    def judge(self, name: str, right: bool) -> None:
        self.asked[name] += 1
        self.right[name] += right

    def score(self, set_name: str, column: str) -> float | None:
        if column == "body":
            return corpus.body_f1(set_name, self.bodies) if self.bodies else None
        return self.right[column] / self.asked[column] if self.asked[column] else None


def ours(body: bytes, url: str) -> Found:
    article = extract_article(body, url=url, fetched_at=FETCHED)
    info = article.date_info
    return Found(
        article.text,
        article.title,
        article.published_at,
        day_only=info is not None and info.precision == "day",
        source=article.source.name if article.source else None,
        authors=article.authors,
    )


def judge(tally: Tally, page: corpus.Page, found: Found) -> dict[str, bool]:
    """Compare with the truth, where it has the field; returns what was right, by field."""
    truth = page.truth
    before = tally.right.copy()
    if truth.get("body"):
        tally.bodies.append((found.text, truth["body"]))
    if truth.get("title"):
        tally.judge("title", corpus.folded(found.title or "") == corpus.folded(truth["title"]))
    if truth.get("date"):
        _judge_date(tally, truth["date"], found)
    if truth.get("source"):
        tally.judge("source", found.source == truth["source"])
    if truth.get("author"):
        tally.judge("authors", _people(found.authors) == _people(truth["author"].split(",")))
    return {name: tally.right[name] > before[name] for name in ("title", "day", "minute", "source")}


def _judge_date(tally: Tally, stated: str, found: Found) -> None:
    exact = "T" in stated
    truth = datetime.fromisoformat(stated)
    mine = found.date
    if mine is not None and not found.day_only and mine.tzinfo is not None and truth.tzinfo is not None:
        mine = mine.astimezone(truth.tzinfo)
    day: date | None = mine.date() if mine is not None else None
    tally.judge("day", day == truth.date())
    tally.judge("wrong", day is not None and day != truth.date())
    if exact:
        same = mine is not None and not found.day_only and f"{mine:%Y%m%d%H%M}" == f"{truth:%Y%m%d%H%M}"
        tally.judge("minute", same)


def _people(names: list[str]) -> set[str]:
    return {corpus.folded(name).casefold() for name in names if name.strip()}


def run(extractor: Extractor, pages: list[corpus.Page], misses: str | None) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for page in pages:
        body = page.read()
        tally = tallies.setdefault(page.set, Tally())
        tally.pages += 1
        started = time.perf_counter()
        try:
            found = extractor(body, page.url)
        except Exception as error:  # noqa: BLE001  whatever an extractor raises is a result here
            tally.errors[type(error).__name__] += 1
            found = Found()
        tally.seconds += time.perf_counter() - started
        right = judge(tally, page, found)
        if misses == page.set:
            _show_miss(page, found, right)
    return tallies


def _show_miss(page: corpus.Page, found: Found, right: dict[str, bool]) -> None:
    truth = page.truth
    for name, mine in (("title", found.title), ("day", found.date), ("source", found.source)):
        wanted = truth.get("date" if name == "day" else name)
        if wanted and not right[name]:
            print(f"{name:6} {page.id[:40]:40} wanted {wanted!r} got {str(mine)!r}")
    if truth.get("body"):
        f1 = corpus.body_f1(page.set, [(found.text, truth["body"])])
        if f1 < 0.9:
            print(f"body   {page.id[:40]:40} {f1:.3f}")


def show(name: str, tallies: dict[str, Tally]) -> None:
    print(f"\n{name}")
    print(
        f"{'set':14}{'pages':>6}" + "".join(f"{column:>9}" for column in COLUMNS) + f"{'pages/s':>9}  errors"
    )
    for set_name, tally in tallies.items():
        scores = [tally.score(set_name, column) for column in COLUMNS]
        cells = "".join(f"{'–' if score is None else format(score, '.3f'):>9}" for score in scores)
        errors = ", ".join(f"{count} {kind}" for kind, count in tally.errors.items()) or "0"
        print(f"{set_name:14}{tally.pages:>6}{cells}{tally.pages / tally.seconds:>9.0f}  {errors}")


def _scores(tallies: dict[str, Tally], cross_validated: dict[str, float]) -> dict[str, dict[str, float]]:
    """What is held to the floors: every score that there is, by set and column."""
    scores = {
        name: {column: value for column in COLUMNS if (value := tally.score(name, column)) is not None}
        for name, tally in tallies.items()
    }
    for name, value in cross_validated.items():
        scores[name][floors.CROSS_VALIDATED] = value
    return scores


def _hold(scores: dict[str, dict[str, float]], tallies: dict[str, Tally], *, update: bool) -> int:
    """Compare with the floors, or set them anew; the exit code."""
    known = floors.read()
    if update:
        faults, said = floors.lowered(scores, known), "refused: --update does not lower a floor"
    else:
        pages = {name: tally.pages for name, tally in tallies.items()}
        faults, said = floors.sunk(scores, known, pages), "below the floor"
    for fault in faults:
        print(f"{said}: {fault}", file=sys.stderr)
    if update and not faults:
        floors.write(scores)
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true", help="score the installed peers too")
    parser.add_argument("--misses", metavar="SET", help="show what is wrong on the pages of this set")
    parser.add_argument("--floors", action="store_true", help="exit 1 if a score is below its floor")
    parser.add_argument("--update", action="store_true", help="make the scores the floors")
    parser.add_argument("--write", action="store_true", help="write the tables of docs/evaluation.md")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    place: Path | None = corpus.folder()
    if place is None:
        print(
            "no pages to score on: ../shared/pages is absent; set NEWSCRAWL_PAGES to where they lie",
            file=sys.stderr,
        )
        return 2
    pages = list(corpus.pages(place))
    head = f"{datetime.now(UTC):%Y-%m-%d}, corpus {corpus.digest(place)}, {len(pages)} pages"
    print(head)
    results = {"newscrawl": run(ours, pages, arguments.misses)}
    show("newscrawl", results["newscrawl"])
    for name, extractor in installed().items() if arguments.peers else ():
        results[name] = run(extractor, pages, None)
        show(name, results[name])
    model = json.loads((files("newscrawl.page.body") / "blocks.json").read_text(encoding="utf-8"))
    made = f"{model['made']}, corpus {model['corpus']}"
    cross_validated = model["cross_validated"]
    print(f"\nbody, cross-validated by site ({made}): {cross_validated}")
    mine = results.pop("newscrawl")
    if arguments.write:
        first = tables.scores_table({"newscrawl": mine, **results})
        tables.put(f"Run on {head}.\n\n{first}\n\n{tables.unseen_table(cross_validated, results)}")
    if arguments.floors or arguments.update:
        return _hold(_scores(mine, cross_validated), mine, update=arguments.update)
    return 0


if __name__ == "__main__":
    sys.exit(main())
