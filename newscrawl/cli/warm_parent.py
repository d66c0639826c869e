"""The warm parent: `python -m newscrawl.cli.warm_parent FD` imports what a crawl needs and forks each run.

FD is a socket. For each byte received together with three file descriptors, the parent forks a supervisor
(newscrawl.jobs.supervisor), which forks the run. The first two descriptors become the supervisor's standard
input and output; the third is a file with a JSON object: the supervisor's `spec` and `environment`. The
parent exits when the other end of the socket closes; its runs continue.

A run is as isolated as a newly started process: own session, environment, streams, signals and seeds, and no
open file of its ancestors. The parent starts no thread, no reactor and no MongoDB client, imports no spider,
and does nothing between forks. If a file of newscrawl or of the pipelines changes, or a package is installed,
it re-executes itself.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.util
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any, NoReturn

from newscrawl.cli import prepare, program
from newscrawl.crawl.worker.choose import FORKED
from newscrawl.jobs.code_stamp import code_stamp
from newscrawl.jobs.supervisor import Supervisor, report

#: The rooms that a crawl needs. newscrawl.settings is left out: it reads the environment.
_ROOMS = "crawl discovery extract locks model normalize page paths search store text".split()
_LEFT_OUT = ("newscrawl.crawl.commands", "newscrawl.crawl.worker.process")
_COMMANDS = ("newscrawl.cli.crawl", "newscrawl.cli.run_report")
_PIPELINES = "newscrawl.pipelines"
#: Modules that Scrapy imports when a crawl begins, because its settings name them.
_SCRAPY = """
    core.downloader.handlers.datauri core.downloader.handlers.file core.downloader.handlers.ftp
    core.downloader.handlers.http11 core.downloader.handlers.s3 core.engine core.scheduler core.scraper
    core.spidermw crawler downloadermiddlewares.cookies downloadermiddlewares.defaultheaders
    downloadermiddlewares.downloadtimeout downloadermiddlewares.httpauth downloadermiddlewares.httpcache
    downloadermiddlewares.httpcompression downloadermiddlewares.httpproxy downloadermiddlewares.offsite
    downloadermiddlewares.redirect downloadermiddlewares.retry downloadermiddlewares.robotstxt
    downloadermiddlewares.stats downloadermiddlewares.useragent dupefilters extensions.closespider
    extensions.corestats extensions.feedexport extensions.logcount extensions.logstats extensions.memdebug
    extensions.memusage extensions.spiderstate extensions.throttle linkextractors logformatter pqueues
    robotstxt spidermiddlewares.depth spidermiddlewares.httperror spidermiddlewares.metacopy
    spidermiddlewares.referer spidermiddlewares.start spidermiddlewares.urllength spiders squeues
    statscollectors utils.reactor
"""
_OTHERS = """
    encodings.charmap encodings.idna encodings.utf_8_sig feedparser pymongo.asynchronous.auth
    pymongo.asynchronous.auth_aws pymongo.asynchronous.auth_oidc pymongo.saslprep pymongo.synchronous.auth
    pymongo.synchronous.auth_aws pymongo.synchronous.auth_oidc twisted.internet.asyncioreactor
    twisted.web.client typer._adapters typer._click.decorators uvloop
"""
#: Optional in Scrapy: item classes may be its models.
_OPTIONAL = ("pydantic.main",)


#: Fills the holes that imports left in Python's memory pools, so that a fork's objects fill pages of their
#: own instead of copying thousands of shared ones. 4 MB in the parent save 2 in each run.
_filler: list[bytes] = []
_FILL = 500  # objects of each size
_HEAD = 33  # bytes of a bytes object besides its content


class ForkedRun:
    """The supervisor's side; see newscrawl.jobs.supervisor.Run."""

    def __init__(self, pid: int, stdout: int, stderr: int) -> None:
        self.pid = pid
        self.stdout: IO[bytes] | None = open(stdout, "rb", buffering=0)  # noqa: SIM115  as long as the run
        self.stderr: IO[bytes] | None = open(stderr, "rb", buffering=0)  # noqa: SIM115
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def terminate(self) -> None:
        """Sends it SIGTERM."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def serve(
    orders: socket.socket, began_with: object, stamp: Callable[[], object]
) -> tuple[int, int, int] | None:
    """Forks for each order. Returns the order's descriptors in the fork, None in the parent at the end."""
    while True:
        select.select([orders], [], [])
        if stamp() != began_with:
            _execute_anew(orders)
        said, descriptors, _, _ = socket.recv_fds(orders, 1, 3)
        if not said:
            return None
        pid = os.fork()
        if pid == 0:
            orders.close()
            stdin, stdout, order = descriptors
            return stdin, stdout, order
        for descriptor in descriptors:
            os.close(descriptor)


