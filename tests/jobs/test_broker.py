"""Addresses of brokers, and hints over real ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from benchmarks.brokers import Broker, rabbitmq, redis
from newscrawl.errors import BrokerUnavailable, UsageError
from newscrawl.jobs.broker import Hints, check_broker, in_words, masked

SECRET = "s3cret"
BROKERS = [
    pytest.param(redis, marks=pytest.mark.needs("redis-server")),
    pytest.param(rabbitmq, marks=[pytest.mark.needs("rabbitmq-server"), pytest.mark.slow]),
]


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    start: Callable[[Path], AbstractContextManager[Broker]] = request.param
    with start(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    "address",
    [
        "redis://news1",
        "redis://news1:6379",
        "redis://news1:6379/0",
        f"redis://:{SECRET}@news1:6379/15",
        "rediss://user:p%40ss@[::1]:6380/1?ssl_cert_reqs=required",
        "amqp://news1",
        "amqp://user:pass@news1:5672//",
        "amqps://user:pass@news1/newscrawl",
    ],
)
def test_addresses_of_brokers(address: str) -> None:
    check_broker(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "does not begin with redis:// or amqp://"),
        ("news1:6379", "does not begin with"),
        ("kafka://news1:9092", "the broker's address kafka://news1:9092 does not begin with"),
        ("mongodb://news1", "does not begin with"),
        ("redis://", "no valid host"),
        ("redis://news1:0/0", "no valid host and port"),
        ("redis://news1:99999/0", "no valid host and port"),
        ("redis://news1:port/0", "no valid host and port"),
        ("redis://news1:6379/zero", "ends in '/zero', not in a database's number"),
        (f"redis://:a@{SECRET}@news1:6379/0", "an unescaped @, /, # or %"),
        (f"redis://:a/{SECRET}@news1:6379/0", "an unescaped @, /, # or %"),
        (f"redis://:a#{SECRET}@news1:6379/0", "an unescaped @, /, # or %"),
        (f"redis://:a%{SECRET}@news1:6379/0", "an unescaped @, /, # or %"),
        (f"redi://user:{SECRET}@news1:6379/0", "does not begin with"),
        (f"user:{SECRET}@news1:6379", "does not begin with"),
    ],
)
def test_a_wrong_address_is_wrong_usage_and_shows_no_password(address: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_broker(address)
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


def test_masked() -> None:
    assert masked(f"redis://:{SECRET}@news1:6379/0") == "redis://:***@news1:6379/0"
    assert masked(f"amqp://user:{SECRET}@news1//?password={SECRET}") == "amqp://user:***@news1//"
    assert masked("amqp://news1:5672//") == "amqp://news1:5672//"


def test_what_a_library_says_is_masked_too() -> None:
    error = OSError(f"no login\nfor p@{SECRET}")
    said = in_words(error, f"amqp://u:p%40{SECRET}@h//")
    assert said == "the broker amqp://u:***@h// cannot be used: no login for ***"


@pytest.mark.parametrize("module", ["kombu", "redis"])
def test_the_extra_is_missing(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=r"pip install 'newscrawl\[cluster\]'"):
        check_broker("redis://127.0.0.1:6379/0")


def test_hints_outlive_a_broker_that_is_killed(broker: Broker) -> None:
    hints = Hints(broker.url)
    hints.send(["a", "b"])
    hints.send(["c"])
    assert hints.waiting() == 3
    broker.kill()
    for use in (lambda: hints.send(["d"]), hints.waiting):
        with pytest.raises(BrokerUnavailable, match=r"^the broker .* cannot be used: [^\n]+$"):
            use()
    broker.start()
    hints.send(["e"])
    assert hints.waiting() == 1  # it lost the others
    hints.close()


@pytest.mark.needs("redis-server")
def test_databases_have_queues_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with redis(tmp_path) as server:
        one = Hints(server.url)
        one.send(["a"])
        monkeypatch.setenv("NEWSCRAWL_DATABASE", "other")
        other = Hints(server.url)
        assert (one.waiting(), other.waiting()) == (1, 0)
        one.close()
        other.close()


@pytest.mark.needs("redis-server")
def test_a_refused_password_is_said_plainly(tmp_path: Path) -> None:
    with redis(tmp_path, password="right") as server:
        hints = Hints(server.url.replace("right", SECRET))
        with pytest.raises(
            BrokerUnavailable, match=r"redis://:\*\*\*@127.* cannot be used: .*password"
        ) as raised:
            hints.send(["a"])
        assert SECRET not in str(raised.value)
        right = Hints(server.url)
        right.send(["a"])
        assert right.waiting() == 1
        right.close()


@pytest.mark.needs("rabbitmq-server")
@pytest.mark.slow
def test_rabbitmq_refuses_a_password(tmp_path: Path) -> None:
    with rabbitmq(tmp_path) as server:
        hints = Hints(server.url.replace(":guest@", f":{SECRET}@"))
        with pytest.raises(
            BrokerUnavailable, match=r"amqp://guest:\*\*\*@127.* cannot be used: .*refused"
        ) as raised:
            hints.send(["a"])
        assert SECRET not in str(raised.value)


def test_a_hint_that_was_taken_is_the_brokers_no_more(broker: Broker) -> None:
    """Not even as one that is to be acknowledged: kombu 5.7 fails when it gives such a message back over a
    connection that it has taken apart."""
    hints = Hints(broker.url)
    hints.send(["a", "b"])
    assert hints.take()
    assert hints._channel is not None
    assert not getattr(getattr(hints._channel, "qos", None), "_delivered", None)
    hints.close()
    assert (hints.waiting(), hints.take(), hints.take()) == (1, True, False)
    hints.close()


@pytest.mark.needs("redis-server")
def test_what_fails_within_kombu_is_a_broker_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'pipeline'")

    with redis(tmp_path) as server:
        hints = Hints(server.url)
        hints.send(["a"])
        monkeypatch.setattr(hints._channel, "basic_get", fail)
        monkeypatch.setattr(hints._connection, "release", fail)
        with pytest.raises(BrokerUnavailable, match="no attribute 'pipeline'"):
            hints.take()
        assert hints.take()
        hints.close()
