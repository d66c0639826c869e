"""The broker between schedulers and workers: its address, and the hints sent over it.

A hint only says "job X is due". The worker that gets it claims a due job in MongoDB, so late, lost or
duplicate hints do no harm, and the broker need not persist anything. Needs the extra `cluster`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from newscrawl.errors import BrokerUnavailable, UsageError
from newscrawl.paths import database_name

if TYPE_CHECKING:
    from kombu import Connection

KEPT = 60  #: seconds that RabbitMQ keeps a hint, by its own clock, because machines' clocks differ
PATIENCE = 4.0  #: seconds to connect, and to wait for a reply
SCHEMES = ("redis", "rediss", "amqp", "amqps")
_REDIS = ("redis", "rediss")
_HOW = "write it as redis://HOST:6379/0 or amqp://USER:PASSWORD@HOST:5672//"


def check_broker(address: str) -> None:
    """Raises UsageError for an invalid address, or if the extra is not installed."""
    authority = address.partition("://")[2].split("/")[0]
    scheme, shown = address.partition("://")[0], masked(address)
    if scheme not in SCHEMES or "://" not in address:
        raise UsageError(f"the broker's address {shown} does not begin with redis:// or amqp://; {_HOW}")
    login, _, host = address.partition("://")[2].split("?")[0].rpartition("@")
    if re.search("[@/#]", login) or re.search("%(?![0-9A-Fa-f]{2})", login) or "#" in authority:
        raise UsageError(
            f"the broker's address {shown} has a user name or password with an unescaped @, /, # or %;"
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
        import kombu
        import redis  # noqa: F401
    except ImportError as error:
        remedy = "install it: pip install 'newscrawl[cluster]'"
        raise UsageError(f"a broker needs the extra `cluster` ({error.name} is missing); {remedy}") from None
    del kombu


def masked(address: str) -> str:
    """The address without password and options."""
    scheme, separator, rest = address.split("?", maxsplit=1)[0].rpartition("://")
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{separator}{user}{':***' if colon else ''}{at}{host}"


def in_words(error: BaseException, address: str) -> str:
    """A library's error about the broker: one line, without the password."""
    words = " ".join(str(error).split())[:300] or type(error).__name__
    password = address.partition("://")[2].split("?")[0].rpartition("@")[0].partition(":")[2]
    for form in {password, unquote(password)}:
        words = words.replace(form, "***") if form else words
    return f"the broker {masked(address)} cannot be used: {words}"


class Hints:
    """Sends and takes hints. Connects on first use, and again after an error; not thread-safe.

    Hints are pulled, not pushed: a worker without room leaves them to others, a lost connection holds none,
    and a dead one is noticed at once.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.queue = f"newscrawl.{database_name()}"  #: of the database in use
        self._connection: Connection | None = None
        self._channel: Any = None

    def send(self, names: Iterable[str]) -> None:
        """Announces that these jobs are due. Raises BrokerUnavailable."""
        from kombu import Producer

        with self._reaching() as channel:
            producer = Producer(channel)
            for name in names:
                producer.publish(
                    {"job": name}, routing_key=self.queue, delivery_mode="transient", retry=False
                )

    def take(self) -> bool:
        """Takes a hint; False: there was none. Raises BrokerUnavailable."""
        with self._reaching() as channel:
            return channel.basic_get(self.queue, no_ack=True) is not None

    def waiting(self) -> int:
        """How many hints no worker has taken yet. Raises BrokerUnavailable."""
        with self._reaching() as channel:
            return self._declare(channel)

    def close(self) -> None:
        """Closes the connection."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # see _reaching
                connection.release()

    def _declare(self, channel: Any) -> int:
        from kombu import Queue

        count: int = Queue(self.queue, message_ttl=KEPT)(channel).queue_declare().message_count
        return count

    @contextmanager
    def _reaching(self) -> Iterator[Any]:
        """A channel with the queue declared."""
        try:
            if self._channel is None:
                self._channel = self._connected().channel()
                self._declare(self._channel)
            yield self._channel
        except Exception as error:  # noqa: BLE001  kombu raises clients' errors besides its own,
            # and fails on a connection that it is closing.
            self.close()
            raise BrokerUnavailable(in_words(error, self.address)) from None

    def _connected(self) -> Connection:
        from kombu import Connection

        options = _REDIS_OPTIONS if self.address.startswith(_REDIS) else _AMQP_OPTIONS
        self._connection = Connection(
            self.address, connect_timeout=PATIENCE, heartbeat=0, transport_options=options
        )
        return self._connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)


# Otherwise a read from a broker that vanished without closing may block forever.
_REDIS_OPTIONS: dict[str, Any] = {
    "socket_timeout": 2 * PATIENCE,
    "socket_connect_timeout": PATIENCE,
    "socket_keepalive": True,
    "health_check_interval": 5,
}
# Without `confirm_publish`, a hint counts as sent once it is in a dead connection's buffer.
_AMQP_OPTIONS: dict[str, Any] = {
    "confirm_publish": True,
    "read_timeout": 2 * PATIENCE,
    "write_timeout": 2 * PATIENCE,
}


def quiet() -> None:
    """Limits kombu's log to errors: we log connection problems ourselves."""
    for name in ("kombu", "amqp"):
        logging.getLogger(name).setLevel(logging.ERROR)
