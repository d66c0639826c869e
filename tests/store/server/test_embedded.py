"""The embedded server: started once, whatever happened before."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import socketserver
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from newscrawl.errors import DatabaseUnavailable
from newscrawl.store import client
from newscrawl.store.server import credentials, embedded, mongod, process, replica_set
from newscrawl.store.server.credentials import Role
from tests.store.conftest import kill_mongod

pytestmark = pytest.mark.slow

_ENSURE = "from newscrawl.store.server import embedded; s = embedded.ensure(); print(s.pid, s.port)"


def write_and_read(role: Role = "writer") -> int:
    with client.connect(role) as connection:
        collection = connection["newscrawl_own"]["marks"]
        collection.insert_one({})
        return collection.count_documents({})


def fake_mongod(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a mongod on the PATH before all others."""
    program = folder / "bin" / "mongod"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_processes_that_race_start_one_server(own_home: Path) -> None:
    command = [sys.executable, "-c", _ENSURE]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {racer.communicate(timeout=120)[0] for racer in racers}
    assert len(said) == 1
    server = embedded.ensure()
    assert said == {f"{server.pid} {server.port}\n"}


def test_it_outlives_the_command_and_keeps_its_data(own_home: Path) -> None:
    subprocess.run([sys.executable, "-c", _ENSURE], check=True, stdout=subprocess.DEVNULL)
    assert write_and_read() == 1
    first = embedded.ensure()
    assert embedded.stop()
    assert not embedded.stop()
    assert not embedded.status().running
    second = embedded.ensure()
    assert (first.port, first.pid == second.pid) == (second.port, False)
    assert write_and_read() == 2


def test_after_kill_nine_a_living_client_goes_on(own_home: Path) -> None:
    port = embedded.ensure().port
    assert port
    with client.connect("writer") as writer:
        marks = writer["newscrawl_own"]["marks"]
        marks.insert_one({})
        kill_mongod()
        assert embedded.ensure().port == port
        marks.insert_one({})
        assert marks.count_documents({}) == 2


def test_a_stale_lock_that_names_another_process_is_seen_through(own_home: Path) -> None:
    embedded.ensure()
    kill_mongod()
    lock = own_home / "mongodb" / "data" / "mongod.lock"
    lock.write_text(f"{os.getpid()}\n", "ascii")
    assert mongod.running(own_home / "mongodb") is None
    assert write_and_read() == 1


