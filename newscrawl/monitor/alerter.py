"""Alerter: looks at what is wrong, keeps the incidents, and sends the messages."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import platform
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo.errors import PyMongoError

from newscrawl.errors import DatabaseUnavailable
from newscrawl.jobs.state import JobStates
from newscrawl.locks import steady
from newscrawl.monitor import channels, troubles
from newscrawl.monitor.alert_text import payload
from newscrawl.monitor.heartbeat import turns
from newscrawl.monitor.incident_book import FileBook, IncidentBook, SharedBook
from newscrawl.monitor.incidents import Incidents, Message, Trouble
from newscrawl.paths import database_name, home
from newscrawl.store.client import connect
from newscrawl.store.leases import asking

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

    from newscrawl.jobs.alert_settings import AlertSettings
    from newscrawl.jobs.scheduler import Scheduler

_log = logging.getLogger(__name__)

Document = dict[str, Any]
#: Finds troubles, and which of the open incidents' keys nobody watches any more.
Finder = Callable[[Collection[str]], tuple[Iterable[Trouble], Collection[str]]]

LOOK = 20.0  #: seconds between two looks
PING = 60.0  #: seconds between two pings
GIVEN_UP = timedelta(days=1)  #: a message that no channel has taken for so long is dropped
LONGEST_PAUSE = timedelta(minutes=30)  #: between two tries of one message
CLAIMED = timedelta(minutes=5)  #: that a message is left to the one who began to send it
_TRIES = 20  # to write while others write
_PATIENCE = 5000  # milliseconds that MongoDB may take


class Alerter:
    """One for each scheduler. Everything that waits for networks runs in threads.

    Of this machine alone are the jobs of a file, and whether MongoDB can be reached: those incidents are in
    the home folder. What others see as well is in MongoDB, if one is shared.
    """

    def __init__(
        self,
        settings: AlertSettings,
        folder: Path,
        *,
        shared_jobs: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings, self.folder, self.shared_jobs = settings, folder, shared_jobs
        self.channels = [channels.Channel(address) for address in settings.to]
        self._own = FileBook(folder, clock)
        self._is_shared = bool(os.environ.get("MONGODB_URI"))
        self._client: MongoClient[Document] | None = None
        self._away_until: datetime | None = None
        self._is_closed = False
        self._pinged = steady() - PING

    def check(self) -> None:
        """Raises UsageError for an address that cannot work."""
        for channel in self.channels:
            channel.check()

    async def keep(self, scheduler: Scheduler) -> None:
        """Looks again and again, until cancelled."""
        try:
            while True:
                await asyncio.to_thread(self.look)
                if turns(scheduler.turned):
                    await asyncio.to_thread(self.ping)
                await asyncio.sleep(LOOK)
        finally:
            self._is_closed = True
            self.close()

    def look(self) -> None:
        """Takes in what is wrong, and sends what is due. Blocks; what a channel does not take is kept."""
        away = self._reach()
        try:
            self._turn(self._own, lambda keys: self._own_troubles(away, keys))
            if self._is_shared and not away:
                self._turn(SharedBook(self._database), self._shared_troubles)
        except (DatabaseUnavailable, PyMongoError) as error:  # the next look says so
            _log.info("alerts wait for MongoDB: %s", error)
            self.close()
        except OSError as error:
            _log.error("alerts cannot be kept: %s", error)

    def ping(self) -> None:
        """Asks for the address that watches over the scheduler, if it is time."""
        if self.settings.ping is None or steady() - self._pinged < PING:
            return
        self._pinged = steady()
        if reason := channels.ping(self.settings.ping):
            _log.warning("the ping failed: %s", reason)

    def close(self) -> None:
        """Closes the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    # What is wrong

    def _reach(self) -> str | None:
        """Why MongoDB cannot be reached; None if it answers."""
        try:
            with asking():
                self._database.command("ping")
        except DatabaseUnavailable as error:
            self.close()  # the embedded server may come back elsewhere
            return str(error)
        return None

    def _own_troubles(
        self, away: str | None, keys: Collection[str]
    ) -> tuple[Iterable[Trouble], Collection[str]]:
        found: list[Trouble] = []
        unwatched: Collection[str] = ()
        now = self._own.now()
        if away:
            key = f"database:{platform.node()}"
            words = f"{platform.node()} cannot reach it: {away}"
            found.append(Trouble(key=key, kind="database", name="MongoDB", words=words, since=now, seen=now))
        if not self.shared_jobs:
            states = JobStates(self.folder).read()
            found += troubles.job_troubles(states, self.settings.after)
            unwatched = troubles.unwatched_jobs(states, keys)
        if not away and not self._is_shared:
            found += self._of_database(now, {state.spider for state in JobStates(self.folder).read()})
        return found, unwatched

    def _shared_troubles(self, keys: Collection[str]) -> tuple[Iterable[Trouble], Collection[str]]:
        now = SharedBook(self._database).now()
        unwatched: Collection[str] = ()
        found: list[Trouble] = []
        if self.shared_jobs:
            states = troubles.shared_job_states(self._database, self.settings.after, keys)
            found += troubles.job_troubles(states, self.settings.after)
            found += troubles.late_jobs(self._database, now, self.settings.late)
            unwatched = troubles.unwatched_jobs(states, keys)
        return [*found, *self._of_database(now, troubles.job_spiders(self._database))], unwatched

    def _of_database(self, now: datetime, spiders: Collection[str]) -> list[Trouble]:
        found = troubles.scheduler_troubles(self._database, now, self.settings)
        found += troubles.webhook_troubles(self._database, now)
        return [*found, *troubles.source_troubles(self._database, spiders, self.settings.after, now)]

    @property
    def _database(self) -> Database[Document]:
        if self._client is None:
            self._client = connect("writer", serverSelectionTimeoutMS=_PATIENCE, socketTimeoutMS=_PATIENCE)
        return self._client[database_name()]

    # Messages

    def _turn(self, book: IncidentBook, find: Finder) -> None:
        """One look of one book, and the messages that are due."""
        until = steady() + CLAIMED.total_seconds() / 2
        for _ in range(_TRIES):
            before = book.read()
            after, mine = self._taken_in(copy.deepcopy(before), find, book.now())
            if after == before or book.write(after, before.get("version", 0)):
                break
        else:
            return  # others are at it
        for entry in mine:
            # Else we stood still, and another one may be sending it; or the scheduler ends.
            if steady() < until and not self._is_closed:
                self._send(book, entry)

    def _taken_in(self, document: Document, find: Finder, now: datetime) -> tuple[Document, list[Document]]:
        """The document after a look, and the messages in it that are ours to send."""
        incidents = Incidents.from_plain(document["incidents"]) if "incidents" in document else Incidents()
        self._away_until = incidents.away_until = _later(incidents.away_until, self._away_until)
        found, unwatched = find(incidents.open.keys())
        messages = incidents.look(list(found), now, self.settings, unwatched)
        self._away_until = incidents.away_until
        unsent: list[Document] = [*document.get("unsent", []), *(self._entry(each, now) for each in messages)]
        unsent = [each for each in unsent if now - each["made"] < GIVEN_UP + CLAIMED]
        mine = [] if self.settings.is_quiet(now) else [each for each in unsent if self._is_due(each, now)]
        for entry in mine:
            entry["next"] = now + CLAIMED
        whole = {"version": document.get("version", 0), "incidents": incidents.to_plain(), "unsent": unsent}
        return whole, copy.deepcopy(mine)

    def _is_due(self, entry: Document, now: datetime) -> bool:
        """Whether to send a message now; one of the future was made before the clock was set back.

        Another machine's file may name other addresses.
        """
        is_due = entry["next"] <= now or entry["made"] > now
        return is_due and any(channel.id in entry["to"] for channel in self.channels)

    def _entry(self, message: Message, now: datetime) -> Document:
        words = payload(message, now, platform.node(), database_name())
        _log.warning("%s. %s", words["title"].removeprefix("newscrawl: "), words["text"])
        waiting = [channel.id for channel in self.channels]
        return {
            "id": secrets.token_hex(6),
            "made": now,
            "next": now,
            "tries": 0,
            "to": waiting,
            "message": words,
        }

    def _send(self, book: IncidentBook, entry: Document) -> None:
        """Sends a message to those who have not got it, and keeps who still has not."""
        waiting = [channel for channel in self.channels if channel.id in entry["to"]]
        with ThreadPoolExecutor(8, "alerts") as threads:  # none waits for another
            reasons = list(threads.map(lambda channel: channel.send(entry["message"]), waiting))
        left = [each for each in entry["to"] if each not in {channel.id for channel in waiting}]
        for channel, reason in zip(waiting, reasons, strict=True):
            if reason is not None:
                _log.error("an alert could not be sent to %s: %s", channel.name, reason)
                left.append(channel.id)
        for _ in range(_TRIES):
            document = book.read()
            changed = {
                **document,
                "unsent": list(_without(document.get("unsent", []), entry, left, book.now())),
            }
            if book.write(changed, document.get("version", 0)):
                return


def books() -> list[Document]:
    """What is kept in this home folder, and in the database if it is shared. Raises DatabaseUnavailable."""
    kept = [FileBook(home()).read()]
    if os.environ.get("MONGODB_URI"):
        with connect("reader", serverSelectionTimeoutMS=_PATIENCE) as client:
            kept.append(SharedBook(client[database_name()]).read())
    return kept


def _without(
    unsent: Sequence[Document], sent: Document, left: list[str], now: datetime
) -> Iterable[Document]:
    """The messages after one was sent to all but those that are left."""
    for entry in unsent:
        if entry["id"] != sent["id"]:
            yield entry
        elif left and now - entry["made"] < GIVEN_UP:
            pause = min(timedelta(seconds=30) * 2 ** min(entry["tries"], 10), LONGEST_PAUSE)
            yield {**entry, "to": left, "tries": entry["tries"] + 1, "next": now + pause}
        elif left:
            _log.error("an alert is given up after a day: %s", entry["message"]["title"])


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
