"""Connections that ask for nothing, or never to the end, do not keep others out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from newscrawl.web import http_limits
from tests.web.serving import serving

pytestmark = pytest.mark.slow

READER = "127.0.0.2"  #: another client than 127.0.0.1, on this machine


@pytest.fixture
def place(stocked: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(http_limits, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(http_limits, "PER_CLIENT", 20)
    with serving(stocked) as address:
        parts = urlsplit(address)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port


def connected(place: tuple[str, int], source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(place, timeout=30, source_address=(source, 0))


def answer(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"],
)
def test_an_unfinished_request_is_ended(place: tuple[str, int], sent: bytes) -> None:
    with connected(place) as client:
        client.sendall(sent)
        assert answer(client).startswith(b"HTTP/1.1 408 ") or sent.startswith(b"POST")


def test_a_further_request_on_a_connection_has_its_time_again(place: tuple[str, int]) -> None:
    request = b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connected(place) as client:
        for _ in range(2):
            client.sendall(request)
            assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        client.sendall(request[:20])
        assert b"408" in answer(client)


def test_one_client_does_not_take_all_places(place: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connected(place)).sendall(b"GET / HTTP/1.1\r\n")
        with connected(place) as one_more:
            assert answer(one_more).startswith(b"HTTP/1.1 503 ")
        with connected(place, READER) as reader:
            reader.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert answer(reader).startswith(b"HTTP/1.1 200 ")


def test_the_limits_that_users_get() -> None:
    assert http_limits.REQUEST_SECONDS <= 30
    assert 100 <= http_limits.PER_CLIENT < 500
