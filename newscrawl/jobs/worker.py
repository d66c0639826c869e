"""HintWorker: a Celery worker whose tasks are hints.

For each hint, a process of its own claims a due job, if there is one, and runs it as the scheduler does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import time
import warnings
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.apps.worker import Worker
from celery.worker import state
from celery.worker.consumer import Consumer

from newscrawl.errors import BrokerUnavailable, DatabaseUnavailable
from newscrawl.jobs.broker import HINT, Hints, celery_app, in_words
from newscrawl.jobs.run import RunOptions
from newscrawl.jobs.scheduler import Scheduler
from newscrawl.jobs.shared_jobs import SharedJobs
from newscrawl.jobs.shared_parent import SharedParent, shared_parent

if TYPE_CHECKING:
    from kombu import Connection

_log = logging.getLogger(__name__)

LOOK = 3.0  #: seconds between two looks whether hints wait that this worker should have taken
STUCK = 3  #: looks in a row at which they do, and none was taken: the connection is made anew
PAUSE, LONGEST_PAUSE = 1.0, 3.0  #: seconds between two tries to reach the broker, at first and at last


def work(address: str, options: RunOptions, concurrency: int, kind: type[HintWorker] | None = None) -> int:
    """Runs a worker until SIGTERM or SIGINT; returns its exit code."""
    app = celery_app(address)
    stopping = StopPipe()
    parent = shared_parent()
    options = replace(options, warm=parent)
    signals.worker_process_init.connect(stopping.enter_child, weak=False)

    @app.task(name=HINT)  # type: ignore[untyped-decorator]
    def hint(name: str) -> None:
        run_due(name, options, stopping)

    # Its advice is an option that only Celery's own command has.
    warnings.filterwarnings("ignore", message=".*running the worker with superuser privileges")
    worker = (kind or HintWorker)(app=app, concurrency=concurrency, quiet=True, loglevel="ERROR")
    worker.take_part(stopping, Hints(address), parent)
    try:
        worker.start()
    finally:
        if parent:
            parent.end()
    return int(worker.exitcode or 0)


def run_due(hinted: str, options: RunOptions, stopping: StopPipe) -> None:
    """Runs a due job to its end, in this process's own loop.

    It is the oldest, not the one that the hint is of: hints come in the order in which they were sent, and a
    run that was lost is older than all that wait.
    """

    async def run() -> None:
        scheduler = Scheduler(SharedJobs(), options, max_parallel=1)
        asyncio.get_running_loop().add_reader(stopping.reading, stopping.ended, scheduler.stop)
        await scheduler.run_due()

    if stopping.is_over:
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        asyncio.run(run())
    except DatabaseUnavailable as error:
        _log.warning("%s is due, but nothing was begun: %s", hinted, error)
    finally:
        signal.signal(signal.SIGTERM, handler)  # asyncio leaves the default, and Celery complains of its kill


class StopPipe:
    """Tells the processes of a worker that it is being stopped: they see the end of a pipe. They see it too
    if it is killed."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()

    def enter_child(self, **_: Any) -> None:
        """In a process of the worker: gives up the end that only the worker itself may hold."""
        self.close()
        os.setpgrp()  # Ctrl-C is for the worker, which then stops the runs

    def close(self) -> None:
        """In the worker: says that it is being stopped."""
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1

    @property
    def is_over(self) -> bool:
        """Whether the worker is being stopped."""
        return bool(select.select([self.reading], [], [], 0)[0])

    def ended(self, stop: Any) -> None:
        """Calls `stop`, once."""
        asyncio.get_running_loop().remove_reader(self.reading)
        stop()


