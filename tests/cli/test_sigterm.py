"""SIGTERM ends any command within ten seconds, whatever it waits for."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROMPTLY = 10  # seconds
PAGE = "https://finance.eastmoney.com/a/202603083600000001.html"


@contextmanager
def silent_site() -> Iterator[tuple[str, threading.Event]]:
    """The address of a server that takes requests and never answers, and an event: it was asked."""
    asked = threading.Event()
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                if connection.recv(1):
                    asked.set()

        taker = threading.Thread(target=take)
        taker.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            taker.join(10)
            for connection in held:
                connection.close()


@pytest.mark.parametrize(
    "words",
    [
        ("crawl", "eastmoney"),
        ("try", PAGE),
        ("check", "eastmoney"),
        ("freeze", "eastmoney", PAGE, "--folder", "."),
        ("new", "example", "https://news.example.com/", "--folder", "."),
    ],
    ids=lambda words: words[0],
)
def test_a_site_that_never_answers_holds_no_command_up(
    words: tuple[str, ...], database: str, tmp_path: Path
) -> None:
    with silent_site() as (address, asked):
        command = [sys.executable, "-m", "newscrawl", *words, "--newsroom", address]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert asked.wait(60), "the site was not asked"
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PROMPTLY)
        finally:
            process.kill()
            _, errors = process.communicate(timeout=PROMPTLY)
    assert process.returncode != 0
    assert "Traceback" not in errors
    assert not list(tmp_path.rglob("*.py")) + list(tmp_path.rglob("*.json")), "nothing is left half written"
