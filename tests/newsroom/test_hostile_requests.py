"""What the newsroom says to requests that no spider should send: an answer, never a traceback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow

LISTS = "np-listapi.eastmoney.com"
FLASHES = "np-weblist.eastmoney.com"
CHOICE = "choicewzp1.eastmoney.com"


class Server:
    """A newsroom whose errors the test sees, asked byte by byte."""

    def __init__(self, base: str, process: subprocess.Popen[str]) -> None:
        self.place = (urlsplit(base).hostname or "", urlsplit(base).port or 0)
        self.process = process

    def raw(self, request: bytes) -> bytes:
        """Everything the server sends until it closes the connection."""
        with socket.create_connection(self.place, timeout=10) as connection:
            connection.sendall(request)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def ask(self, host: bytes | str, path: str, **headers: str) -> tuple[int, bytes]:
        host = host if isinstance(host, bytes) else host.encode("ascii")
        lines = [f"GET {path} HTTP/1.1".encode(), b"Host: " + host, b"Connection: close"]
        lines += [f"{name}: {value}".encode() for name, value in headers.items()]
        head, _, body = self.raw(b"\r\n".join(lines) + b"\r\n\r\n").partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def json(self, host: str, path: str) -> Any:
        status, body = self.ask(host, path)
        assert status == 200
        return json.loads(body)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """At its end the server must have written nothing to stderr."""
    command = [sys.executable, "-m", "newscrawl", "newsroom", "--until-stdin-ends", "--articles", "60"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield Server(process.stdout.readline().split()[1], process)
        finally:
            process.terminate()
            told = process.communicate(timeout=10)[1]
    assert told == ""


@pytest.mark.parametrize("end", ["zzz", "-1", "1.5", "%C2%B2", "9" * 5000, "%EF%BC%91"])
def test_a_sort_end_that_is_no_number_is_told(server: Server, end: str) -> None:
    answer = server.json(FLASHES, f"/comm/web/getFastNewsList?req_trace=1&sortEnd={end}")
    assert answer["code"] == "0"
    assert "is not a number" in answer["message"]


@pytest.mark.parametrize("count", ["abc", "", "-3", "0", "%C2%B2", "9" * 5000])
def test_an_odd_count_of_a_feed_is_the_default(server: Server, count: str) -> None:
    asked = server.json(CHOICE, f"/web/webapi?type=102&count={count}&newsid=1")
    assert asked == server.json(CHOICE, "/web/webapi?type=102&count=100&newsid=1")
    assert asked["records"]


@pytest.mark.parametrize("size", ["%C2%B2", "9" * 5000, "1e3", "%00"])
def test_an_odd_page_size_is_the_default(server: Server, size: str) -> None:
    path = f"/comm/web/getNewsByColumns?req_trace=1&column=350&page_size={size}"
    assert server.json(LISTS, path)["data"]["page_size"] == 20


def test_a_page_size_has_a_limit(server: Server) -> None:
    path = "/comm/web/getNewsByColumns?req_trace=1&column=350&page_size=99999"
    assert server.json(LISTS, path)["data"]["page_size"] == 200


@pytest.mark.parametrize("callback", ["alert(1)", "%3Cscript%3E", "a;b", "%0d%0aX-A:1"])
def test_a_callback_is_a_name_or_none(server: Server, callback: str) -> None:
    body = server.ask(LISTS, f"/comm/web/getNewsByColumns?req_trace=1&column=350&cb={callback}")[1]
    assert json.loads(body)["code"] == "1"


@pytest.mark.parametrize(
    "since",
    ["rubbish", "", "Thu, 01 Jan 1970 00:00:00", "Thu, 99 Foo 9999 99:99:99 GMT", "\N{SUPERSCRIPT TWO}"],
)
def test_an_odd_date_of_condition_gets_the_page(server: Server, since: str) -> None:
    items = server.json(LISTS, "/comm/web/getNewsByColumns?req_trace=1&column=345")["data"]["list"]
    path = urlsplit(next(item["uniqueUrl"] for item in items if item["showTime"][:4] < "2023")).path
    status, body = server.ask("finance.eastmoney.com", path, **{"If-Modified-Since": since})
    assert status == 200
    assert b"ContentBody" in body


@pytest.mark.parametrize(
    "host", ["Finance.EastMoney.com", "finance.eastmoney.com:80", "finance.eastmoney.com:443"]
)
def test_a_host_is_known_in_any_case_and_with_a_port(server: Server, host: str) -> None:
    assert server.ask(host, "/robots.txt")[0] == 200


@pytest.mark.parametrize(
    "host",
    [b"", b":80", b"\xff\xfe", b"notzning.xyz", b"eastmoney.com.evil.example", b"finance.eastmoney.com:x"],
)
def test_other_hosts_are_not_here(server: Server, host: bytes) -> None:
    assert server.ask(host, "/robots.txt")[0] == 502


@pytest.mark.parametrize(
    "path", ["//", "/a/", "/a/../../etc/passwd", "/a/20260308.html", "/%00", "/?", "/" + "x" * 9000]
)
def test_odd_paths_are_not_found(server: Server, path: str) -> None:
    assert server.ask("finance.eastmoney.com", path)[0] == 404


@pytest.mark.parametrize(
    "junk", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_not_http_does_not_end_the_server(server: Server, junk: bytes) -> None:
    with socket.create_connection(server.place, timeout=10) as connection:
        connection.sendall(junk)
    assert server.ask("finance.eastmoney.com", "/robots.txt")[0] == 200