def test_a_port_taken_meanwhile_is_given_up(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socketserver.TCPServer, "allow_reuse_address", True)
    port = embedded.ensure().port
    assert port
    assert write_and_read() == 1
    kill_mongod()
    with socketserver.TCPServer(("127.0.0.1", port), socketserver.BaseRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        moved = embedded.ensure().port
        assert moved != port
        assert write_and_read() == 2
        other.shutdown()
    assert embedded.ensure().port == moved


def _die_when_it_comes_to(step: str) -> subprocess.Popen[str]:
    """A process that is killed with -9 in its first start, on entering a step of replica_set."""
    code = (
        "import os, signal; from newscrawl.store.server import embedded, replica_set\n"
        f"replica_set.{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "embedded.ensure()"
    )
    return subprocess.Popen([sys.executable, "-c", code], text=True)


@pytest.mark.parametrize("step", ["settle", "_initiate", "_wait_for_primary", "_join", "_make_users"])
@pytest.mark.parametrize("also_mongod", [False, True], ids=["mongod lives", "mongod dies"])
def test_a_first_start_that_was_killed_is_completed(own_home: Path, step: Any, also_mongod: Any) -> None:
    assert _die_when_it_comes_to(step).wait(timeout=120) == -signal.SIGKILL
    if also_mongod:
        kill_mongod()
    assert write_and_read() == 1
    client.check_reachable("reader")


def test_a_starter_killed_before_mongod_listens_leaves_it_to_the_next(own_home: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", _ENSURE], stdout=subprocess.PIPE)
    lock = own_home / "mongodb" / "data" / "mongod.lock"
    while not lock.exists():
        time.sleep(0.001)
    starter.kill()
    starter.communicate()
    assert write_and_read() == 1


def test_a_reader_cannot_write_and_a_stranger_not_read(own_home: Path) -> None:
    embedded.ensure()
    with pytest.raises(OperationFailure, match="not authorized"):
        write_and_read("reader")
    with client.connect("reader") as reader:
        assert reader["newscrawl_anything"]["posts"].find_one() is None
    stranger = client.uri("reader").replace("reader:", "reader:x")
    refused = pytest.raises(DatabaseUnavailable, match="Authentication failed")
    with refused, client.reaching(), MongoClient(stranger) as connection:
        connection.admin.command("ping")


def test_secrets_are_for_the_owner_only(own_home: Path) -> None:
    server = embedded.ensure()
    folder = own_home / "mongodb"
    for name in ("passwords.json", "key", "server.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secret = credentials.load(folder)
    for password in (secret.admin, secret.writer, secret.reader):
        assert password not in repr(server) + repr(secret) + repr(embedded.status())
        assert password not in (folder / "mongod.log").read_text("utf-8")
        assert password not in " ".join(process.command_line(server.pid or 0))


def test_lost_passwords_are_told(own_home: Path) -> None:
    embedded.ensure()
    embedded.stop()
    (own_home / "mongodb" / "passwords.json").unlink()
    with pytest.raises(DatabaseUnavailable, match=r"restore the passwords\.json"):
        embedded.ensure()


def test_broken_passwords_are_told(own_home: Path) -> None:
    (own_home / "mongodb").mkdir()
    (own_home / "mongodb" / "passwords.json").write_text("{", "ascii")
    with pytest.raises(DatabaseUnavailable, match=r"passwords\.json cannot be read"):
        embedded.ensure()


def test_it_listens_on_loopback_only(own_home: Path) -> None:
    words = process.command_line(embedded.ensure().pid or 0)
    assert words[words.index("--bind_ip") + 1] == "127.0.0.1"
    assert {"--auth", "--keyFile", "--nounixsocket"} <= set(words)
    assert words[words.index("--networkMessageCompressors") + 1] == "disabled"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'no such luck' >&2; exit 3", "no such luck"),
        (
            "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2; exit 127",
            "apt install libcurl4",
        ),
        ("exit 4", "no message, exit code 4"),
        ("kill -ILL $$", "SIGILL.*AVX"),
    ],
)
def test_a_failed_start_shows_the_last_words(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    fake_mongod(own_home, script, monkeypatch)
    with pytest.raises(DatabaseUnavailable, match=words):
        embedded.ensure()


def test_a_failed_start_shows_the_errors_of_the_log(own_home: Path) -> None:
    (own_home / "mongodb").mkdir()
    (own_home / "mongodb" / "data").mkdir()
    (own_home / "mongodb" / "data" / "WiredTiger").write_text("not a database", "ascii")
    (own_home / "mongodb" / "data" / "storage.bson").write_bytes(b"broken")
    with pytest.raises(DatabaseUnavailable, match="did not start: Unable to read the storage engine"):
        embedded.ensure()


def test_a_data_folder_that_cannot_be_made_is_told(own_home: Path) -> None:
    (own_home / "mongodb").mkdir()
    (own_home / "mongodb" / "data").write_text("in the way", "ascii")
    with pytest.raises(DatabaseUnavailable, match=r"cannot be started: .*data"):
        embedded.ensure()


def test_without_any_mongod_the_ways_out_are_named(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(own_home))
    monkeypatch.setattr(mongod, "WHEEL", "no-such-distribution")
    with pytest.raises(DatabaseUnavailable, match=r"newscrawl\[mongod\].*docker compose up.*MONGODB_URI"):
        embedded.ensure()


def test_a_long_log_is_put_aside(own_home: Path) -> None:
    (own_home / "mongodb").mkdir()
    log = own_home / "mongodb" / "mongod.log"
    log.touch()
    os.truncate(log, 30_000_000)
    embedded.ensure()
    assert log.stat().st_size < 1_000_000
    assert log.with_suffix(".log.1").stat().st_size == 30_000_000


def test_the_log_of_a_server_that_runs_for_years_is_put_aside(own_home: Path) -> None:
    embedded.ensure()
    log = own_home / "mongodb" / "mongod.log"
    os.truncate(log, 30_000_000)
    assert embedded.ensure().pid == embedded.ensure().pid  # asked for while it works, and by several
    assert log.with_suffix(".log.1").stat().st_size >= 30_000_000
    until = time.monotonic() + 10
    while not (log.exists() and log.stat().st_size) and time.monotonic() < until:
        with client.connect("writer") as writer:
            writer.admin.command("ping")  # a connection is a line of the log
        time.sleep(0.05)
    assert 0 < log.stat().st_size < 1_000_000


def test_a_program_without_its_run_bit_is_given_it(tmp_path: Path) -> None:
    program = tmp_path / "mongod"
    program.write_bytes(b"x")
    program.chmod(0o600)
    assert mongod._runnable(program, tmp_path) == program
    assert os.access(program, os.X_OK)


def test_a_program_that_may_not_be_changed_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mongod"
    program.write_bytes(b"x")
    program.chmod(0o600)
    home = tmp_path / "home"
    home.mkdir()
    with monkeypatch.context() as patch:
        chmod = Path.chmod

        def refuse(path: Path, mode: int) -> None:
            if path == program:
                raise PermissionError(path)
            chmod(path, mode)

        patch.setattr(Path, "chmod", refuse)
        copy = mongod._runnable(program, home)
    assert copy == home / "bin" / "mongod"
    assert os.access(copy, os.X_OK)


def test_with_an_address_nothing_is_started(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://u:secret@db.example/?replicaSet=r")
    monkeypatch.setenv("MONGODB_READ_URI", "mongodb://r:other@db.example/?replicaSet=r")
    server = embedded.ensure()
    assert (server.port, server.pid) == (None, None)
    assert server.uri("writer") == os.environ["MONGODB_URI"]
    assert server.uri("reader") == os.environ["MONGODB_READ_URI"]
    assert "secret" not in repr(server)
    assert list(own_home.iterdir()) == []


def test_a_home_with_odd_characters_serves(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_home / "新闻 crawl's home"
    monkeypatch.setenv("NEWSCRAWL_HOME", str(folder))
    assert write_and_read() == 1
    kill_mongod()
    shutil.rmtree(folder)


def test_replica_set_of_a_server_that_is_gone_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = credentials.Credentials("a", "w", "r")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica_set, "_PATIENCE", 0.1)
        with pytest.raises(DatabaseUnavailable, match=f"port {port} cannot be set up"):
            replica_set.settle(port, secret)


def test_a_home_that_cannot_be_written_is_told(own_home: Path) -> None:
    (own_home / "mongodb" / "lock").mkdir(parents=True)
    with pytest.raises(DatabaseUnavailable, match=r"cannot be started: .*Is a directory"):
        embedded.ensure()
