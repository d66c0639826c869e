from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from newscrawl.jobs.alert_settings import AlertSettings
from newscrawl.monitor.incidents import MANY, Incidents, Kind, Message, Trouble

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 8, 12, tzinfo=UTC)
SETTINGS = AlertSettings(to=("https://hooks.example.org/",))
MINUTE = timedelta(minutes=1)


def trouble(name: str, at: datetime = START, kind: Kind = "source") -> Trouble:
    return Trouble(key=f"{kind}:{name}", kind=kind, name=name, words="it broke", since=at, seen=at)


class Watch:
    """Looks once a minute; keeps what was sent, as (minute, event, names)."""

    def __init__(self, settings: AlertSettings = SETTINGS) -> None:
        self.settings, self.incidents, self.now = settings, Incidents(), START
        self.sent: list[tuple[int, str, str]] = []
        self.messages: list[Message] = []

    def look(self, broken: Iterable[str | Trouble], minutes: int = 1, unwatched: Iterable[str] = ()) -> None:
        for _ in range(minutes):
            self.now += MINUTE
            troubles = [each if isinstance(each, Trouble) else trouble(each, self.now) for each in broken]
            kept = Incidents.from_plain(self.incidents.to_plain())  # as from one look to the next
            for message in kept.look(troubles, self.now, self.settings, list(unwatched)):
                names = ",".join(each.name for each in message.incidents)
                self.sent.append((round((self.now - START) / MINUTE), message.event, names))
                self.messages.append(message)
            self.incidents = kept


def test_one_message_at_the_begin_one_a_day_and_one_at_the_end() -> None:
    watch = Watch()
    watch.look(["a"], 3000)
    watch.look([], 60)
    assert watch.sent == [
        (3, "begin", "a"),
        (1443, "reminder", "a"),
        (2883, "reminder", "a"),
        (3003, "mended", "a"),
    ]
    assert not watch.incidents.open


def test_what_is_over_before_it_was_reported_is_never_reported() -> None:
    watch = Watch()
    watch.look(["a"], 2)
    watch.look([], 5)
    assert watch.sent == []


def test_a_good_look_in_between_is_no_end() -> None:
    watch = Watch()
    for _ in range(20):
        watch.look(["a"], 3)
        watch.look([])
    assert watch.sent == [(3, "begin", "a")]


def test_several_sources_are_several_messages() -> None:
    watch = Watch()
    watch.look(["a", "b"], 10)
    watch.look(["b"], 10)
    assert watch.sent == [(3, "begin", "a"), (3, "begin", "b"), (13, "mended", "a")]


@pytest.mark.parametrize("count", [MANY, 30, 2000])
def test_many_at_once_are_one_message_and_one_when_most_work_again(count: int) -> None:
    watch = Watch()
    names = [f"s{number}" for number in range(count)]
    watch.look(names, 10)
    for left in range(count, 1, -1) if count < 100 else (1000, 2):
        watch.look(names[:left])
    watch.look(names[:1], 10)
    assert [(event, len(listed.split(","))) for _, event, listed in watch.sent] == [
        ("begin", count),
        ("mended", 1),
    ]
    assert (watch.messages[1].total, watch.messages[1].left) == (count, 1)
    assert list(watch.incidents.open) == ["source:s0"]  # known as failing: no second begin
    watch.look([], 5)
    assert watch.sent[-1][1:] == ("mended", "s0")
    assert len(watch.sent) == 3


def test_sources_that_break_one_after_the_other_are_bounded_too() -> None:
    """A network goes down, and each source finds out at its own time."""
    watch = Watch()
    names = [f"s{number}" for number in range(30)]
    for count in range(1, 31):
        watch.look(names[:count], 2)
    assert len(watch.sent) <= MANY
    watch.look([], 10)
    ends = [each for each in watch.messages if each.event == "mended"]
    assert [(each.total, each.left) for each in ends] == [(30, 0)]
    assert not watch.incidents.open


