"""Runs that a warm parent forks: each as separate from all others as one that is started."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import UsageError
from newscrawl.jobs.code_stamp import code_stamp, python_files
from newscrawl.jobs.config import Job
from newscrawl.jobs.run import PROGRAM, RunOptions, SupervisedRun
from newscrawl.jobs.state import JobRun
from newscrawl.jobs.warm import WarmParent, warm_parent
from tests.crawl.crawls import documents
from tests.jobs.test_supervisor import alive, until
from tests.warm import newsroom

pytestmark = pytest.mark.slow

PARENT = "tests.jobs.script_parent"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True);"
    " time.sleep(60)"
)
TELL = "import json, os, sys; print(json.dumps({'counts': {}, 'problems': [%s]}), flush=True)"


def scripted(job: Job) -> list[str]:
    return [*PROGRAM, job.args["script"]]


@pytest.fixture
def forked(options: RunOptions) -> RunOptions:
    return replace(options, command=scripted, warm=WarmParent(PARENT))


def with_parent(options: RunOptions, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        try:
            return await work()
        finally:
            assert options.warm
            await options.warm.close()

    return asyncio.run(run())


@pytest.fixture
def results(forked: RunOptions, make_job: Any) -> Callable[..., list[JobRun]]:
    """How scripts end, run one after the other in forks of one parent."""

    def run(*scripts: str, **job: Any) -> list[JobRun]:
        async def work() -> list[JobRun]:
            ended = []
            for script in scripts:
                started = await SupervisedRun.start(make_job(script, **job), forked)
                ended.append(await started.wait())
            return ended

        done: list[JobRun] = with_parent(forked, work)
        return done

    return run


def told(value: str, *, before: str = "") -> str:
    """A script that tells a value as its run's problem, and fails."""
    return f"{before}\n{TELL % f'str({value})'}\nsys.exit(1)"


def test_output_exit_code_and_log_are_those_of_the_run(
    results: Callable[..., list[JobRun]], forked: RunOptions
) -> None:
    script = 'import sys; print(\'{"counts": {"pages": 3}}\'); print("hm", file=sys.stderr)'
    (run,) = results(script)
    assert (run.outcome, run.exit, run.counts, run.error) == ("ok", 0, {"pages": 3}, None)
    log = (forked.folder / "logs" / "news.log").read_text()
    assert "began:" in log
    assert "\nhm\n" in log
    assert "ended: exit 0 (exit)" in log


def test_however_a_run_ends_the_next_one_is_not_touched(results: Callable[..., list[JobRun]]) -> None:
    runs = results(
        "import os; os.kill(os.getpid(), 11)",
        "raise SystemExit(7)",
        "raise SystemExit('words')",
        "raise ValueError('unforeseen')",
        "import os; os._exit(9)",
        "import sys; sys.setrecursionlimit(10**6); f = lambda: f(); f()",
        'import atexit; atexit.register(lambda: print(\'{"counts": {"left": 1}}\'))',
        "pass",
    )
    assert [run.exit for run in runs[:5]] == [-signal.SIGSEGV, 7, 1, 1, 9]
    assert runs[2].error == "words"
    assert "ValueError: unforeseen" in (runs[3].error or "")
    assert runs[5].outcome == "failed"
    assert runs[6].counts == {"left": 1}
    assert [run.exit for run in runs[6:]] == [0, 0]


