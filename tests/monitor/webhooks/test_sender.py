"""Sender: what a receiver gets, in which order, and what waits while it takes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from newscrawl.errors import LeaseLost
from newscrawl.jobs.webhook_settings import WebhookSettings
from newscrawl.monitor.webhooks import queue, sender
from newscrawl.monitor.webhooks.sender import Sender, backoff
from newscrawl.read import watch
from newscrawl.read.change_stream import ChangeStream
from newscrawl.store import client
from tests.monitor.webhooks.receiver import SECRET, Receiver, receiving
from tests.read.stored import post_of, put

Document = dict[str, Any]
HOUR = timedelta(hours=1)


class Clock:
    """Real time, and what a test adds to it: signatures are verified by the real one."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class HeldLease:
    """A lease that is ours until a test takes it away."""

    name, token, wait, ours = "webhook:desk", 1, 0.0, True

    def is_ours(self) -> bool:
        return self.ours

    def renew(self) -> bool:
        return self.ours

    def asked(self, delay: float) -> None: ...

    def release(self) -> None: ...


class Desk:
    """A webhook, its receiver, and a sender that turns when told to."""

    def __init__(self, receiver: Receiver, database: Database[Document], **settings: Any) -> None:
        self.receiver, self.database, self.clock, self.lease = receiver, database, Clock(), HeldLease()
        self.settings = WebhookSettings(
            name="desk", url=receiver.address, secret="${DESK_SECRET}", **settings
        )
        self.sender = self.make()

    def make(self, **changes: Any) -> Sender:
        """A new sender, as after a restart; it stands at its position."""
        made = Sender(
            replace(self.settings, **changes),
            self.database,
            self.lease,
            clock=self.clock,
            pause=lambda _: None,
        )
        self.sender = made
        made.turn()
        return made

    def run(self) -> None:
        """Turns until the sender has read what is in the stream now, if it reads on."""
        goal, until = watch.now(self.database), time.monotonic() + 60
        # Without a later write, the stream does not come to this position for seconds.
        self.database[queue.STATES].update_one({"_id": "desk"}, {"$set": {"goal": goal}})
        while time.monotonic() < until:
            self.sender.turn()
            if self.sender._position.token is not None and self.sender._position.token >= goal:
                return  # tokens are compared as texts
            if self.state.state == "disabled" or self.state.queued >= self.settings.hold:
                return
        raise AssertionError("the stream does not come to the present")

    def later(self, time: timedelta) -> None:
        self.clock.ahead += time
        self.run()

    @property
    def state(self) -> queue.WebhookState:
        [found] = queue.states(self.database, self.clock())
        return found


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    options = ChangeStream.options
    quick = {"max_await_time_ms": 10}
    monkeypatch.setattr(watch, "IDLE_SAVE", 0.0)
    monkeypatch.setattr(ChangeStream, "options", lambda self: options(self) | quick)
    monkeypatch.setenv("DESK_SECRET", SECRET)
    monkeypatch.setenv("NEWSCRAWL_PRIVATE_HOSTS", "127.0.0.1")
    with receiving() as found:
        yield found


@pytest.fixture
def mongo(database: str) -> Iterator[Database[Document]]:
    with client.connect("writer") as writer:
        yield writer[database]


@pytest.fixture
def desk(receiver: Receiver, mongo: Database[Document]) -> Iterator[Desk]:
    made = Desk(receiver, mongo)
    yield made
    made.sender.close()


def test_every_kind_of_change_arrives_signed_and_in_order(desk: Desk) -> None:
    put([post_of(1), post_of(2)])
    put([post_of(1, text="二")])
    now = datetime.now(UTC)
    gone = {"since": now, "status": 404, "seen": now, "until": None}
    desk.database.posts.update_one(
        {"_id": post_of(2).id}, {"$set": {"withdrawn": gone, "updated": now}, "$inc": {"revision": 1}}
    )
    desk.database.posts.delete_one({"_id": post_of(1).id})
    desk.run()
    assert desk.receiver.events == [
        ("stored", "01", 1),
        ("stored", "02", 1),
        ("updated", "01", 2),
        ("withdrawn", "02", 2),
        ("deleted", "01", None),
    ]
    first = desk.receiver.taken[0]
    assert first["timestamp"].endswith("Z")
    assert (first["data"]["post"]["_id"], first["data"]["post"]["body"]["text"]) == (post_of(1).id, "正文")
    assert desk.receiver.taken[-1]["data"]["post"] is None
    assert (desk.state.state, desk.state.delivered, desk.state.queued) == ("delivering", 5, 0)


