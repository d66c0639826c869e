"""Files on a web server: read on where a connection broke, and nowhere but on the public web."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.captures.remote_file import TRIES, RemoteFile, fetch_whole
from newscrawl.errors import FetchFailed, UsageError
from tests.captures.file_server import FileServer, serving

DATA = os.urandom(300_000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    (tmp_path / "a.warc.gz").write_bytes(DATA)
    with serving(tmp_path) as running:
        yield running


def _file(server: FileServer, name: str = "a.warc.gz", pauses: list[float] | None = None) -> RemoteFile:
    slept = [] if pauses is None else pauses
    return RemoteFile(
        server.address + name,
        user_agent="newscrawl/test",
        allowed=frozenset({server.host}),
        pause=slept.append,
    )


def _all(file: RemoteFile) -> bytes:
    parts = []
    while data := file.read(40_000):
        parts.append(data)
    return b"".join(parts)


def test_a_file_is_streamed_in_one_request(server: FileServer) -> None:
    with _file(server) as file:
        assert _all(file) == DATA
        assert (file.size, file.etag, file.tell()) == (len(DATA), '"1"', len(DATA))
    assert server.asked == [("/a.warc.gz", None)]
    assert server.agents == {"newscrawl/test"}


def test_it_is_read_on_where_the_connection_broke(server: FileServer) -> None:
    server.breaks = [100_000, 0, 50_000]
    pauses: list[float] = []
    with _file(server, pauses=pauses) as file:
        assert _all(file) == DATA
    assert [wanted for _, wanted in server.asked] == [None, "bytes=100000-", "bytes=100000-", "bytes=150000-"]
    assert pauses == [1.0, 2.0, 1.0]


def test_it_begins_anywhere_also_on_a_server_without_ranges(server: FileServer) -> None:
    for ranges in (True, False):
        server.ranges = ranges
        with _file(server) as file:
            file.seek(123_456)
            assert _all(file) == DATA[123_456:]
    with _file(server) as file:
        file.seek(len(DATA))
        assert file.read(10) == b""


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(server: FileServer) -> None:
    server.busy = [503, 429]
    pauses: list[float] = []
    with _file(server, pauses=pauses) as file:
        assert file.read(10) == DATA[:10]
    assert pauses == [7.0, 7.0]


def test_it_gives_up_after_some_tries(server: FileServer) -> None:
    server.busy = [503] * 20
    with _file(server) as file, pytest.raises(FetchFailed, match="cannot be read at byte 0: HTTP 503"):
        file.read(10)
    assert len(server.asked) == TRIES


def test_a_file_that_changes_meanwhile_is_not_read_on(server: FileServer, tmp_path: Path) -> None:
    server.breaks = [100_000]
    with _file(server) as file:
        file.read(10)
        server.etag = '"2"'
        with pytest.raises(FetchFailed, match="changed while it was read"):
            _all(file)


def test_what_is_not_there(server: FileServer) -> None:
    with _file(server, "b.warc.gz") as file, pytest.raises(FetchFailed, match="is not there: HTTP 404"):
        file.read(10)


def test_redirects_are_followed_but_not_into_a_private_network(server: FileServer) -> None:
    server.moved = {"/b": "/a.warc.gz", "/c": "http://localhost:1/x", "/d": "file:///etc/passwd", "/e": "/e"}
    with _file(server, "b") as file:
        assert file.read(10) == DATA[:10]
    with _file(server, "c") as file, pytest.raises(UsageError, match="is in a private network"):
        file.read(10)
    with _file(server, "d") as file, pytest.raises(FetchFailed, match="not an http address"):
        file.read(10)
    with _file(server, "e") as file, pytest.raises(FetchFailed, match="more than 5 redirects"):
        file.read(10)


def test_a_public_name_that_leads_into_a_private_network(
    server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.host.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    file = RemoteFile(f"http://public.example.org:{port}/a.warc.gz", user_agent="x")
    with file, pytest.raises(FetchFailed, match=r"resolves to the private address 127\.0\.0\.1"):
        file.read(10)
    assert not server.asked


def test_a_list_has_a_largest_size(server: FileServer) -> None:
    options = {"user_agent": "x", "allowed": frozenset({server.host})}
    assert fetch_whole(f"{server.address}a.warc.gz", len(DATA), **options) == DATA
    with pytest.raises(FetchFailed, match=r"more than 1,000 bytes"):
        fetch_whole(f"{server.address}a.warc.gz", 1000, **options)
