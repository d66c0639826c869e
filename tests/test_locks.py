import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import NewscrawlError, SchedulerRunning, SpiderBusy, UsageError
from newscrawl.locks import FileLock, SchedulerLock, SpiderLock

pytestmark = pytest.mark.slow

HOLD = """
import sys, time
from pathlib import Path
from newscrawl.locks import SpiderLock
with SpiderLock("eastmoney", folder=Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(30)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Any]:
    """A process that holds eastmoney's lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_lock_of_another_process_is_refused_with_its_pid_and_start(
    elsewhere: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(SpiderBusy) as refused, SpiderLock("eastmoney", folder=tmp_path):
        pass
    holder = SpiderLock("eastmoney", folder=tmp_path).holder()
    assert holder is not None
    assert holder.pid == elsewhere.pid
    assert holder.started is not None
    assert holder.started <= datetime.now(UTC)
    assert f"({holder.busy})" in str(refused.value)
    assert f"busy on {platform.node()} since {holder.started:%Y-%m-%d}" in str(refused.value)
    assert f"kill {elsewhere.pid}" in str(refused.value)
    assert "eastmoney is being crawled already" in str(refused.value)
    assert isinstance(refused.value, NewscrawlError)


def test_a_killed_holder_frees_the_lock(elsewhere: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(elsewhere.pid, signal.SIGKILL)
    elsewhere.wait()
    assert SpiderLock("eastmoney", folder=tmp_path).holder() is None
    with SpiderLock("eastmoney", folder=tmp_path) as mine:
        held = mine.holder()
        assert held is not None
        assert held.pid == os.getpid()


def test_a_lock_is_not_reentrant_and_can_be_had_again(tmp_path: Path) -> None:
    lock = SpiderLock("eastmoney", folder=tmp_path)
    with lock, pytest.raises(SpiderBusy), SpiderLock("eastmoney", folder=tmp_path):
        pass
    assert lock.holder() is None
    with lock:
        assert lock.holder() is not None


def test_spiders_do_not_hinder_each_other(elsewhere: subprocess.Popen[str], tmp_path: Path) -> None:
    with SpiderLock("eastmoney_flash", folder=tmp_path):
        pass


def test_who_only_asks_does_not_make_the_lock_busy(tmp_path: Path) -> None:
    lock, asker = SpiderLock("eastmoney", folder=tmp_path), SpiderLock("eastmoney", folder=tmp_path)
    for _ in range(50):
        assert asker.holder() is None
        with lock:
            assert asker.holder() is not None


def test_a_lock_file_with_nonsense_in_it_still_refuses(tmp_path: Path) -> None:
    with SpiderLock("eastmoney", folder=tmp_path) as lock:
        for nonsense in (b"", b"{", b"[1]", b'{"pid": "x", "started": 3}', b"\xff\xfe"):
            lock.path.write_bytes(nonsense)
            with pytest.raises(SpiderBusy, match="just started"), SpiderLock("eastmoney", folder=tmp_path):
                pass


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with SpiderLock("../../evil", folder=tmp_path / "locks") as lock:
        assert lock.path.parent == tmp_path / "locks"


def test_a_lock_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file")
    with pytest.raises(
        UsageError, match=r"cannot be created: .*; run this as the user whose the home folder is"
    ):
        FileLock("news", folder=tmp_path / "locks").__enter__()


def test_the_home_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    with SpiderLock("eastmoney") as lock:
        assert lock.path == tmp_path / "locks" / "spider-eastmoney.lock"
        assert lock.path.stat().st_mode & 0o777 == 0o600


def test_a_second_scheduler_is_refused_as_wrong_usage(tmp_path: Path) -> None:
    with SchedulerLock(folder=tmp_path):
        with pytest.raises(SchedulerRunning, match=f"kill {os.getpid()}"), SchedulerLock(folder=tmp_path):
            pass
        assert issubclass(SchedulerRunning, UsageError)
