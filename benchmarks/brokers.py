"""Real brokers on loopback, each in a folder and on ports of its own, for the fault bench and the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

_PATIENCE = 120.0  # seconds for a server to listen
_RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # Debian's command changes the user first


class Process:
    """A process of ours, in a session of its own."""

    def __init__(self, words: list[str], folder: Path, environment: dict[str, str], log: Path) -> None:
        self.words, self.folder, self.environment, self.log = words, folder, environment, log
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it, again if it was killed."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """The process alone, at once."""
        assert self.process
        self.process.kill()
        self.process.wait()


class Broker(Process):
    """A broker; `url` is its address."""

    def __init__(
        self, url: str, words: list[str], folder: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.url = url
        super().__init__(words, folder, environment or {}, folder / "broker.log")

    def start(self) -> None:
        super().start()
        port = urlsplit(self.url).port
        assert port
        wait_for(lambda: listens(port), _PATIENCE, "a broker")

    def kill(self) -> None:
        """Kills it with all its processes."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def program(name: str) -> str | None:
    """The path of `redis-server` or `rabbitmq-server`; None if the machine has none."""
    if name == "rabbitmq-server" and os.path.exists(_RABBITMQ):
        return _RABBITMQ
    return shutil.which(name)


@contextmanager
def redis(folder: Path, password: str = "") -> Iterator[Broker]:
    """A Redis that keeps nothing."""
    port, found = free_port(), program("redis-server")
    assert found, "apt install redis-server"
    words = [found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    if password:
        words += ["--requirepass", password]
    login = f":{password}@" if password else ""
    server = Broker(f"redis://{login}127.0.0.1:{port}/0", words, folder)
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Broker]:
    """A RabbitMQ, with a port mapper of Erlang of its own."""
    found = program("rabbitmq-server")
    assert found, "apt install rabbitmq-server"
    port, mapper = free_port(), free_port()
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"bench{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "rabbitmq"),
        "RABBITMQ_LOG_BASE": str(folder / "rabbitmq-log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_RELAXED_COMMAND_CHECK": "true",  # it may be ended while it still knows the node
    }
    server = Broker(f"amqp://guest:guest@127.0.0.1:{port}//", [found], folder, environment)
    try:
        yield server
    finally:
        server.kill()
        words = ["epmd", "-port", str(mapper), "-kill"]
        subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits for a condition. Raises SystemExit if it does not come about."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"{what} was waited for {seconds:g} s, in vain")
        time.sleep(0.05)


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something on loopback takes connections there."""
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False
