"""What a declaration rests on: how old the evidence is."""

from __future__ import annotations

from datetime import date

import pytest

from newscrawl.errors import UsageError
from newscrawl.model.source import Seen, Source


@pytest.mark.parametrize(
    ("when", "last"),
    [
        ("2026", date(2026, 12, 31)),
        ("2026-09", date(2026, 9, 30)),
        ("2024-02", date(2024, 2, 29)),
        ("2026-09-22", date(2026, 9, 22)),
    ],
)
def test_evidence_is_as_precise_as_it_says(when: str, last: date) -> None:
    assert Seen(when, "public code").last_day() == last


def test_evidence_is_old_after_a_year() -> None:
    seen = Seen("2025-10", "public code")
    assert not seen.is_old(date(2026, 10, 31))
    assert seen.is_old(date(2026, 11, 1))


@pytest.mark.parametrize("when", ["", "26", "2026-13", "2026-02-30", "09/2026", "1999", "2026-9", "２０２６"])
def test_what_is_not_a_date_is_refused_where_it_is_declared(when: str) -> None:
    with pytest.raises(UsageError, match="seen: "):
        Source(title="x", domain="example.com", seen=Seen(when, "public code"))


def test_evidence_says_how() -> None:
    with pytest.raises(UsageError, match="does not say how"):
        Source(title="x", domain="example.com", seen=Seen("2026", " "))
