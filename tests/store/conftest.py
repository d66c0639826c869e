"""Home folders of their own, for tests that start, stop and kill MongoDB."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.store.server import embedded, mongod
from newscrawl.store.server.process import command_line


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home folder; its MongoDB, if the test starts one, is ended and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="newscrawl-home-"))
    with monkeypatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(folder))
        patch.setenv("NEWSCRAWL_DATABASE", "newscrawl_own")
        yield folder
    if process := mongod.running(folder / "mongodb"):
        os.kill(process.pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def kill_mongod() -> int:
    """Ends the home's mongod with -9; returns its pid when it is gone."""
    pid = embedded.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while embedded.status().running or any(command_line(pid)):
        time.sleep(0.01)
    return pid