def test_what_a_run_changes_is_gone_with_it(results: Callable[..., list[JobRun]]) -> None:
    spoil = (
        "import builtins, gc, json, os, signal, sys, time, logging\n"
        "os.environ['LEFT'] = '1'; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset()\n"
        "os.chdir('/'); os.umask(0o777); gc.disable(); leak = bytearray(50_000_000)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.alarm(1000); sys.path.clear()\n"
        "json.dumps = None; builtins.left = 1; logging.disable()\n"
        "open('/dev/null'); os.dup2(1, 77)"
    )
    state = (
        "[os.environ.get('LEFT'), time.tzname[0], os.getcwd() == os.environ['PWD_THEN'], oct(os.umask(0o22)),"
        " signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, signal.alarm(0), bool(sys.path),"
        " hasattr(builtins, 'left'), logging.root.manager.disable, gc.isenabled(),"
        " sorted(os.listdir('/proc/self/fd'))]"
    )
    tell = told(state, before="import builtins, gc, os, signal, sys, time, logging")
    os.environ["PWD_THEN"] = os.getcwd()
    first, _, second = results(tell, spoil, tell)
    assert first.error == second.error
    assert first.error is not None
    assert first.error.endswith("['0', '1', '2', '3']]")  # the last one is that of the look itself


def test_each_run_has_its_own_session_seeds_and_no_thread(results: Callable[..., list[JobRun]]) -> None:
    value = (
        "[os.getsid(0) == os.getpid() == os.getpgid(0), threading.active_count(), random.random(),"
        " os.urandom(4)]"
    )
    one, two = (run.error for run in results(*[told(value, before="import os, random, threading")] * 2))
    assert one is not None
    assert two is not None
    assert one.startswith("[True, 1, ")
    assert one != two


def test_signals_are_as_in_a_process_that_is_started(results: Callable[..., list[JobRun]]) -> None:
    value = (
        "[signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)]"
        " + [signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.pthread_sigmask(0, [])]"
        " + [signal.set_wakeup_fd(-1), os.waitstatus_to_exitcode(os.system('exit 3'))]"
    )
    (run,) = results(told(value, before="import os, signal"))
    default, ignored = "<Handlers.SIG_DFL: 0>", "<Handlers.SIG_IGN: 1>"
    assert run.error == f"[{default}, {default}, {ignored}, True, set(), -1, 3]"


def test_the_environment_is_the_order_s(
    results: Callable[..., list[JobRun]], forked: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", "now")
    value = "[os.environ.get(n) for n in ('SOME_SECRET', 'NEWSCRAWL_HOME', 'NEWSCRAWL_JOB')]"
    (run,) = results(told(value))
    assert run.error == str(["now", str(forked.folder), "news"])


def test_the_time_limit_asks_and_then_kills(results: Callable[..., list[JobRun]]) -> None:
    gentle = (
        "import signal, sys, time\n"
        'signal.signal(signal.SIGTERM, lambda *_: (print(\'{"counts": {"pages": 1}}\'), sys.exit(0)))\n'
        "time.sleep(60)"
    )
    one, two = results(gentle, STUBBORN, time_limit=timedelta(seconds=0.5))
    assert (one.outcome, one.exit, one.counts) == ("timeout", 0, {"pages": 1})
    assert (two.outcome, two.exit) == ("timeout", -signal.SIGKILL)


def test_what_a_run_leaves_in_its_group_is_killed(
    results: Callable[..., list[JobRun]],
) -> None:
    script = told("child.pid", before="import subprocess; child = subprocess.Popen(['sleep', '60'])")
    (run,) = results(script)
    until(lambda: not alive(int(run.error or "")))


def test_a_stop_asks_and_the_second_kills(forked: RunOptions, make_job: Any) -> None:
    async def work() -> JobRun:
        run = await SupervisedRun.start(make_job(STUBBORN), replace(forked, grace=60))
        log = forked.folder / "logs" / "news.log"
        await asyncio.to_thread(until, lambda: "\nready\n" in log.read_text())
        run.stop()
        run.stop()
        return await run.wait()

    run = with_parent(forked, work)
    assert (run.outcome, run.exit) == ("stopped", -signal.SIGKILL)


def test_a_run_does_not_outlive_the_scheduler_but_the_parent(forked: RunOptions, make_job: Any) -> None:
    async def work() -> None:
        run = await SupervisedRun.start(make_job("import time; time.sleep(60)"), forked)
        parent = forked.warm
        assert parent
        assert parent.pid
        os.kill(parent.pid, signal.SIGKILL)
        await asyncio.to_thread(until, lambda: parent.pid is None or not alive(parent.pid))
        assert alive(run.pid or 0)
        await run._supervisor.end()  # as the end of the scheduler does
        await asyncio.to_thread(until, lambda: not alive(run.pid or 0))

    with_parent(forked, work)


def test_a_killed_supervisor_takes_its_run_along(forked: RunOptions, make_job: Any) -> None:
    async def work() -> tuple[JobRun, int]:
        run = await SupervisedRun.start(make_job("import time; time.sleep(60)"), forked)
        assert run.pid
        os.kill(parent_of(run.pid), signal.SIGKILL)
        return await run.wait(), run.pid

    run, pid = with_parent(forked, work)
    assert (run.outcome, run.exit, run.error) == ("failed", None, "the run's supervisor was killed")
    until(lambda: not alive(pid))


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("PPid:")[1].split()[0])


