"""One POST: taken, refused, redirected, slow, and not into a private network."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from newscrawl.monitor.http_post import post, retry_after
from tests.loopback import QuietHandler, listening

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)


@contextmanager
def answering(status: int, **headers: str) -> Iterator[tuple[str, list[bytes]]]:
    got: list[bytes] = []

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.give(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"x" * 9000)

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}/hook", got


def test_what_is_taken() -> None:
    with answering(201) as (address, got):
        reply = post(address, b"news", {}, 10)
    assert (reply.status, reply.reason, got) == (201, None, [b"news"])


def test_what_is_refused_says_when_to_come_back() -> None:
    with answering(503, Retry_After="90") as (address, _):
        reply = post(address, b"", {}, 10)
    assert (reply.status, reply.reason, reply.retry_after) == (
        503,
        "the answer was 503 Service Unavailable",
        90,
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with answering(status, Location="http://169.254.169.254/secret") as (address, got):
        reply = post(address, b"news", {}, 10)
    assert got == [b"news"]
    assert (reply.status, reply.retry_after) == (status, None)
    assert reply.reason
    assert "to 169.254.169.254; give the address that it leads to" in reply.reason


def test_private_hosts_only_if_they_are_allowed() -> None:
    with answering(200) as (address, got):
        refused = post(address, b"", {}, 10, allowed=frozenset())
        named = post(address.replace("127.0.0.1", "localhost"), b"", {}, 10, allowed=frozenset())
        assert got == []
        place = address.split("/")[2]
        assert post(address, b"", {}, 10, allowed=frozenset({place})).reason is None
        assert post(address, b"", {}, 10, allowed=frozenset({"127.0.0.1"})).reason is None
    assert (
        refused.reason
        == "127.0.0.1 is in a private network; to allow it, add 127.0.0.1 to NEWSCRAWL_PRIVATE_HOSTS"
    )
    assert named.reason
    assert named.reason.startswith("localhost is in a private network")


def test_a_name_that_leads_into_a_private_network(monkeypatch: pytest.MonkeyPatch) -> None:
    where = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: where)
    reply = post("http://rebound.example/", b"", {}, 10, allowed=frozenset())
    assert reply.reason
    assert reply.reason.startswith("rebound.example resolves to the private address 10.0.0.5")


def test_a_receiver_that_drips_is_broken_off() -> None:
    ended = threading.Event()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not ended.wait(0.05):
                try:
                    self.wfile.write(b"X-Drip: 1\r\n")
                    self.wfile.flush()
                except OSError:
                    return

    with listening(Handler) as port:
        began = time.monotonic()
        try:
            reply = post(f"http://127.0.0.1:{port}/", b"", {}, 0.5)
        finally:
            ended.set()
    assert reply.status is None
    assert reply.reason
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "http://[bad/", "x"]
)
def test_what_cannot_be_reached_has_a_reason(address: str) -> None:
    reply = post(address, b"", {}, 10)
    assert reply.status is None
    assert reply.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        ("-1", None),
        ("9" * 30, 86400),
        ("Sun, 08 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 08 Mar 2026 11:00:00 GMT", 0),
        ("tomorrow", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
