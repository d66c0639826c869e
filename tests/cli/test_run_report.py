"""What a crawl prints at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from newscrawl.cli.run_report import show_run
from newscrawl.model.ledger import Ledger

START = datetime(2026, 3, 8, 12, tzinfo=UTC)


def ended(**values: object) -> SimpleNamespace:
    ledger = Ledger(lists=2, entries=5)
    for page, outcome, reason in (
        ("1", "stored", None),
        ("2", "rejected", "no [title]"),
        ("3", "failed", "HTTP 500"),
        ("4", "failed", "HTTP 500"),
    ):
        ledger.take(page)
        ledger.end(page, outcome, reason)  # type: ignore[arg-type]
    seconds = timedelta(seconds=3)
    run = {"spider": "x", "dry": False, "started": START, "finished": START + seconds, "ledger": ledger}
    return SimpleNamespace(**{**run, "problems": [], "would_store": [], **values})


def test_each_reason_stands_below_its_own_end(capsys: pytest.CaptureFixture[str]) -> None:
    show_run(ended())  # type: ignore[arg-type]
    rows = [line.split("│")[1:4] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    told = [[cell.strip() for cell in row] for row in rows]
    assert [row[:2] for row in told] == [
        ["stored", "1"],
        ["rejected", "1"],
        ["", "1"],
        ["failed", "2"],
        ["", "2"],
    ]
    assert told[2][2] == "· no [title]"
    assert told[4][2] == "· HTTP 500"


def test_a_problem_stays_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    show_run(ended(problems=["word " * 40 + "end"]))  # type: ignore[arg-type]
    assert f"problem: {'word ' * 40}end\n" in capsys.readouterr().out


def test_a_title_cannot_paint_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    post = {"date": "2026-03-08T12:00:00+00:00", "title": "a\x1b[31mb [bold]c"}
    show_run(ended(dry=True, would_store=[post]))  # type: ignore[arg-type]
    assert "a[31mb [bold]c" in capsys.readouterr().out