class HintWorker(Worker):  # type: ignore[misc]  # Celery has no types
    """Celery's worker, with our signals, messages and watch."""

    _stopping: StopPipe
    _watch: Watch

    def take_part(self, stopping: StopPipe, hints: Hints, parent: SharedParent | None) -> None:
        """Before `start`: what stops the runs, how the broker is looked at, and what forks the runs."""
        self._stopping, self._watch = stopping, Watch(self, hints, parent)

    def setup_logging(self, colorize: bool | None = None) -> bool:
        """The command has done that."""
        return True

    def set_process_status(self, info: str) -> None:
        """Celery would show the command line, and with it the broker's password."""

    def install_platform_tweaks(self, worker: object) -> None:
        """Installs the handlers of signals."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def on_consumer_ready(self, consumer: Consumer) -> None:
        """Hints are taken, for the first time."""
        self._watch.begin(consumer)

    def _stop(self, *_: object) -> None:
        """Takes no more hints and asks the runs to stop; the second time, kills them."""
        if state.should_stop is None:
            state.should_stop = 0
            self._stopping.close()
            return
        for request in list(state.active_requests):
            with suppress(ProcessLookupError, TypeError):
                os.kill(request.worker_pid, signal.SIGTERM)


class HintConsumer(Consumer):  # type: ignore[misc]
    """Celery's consumer, which tries again every few seconds, and says in one line what is wrong."""

    _trouble: str | None = None

    def ensure_connected(self, conn: Connection) -> Connection:
        """Connects, however long that takes."""
        while True:
            try:
                conn.ensure_connection(
                    self._note,
                    None,
                    interval_start=PAUSE,
                    interval_step=PAUSE,
                    interval_max=LONGEST_PAUSE,
                    callback=state.maybe_shutdown,
                )
            except (*conn.connection_errors, *conn.channel_errors) as error:  # a refused login
                self._note(error, LONGEST_PAUSE)
                self._pause()
            else:
                break
        self.first_connection_attempt = False
        return conn

    def on_ready(self) -> None:
        """Hints are taken from now on. A connection that was made is not enough: it may have died since."""
        if self._trouble is not None:
            _log.info("the broker is reached again")
        self._trouble = None
        super().on_ready()

    def on_connection_error_before_connected(self, exc: BaseException) -> None:
        """Says what is wrong."""
        self._note(exc, 0.0)

    def on_connection_error_after_connected(self, exc: BaseException) -> None:
        """Says what is wrong, and closes the connection."""
        self._note(exc, 0.0)
        # kombu 5.7 wants to give hints back to Redis that were not acknowledged, over the connection that it
        # has just taken apart. Without this the worker would end. Celery has let go of the connection then.
        with suppress(AttributeError):
            super().on_connection_error_after_connected(exc)

    def _note(self, error: BaseException, _interval: float) -> None:
        if self._trouble is None:
            words = in_words(error, self.app.conf.broker_url)
            _log.warning("no hints are taken for now: %s; trying again", words)
        self._trouble = str(error)

    def _pause(self) -> None:
        for _ in range(int(LONGEST_PAUSE)):
            state.maybe_shutdown()
            time.sleep(1.0)


class Watch:
    """Makes the connection anew if hints wait and this worker, though it is free, takes none of them."""

    def __init__(self, worker: HintWorker, hints: Hints, parent: SharedParent | None) -> None:
        self._worker, self._hints, self._parent = worker, hints, parent
        self._taken = self._seen = self._times = 0

    def begin(self, consumer: Consumer) -> None:
        """Looks again and again, in the worker's event loop."""
        _log.info("taking hints, %d at once", self._worker.concurrency)
        signals.task_received.connect(self._count, weak=False)
        consumer.timer.call_repeatedly(LOOK, self._look)

    def _count(self, **_: Any) -> None:
        self._taken += 1

    def _look(self) -> None:
        """Raises ConnectionError, upon which Celery's loop begins anew, if hints were not taken."""
        if self._parent:
            self._parent.revive()
        free = self._worker.concurrency - len(state.reserved_requests)
        try:
            waiting = self._hints.waiting() if free > 0 else 0
        except BrokerUnavailable:  # which the consumer finds out by itself
            waiting = 0
        taken, self._seen = self._taken > self._seen, self._taken
        self._times = self._times + 1 if waiting and not taken else 0
        if self._times >= STUCK:
            self._times = 0
            raise ConnectionError(f"{waiting} hints wait, and none was received")
