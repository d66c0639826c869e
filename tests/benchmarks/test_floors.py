from pathlib import Path

import pytest

from benchmarks import floors, tables
from benchmarks.evaluate import Tally

FLOORS = {"gne": {"body": 0.98, "day": 1.0, "wrong": 0.05, floors.CROSS_VALIDATED: 0.98}}
PAGES = {"gne": 20}


def scores(**changed: float) -> dict[str, dict[str, float]]:
    return {"gne": FLOORS["gne"] | changed}


def test_a_score_within_the_margin_has_not_sunk() -> None:
    assert floors.sunk(scores(body=0.976, day=0.95, wrong=0.1), FLOORS, PAGES) == []
    assert floors.sunk(scores() | {"new": {"body": 0.1}}, FLOORS, PAGES) == []


@pytest.mark.parametrize(("column", "score"), [("body", 0.974), ("day", 0.9), ("wrong", 0.15)])
def test_a_score_beyond_it_has(column: str, score: float) -> None:
    (line,) = floors.sunk(scores(**{column: score}), FLOORS, PAGES)
    assert line.startswith(f"gne {column}: {score:.3f}")


def test_a_score_that_is_gone_has_sunk() -> None:
    assert len(floors.sunk({}, FLOORS, PAGES)) == 4


def test_no_floor_is_lowered() -> None:
    assert floors.lowered(scores(body=0.99, wrong=0.0), FLOORS) == []
    assert floors.lowered(scores(body=0.979), FLOORS) == ["gne body: 0.980 would become 0.979"]
    assert floors.lowered(scores(wrong=0.06), FLOORS) == ["gne wrong: 0.050 would become 0.06"]
    assert len(floors.lowered({}, FLOORS)) == 4


def test_floors_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    assert floors.read(path) == {}
    floors.write(scores(), path)
    assert floors.read(path) == FLOORS


def test_what_is_kept_holds_every_set() -> None:
    assert {"aeb", "trafilatura", "htmldate", "fundus", "gne"} <= set(floors.read())


def test_tables_are_written_between_the_marks(tmp_path: Path) -> None:
    document = tmp_path / "evaluation.md"
    document.write_text(
        "Before.\n" + tables._BEGIN + "\nold\n" + tables._END + "\nAfter.\n", encoding="utf-8"
    )
    tables.put("| \\1 |", document)
    written = document.read_text(encoding="utf-8")
    assert "old" not in written
    assert written.startswith("Before.")
    assert written.endswith("After.\n")
    assert "| \\1 |" in written
    document.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="no marks"):
        tables.put("x", document)


def test_a_row_an_extractor() -> None:
    tally = Tally(pages=2, seconds=1.0)
    tally.judge("day", True)
    tally.judge("day", False)
    table = tables.scores_table(
        {"one 1.0": dict.fromkeys(("aeb", "trafilatura", "htmldate", "fundus", "gne"), tally)}
    )
    assert "| .500 / – |" in table
    assert table.splitlines()[2].endswith("| 2 | 0 |")