def test_one_that_breaks_while_many_are_broken_is_one_of_them() -> None:
    watch = Watch()
    names = [f"s{number}" for number in range(10)]
    watch.look(names, 10)
    watch.look([*names, "late"], 60)
    assert len(watch.sent) == 1


def test_while_mongodb_is_away_no_source_is_to_blame() -> None:
    watch = Watch()
    away = trouble("MongoDB", kind="database")
    names = [f"s{number}" for number in range(30)]
    watch.look(["s0"], 10)
    broken = [trouble(name, START + 9 * MINUTE) for name in names]  # the last run of each
    watch.look([away, *broken], 30)
    watch.look(broken, 30)  # MongoDB is back; no source has run since
    assert watch.sent == [(3, "begin", "s0"), (13, "begin", "MongoDB"), (43, "mended", "MongoDB")]
    watch.look(["s1"], 4)  # has run again, and failed
    assert watch.sent[3:] == [(73, "mended", "s0"), (73, "begin", "s1")]


def test_a_source_that_was_noticed_just_before_mongodb_is_not_reported() -> None:
    watch = Watch()
    broken = [trouble(f"s{number}") for number in range(3)]
    watch.look(broken, 2)
    watch.look([*broken, trouble("MongoDB", kind="database")], 10)
    assert [names for _, _, names in watch.sent] == ["MongoDB"]


QUIET = replace(SETTINGS, quiet=(time(12, 30), time(14)), zone=UTC)


def test_in_quiet_hours_nothing_is_sent_and_at_their_end_what_lasts() -> None:
    watch = Watch(QUIET)
    watch.look(["before", "mends"], 29)
    watch.look(["before", "mends", "short", "lasts"], 20)
    watch.look(["before", "lasts"], 100)
    assert watch.sent == [
        *((3, "begin", "before"), (3, "begin", "mends")),
        *((120, "mended", "mends"), (120, "begin", "lasts")),  # nothing of `short`
    ]


@pytest.mark.parametrize(
    ("quiet", "clock", "expected"),
    [
        (("22:00", "07:00"), "23:00", True),
        (("22:00", "07:00"), "06:59", True),
        (("22:00", "07:00"), "07:00", False),
        (("22:00", "07:00"), "12:00", False),
        (("12:00", "13:00"), "12:00", True),
        (("12:00", "13:00"), "13:00", False),
    ],
)
def test_quiet_hours_may_go_over_midnight(quiet: Any, clock: str, expected: bool) -> None:
    begin, end = map(time.fromisoformat, quiet)
    settings = replace(SETTINGS, quiet=(begin, end), zone=UTC)
    assert settings.is_quiet(datetime.fromisoformat(f"2026-03-08T{clock}+00:00")) is expected


def test_of_a_job_that_was_paused_nothing_more_is_said() -> None:
    watch = Watch()
    watch.look(["a"], 5)
    watch.look([], 5, unwatched=["source:a"])
    assert watch.sent == [(3, "begin", "a")]
    assert not watch.incidents.open


def test_other_troubles_are_not_counted_with_the_sources() -> None:
    watch = Watch()
    kinds: tuple[Kind, ...] = ("scheduler", "spool", "late")
    watch.look([*(trouble(kind, kind=kind) for kind in kinds), "a", "b"], 10)
    assert [(event, names) for _, event, names in watch.sent] == [("begin", "scheduler,spool,late,a,b")]


def test_a_clock_that_is_set_back_delays_nothing() -> None:
    watch = Watch()
    watch.look(["a"], 5)
    watch.now -= timedelta(days=30)
    watch.look(["a", "b"], 3)
    watch.look([], 5)
    assert [each[1:] for each in watch.sent] == [
        *(("begin", "a"), ("begin", "b"), ("mended", "a"), ("mended", "b")),
    ]


def test_what_a_newer_newscrawl_kept_is_read() -> None:
    watch = Watch()
    watch.look(["a"], 5)
    plain = watch.incidents.to_plain()
    plain["open"][0]["of a newer newscrawl"] = 1
    assert Incidents.from_plain(plain) == watch.incidents
