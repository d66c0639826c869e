"""Which of the dates that a source gave is the post's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newscrawl.model.draft import Candidate, DatedDraft, Draft, Extraction
from newscrawl.model.post import Crawl
from newscrawl.normalize.steps import normalize_date, normalize_title

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


def dated(*dates: Candidate, **more: Any) -> DatedDraft:
    draft = Draft(
        id="eastmoney:1",
        url="https://example.com/1",
        canonical_url="https://example.com/1",
        share_url="https://example.com/1",
        extraction=Extraction(dates=list(dates)),
        crawl=Crawl("t", "r", NOW),
        **{"zone": "Asia/Shanghai", "language": "zh", **more},
    )
    return normalize_date(normalize_title(draft), NOW)


def page(text: str) -> Candidate:
    return Candidate(text, "page", ".time")


def listed(text: str) -> Candidate:
    return Candidate(text, "list", "showTime")


def test_the_first_that_parses_wins() -> None:
    draft = dated(
        page("来源：新华网"), page("2026年03月08日 08:37"), Candidate("2025-01-01 00:00:00", "list", "x")
    )
    assert draft.date == datetime(2026, 3, 8, 0, 37, tzinfo=UTC)
    assert draft.date_info is not None
    assert draft.date_info.raw == "2026年03月08日 08:37"
    assert draft.date_info.origin == "page"
    assert draft.crawl.origins == {"date": ".time"}


def test_seconds_of_the_same_minute_refine() -> None:
    draft = dated(page("2026年03月08日 08:37"), listed("2026-03-08 08:37:22"))
    assert draft.date == datetime(2026, 3, 8, 0, 37, 22, tzinfo=UTC)
    assert draft.date_info is not None
    assert (draft.date_info.precision, draft.date_info.origin, draft.date_info.raw) == (
        "second",
        "list",
        "2026-03-08 08:37:22",
    )
    assert draft.crawl.origins == {"date": "showTime"}


def test_the_time_of_the_same_day_refines_and_then_its_seconds() -> None:
    draft = dated(page("2026-03-08"), listed("2026-03-08 08:37"), listed("2026-03-08 08:37:22"))
    assert draft.date == datetime(2026, 3, 8, 0, 37, 22, tzinfo=UTC)


def test_hours_ago_are_refined_by_the_time_of_the_same_day() -> None:
    draft = dated(page("2小时前"), listed("2026-03-09 07:41:10"))
    assert draft.date == datetime(2026, 3, 8, 23, 41, 10, tzinfo=UTC)


def test_a_finer_date_that_disagrees_changes_nothing() -> None:
    assert dated(page("2026-03-08 08:37"), listed("2026-03-08 08:38:22")).date == datetime(
        2026, 3, 8, 0, 37, tzinfo=UTC
    )
    assert dated(page("2026-03-07"), listed("2026-03-08 08:38:22")).date == datetime(
        2026, 3, 6, 16, tzinfo=UTC
    )


def test_a_stated_year_replaces_an_assumed_one() -> None:
    draft = dated(page("02-26 16:34"), listed("2022-02-26 16:34:18"))
    assert draft.date == datetime(2022, 2, 26, 8, 34, 18, tzinfo=UTC)
    assert draft.date_info is not None
    assert draft.date_info.assumed == ["zone"]


def test_what_was_assumed_is_said() -> None:
    draft = dated(page("02-26 16:34"))
    assert draft.date_info is not None
    assert draft.date_info.assumed == ["zone", "year"]
    assert draft.date_info.offset == "+08:00"


def test_the_drafts_language_tells_the_month() -> None:
    draft = dated(page("03/04/2025"), language="en-US", zone="America/New_York")
    assert draft.date == datetime(2025, 3, 4, 5, tzinfo=UTC)


def test_no_date_stays_none() -> None:
    for draft in (dated(), dated(page("来源：新华网"), listed("2027-01-01"))):
        assert draft.date is None
        assert draft.date_info is None
        assert draft.crawl.origins == {}