def test_a_dead_parent_is_made_anew(forked: RunOptions, make_job: Any) -> None:
    async def work() -> list[Any]:
        parent, job = forked.warm, make_job("pass")
        assert parent
        pids = []
        for _ in range(2):
            run = await SupervisedRun.start(job, forked)
            assert (await run.wait()).outcome == "ok"
            assert parent.pid
            pids.append(parent.pid)
            os.kill(parent.pid, signal.SIGKILL)
            assert parent._process
            await parent._process.wait()
        return pids

    one, two = with_parent(forked, work)
    assert one != two


@pytest.mark.parametrize("module", ["tests.jobs.no_such_parent", "time"])
def test_without_a_parent_runs_start_cold_and_it_is_logged(
    options: RunOptions, make_job: Any, module: str, caplog: pytest.LogCaptureFixture
) -> None:
    cold = replace(options, command=lambda _: [*PROGRAM, "--version"], warm=WarmParent(module))

    async def work() -> list[JobRun]:
        return [await (await SupervisedRun.start(make_job("ok"), cold)).wait() for _ in range(2)]

    with caplog.at_level(logging.WARNING):
        runs = with_parent(cold, work)
    assert [run.outcome for run in runs] == ["ok", "ok"]
    assert caplog.text.count("news: started cold") == 2
    assert caplog.text.count("the process that forks runs failed (it died)") == 1


