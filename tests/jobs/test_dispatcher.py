"""Which hints are sent when."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from newscrawl.errors import BrokerUnavailable
from newscrawl.jobs.dispatcher import AWAY_PAUSE, Dispatcher
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.store.leases import MongoLeases
from tests.jobs.test_shared_jobs import LONG, ended, job, load, set_fields

pytestmark = pytest.mark.slow


class Queue:
    """A broker that can be away."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.away = False

    def send(self, names: list[str]) -> None:
        self._check()
        self.sent += names

    def waiting(self) -> int:
        self._check()
        return len(self.sent)

    def close(self) -> None:
        return

    def take(self) -> list[str]:
        taken, self.sent = self.sent, []
        return taken

    def _check(self) -> None:
        if self.away:
            raise BrokerUnavailable("the broker x cannot be used: refused")


@pytest.fixture
def jobs(database: str) -> Iterator[SharedJobs]:
    made = SharedJobs(leases=MongoLeases(LONG), life=LONG)
    yield made
    made.close()


@pytest.fixture
def others(database: str) -> Iterator[SharedJobs]:
    made = SharedJobs(leases=MongoLeases(LONG), life=LONG)
    yield made
    made.close()


def old_hint(database: str, name: str) -> None:
    """As if the job had been due and hinted for long."""
    set_fields(database, name, hinted=timedelta(seconds=-60), due=timedelta(seconds=-90))


def test_the_oldest_due_come_first_and_once(jobs: SharedJobs, others: SharedJobs, database: str) -> None:
    load(job("a"), job("b"), job("c"))
    for name, minutes in (("a", 1), ("b", 3), ("c", -5)):
        set_fields(database, name, due=timedelta(minutes=-minutes))
    queue = Queue()
    Dispatcher(jobs, queue).look([])
    assert queue.take() == ["b", "a"]
    Dispatcher(others, queue).look([])
    Dispatcher(jobs, queue).look([])
    assert queue.take() == []


def test_a_hint_that_came_to_nothing_is_sent_again(jobs: SharedJobs, database: str) -> None:
    load(job("a"))
    queue = Queue()
    dispatcher = Dispatcher(jobs, queue)
    dispatcher.look([])
    assert queue.take() == ["a"]
    old_hint(database, "a")
    dispatcher.look([])
    assert queue.take() == ["a"]
    old_hint(database, "a")
    claim = jobs.claim()
    assert claim
    dispatcher.look([])
    assert queue.take() == []
    jobs.end(claim, ended())
    set_fields(database, "a", due=timedelta(seconds=-1))  # due again, sooner than a hint is repeated
    set_fields(database, "a", hinted=timedelta(seconds=-2))
    dispatcher.look([])
    assert queue.take() == ["a"]


def test_jobs_that_share_a_host_are_not_announced_together(jobs: SharedJobs, database: str) -> None:
    load(job("a", hosts=("h.example",)), job("b", hosts=("h.example",)), job("c"))
    for name, minutes in (("a", 3), ("b", 2), ("c", 1)):
        set_fields(database, name, due=timedelta(minutes=-minutes))
    queue = Queue()
    Dispatcher(jobs, queue).look([])
    assert queue.take() == ["a", "c"]


def test_the_queue_does_not_grow_while_nobody_takes_hints(jobs: SharedJobs, database: str) -> None:
    load(job("a"), job("b"))
    queue = Queue()
    for _ in range(4):
        Dispatcher(jobs, queue).look([])
        old_hint(database, "a")
        old_hint(database, "b")
    assert sorted(queue.sent) == ["a", "b"]


def test_a_broker_that_is_away_is_said_once_and_nothing_is_lost(
    jobs: SharedJobs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    load(job("a"))
    queue: Any = Queue()
    dispatcher = Dispatcher(jobs, queue)
    queue.away = True
    for _ in range(2):
        dispatcher.look([])
        assert dispatcher.next_look() == AWAY_PAUSE
    queue.away = False
    dispatcher.look([])
    assert queue.take() == ["a"]
    assert [record.getMessage() for record in caplog.records] == [
        "no hints are sent for now: the broker x cannot be used: refused",
        "hints are sent again",
    ]
