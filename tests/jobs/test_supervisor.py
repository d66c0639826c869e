import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.jobs import supervisor

pytestmark = pytest.mark.slow


class Guarded:
    """A guard with its run; leaves nothing behind."""

    def __init__(self, folder: Path, script: str, *, limit: Any = None, grace: Any = 5.0) -> None:
        command = script if isinstance(script, list) else [sys.executable, "-I", "-S", "-c", script]
        self.log = folder / "logs" / "news.log"
        spec = {"command": command, "log": str(self.log), "limit": limit, "grace": grace}
        self.process = subprocess.Popen(
            [sys.executable, "-I", supervisor.__file__, json.dumps(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.first = json.loads(self.process.stdout.readline())

    def wait_for_log(self, text: str) -> None:
        until(lambda: text in self.log.read_text())

    def end(self) -> Any:
        line = self.process.stdout.readline()
        self.process.wait(10)
        return json.loads(line)

    def close(self) -> None:
        if "pid" in self.first and alive(self.first["pid"]):
            os.killpg(self.first["pid"], signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def until(condition: Any, seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"did not come about in {seconds:g} s")


def alive(pid: int) -> Any:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Any]:
    made = []

    def make(script: str, **options: Any) -> Any:
        made.append(Guarded(tmp_path, script, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(30)
"""


def test_output_and_exit_are_told_and_logged(guarded: Any) -> None:
    run = guarded("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    end = run.end()
    assert end.pop("cpu") > 0, "seconds of CPU"
    assert end == {"exit": 3, "ended": "exit", "output": "out\n", "errors": "err"}
    log = run.log.read_text()
    assert "began:" in log
    assert "out\n" in log
    assert "err\n" in log
    assert "ended: exit 3 (exit)" in log


def test_the_last_of_much_output_is_kept(guarded: Any) -> None:
    end = guarded("import sys; print('é' * 200_000 + 'END'); sys.stderr.write('x\\n' * 9999)").end()
    assert end["output"].endswith("END\n")
    assert len(end["output"].encode()) <= supervisor.OUTPUT_BYTES + 2
    assert len(end["errors"].splitlines()) == supervisor.ERROR_LINES


def test_logs_are_bounded(guarded: Any) -> None:
    run = guarded("import sys\nfor _ in range(70): sys.stdout.write('x' * 99_999 + '\\n')")
    assert run.end()["exit"] == 0
    sizes = [path.stat().st_size for path in run.log.parent.iterdir()]
    assert len(sizes) == supervisor.LOG_FILES + 1
    assert max(sizes) <= supervisor.LOG_BYTES


def test_a_command_that_is_not_there(guarded: Any) -> None:
    run = guarded(["/nonexistent/python"])
    assert run.first["exit"] == 127
    assert "No such file" in run.first["errors"]


def test_the_time_limit_asks_first(guarded: Any) -> None:
    script = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('tidied'), sys.exit(0)))\n"
        "time.sleep(30)"
    )
    end = guarded(script, limit=0.3).end()
    assert (end["exit"], end["ended"], end["output"]) == (0, "time limit", "tidied\n")


def test_the_time_limit_then_kills(guarded: Any) -> None:
    end = guarded(STUBBORN, limit=0.2, grace=0.2).end()
    assert (end["exit"], end["ended"]) == (-signal.SIGKILL, "time limit")


def test_a_second_request_to_stop_kills(guarded: Any) -> None:
    run = guarded(STUBBORN, grace=60)
    run.wait_for_log("\nready\n")
    run.process.terminate()
    time.sleep(0.1)
    assert alive(run.first["pid"])
    run.process.terminate()
    end = run.end()
    assert (end["exit"], end["ended"]) == (-signal.SIGKILL, "stopped")


def test_a_run_does_not_outlive_the_scheduler(guarded: Any) -> None:
    run = guarded(STUBBORN, grace=0.2)
    run.wait_for_log("\nready\n")
    run.process.stdin.close()  # what a kill -9 of the scheduler does
    end = run.end()
    assert (end["exit"], end["ended"]) == (-signal.SIGKILL, "orphaned")


def test_grandchildren_end_with_the_run(guarded: Any) -> None:
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import time; time.sleep(30)'])\n"
        "print(child.pid, flush=True)"
    )
    end = guarded(script).end()  # the grandchild holds standard output open
    until(lambda: not alive(int(end["output"])))


def test_a_full_disk_costs_the_log_only(guarded: Any, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "news.log").symlink_to("/dev/full")
    assert guarded("print('out')").end()["output"] == "out\n"
