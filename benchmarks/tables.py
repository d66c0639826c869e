"""The tables of docs/evaluation.md, written between two marks so that the words around them stay."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.evaluate import Tally

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"
_BEGIN, _END = "<!-- written by benchmarks.evaluate --write -->", "<!-- end of what is written -->"
_MARKED = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
#: Set as printed, set, columns.
_SETS = (
    ("aeb", "aeb", ("body",)),
    ("trafilatura", "trafilatura", ("body", "title", "day", "wrong")),
    ("htmldate", "htmldate", ("day", "wrong")),
    ("fundus", "fundus", ("body", "title", "day", "minute")),
    ("gne (Chinese)", "gne", ("body", "title", "day", "minute")),
)


def scores_table(all_tallies: dict[str, dict[str, Tally]]) -> str:
    """A row for each extractor, by its name and version."""
    heads = [f"{printed} {' / '.join(columns)}" for printed, _, columns in _SETS]
    lines = ["| | " + " | ".join([*heads, "pages/s", "errors"]) + " |", "|" + "---|" * (len(heads) + 3)]
    for name, tallies in all_tallies.items():
        cells = [_cell(tallies[set_name], set_name, columns) for _, set_name, columns in _SETS]
        seconds = sum(tally.seconds for tally in tallies.values())
        pages = sum(tally.pages for tally in tallies.values())
        errors = sum(sum(tally.errors.values()) for tally in tallies.values())
        lines.append("| " + " | ".join([name, *cells, f"{pages / seconds:.0f}", str(errors)]) + " |")
    return "\n".join(lines)


def _cell(tally: Tally, set_name: str, columns: tuple[str, ...]) -> str:
    """Scores with a bar where the extractor has none: it does not give the field, or is never right."""
    scores = {column: tally.score(set_name, column) for column in columns}
    if not scores.get("day"):
        scores |= {"wrong": None} if "wrong" in scores else {}
    return " / ".join(
        _short(score) if score or (score == 0.0 and column == "wrong") else "–"
        for column, score in scores.items()
    )


def _short(score: float) -> str:
    return f"{score:.3f}".removeprefix("0")


def unseen_table(cross_validated: dict[str, float], peers: dict[str, dict[str, Tally]]) -> str:
    """Body F1 on pages of sites that the classifier was not trained on, beside the peers' on the same."""
    lines = [
        "| body F1 on unseen sites | " + " | ".join(cross_validated) + " |",
        "|" + "---|" * (len(cross_validated) + 1),
        "| newscrawl, cross-validated | " + " | ".join(map(_short, cross_validated.values())) + " |",
    ]
    for name, tallies in peers.items():
        scores = [tallies[set_name].score(set_name, "body") for set_name in cross_validated]
        if any(scores):
            lines.append(f"| {name} | " + " | ".join(_short(score or 0.0) for score in scores) + " |")
    return "\n".join(lines)


def put(text: str, document: Path = DOCUMENT) -> None:
    """Put the text between the document's marks. Raises ValueError where they are missing."""
    whole = document.read_text(encoding="utf-8")
    if not _MARKED.search(whole):
        raise ValueError(f"{document.name} has no marks {_BEGIN!r} and {_END!r} to write between")
    marked = f"{_BEGIN}\n{text}\n{_END}"
    document.write_text(_MARKED.sub(lambda _: marked, whole, count=1), encoding="utf-8")
