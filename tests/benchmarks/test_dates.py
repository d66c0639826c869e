"""benchmarks.dates: each of its forms is read, for all of its instants, and one that is not is told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from benchmarks import dates

BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize("example", dates.FORMS)
def test_the_forms_are_what_the_cascade_knows(example: str) -> None:
    for number in range(30):
        text = dates.FORMS[example](
            datetime(2026, 11, 19, 10, tzinfo=BEIJING) - timedelta(minutes=977 * number)
        )
        assert dates.ours(text) is not None, text


def test_what_is_not_read_is_no_figure() -> None:
    with pytest.raises(ValueError, match="'soon' is read as no date"):
        dates.microseconds(["2026-03-08", "soon"], dates.ours)