def test_only_what_is_wanted_is_sent(receiver: Receiver, mongo: Database[Document]) -> None:
    desk = Desk(receiver, mongo, events=("stored", "deleted"), source="上海证券报", language="zh")
    put([post_of(1), post_of(2, outlet="上海证券报")])
    put([post_of(2, outlet="上海证券报", text="二")])
    mongo.posts.delete_one({"_id": post_of(2).id})
    put([post_of(3, outlet="上海证券报")])
    desk.run()
    assert receiver.events == [("deleted", "02", None), ("stored", "03", 1)]
    desk.sender.close()


def test_a_receiver_that_is_down_for_an_hour_misses_nothing(desk: Desk) -> None:
    desk.receiver.down()
    put(post_of(number) for number in range(30))
    desk.run()
    put([post_of(7, text="二")])
    desk.run()
    put([post_of(7, text="三")])
    for _ in range(12):
        desk.later(timedelta(minutes=5))
    assert (desk.state.state, desk.state.queued, desk.receiver.taken) == ("failing", 32, [])
    assert desk.receiver.asked < 25, "a receiver that is down is not asked for each event"
    assert desk.state.is_in_trouble(desk.clock())
    desk.receiver.up()
    desk.later(HOUR)
    assert desk.receiver.of(7) == [1, 2, 3]
    assert {number for _, number, _ in desk.receiver.events} == {f"{number:02}" for number in range(30)}
    assert len(desk.receiver.ids) == len(set(desk.receiver.ids)) == 32
    assert (desk.state.state, desk.state.queued, desk.state.dead) == ("delivering", 0, 0)
    assert not desk.state.is_in_trouble(desk.clock())


def test_once_the_receiver_is_back_everything_follows_at_once(desk: Desk) -> None:
    desk.receiver.down()
    put(post_of(number) for number in range(5))
    desk.run()
    later = {"$set": {"next": desk.clock() + timedelta(minutes=29)}}  # as after many tries
    desk.database[queue.QUEUE].update_many({}, later)
    desk.receiver.up()
    put([post_of(5)])
    desk.later(timedelta(minutes=1))  # its pause is over
    desk.run()
    assert {number for _, number, _ in desk.receiver.events} == {f"{number:02}" for number in range(6)}


def test_a_post_that_is_not_taken_holds_up_its_own_changes_only(desk: Desk) -> None:
    desk.receiver.answer = lambda said: (500 if said["data"]["id"].endswith("02") else 204, {})
    put([post_of(1), post_of(2)])
    put([post_of(2, text="二"), post_of(3)])
    desk.run()
    put([post_of(1, text="二"), post_of(2, text="三")])
    desk.run()
    assert desk.receiver.events == [("stored", "01", 1), ("stored", "03", 1), ("updated", "01", 2)]
    assert desk.state.queued == 3
    desk.receiver.up()
    desk.later(HOUR)
    assert desk.receiver.of(2) == [1, 2, 3]
    bodies = [each["data"]["post"]["body"]["text"] for each in desk.receiver.taken[3:]]
    assert bodies == ["正文", "二", "三"], "each event has the post as it left it"


def test_a_post_alone_that_is_never_taken_does_not_starve_the_others(desk: Desk) -> None:
    desk.receiver.answer = lambda said: (500 if said["data"]["id"].endswith("02") else 204, {})
    put([post_of(2)])
    for _ in range(6):
        desk.later(timedelta(minutes=40))
    assert desk.state.failures >= sender.DOWN
    put([post_of(3)])
    desk.run()
    desk.later(HOUR)
    assert desk.receiver.events == [("stored", "03", 1)]


