"""The broker between schedulers and workers: its address, and the hints that are sent over it.

A hint is a message "job X is due" and no more. Whoever gets it claims a due job in MongoDB, so a hint that is
late, lost or sent twice does no harm, and the broker need not keep anything. Needs the extra `cluster`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from newscrawl.errors import BrokerUnavailable, UsageError
from newscrawl.paths import database_name

if TYPE_CHECKING:
    from celery import Celery
    from kombu import Connection

HINT = "newscrawl.hint"  #: the task; its argument is a job's name
KEPT = 60  #: seconds that RabbitMQ keeps a hint; by its own clock, since those of machines may differ
PATIENCE = 4.0  #: seconds for a connection, and for an answer
SCHEMES = ("redis", "rediss", "amqp", "amqps")
_REDIS = ("redis", "rediss")
_HOW = "write it as redis://HOST:6379/0 or amqp://USER:PASSWORD@HOST:5672//"


def check_broker(address: str) -> None:
    """Raises UsageError for an address that names no broker, or if the extra is not installed."""
    authority = address.partition("://")[2].split("/")[0]
    scheme, shown = address.partition("://")[0], masked(address)
    if scheme not in SCHEMES or "://" not in address:
        raise UsageError(f"the broker's address {shown} does not begin with redis:// or amqp://; {_HOW}")
    login, _, host = address.partition("://")[2].split("?")[0].rpartition("@")
    if re.search("[@/#]", login) or re.search("%(?![0-9A-Fa-f]{2})", login) or "#" in authority:
        raise UsageError(
            f"the broker's address {shown} has a user name or password with a bare @, /, # or %;"
            " write these as %40, %2F, %23 and %25"
        )
    try:
        found = urlsplit(f"{scheme}://{host}")
        valid = bool(found.hostname) and found.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"the broker's address {shown} has no valid host and port; {_HOW}")
    if scheme in _REDIS and not re.fullmatch(r"/?|/\d{1,4}", found.path):
        raise UsageError(f"the broker's address {shown} ends in {found.path!r}, not in a database's number")
    _check_installed()


def _check_installed() -> None:
    try:
        import celery
        import redis  # noqa: F401
    except ImportError as error:
        remedy = "install it: pip install 'newscrawl[cluster]'"
        raise UsageError(f"a broker needs the extra `cluster` ({error.name} is missing); {remedy}") from None
    del celery


def masked(address: str) -> str:
    """The address without its password and its options."""
    scheme, separator, rest = address.split("?", maxsplit=1)[0].rpartition("://")
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{separator}{user}{':***' if colon else ''}{at}{host}"


def in_words(error: BaseException, address: str) -> str:
    """What a library says of the broker: one line, without the password."""
    words = " ".join(str(error).split())[:300] or type(error).__name__
    password = address.partition("://")[2].split("?")[0].rpartition("@")[0].partition(":")[2]
    for form in {password, unquote(password)}:
        words = words.replace(form, "***") if form else words
    return f"the broker {masked(address)} cannot be used: {words}"


def celery_app(address: str) -> Celery:
    """Celery with the settings that fit hints. The queue is the database's own."""
    from celery import Celery
    from kombu import Queue

    queue = f"newscrawl.{database_name()}"
    is_redis = address.startswith(_REDIS)
    app = Celery("newscrawl", broker=address, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_ignore_result=True,
        task_default_queue=queue,
        task_queues=[Queue(queue, message_ttl=KEPT)],
        task_default_delivery_mode="transient",
        broker_connection_timeout=PATIENCE,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,  # RabbitMQ closes a channel on which a hint waited for half an hour
        broker_heartbeat=10,
        broker_transport_options=_REDIS_OPTIONS if is_redis else _AMQP_OPTIONS,
        # Fork a process for each hint, and take no more of them than there are processes.
        worker_pool="prefork",
        worker_max_tasks_per_child=1,
        worker_proc_alive_timeout=60.0,  # a loaded machine may take longer than 4 s to fork
        worker_prefetch_multiplier=1,
        worker_enable_prefetch_count_reduction=False,  # of hints that are acknowledged late
        worker_disable_prefetch=is_redis,
        worker_consumer="newscrawl.jobs.worker:HintConsumer",
        worker_cancel_long_running_tasks_on_connection_loss=True,  # none is: hints are acknowledged early
        # After a reconnection to Redis these may keep a worker from taking anything (celery#8030, #9054).
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return app


# Without them, a read from a Redis that went away without closing may wait for ever (celery#10205).
_REDIS_OPTIONS: dict[str, Any] = {
    "socket_timeout": 2 * PATIENCE,
    "socket_connect_timeout": PATIENCE,
    "socket_keepalive": True,
    "health_check_interval": 5,
}
# Otherwise a hint is taken for sent once it is in the buffer of a connection that is dead.
_AMQP_OPTIONS: dict[str, Any] = {"confirm_publish": True}


class Hints:
    """Sends hints. It connects at its first use, and again after an error."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection: Connection | None = None

    @cached_property
    def _app(self) -> Celery:
        return celery_app(self.address)

    def send(self, names: Iterable[str]) -> None:
        """Says that these jobs are due. Raises BrokerUnavailable."""
        with self._reaching() as connection, self._app.amqp.Producer(connection) as producer:
            for name in names:
                self._app.send_task(HINT, [name], producer=producer, retry=False)

    def waiting(self) -> int:
        """How many hints no worker has taken yet. Raises BrokerUnavailable."""
        with self._reaching() as connection:
            [queue] = self._app.conf.task_queues
            with connection.channel() as channel:
                count: int = queue(channel).queue_declare().message_count
                return count

    def close(self) -> None:
        """Closes the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_errors(connection)):
                connection.release()

    @contextmanager
    def _reaching(self) -> Iterator[Connection]:
        if self._connection is None:
            self._connection = self._app.connection_for_write()
        connection = self._connection
        try:
            yield connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
        except _errors(connection) as error:
            connection.collect(socket_timeout=1.0)
            raise BrokerUnavailable(in_words(error, self.address)) from None


def _errors(connection: Connection) -> tuple[type[BaseException], ...]:
    from kombu.exceptions import OperationalError

    return (OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)


def quiet() -> None:
    """Lets Celery and kombu report errors only: what they say of connections is said in our words."""
    for name in ("celery", "kombu", "amqp"):
        logging.getLogger(name).setLevel(logging.ERROR)
