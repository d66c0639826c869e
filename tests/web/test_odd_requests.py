"""Requests that no browser sends: each has an answer, and none is an error of ours."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

ODD = [
    b"/post/%ff%fe", b"/tag/%ff", b"/search?q=%ff%fe", b"/search?q=%00", b"//", b"//evil.test/..",
    b"/%2e%2e/", b"/search?q=a%00b",
    b"/post/%2e%2e%2fx", b"/category/%0d%0aX:1", b"/post/eastmoney:1%0d%0aSet-Cookie:x=1", b"http://evil.test/",
    b"*", b"/archive/9999-12-31", b"/archive/0000-00-00", b"/security/....", b"/search?q=%22%22%22",
    b"/search?q=" + b"%E9%93%B6%20" * 12, b"/api/v1/posts?since=9999-12-31T23:59:59-23:59",
    b"/api/v1/posts?until=0001-01-01T00:00:00%2B23:59", b"/api/v1/posts?tag=%ED%A0%80", b"/api/v1/posts/%00",
    b"/api/v1/search?q=%EF%BF%BF", b"/tag/" + b"a" * 600, b"/post/" + b"a" * 3000, b"/post/http://[::1",
    b"/category/x?after=W10", b"/static/..%2f..%2fsite.py", b"/?after=1&after=2", b"/feed.atom/",
    b"/?" + b"&" * 900,
]  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_every_path_has_an_answer(pages: str, path: bytes) -> None:
    assert _status(pages, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") < 500


@pytest.mark.parametrize(
    "rest",
    [
        b"If-None-Match: " + b'"x",' * 9000,
        b"Accept-Encoding: " + b"gzip;q=0.0," * 4000,
        b"Accept-Encoding: gzip;q=.",
        b"Content-Length: 99999999",
        b"Range: bytes=0-1",
    ],
)
def test_every_header_is_taken(pages: str, rest: bytes) -> None:
    assert _status(pages, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + rest + b"\r\n\r\n") == 200


def _status(address: str, request: bytes) -> int:
    place = urlsplit(address)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
    return int(answer.split()[1])
