"""Pages that show another day than their data states: which of the two is that of publication."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract import extract_article

TEXT = "<p>" + "The council met again, and again it did not agree on what the bridge may cost. " * 3 + "</p>"
URL = "https://news.example.org/a"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def day(line: str, stated: str = "2026-02-01T08:00:00Z", changed: str = "") -> str | None:
    data = f'"datePublished": "{stated}"' + (f', "dateModified": "{changed}"' if changed else "")
    page = f"""<html lang=en><title>The bridge</title><script type="application/ld+json">
    {{"@type": "NewsArticle", {data}}}</script><h1>The bridge</h1>{line}{TEXT}</html>"""
    found = extract_article(page, url=URL, fetched_at=NOW).published_at
    return found.date().isoformat() if found else None


def test_a_later_date_is_as_a_rule_that_of_a_change() -> None:
    assert day("<p class=date>5 May 2026</p>") == "2026-02-01"
    assert day("<p class=date>5 May 2026</p>", changed="2026-05-05T09:00:00Z") == "2026-02-01"
    assert day("<p class=date>3 February 2026, 15:30</p>") == "2026-02-01"


def test_a_later_date_is_of_publication_with_a_clock_time_or_beside_another_change() -> None:
    assert day("<p class=date>5 May 2026, 15:30</p>") == "2026-05-05"
    assert day("<p class=date>5 May 2026</p>", changed="2026-06-05T09:00:00Z") == "2026-05-05"
    assert day("<p class=date>Updated: 5 May 2026, 15:30</p>") == "2026-02-01"
    assert day("<p class=date>5 May 2026, 15:30</p><p>1 February 2026</p>") == "2026-02-01"


def test_an_earlier_date_is_of_publication_as_the_data_is_of_a_move() -> None:
    assert day("<p class=date>5 May 2024</p>") == "2024-05-05"
    assert day("<p class=date>5 May 2024</p><p>1 February 2026</p>") == "2026-02-01"
    assert day("<p class=date>Last updated: 5 May 2024</p>") == "2026-02-01"


@pytest.mark.parametrize(
    ("line", "stated", "expected"),
    [
        ("31 January 2026", "2026-02-01T02:30:00Z", "2026-02-01"),  # an evening in America
        ("31 January 2026", "2026-02-01T22:02:58Z", "2026-01-31"),  # nowhere
        ("31 January 2026", "01/02/2026 09:21:40", "2026-01-31"),  # the page's own clock
        (
            "31 January 2026, 21:30",
            "2026-02-01T02:30:00Z",
            "2026-01-31",
        ),  # the same minute, five hours behind
        ("31 January 2026, 12:25", "2026-02-01T09:49:00Z", "2026-01-31"),
        ("2 February 2026", "2026-02-01T08:00:00Z", "2026-02-01"),
    ],
)
def test_a_day_before_may_be_of_another_zone(line: str, stated: str, expected: str) -> None:
    assert day(f"<p class=date>{line}</p>", stated) == expected


def test_the_change_stands_beside_the_publication() -> None:
    top = """<html lang=en><title>The bridge</title><meta property="article:published_time"
    content="2024-02-21T09:00:00+00:00"><h1>The bridge</h1>"""
    article = extract_article(f"{top}<p class=date>26 October 2025</p>{TEXT}", url=URL, fetched_at=NOW)
    assert article.published_at == datetime(2024, 2, 21, 9, tzinfo=UTC)
    assert article.updated_at == datetime(2025, 10, 26, tzinfo=UTC)
    stated = '<meta property="article:modified_time" content="2025-10-26T10:30:00+02:00">'
    article = extract_article(f"{top}{stated}{TEXT}", url=URL, fetched_at=NOW)
    assert article.updated_at == datetime(2025, 10, 26, 8, 30, tzinfo=UTC)
    same = stated.replace("2025-10-26T10:30:00+02:00", "2024-02-21T09:00:00+00:00")
    assert extract_article(f"{top}{same}{TEXT}", url=URL, fetched_at=NOW).updated_at is None
