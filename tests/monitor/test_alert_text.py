from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newscrawl.monitor.alert_text import SHORT, one_line, payload, shortened
from newscrawl.monitor.incidents import Event, Incident, Kind, Message

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)


def incident(name: str = "news", kind: Kind = "source", **fields: Any) -> Incident:
    since = NOW - timedelta(hours=3)
    return Incident(
        key=name, kind=kind, name=name, words=f"{name} broke", since=since, noticed=since, **fields
    )


def words(event: Event, *incidents: Incident, total: int = 0, left: int = 0) -> tuple[str, str]:
    made = payload(
        Message(event=event, incidents=list(incidents), total=total, left=left), NOW, "news1", "newscrawl"
    )
    return made["title"].removeprefix("newscrawl: "), made["text"]


@pytest.mark.parametrize(
    ("kind", "begin", "end"),
    [
        ("source", "news is failing", "news works again"),
        ("database", "MongoDB is away", "MongoDB is back"),
        ("scheduler", "the scheduler on news is dead", "the scheduler on news is back"),
        ("spool", "posts wait in the spool on news", "the spool on news is empty again"),
        ("late", "jobs are late", "jobs are on time again"),
    ],
)
def test_each_kind_has_its_words(kind: Kind, begin: str, end: str) -> None:
    one = incident(kind=kind, gone=NOW)
    assert words("begin", one) == (begin, "Since 2026-03-08 09:00 UTC: news broke")
    assert words("reminder", one) == (f"{begin}, still", "Since 2026-03-08 09:00 UTC: news broke")
    assert words("mended", one) == (end, "It lasted 3 h, since 2026-03-08 09:00 UTC: news broke")


def test_many_are_named_and_counted() -> None:
    many = [incident(f"s{number}") for number in range(12)]
    for each in many[:7]:
        each.words = "no list could be read"
    names = "s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 2 more"
    assert words("begin", *many, total=12, left=12) == (
        "12 sources are failing",
        f"{names}. Most often: no list could be read",
    )
    assert words("mended", *many[:2], total=12, left=2) == (
        "10 of 12 sources work again",
        "still failing: s0, s1",
    )
    assert words("mended", total=12) == ("12 sources work again", "all of them")
    assert words("reminder", *many, total=12, left=12)[0] == "12 sources are failing still"
    assert words("begin", *many, incident("m", "spool"), total=13, left=13)[0] == "13 alerts are open"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("two\n lines\t\x1b[2J", "two lines [2J"),
        ("@everyone and @here, @All, @所有人", "@ everyone and @ here, @ All, @ 所有人"),
        ("<!channel> <@U123> <b>", "< !channel> < @U123> <b>"),
        ("mail me@example.org", "mail me@example.org"),
        ("mongodb://user:p4ssword@127.0.0.1/", "mongodb://user:***@127.0.0.1/"),
    ],
)
def test_what_a_source_says_is_one_harmless_line(said: str, shown: str) -> None:
    assert one_line(said) == shown


def test_long_texts_are_cut_to_what_chats_take() -> None:
    assert len(one_line("长" * 1000)) == 300
    cut = shortened("长" * 1000)
    assert len(cut.encode()) <= SHORT
    assert cut.endswith("长…")
    assert shortened("short") == "short"
