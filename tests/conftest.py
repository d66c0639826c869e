"""What all tests share: one embedded MongoDB for the whole run, and a database of its own for each test."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.doctest import DoctestModule
from pymongo import MongoClient

from newscrawl.store import client
from newscrawl.store.server import embedded
from tests import programs, warm
from tests.databases import UsedDatabase, new_name

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SHARED = "NEWSCRAWL_TEST_HOME"  # hands the home folder of the run down to xdist's workers
_ROOM = 4 * 2**30  # bytes; MongoDB takes less than one of them for the whole run
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_CLEARED = (
    "MONGODB_URI",
    "MONGODB_READ_URI",
    "NEWSCRAWL_DATABASE",
    "NEWSCRAWL_NEWSROOM",
    "NEWSCRAWL_CONTACT",
)


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell without job control starts `… &`
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the commands under test inherit it
    if not hasattr(config, "workerinput"):
        os.environ[_SHARED] = tempfile.mkdtemp(prefix="newscrawl-tests-", dir=_memory())


def _memory() -> str | None:
    """A folder in memory, if there is room: making a database takes half as long there as on a disk."""
    folder = "/dev/shm"
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < _ROOM:
        return None
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    programs.leave_out(config, items)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """No docstring of the tests is run: not even looked for, which takes a second."""
    found = yield
    return [collector for collector in found if not isinstance(collector, DoctestModule)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for program in programs.absent():
        terminalreporter.write_line(f"LEFT OUT: the tests that need {program}", yellow=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends MongoDB after the last worker, whichever of them started it."""
    warm.stop()
    if hasattr(config, "workerinput") or _SHARED not in os.environ:
        return
    folder = os.environ.pop(_SHARED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", folder)
        embedded.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failed run: nothing here may go untested in silence."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's database: the home folder is the run's, for subprocesses too."""
    for name in _CLEARED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEWSCRAWL_HOME", os.environ[_SHARED])


@pytest.fixture(scope="session")
def mongo_home() -> Path:
    """The run's home folder, with the embedded MongoDB running."""
    folder = os.environ[_SHARED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", folder)
        patch.delenv("MONGODB_URI", raising=False)
        embedded.ensure()
    return Path(folder)


@pytest.fixture(scope="session")
def mongo_writer(mongo_home: Path) -> Iterator[MongoClient[dict[str, Any]]]:
    """A connection to the run's MongoDB, for making, emptying and dropping its databases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(mongo_home))
        patch.delenv("MONGODB_URI", raising=False)
        with client.connect("writer") as writer:
            yield writer


@pytest.fixture(scope="session")
def used_databases(mongo_writer: MongoClient[dict[str, Any]]) -> Iterator[list[UsedDatabase]]:
    """The databases of this process that a test may have next."""
    free: list[UsedDatabase] = []
    yield free
    for used in free:
        mongo_writer.drop_database(used.name)


@pytest.fixture
def database(
    request: pytest.FixtureRequest,
    mongo_home: Path,
    mongo_writer: MongoClient[dict[str, Any]],
    used_databases: list[UsedDatabase],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The name of a database without documents, which commands use by default.

    It has its collections and indexes, as after `db migrate`. A test marked `no_schema` or `slow` gets one
    that does not exist yet: a process that a slow test leaves behind may go on writing to it.
    """
    monkeypatch.setenv("NEWSCRAWL_HOME", str(mongo_home))
    monkeypatch.delenv("MONGODB_URI", raising=False)
    if any(request.node.get_closest_marker(name) for name in ("no_schema", "slow")):
        name = new_name()
        monkeypatch.setenv("NEWSCRAWL_DATABASE", name)
        yield name
        mongo_writer.drop_database(name)
        return
    used = used_databases.pop() if used_databases else UsedDatabase.make(mongo_writer)
    monkeypatch.setenv("NEWSCRAWL_DATABASE", used.name)
    yield used.name
    if used.empty(mongo_writer):
        used_databases.append(used)
    else:
        mongo_writer.drop_database(used.name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, which speaks to nobody but the pages that a test opens.

    Not for the whole session: while it lives, Playwright's event loop runs in this thread, and no other can.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=programs.where("chromium"), args=_QUIET)
        yield chromium
        chromium.close()
