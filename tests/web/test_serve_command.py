"""newscrawl serve, as a user starts and ends it."""

from __future__ import annotations

import builtins
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from newscrawl.cli.serve import check_installed, site_of
from newscrawl.errors import UsageError
from newscrawl.web.site_options import DEFAULT_TITLE
from newscrawl.web.uvicorn_server import address_of, listen
from tests.crawl.crawls import newscrawl
from tests.web.serving import ask

pytestmark = pytest.mark.slow


@contextmanager
def running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, once it listens, and its address."""
    command = [sys.executable, "-m", "newscrawl", "serve", "--port", "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        first = process.stdout.readline()
        assert first.startswith("pages: http://127.0.0.1:"), first
        yield process, first.split()[1]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(database: str, end: signal.Signals) -> None:
    with running("--title", "试报", "--home-zone", "UTC") as (process, address):
        reply = ask(address, "/archive")
        assert reply.status == 200
        assert "试报" in reply.text
        assert "UTC时间" in reply.text or "还没有新闻" in reply.text
        feed = ask(address, "/feed.json").json
        assert feed["feed_url"] == f"{address}/feed.json"
        process.send_signal(end)
        output, errors = process.communicate(timeout=20)
        assert process.returncode == 0
        assert (output, errors) == ("", "")


def test_readers_with_a_mongodb_of_their_own_start_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    monkeypatch.setenv("MONGODB_READ_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")
    with running() as (process, address):
        assert process.stderr
        warning = process.stderr.readline()  # before any request
        assert warning.startswith("newscrawl: warning: MongoDB at mongodb://127.0.0.1:1/")
        assert warning.endswith("; until then, pages answer 503\n")
        assert ask(address, "/").status == 503
        assert ask(address, "/api/v1/posts").status == 503
    assert list(tmp_path.iterdir()) == []


def test_feeds_name_the_address_that_readers_know(database: str) -> None:
    with running("--address", "https://news.example.org/") as (_, address):
        assert ask(address, "/feed.json").json["home_page_url"] == "https://news.example.org/"


def test_a_page_that_lets_its_own_name_point_here_reads_nothing(database: str) -> None:
    with running("--address", "https://news.example.org/") as (_, address):
        refused = ask(address, "/", host="evil.example:8000")
        assert refused.status == 421
        assert "--address" in refused.text
        assert ask(address, "/api/v1/posts", host="evil.example").json["status"] == 421
        port = address.rpartition(":")[2]
        for known in (
            f"localhost:{port}",
            "127.0.0.1",
            "[::1]:80",
            "news.example.org",
            "News.Example.ORG:443",
        ):
            assert ask(address, "/", host=known).status == 200, known


def test_a_port_that_is_taken_is_told(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = newscrawl("serve", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr == (
        f"newscrawl: port {port} is already in use; choose another with --port, or 0 for any free port\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--home-zone", "Nowhere/Land"), "unknown time zone 'Nowhere/Land'"),
        (("--address", "news.example.org"), "invalid address 'news.example.org'"),
        (("--language", "tlh"), "no pages in language 'tlh'; use one of auto, en, zh-Hans, zh-Hant"),
        (("--host", "256.1.1.1"), "256.1.1.1"),
        (("--host", "192.0.2.1"), "choose another --host"),
        (("--port", "70000"), "65535"),
    ],
)
def test_wrong_words_are_named(database: str, words: tuple[str, ...], said: str) -> None:
    done = newscrawl("serve", "--port", "0", *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_without_its_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "starlette":
            raise ImportError(f"No module named {name}", name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"starlette.*pip install 'newscrawl\[web\]'"):
        check_installed()


def test_addresses_are_those_that_a_browser_takes() -> None:
    with listen("127.0.0.1", 0) as sock:
        assert address_of(sock) == f"http://127.0.0.1:{sock.getsockname()[1]}"
    with listen("0.0.0.0", 0) as sock:
        assert address_of(sock).startswith("http://127.0.0.1:")
    if socket.has_ipv6:
        with listen("::1", 0) as sock:
            assert address_of(sock).startswith("http://[::1]:")


def test_the_site_has_a_title() -> None:
    assert site_of("UTC", "  ", None).title == DEFAULT_TITLE
    assert os.environ.get("MONGODB_URI") is None


def test_requests_are_logged_as_json_and_counted(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running("--log-format", "json", "--metrics", str(port)) as (process, address):
        reply = ask(address, "/archive?secret=1", X_Request_ID="from-the-proxy")
        assert reply.headers["x-request-id"] == "from-the-proxy"
        assert len(ask(address, "/nothing", X_Request_ID="not valid!").headers["x-request-id"]) == 16
        counted = ask(f"http://127.0.0.1:{port}", "/metrics").text
        assert 'newscrawl_http_requests_total{status="404"} 1.0' in counted
        assert ask(f"http://127.0.0.1:{port}", "/readyz").status == 200
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    lines = [json.loads(line) for line in errors.splitlines()]
    said = [line for line in lines if line["message"] == "request"]
    asked = [(line["request"], line["path"], line["status"]) for line in said]
    assert asked == [("from-the-proxy", "/archive", 200), (said[1]["request"], "/nothing", 404)]
    assert "secret" not in errors