def test_what_is_not_taken_for_days_is_a_dead_letter_and_the_later_changes_go_on(desk: Desk) -> None:
    desk.receiver.answer = lambda said: (422 if said["data"]["revision"] == 1 else 204, {})
    put([post_of(1)])
    desk.run()
    desk.later(timedelta(days=2))
    put([post_of(1, text="二")])
    desk.run()
    assert (desk.receiver.events, desk.state.queued, desk.state.dead) == ([], 2, 0)
    desk.later(timedelta(days=1))
    assert desk.receiver.events == [("updated", "01", 2)]
    [letter] = desk.database[queue.DEAD].find()
    assert (letter["post"], letter["revision"], letter["reason"]) == (
        (post_of(1).id, 1, "the answer was 422 Unprocessable Entity")
    )
    assert desk.state.dead == 1
    desk.receiver.up()
    assert queue.retry(desk.database, "desk", desk.clock()) == 1
    desk.run()
    assert desk.receiver.events == [("updated", "01", 2), ("stored", "01", 1)]
    assert (desk.state.dead, desk.state.queued) == (0, 0)


def test_what_waits_is_bounded_and_the_position_is_kept(
    receiver: Receiver, mongo: Database[Document]
) -> None:
    desk = Desk(receiver, mongo, hold=5)
    receiver.down()
    put(post_of(number) for number in range(60))
    for _ in range(20):
        desk.sender.turn()
    waiting = desk.state.queued
    assert 5 <= waiting <= 5 + sender.READ
    position = desk.sender._queue.state()["token"]
    desk.later(HOUR)
    assert (desk.state.queued, desk.sender._queue.state()["token"]) == (waiting, position)
    receiver.up()
    desk.later(HOUR)
    desk.run()
    assert {number for _, number, _ in receiver.events} == {f"{number:02}" for number in range(60)}
    desk.sender.close()


def test_a_restart_goes_on_at_the_position(desk: Desk) -> None:
    put([post_of(1), post_of(2)])
    desk.run()
    desk.sender.close()
    put([post_of(3)])
    desk.make()
    desk.run()
    assert desk.receiver.of(3) == [1]
    assert len(desk.receiver.events) == 3


def test_a_sender_that_ends_after_a_turn_sends_nothing_again(desk: Desk) -> None:
    put([post_of(1), post_of(2)])
    until = time.monotonic() + 60
    while len(desk.receiver.events) < 2 and time.monotonic() < until:
        desk.sender.turn()
    desk.sender.close()
    desk.make()
    desk.run()
    assert desk.receiver.events == [("stored", "01", 1), ("stored", "02", 1)]


def test_a_sender_that_was_overtaken_sends_and_stores_nothing(desk: Desk) -> None:
    before = desk.sender
    desk.make()
    put([post_of(1)])
    with pytest.raises(LeaseLost, match="by another process now"):
        before.turn()
    desk.lease.ours = False
    with pytest.raises(LeaseLost, match="ran out"):
        desk.run()
    before.close()
    assert len(desk.receiver.events) <= 1


