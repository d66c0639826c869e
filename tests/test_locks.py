import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import HostBusy, NewscrawlError, SchedulerRunning, SpiderBusy, UsageError
from newscrawl.locks import (
    FileLeases,
    FileLock,
    Holder,
    HostLock,
    SchedulerLock,
    SpiderLock,
    host_key,
    refusal,
    spider_key,
)

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


@pytest.mark.parametrize("name", ["a" * 300, "ü" * 100, "[::1]", ".", "..", "", "a/../b"])
def test_any_host_can_be_held(name: str, tmp_path: Path) -> None:
    with HostLock(name, folder=tmp_path / "locks") as lock:
        assert lock.path.parent == tmp_path / "locks"
        with pytest.raises(HostBusy), HostLock(name, folder=tmp_path / "locks"):
            pass
        with HostLock(f"{name}b", folder=tmp_path / "locks"):
            pass


@pytest.mark.parametrize(("delay", "wait"), [(60.0, 60.0), (1e9, 600.0), (0.0, 0.0)])
def test_a_killed_crawl_leaves_behind_when_its_host_may_be_asked(
    delay: float, wait: float, tmp_path: Path
) -> None:
    leases = FileLeases(tmp_path)
    lease = leases.take(host_key("a.example"))
    lease.asked(delay)
    os.close(lease._lock._file)  # type: ignore[attr-defined]  # as the kernel does if it is killed
    assert leases.take(host_key("a.example")).wait == pytest.approx(wait, abs=30)


def test_a_clock_that_was_set_back_does_not_keep_a_host_for_ever(tmp_path: Path) -> None:
    with HostLock("a.example", folder=tmp_path) as lock:
        lock.asked(time.time() + 1e8)
    assert FileLeases(tmp_path).take(host_key("a.example")).wait == 600.0


def test_a_lease_of_the_home_folder_is_ours_until_it_is_given_back(tmp_path: Path) -> None:
    leases = FileLeases(tmp_path)
    lease = leases.take(spider_key("town"))
    assert lease.is_ours()
    assert lease.renew()
    assert leases.renew([lease])
    assert leases.holders([spider_key("town"), host_key("town")]).keys() == {"spider:town"}
    leases.release([lease])
    assert not lease.is_ours()
    assert not leases.renew([lease])
    assert leases.holders([spider_key("town")]) == {}


def test_a_holder_of_another_machine_is_named_with_it() -> None:
    holder = Holder(7, datetime(2026, 3, 8, 12, tzinfo=UTC), "news1", "/home/x")
    assert str(holder) == "pid 7 on news1, since 2026-03-08 12:00:00 UTC"
    error = refusal(spider_key("town"), holder)
    assert isinstance(error, SpiderBusy)
    assert str(error) == (
        "town is being crawled already (pid 7, busy on news1 since 2026-03-08 12:00:00 UTC);"
        " wait for it, or on news1: kill 7"
    )


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
