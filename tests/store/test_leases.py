"""Leases on a real replica set, by several processes; their lives are short, their clock is the server's."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from newscrawl.errors import DatabaseUnavailable, HostBusy, SpiderBusy, UsageError
from newscrawl.locks import FileLeases, Lease, host_key, lease_life, spider_key
from newscrawl.store import leases as module
from newscrawl.store.client import connect
from newscrawl.store.leases import MongoLeases, open_leases
from newscrawl.store.server import embedded

pytestmark = pytest.mark.slow

SPIDER = spider_key("eastmoney")
HOST = host_key("Finance.eastmoney.com")
LONG = 3600.0


@pytest.fixture
def leases(database: str) -> Iterator[Any]:
    """Makes leases, each with a claim of its own, as another process has it."""
    made: list[MongoLeases] = []

    def make(life: float = LONG) -> MongoLeases:
        made.append(MongoLeases(life))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock of the holder, which the test moves."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(module, "steady", lambda: Clock.now)
    return Clock


def document(database: str, name: str) -> dict[str, Any]:
    with connect("reader") as client:
        found = client[database]["leases"].find_one({"_id": name})
    assert found
    return found


def expire(database: str, name: str) -> None:
    """As if the life of a lease were over by the server's clock."""
    with connect("writer") as client:
        client[database]["leases"].update_one(
            {"_id": name}, [{"$set": {"until": {"$subtract": ["$$NOW", 1]}}}]
        )


def test_a_lease_says_who_holds_it_and_is_refused_to_others(leases: Any, database: str) -> None:
    held = leases().take(SPIDER)
    with pytest.raises(SpiderBusy, match=rf"\(pid {os.getpid()}, busy on {platform.node()} since 2"):
        leases().take(SPIDER)
    found = document(database, SPIDER)
    assert found["holder"] == {
        "host": platform.node(),
        "pid": os.getpid(),
        "home": os.environ["NEWSCRAWL_HOME"],
        "job": None,
    }
    assert found["until"] - found["since"] == timedelta(seconds=LONG)
    assert (held.token, held.wait, held.is_ours()) == (1, 0.0, True)


def test_a_holder_cannot_take_its_own_lease_twice(leases: Any) -> None:
    ours = leases()
    ours.take(HOST)
    with pytest.raises(HostBusy, match=r"finance\.eastmoney\.com is being crawled already"):
        ours.take(HOST)


def test_a_lease_that_is_given_back_can_be_taken_with_the_next_token(leases: Any, database: str) -> None:
    for token in (1, 2, 3):
        lease = leases().take(SPIDER)
        assert lease.token == token
        lease.release()
        assert not lease.is_ours()
        lease.release()
        assert leases().holders([SPIDER]) == {}


def test_a_lease_that_runs_out_goes_to_the_next_and_is_lost_to_the_first(leases: Any, database: str) -> None:
    first = leases().take(SPIDER)
    expire(database, SPIDER)
    second = leases().take(SPIDER)
    assert second.token == first.token + 1
    assert first.is_ours(), "by its own clock, until it asks"
    assert not first.renew()
    assert not first.is_ours()
    first.release()
    assert second.renew()
    assert second.is_ours()
    assert document(database, SPIDER)["token"] == second.token


def test_a_renewal_lasts_a_life_from_when_it_was_asked_for(leases: Any, clock: Any, database: str) -> None:
    lease = leases(60.0).take(SPIDER)
    before = document(database, SPIDER)["until"]
    clock.now += 59.9
    assert lease.is_ours()
    assert lease.renew()
    assert document(database, SPIDER)["until"] > before
    clock.now += 59.9
    assert lease.is_ours()
    clock.now += 0.2
    assert not lease.is_ours()


def test_who_stood_still_past_its_lease_never_has_it_again(leases: Any, clock: Any, database: str) -> None:
    lease = leases(60.0).take(SPIDER)
    clock.now += 60.0
    before = document(database, SPIDER)["until"]
    assert not lease.renew(), "though nobody else took it"
    assert document(database, SPIDER)["until"] == before
    clock.now -= 30.0
    assert not lease.is_ours()


def test_several_leases_are_renewed_at_once_and_a_lost_one_is_found(leases: Any, database: str) -> None:
    ours = leases()
    held = [ours.take(name) for name in (SPIDER, HOST, host_key("b.example"))]
    assert ours.renew(held)
    expire(database, HOST)
    leases().take(HOST)
    assert not ours.renew(held)
    assert [lease.is_ours() for lease in held] == [True, False, True]
    ours.release(held)
    assert leases().holders().keys() == {HOST}