def test_a_parent_that_does_not_answer_is_given_up(
    options: RunOptions, make_job: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stopped = WarmParent(PARENT, patience=0.5)
    cold = replace(options, command=lambda _: [*PROGRAM, "--version"], warm=stopped)

    async def work() -> JobRun:
        await stopped._make()
        assert stopped.pid
        os.kill(stopped.pid, signal.SIGSTOP)
        return await (await SupervisedRun.start(make_job("ok"), cold)).wait()

    assert with_parent(cold, work).outcome == "ok"
    assert "it did not answer within 0.5 s" in caplog.text


def test_other_commands_than_newscrawl_are_not_forked(options: RunOptions, make_job: Any) -> None:
    other = replace(options, warm=WarmParent(PARENT))

    async def work() -> tuple[JobRun, int | None]:
        ended = await (await SupervisedRun.start(make_job("ok"), other)).wait()
        assert other.warm
        return ended, other.warm.pid

    run, pid = with_parent(other, work)
    assert (run.outcome, pid) == ("ok", None)


@pytest.mark.parametrize("value", ["yes", "2"])
def test_the_switch(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NEWSCRAWL_WARM", "0")
    assert warm_parent() is None
    monkeypatch.setenv("NEWSCRAWL_WARM", "1")
    assert isinstance(warm_parent(), WarmParent)
    monkeypatch.setenv("NEWSCRAWL_WARM", value)
    with pytest.raises(UsageError, match=f"NEWSCRAWL_WARM is '{value}'"):
        warm_parent()


def test_many_forks_leave_nothing_in_the_parent(forked: RunOptions, make_job: Any) -> None:
    def look() -> tuple[int, int, int]:
        assert forked.warm
        pid = forked.warm.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return private(pid), len(os.listdir(f"/proc/{pid}/fd")), len(children)

    async def work() -> list[tuple[int, int, int]]:
        looks = []
        for _ in range(3):
            for _ in range(10):
                assert (await (await SupervisedRun.start(make_job("pass"), forked)).wait()).outcome == "ok"
            looks.append(look())
        return looks

    first, *_, last = with_parent(forked, work)
    assert last[0] - first[0] <= 100  # KB
    assert last[1] == first[1] == 4  # standard streams and the orders
    assert last[2] <= 1  # one may be about to end


def private(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def test_a_change_makes_the_parent_anew_and_its_order_is_served(
    forked: RunOptions, make_job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp, starts = tmp_path / "stamp", tmp_path / "starts"
    monkeypatch.setenv("STAMP", str(stamp))
    monkeypatch.setenv("STARTS", str(starts))

    async def work() -> list[int]:
        seen = []
        for text in ("a", "a", "b", "b"):
            stamp.write_text(text)
            run = await SupervisedRun.start(make_job("pass"), forked)
            assert (await run.wait()).outcome == "ok"
            seen.append(len(starts.read_text().splitlines()))
        return seen

    assert with_parent(forked, work) == [1, 1, 2, 2]


def test_the_stamp_changes_with_each_file(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    file, other = tmp_path / "inner" / "steps.py", tmp_path / "notes.txt"
    file.write_text("one = 1")
    before = list(python_files(str(tmp_path)))
    other.write_text("of no account")
    assert list(python_files(str(tmp_path))) == before
    file.write_text("two = 22")
    changed = list(python_files(str(tmp_path)))
    assert changed != before
    file.unlink()
    assert list(python_files(str(tmp_path))) == []


def test_the_stamp_covers_newscrawl_the_pipelines_and_the_packages() -> None:
    names = [name for name, *_ in code_stamp()]
    for end in ("newscrawl/crawl/run.py", "newscrawl/cli/warm_parent.py", "pipelines/store.py", "-packages"):
        assert any(name.endswith(end) for name in names), end
    assert code_stamp() == code_stamp()


def test_forked_crawls_store_what_a_crawl_by_hand_stores(
    make_job: Any,
    mongo_home: Path,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported = tmp_path / "imported"
    monkeypatch.setenv("IMPORTED", str(imported))
    monkeypatch.setenv("NEWSCRAWL_CONTACT", "https://example.org/bot")
    crawls = RunOptions(mongo_home, warm=WarmParent("tests.jobs.crawl_parent"))

    async def work() -> list[JobRun]:
        job = replace(make_job("ok", name=database, spider="eastmoney"), args={})
        runs = [await (await SupervisedRun.start(job, crawls)).wait() for _ in range(2)]
        monkeypatch.setenv("NEWSCRAWL_NEWSROOM", "not an address")
        monkeypatch.setenv("IMPORTED", os.devnull)
        return [*runs, await (await SupervisedRun.start(job, crawls)).wait()]

    now = datetime.now(UTC).isoformat(timespec="seconds")
    with newsroom(["--articles", "90", "--seed", "3", "--no-faults", "--now", now]) as address:
        monkeypatch.setenv("NEWSCRAWL_NEWSROOM", address)
        first, again, wrong = with_parent(crawls, work)
    assert (first.outcome, first.error) == ("ok", None)
    stored = first.counts["stored"]
    assert stored == len(documents(database)) > 30
    assert again.counts["stored"] == 0
    assert 0 < again.counts["known"] + again.counts["unchanged"] <= stored
    assert wrong.outcome == "failed"
    assert "newsroom 'not an address' is not an address" in (wrong.error or "")
    of_their_own = ("newscrawl.spiders", "encodings", "pydantic")
    late = [name for name in json.loads(imported.read_text()) if not name.startswith(of_their_own)]
    assert late == ["newscrawl.settings", "twisted.internet.reactor"]
