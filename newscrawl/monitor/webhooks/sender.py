"""Sender: takes the changes of posts from the change stream and sends them to one receiver.

At least once: the position is stored once a change was taken by the receiver, or waits in the queue. In order
for each post: while an event of a post waits, its later ones wait, too. A receiver that is down is asked ever
less often, and everything waits; if too much does, the stream is not read on, so memory stays as it is.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.errors import LeaseLost, ResumeLost, UsageError
from newscrawl.model.post import Post
from newscrawl.monitor.http_post import Reply, post
from newscrawl.monitor.webhooks.messages import Event, message_of
from newscrawl.monitor.webhooks.queue import Held, Queue
from newscrawl.read.query import Query
from newscrawl.read.watch import Start, watch_or_idle
from newscrawl.text.public_hosts import allowed_hosts

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.jobs.webhook_settings import WebhookSettings
    from newscrawl.locks import Lease
    from newscrawl.read.change_stream import Change

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Pair = tuple[Event, Post | None]

READ = 20  #: changes that are taken from the stream at a time, if they are not sent in larger batches
ROUNDS = 50  #: in which waiting events are sent before the stream is looked at again
DOWN = 3  #: failures in a row after which the receiver counts as down
FIRST_PAUSE, LONGEST_PAUSE = (
    5.0,
    1800.0,
)  #: seconds before an event, or a receiver that is down, is tried again
LOOK = 0.5  #: seconds between two looks while nothing may be read
PATIENCE = 5.0  #: seconds that MongoDB may be away
MARGIN = timedelta(minutes=5)  #: sent again where the history was too short
NOTED = timedelta(seconds=30)  #: after which a sender without news notes that it runs


class Position:
    """The bookmark of the stream: keeps the token that the watch saves, until it is stored with the rest."""

    def __init__(self, token: str | None) -> None:
        self.token, self.stored = token, token

    def load(self) -> str | None:
        return self.token

    def save(self, token: str) -> None:
        self.token = token

    def __str__(self) -> str:
        return "the position of the webhook"


class Sender:
    """Of one webhook, while `lease` is held. `turn` does what is due; blocks."""

    def __init__(
        self,
        settings: WebhookSettings,
        database: Database[Document],
        lease: Lease,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises UsageError if the address or the secret cannot be used, PyMongoError."""
        self.settings, self._database, self._lease = settings, database, lease
        self._clock, self._pause = clock, pause
        self._address, self._keys = settings.address(), settings.secrets()
        self._queue = Queue(database, settings.name)
        self._state = self._queue.open(_shown(settings))
        self._position = Position(self._state.get("token"))
        self._stream: Generator[Change | None] | None = None
        self._query = query_of(settings)
        self._noted: datetime | None = None

    def turn(self) -> int:
        """Sends what is due, then what the stream has; returns how many changes it took from the stream.

        Raises LeaseLost, DatabaseUnavailable, PyMongoError.
        """
        self._state, now = self._queue.state(), self._clock()
        reason = self._state.get("reason") or "it was not taken"
        if count := self._queue.give_up(now - self.settings.give_up, now, reason):
            logger.error("webhook %s: %d events are dead letters now: %s", self.settings.name, count, reason)
        if self._state.get("disabled"):
            self._note_alive(now)
            self._pause(LOOK)
            return 0
        if self._may_send(now):
            self._send_waiting(now)
        if self._queue.count() >= self.settings.hold:
            self._note_alive(now)
            self._pause(LOOK)
            return 0
        return self._send_news()

    def close(self) -> None:
        """Closes the stream."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    # What waits

    def _send_waiting(self, now: datetime) -> None:
        """Sends waiting events until none is due, or one fails and the receiver counts as down."""
        most = self.settings.batch if self.settings.batch > 1 else READ
        for _ in range(ROUNDS):
            held = self._queue.due(now, 1 if self._is_down else most)
            pairs = [(each.event, self._post_of(each.event)) for each in held]
            if not held or not self._send_held(held, pairs, now):
                return

    def _send_held(self, held: list[Held], pairs: list[Pair], now: datetime) -> bool:
        """Sends each; False if nothing more may be sent now."""
        at = 0
        while at < len(held):
            taken, reply = self._send(pairs[at:])
            part = held[at : at + taken]
            at += taken
            if reply.reason is None:
                self._queue.done(part)
            else:
                self._queue.put_off(part, {each.key: backoff(each.tries) for each in part}, now, reply.reason)
            if not self._may_send(now):
                return False
        return True

    def _post_of(self, event: Event) -> Post | None:
        """The post as the event left it; None if it was removed."""
        if event.revision is None:
            return None
        found = self._database["posts"].find_one({"_id": event.post})
        if found is None or found["revision"] != event.revision:
            wanted = {"post": event.post, "revision": event.revision}
            if (kept := self._database["revisions"].find_one(wanted)) is not None:
                found = {**kept, "_id": event.post}
        return Post.from_document(found) if found and found["revision"] == event.revision else None

    # The stream

    def _send_news(self) -> int:
        """Takes changes from the stream; sends them, or has them wait; stores the position."""
        changes = self._read(max(READ, self.settings.batch))
        if changes:
            events = self._wanted(changes)
            held = self._queue.held_posts({event.post for event, _ in events})
            self._take_on(events, held)
            if self._position.token is not None:  # None: not of the stream yet, but looked up by time
                self._position.token = changes[-1].token
        if self._position.token != self._position.stored:
            at = changes[-1].at if changes else self._clock()
            self._queue.note({"token": self._position.token, "at": at, "read": self._clock()})
            self._position.stored = self._position.token
        else:
            self._note_alive(self._clock())
        return len(changes)

    def _read(self, most: int) -> list[Change]:
        """The next changes, up to the first moment without one."""
        found: list[Change] = []
        try:
            while len(found) < most:
                self._stream = self._stream or watch_or_idle(self._database, self._start())
                change = next(self._stream)
                if change is None:
                    break
                found.append(change)
        except ResumeLost:
            self._begin_anew()
        except BaseException:
            self.close()
            self._position.token = self._position.stored  # what was read is read again
            raise
        return found

    def _start(self) -> Start:
        at: datetime | None = self._state.get("at")
        since = at - MARGIN if at is not None and self._position.token is None else None
        return Start(self._position, since=since, patience=PATIENCE)

    def _begin_anew(self) -> None:
        """The server's history does not go back far enough: what changed since is looked up instead."""
        self.close()
        at = self._state.get("at") or self._clock() - self.settings.give_up
        self._position = Position(None)
        self._queue.note({"token": None, "at": at, "gap": at})
        self._state = self._queue.state()
        logger.error(
            "webhook %s: MongoDB's history does not go back to %s; posts that changed since are sent again,"
            " removals in between are not known",
            *(self.settings.name, f"{at:%Y-%m-%d %H:%M} UTC"),
        )

    def _wanted(self, changes: Sequence[Change]) -> list[Pair]:
        """The events that the settings select, with their posts."""
        pairs = [(Event.of(change), change.post) for change in changes]
        pairs = [(event, post) for event, post in pairs if event.event in self.settings.events]
        if self._query is None:
            return pairs
        languages = self._database["posts"].distinct("language") if self._query.language else ()
        among = {"_id": {"$in": [event.post for event, _ in pairs if event.event != "deleted"]}}
        matching = {"$and": [among, self._query.to_filter(languages=languages)]}
        selected = {each["_id"] for each in self._database["posts"].find(matching, {"_id": 1})}
        return [(event, post) for event, post in pairs if event.event == "deleted" or event.post in selected]

    def _take_on(self, pairs: list[Pair], held: set[str]) -> None:
        """Sends events; those that fail wait, and with them all later ones of their posts."""
        now, at = self._clock(), 0
        while at < len(pairs):
            event, _ = pairs[at]
            if event.post in held or not self._may_send(now):
                self._wait([event], now)
                held.add(event.post)
                at += 1
                continue
            free = next((n for n, (each, _) in enumerate(pairs[at:]) if each.post in held), len(pairs) - at)
            taken, reply = self._send(pairs[at : at + (free if self.settings.batch > 1 else 1)])
            events = [each for each, _ in pairs[at : at + taken]]
            if reply.reason is not None:
                self._wait(events, now, reply.reason)
                held |= {each.post for each in events}
            at += taken

    def _wait(self, events: list[Event], now: datetime, reason: str | None = None) -> None:
        tried = {each.key for each in events} if reason else set()
        self._queue.add(events, now, tried=tried, pause=backoff(0), reason=reason)

    # One request

    def _send(self, pairs: Sequence[Pair]) -> tuple[int, Reply]:
        """Sends one message with the first of the events; returns their number, and how it ended."""
        if not self._lease.is_ours():
            raise LeaseLost(f"the lease of the webhook {self.settings.name} ran out")
        settings = self.settings
        message, taken = message_of(pairs[: settings.batch], batched=settings.batch > 1)
        headers = message.headers(self._keys, self._clock())
        timeout = settings.timeout.total_seconds()
        reply = post(self._address, message.body, headers, timeout, allowed=allowed_hosts())
        self._note(reply, taken)
        return taken, reply

    def _note(self, reply: Reply, taken: int) -> None:
        now = self._clock()
        if reply.reason is None:
            if self._is_down:
                self._queue.hurry(now)
            if self._state.get("failing_since"):
                logger.warning("webhook %s: the receiver takes events again", self.settings.name)
            fields: Document = {"failures": 0, "failing_since": None, "paused_until": None, "reason": None}
            fields["last_success"] = now
        else:
            failures = self._state.get("failures", 0) + 1
            since = self._state.get("failing_since") or now
            fields = {"failures": failures, "failing_since": since, "reason": reply.reason}
            pause = backoff(failures - DOWN) if failures >= DOWN else 0.0
            if pause := max(pause, reply.retry_after or 0.0):
                fields["paused_until"] = now + timedelta(seconds=pause)
            if reply.status == 410:
                fields["disabled"] = f"{reply.reason}: the receiver wants no more"
            if failures in (1, DOWN) or reply.status == 410:
                logger.error("webhook %s: %s", self.settings.name, fields.get("disabled") or reply.reason)
        self._queue.note({**fields, "read": now}, delivered=0 if reply.reason else taken)
        self._state |= fields
        self._noted = now

    def _note_alive(self, now: datetime) -> None:
        if self._noted is None or not timedelta() <= now - self._noted < NOTED:
            self._queue.note({"read": now})
            self._noted = now

    @property
    def _is_down(self) -> bool:
        return int(self._state.get("failures", 0)) >= DOWN

    def _may_send(self, now: datetime) -> bool:
        until = self._state.get("paused_until")
        return not self._state.get("disabled") and (until is None or until <= now)


def query_of(settings: WebhookSettings) -> Query | None:
    """Which posts a webhook is sent; None for all. Raises UsageError."""
    try:
        filters: dict[str, Any] = {**settings.filters}
        return Query(**filters) if filters else None
    except UsageError as error:
        raise UsageError(f"[webhooks.{settings.name}] {error}") from None


def backoff(tries: int) -> float:
    """Seconds to wait after so many earlier failures: 5, 10, 20 … up to half an hour, less up to half of it,
    so that senders do not come back together."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(max(tries, 0), 12))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311


def _shown(settings: WebhookSettings) -> Document:
    """What listings show: no secret, and of the address the host only."""
    from urllib.parse import urlsplit

    host = ""
    with suppress(ValueError):
        host = urlsplit(settings.address()).hostname or ""
    return {"host": host, "events": list(settings.events), "batch": settings.batch}