def test_an_answer_that_got_lost_does_not_make_us_busy_to_ourselves(
    leases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, take = leases(), MongoLeases._take

    def lost(self: MongoLeases, name: str) -> Any:
        take(self, name)
        raise DatabaseUnavailable("the answer got lost")

    with monkeypatch.context() as patch:
        patch.setattr(MongoLeases, "_take", lost)
        with pytest.raises(DatabaseUnavailable):
            ours.take(SPIDER)
    with pytest.raises(SpiderBusy):
        leases().take(SPIDER)
    assert ours.take(SPIDER).is_ours()


@pytest.mark.parametrize(
    ("delay", "later", "wait"),
    [(10.0, 0.0, 10.0), (10.0, 4.0, 6.0), (10.0, 11.0, 0.0), (0.0, 0.0, 0.0), (1e300, 0.0, 600.0)],
)
def test_the_next_holder_waits_for_what_is_left_of_the_delay(
    leases: Any, clock: Any, delay: float, later: float, wait: float
) -> None:
    lease = leases().take(HOST)
    lease.asked(delay)
    clock.now += later
    lease.release()
    assert leases().take(HOST).wait == pytest.approx(wait, abs=1.0)  # between two operations on the server


def test_a_holder_that_died_may_have_asked_at_the_last_moment(leases: Any, database: str) -> None:
    ours = leases()
    lease = ours.take(HOST)
    lease.asked(30.0)
    assert ours.renew([lease])
    expire(database, HOST)
    assert leases().take(HOST).wait == pytest.approx(30.0, abs=1.0)


def test_a_spider_and_a_host_are_names_apart(leases: Any) -> None:
    ours = leases()
    ours.take(spider_key("town"))
    ours.take(host_key("town"))
    found = ours.holders([spider_key("town"), host_key("town"), host_key("other")])
    assert found.keys() == {"spider:town", "host:town"}
    assert found["spider:town"].pid == os.getpid()
    assert isinstance(found["spider:town"].started, datetime)


def test_a_folder_may_have_a_strange_name(leases: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_JOB", "$$NOW")
    leases().take(SPIDER)
    assert leases().holders([SPIDER])[SPIDER].job == "$$NOW"


def test_mongodb_away_is_said_and_a_lease_lives_on(leases: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = leases()
    lease = ours.take(SPIDER)

    def away(*_: Any, **__: Any) -> Any:
        raise AutoReconnect("away")

    with monkeypatch.context() as patch:
        patch.setattr("pymongo.collection.Collection.bulk_write", away)
        with pytest.raises(DatabaseUnavailable, match="away"):
            lease.renew()
    assert lease.is_ours()
    assert lease.renew()


def test_a_release_never_raises(leases: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = leases()
    lease = ours.take(SPIDER)

    def away(*_: Any, **__: Any) -> Any:
        raise AutoReconnect("away")

    monkeypatch.setattr("pymongo.collection.Collection.bulk_write", away)
    lease.release()
    assert not lease.is_ours()
    assert SPIDER in leases().holders()


def test_the_shared_database_decides_where_leases_are(mongo_home: Any, monkeypatch: Any) -> None:
    assert isinstance(open_leases(), FileLeases)
    monkeypatch.setenv("MONGODB_URI", embedded.ensure().uri("writer"))
    monkeypatch.setenv("NEWSCRAWL_LEASE_SECONDS", "2.5")
    chosen = open_leases()
    assert isinstance(chosen, MongoLeases)
    assert chosen.life == 2.5


@pytest.mark.parametrize("text", ["0", "-1", "0.5", "3601", "1m", "nan", "inf"])
def test_a_wrong_life_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_LEASE_SECONDS", text)
    with pytest.raises(UsageError, match="is not a number of seconds from 1 to 3600"):
        lease_life()


CONTEND = """
import json, random, sys, time
from newscrawl.errors import SpiderBusy
from newscrawl.locks import spider_key, steady
from newscrawl.store.leases import MongoLeases
rng = random.Random(int(sys.argv[1]))
leases = MongoLeases(1.0)
held = []
until = steady() + float(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
while steady() < until:
    try:
        lease = leases.take(spider_key("contended"))
    except SpiderBusy:
        continue
    began = ended = steady()
    for _ in range(rng.randrange(40)):  # as a crawl: it asks only while the lease is its own
        if not lease.is_ours():
            break
        ended = steady()
        if rng.random() < 0.2:
            lease.renew()
    if lease.is_ours() and rng.random() < 0.9:  # else it dies with the lease
        lease.release()
    held.append((lease.token, began, ended))
print(json.dumps(held))
"""


def test_no_two_holders_overlap_whatever_the_order(database: str) -> None:
    """A property: tokens grow by one, and the spans of two tokens never overlap (one machine, one clock)."""
    words = [[sys.executable, "-c", CONTEND, str(seed), "4"] for seed in range(3)]
    contenders = [
        subprocess.Popen(each, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for each in words
    ]
    for each in contenders:
        assert each.stdout
        assert each.stdin
        assert each.stdout.readline() == "ready\n"
    spans: list[tuple[int, float, float]] = []
    answers = []
    for each in contenders:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in contenders:
        out, _ = each.communicate(timeout=60)
        answers.append(json.loads(out))
        spans += [tuple(span) for span in answers[-1]]
    spans.sort()
    assert sum(bool(answer) for answer in answers) >= 2, "they contended"
    assert [token for token, _, _ in spans] == list(range(1, len(spans) + 1))
    for (_, _, ended), (_, began, _) in pairwise(spans):
        assert ended <= began


FREEZE = """
import sys
from newscrawl.locks import spider_key
from newscrawl.store.leases import MongoLeases
lease = MongoLeases(1.0).take(spider_key("frozen"))
print(lease.is_ours(), flush=True)
sys.stdin.readline()
print(lease.is_ours(), lease.renew(), flush=True)
"""


def test_a_process_that_is_frozen_past_its_lease_knows_when_it_wakes(database: str, leases: Any) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", FREEZE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    assert process.stdout.readline() == "True\n"
    os.kill(process.pid, signal.SIGSTOP)
    lease = taken(leases(), spider_key("frozen"))
    lease.release()
    os.kill(process.pid, signal.SIGCONT)
    out, _ = process.communicate("go\n", timeout=60)
    assert out == "False False\n"


def taken(leases: MongoLeases, name: str) -> Lease:
    """The lease as soon as it is free."""
    while True:
        try:
            return leases.take(name)
        except SpiderBusy:
            continue