def _execute_anew(orders: socket.socket) -> None:
    """The new parent serves the order waiting in the socket."""
    orders.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this program


def supervise(stdin: int, stdout: int, order: int) -> tuple[list[str], dict[str, str]] | None:
    """Forks the run and waits for it. Returns its command and environment in the fork, None in the supervisor
    when the run is over."""
    os.setsid()
    for number, descriptor in enumerate((stdin, stdout)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    with open(order, "rb") as file:
        wanted: dict[str, Any] = json.load(file)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    supervisor = Supervisor(wanted["spec"])
    (out, their_out), (err, their_err) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        _separate(their_out, their_err)
        return wanted["spec"]["command"], wanted["environment"]
    os.close(their_out)
    os.close(their_err)
    report(supervisor.run(ForkedRun(pid, out, err)))
    return None


def _separate(stdout: int, stderr: int) -> None:
    """Gives this fork its own session, these streams, no other open file, and a new process's signals."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, stdout, stderr)):
        os.dup2(descriptor, number)
    for descriptor in _open_descriptors():
        with suppress(OSError):
            os.close(descriptor)


def _open_descriptors() -> list[int]:
    """Those above the standard streams."""
    try:
        return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    except OSError:  # not on Linux
        return list(range(3, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65_536)))


def become(command: list[str], environment: dict[str, str], program: Callable[[], None]) -> NoReturn:
    """Runs `python -m newscrawl …` in this process, then exits as the interpreter would."""
    os.environ.clear()
    os.environ.update({**environment, FORKED: "1"})
    time.tzset()
    gc.enable()
    sys.argv = ["newscrawl", *command[3:]]
    _exit(_result(program))


def _result(program: Callable[[], None]) -> int:
    """The exit code of a program."""
    try:
        program()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)
        return 1
    except BaseException as error:  # noqa: BLE001  as the interpreter does at the top
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _exit(code: int) -> NoReturn:
    """Exits as the interpreter does, but without freeing memory: that would write to every shared page."""
    threading._shutdown()  # type: ignore[attr-defined]  # as multiprocessing does in its forks
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 0xFF)


def import_everything() -> None:
    """Imports what a crawl needs. Raises RuntimeError if an import started a thread or a reactor."""
    for name in (*_module_names(), *(f"scrapy.{name}" for name in _SCRAPY.split()), *_OTHERS.split()):
        importlib.import_module(name)
    for name in _OPTIONAL:
        with suppress(ImportError):
            importlib.import_module(name)
    prepare("crawl")
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("an import installed Twisted's reactor: each run needs its own")
    if threading.active_count() > 1:
        raise RuntimeError(f"an import started a thread: {threading.enumerate()}")


def _module_names() -> Iterator[str]:
    yield from _COMMANDS
    for room in (*(f"newscrawl.{name}" for name in _ROOMS), _PIPELINES):
        yield room
        for found in pkgutil.walk_packages(
            getattr(importlib.import_module(room), "__path__", []), f"{room}."
        ):
            if not found.name.startswith(_LEFT_OUT):
                yield found.name


def main(
    program: Callable[[], None] = program,
    imports: Callable[[], None] = import_everything,
    stamp: Callable[[], object] = code_stamp,
) -> NoReturn:
    """Runs the parent. `program` runs a command given in sys.argv; a changed `stamp` re-executes the
    process."""
    gc.disable()
    began_with = stamp()  # first, to notice changes during the imports
    imports()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies of ended supervisors
    gc.collect()
    _filler.extend(bytes(size - _HEAD) for size in range(48, 513, 16) for _ in range(_FILL))
    gc.freeze()  # keeps these objects shared between forks
    order = serve(socket.socket(fileno=int(sys.argv[1])), began_with, stamp)
    run = supervise(*order) if order else None
    if run:
        become(*run, program)
    os._exit(0)


if __name__ == "__main__":
    main()