def test_too_short_a_history_is_made_up_for_and_said(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    put([post_of(1)])
    desk.run()
    desk.sender.close()
    put([post_of(2)])
    put([post_of(1, text="二")])
    lost = "8200000001000000012B022C0100296E5A1004" + "0" * 32 + "04"
    desk.database[queue.STATES].update_one({"_id": "desk"}, {"$set": {"token": lost}})
    desk.make()
    desk.run()
    desk.run()
    assert desk.receiver.of(2)[-1:] == [1]
    assert desk.receiver.of(1)[-1:] == [2]
    assert desk.state.gap is not None
    assert "history does not go back" in caplog.text
    put([post_of(3)])
    desk.run()
    assert desk.receiver.of(3) == [1], "the stream goes on"


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_to_come_back(desk: Desk, status: int) -> None:
    desk.receiver.answer = lambda _: (status, {"Retry-After": "1800"})
    put([post_of(1), post_of(2)])
    desk.run()
    desk.receiver.up()
    desk.later(timedelta(minutes=29))
    assert (desk.receiver.asked, desk.receiver.taken) == (1, [])
    desk.later(timedelta(minutes=2))
    assert len(desk.receiver.taken) == 2


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_wanted_again(desk: Desk) -> None:
    desk.receiver.down(410)
    put([post_of(1)])
    desk.run()
    desk.receiver.up()
    put([post_of(2)])
    desk.later(timedelta(days=1))
    assert (desk.receiver.asked, desk.state.state) == (1, "disabled")
    assert desk.state.is_in_trouble(desk.clock())
    assert "newscrawl webhooks retry desk" in desk.state.words
    queue.retry(desk.database, "desk", desk.clock())
    desk.run()
    desk.run()
    assert {number for _, number, _ in desk.receiver.events} == {"01", "02"}


def test_batches_keep_the_order_and_wait_as_a_whole(receiver: Receiver, mongo: Database[Document]) -> None:
    desk = Desk(receiver, mongo, batch=10)
    put(post_of(number) for number in range(15))
    desk.run()
    assert [len(each["data"]) for each in receiver.taken] == [10, 5]
    receiver.down()
    put([post_of(1, text="二"), post_of(2, text="二")])
    desk.run()
    put([post_of(1, text="三")])
    desk.run()
    receiver.up()
    desk.later(HOUR)
    assert receiver.of(1) == [1, 2, 3]
    assert receiver.of(2) == [1, 2]
    desk.sender.close()


def test_a_larger_post_than_fits_is_sent_without_its_body(desk: Desk) -> None:
    put([post_of(1, text="字" * 400_000)])
    desk.run()
    [said] = desk.receiver.taken
    assert said["data"]["body_omitted"] is True
    assert said["data"]["post"]["body"]["html"] is None
    assert said["data"]["post"]["title"] == "第1条"


def test_private_addresses_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSCRAWL_PRIVATE_HOSTS")
    put([post_of(1)])
    desk.run()
    assert desk.receiver.asked == 0
    assert desk.state.reason == (
        "127.0.0.1 is in a private network; to allow it, add 127.0.0.1 to NEWSCRAWL_PRIVATE_HOSTS"
    )


def test_pauses_grow_to_half_an_hour_and_differ() -> None:
    for tries in range(30):
        longest = min(1800, 5 * 2**tries)
        pauses = [backoff(tries) for _ in range(20)]
        assert all(longest / 2 <= pause <= longest for pause in pauses)
        assert len(set(pauses)) > 1


_PROCESS = """
import threading
from newscrawl.jobs.webhook_settings import WebhookSettings
from newscrawl.monitor.webhooks import beside
from newscrawl.monitor.webhooks.beside import Webhooks

beside.AGAIN = 0.2
hooks = Webhooks([WebhookSettings(name="desk", url=__import__("sys").argv[1], secret="${DESK_SECRET}")])
hooks.deliver(hooks.webhooks[0])
"""


@pytest.mark.slow
def test_killed_senders_deliver_everything_in_order(
    receiver: Receiver, mongo: Database[Document], database: str
) -> None:
    """Two processes at a time of which one delivers; whichever does is killed in the middle of it."""
    Desk(receiver, mongo).sender.close()  # so that the position is before the posts
    numbers = range(15)
    put(post_of(number) for number in numbers)
    put(post_of(number, text="二") for number in numbers)
    put(post_of(number, text="三") for number in numbers)
    kills, most, until = 0, 2, time.monotonic() + 200
    processes: list[subprocess.Popen[bytes]] = []

    def answer(said: dict[str, Any]) -> tuple[int, dict[str, str]]:
        nonlocal kills
        if kills < most and len(receiver.taken) >= 15 * (kills + 1):
            kills += 1
            for each in processes:  # the taken message's answer may not arrive: it comes again
                os.kill(each.pid, signal.SIGKILL)
        return 204, {}

    receiver.answer = answer
    try:
        while {revision for number in numbers for revision in receiver.of(number)[-1:]} != {3} or any(
            not receiver.of(number) for number in numbers
        ):
            assert time.monotonic() < until, "something does not come"
            processes = [each for each in processes if each.poll() is None]
            while len(processes) < 2:
                command = [sys.executable, "-c", _PROCESS, receiver.address]
                processes.append(subprocess.Popen(command))
            receiver.came.clear()
            receiver.came.wait(1)
    finally:
        for each in processes:
            each.kill()
            each.wait()
    assert kills == most
    for number in numbers:
        revisions = receiver.of(number)
        first = [revision for at, revision in enumerate(revisions) if revision not in revisions[:at]]
        assert first == [1, 2, 3], f"post {number} came as {revisions}"
