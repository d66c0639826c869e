"""Commands in processes of their own that skip Python's imports: forks of one process that has done them.

A crawl cannot run in the tests' own process, because Twisted's reactor starts only once. A fork has its own
environment, streams, signals and exit code, like any process that a shell starts. Tests of the start itself
(imports, `python -m`, a console script) start Python instead.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

ROOT = Path(__file__).parents[1]
SAFETY = 300.0  # seconds; ends a command that hangs, far above what any takes on a busy machine

_SCRAPY = """
    core.engine core.scheduler core.scraper core.spidermw crawler core.downloader.handlers.http11
    downloadermiddlewares.cookies downloadermiddlewares.defaultheaders downloadermiddlewares.downloadtimeout
    downloadermiddlewares.httpcache downloadermiddlewares.httpcompression downloadermiddlewares.httpproxy
    downloadermiddlewares.redirect downloadermiddlewares.retry downloadermiddlewares.robotstxt
    downloadermiddlewares.stats downloadermiddlewares.useragent dupefilters extensions.corestats
    extensions.feedexport extensions.logstats extensions.memusage extensions.throttle linkextractors
    logformatter robotstxt spidermiddlewares.depth spidermiddlewares.httperror spidermiddlewares.referer
    spidermiddlewares.start spidermiddlewares.urllength spiders squeues statscollectors utils.reactor
"""
_OTHERS = ("twisted.internet.asyncioreactor", "twisted.web.server", "twisted.web.client", "uvloop")
_LEFT_OUT = ("newscrawl.__main__", "newscrawl.devtools", "newscrawl.crawl.commands", "newscrawl.web")


class Ended(NamedTuple):
    """What a command printed, and its exit code; negative: the signal that ended it."""

    returncode: int
    stdout: str
    stderr: str


class Command:
    """A command that was started."""

    def __init__(self, report: IO[bytes]) -> None:
        self._report = report
        self.pid = int(report.readline())

    def wait(self, seconds: float = SAFETY) -> int:
        """Its exit code. Kills it and raises TimeoutError after so many seconds."""
        with self._report:
            if not select.select([self._report], [], [], seconds)[0]:
                os.kill(self.pid, signal.SIGKILL)
                raise TimeoutError(f"the command did not end within {seconds} seconds")
            return int(self._report.readline())


def run(*words: str, **environment: str) -> Ended:
    """`newscrawl WORDS` to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = start(words, environment, out=out.fileno(), err=err.fileno()).wait()
        out.seek(0)
        err.seek(0)
        return Ended(code, out.read().decode(), err.read().decode())


@contextmanager
def newsroom(options: Sequence[str] = ()) -> Iterator[str]:
    """As newscrawl.newsroom.running."""
    (theirs, stdin), (stdout, out) = os.pipe(), os.pipe()
    command = start(["newsroom", "--until-stdin-ends", *options], {}, stdin=theirs, out=out, err=2)
    os.close(theirs)
    os.close(out)
    with os.fdopen(stdout) as said:
        try:
            first = said.readline()
            assert first.startswith("newsroom: http"), first
            yield first.split()[1]
        finally:
            os.close(stdin)
            command.wait()


def start(
    words: Sequence[str], environment: dict[str, str], *, stdin: int | None = None, out: int, err: int
) -> Command:
    """Starts `newscrawl WORDS` with these streams, in this process's environment with the given on top."""
    order = {"words": list(words), "environment": {**os.environ, **environment}, "folder": str(Path.cwd())}
    read, write = os.pipe()
    with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as file:
        file.write(json.dumps(order).encode())
        file.seek(0)
        streams = (nothing.fileno() if stdin is None else stdin, out, err)
        socket.send_fds(_server()[0], [b"."], [*streams, write, file.fileno()])
    os.close(write)
    return Command(os.fdopen(read, "rb", buffering=0))


def stop() -> None:
    """Ends the process that forks, if it was started."""
    if _server.cache_info().currsize:
        orders, process = _server()
        _server.cache_clear()
        orders.close()
        process.wait()


@cache
def _server() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The process that forks, and a socket to it. It ends when the other end of the socket closes."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
        cwd=ROOT,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    return ours, process


def _serve(orders: socket.socket) -> None:
    """Forks for each order: a process that waits for the command, and the command itself."""
    _import_everything()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is pytest's, which then closes the socket
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    while True:
        said, descriptors, _, _ = socket.recv_fds(orders, 1, 5)
        if not said:
            return
        if os.fork() == 0:
            orders.close()
            _attend(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _attend(stdin: int, out: int, err: int, report: int, order: int) -> NoReturn:
    """Starts the command, reports its process id, waits for its end and reports its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(report)
        with os.fdopen(order, "rb") as file:
            wanted = json.load(file)
        for number, stream in enumerate((stdin, out, err)):
            os.dup2(stream, number)
            os.close(stream)
        _become(**wanted)
    for stream in (stdin, out, err):  # what reads them sees their end with the command's
        os.close(stream)
    os.write(report, f"{pid}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):
        os.write(report, f"{code}\n".encode())
    os._exit(0)


def _become(words: list[str], environment: dict[str, str], folder: str) -> NoReturn:
    """The command, as Python's start makes it: with its environment, PYTHONPATH and sitecustomize."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    importlib.reload(importlib.import_module("newscrawl.settings"))  # it reads the environment
    for place in reversed(environment.get("PYTHONPATH", "").split(os.pathsep)):
        if place:
            sys.path.insert(0, place)
    if any((Path(place) / "sitecustomize.py").is_file() for place in sys.path[:2]):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")
    sys.argv = ["newscrawl", *words]
    program = importlib.import_module("newscrawl.cli").program
    program()
    sys.exit(0)  # as the end of the console script


def _import_everything() -> None:
    import newscrawl

    names = [module.name for module in pkgutil.walk_packages(newscrawl.__path__, "newscrawl.")]
    names = [name for name in names if not name.startswith(_LEFT_OUT)]
    for name in (*names, *(f"scrapy.{name}" for name in _SCRAPY.split()), *_OTHERS):
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "each command installs a reactor of its own"
    gc.collect()
    gc.freeze()  # forks share what they do not write


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
