"""How the program exits: all output is written, and the exit code is the command's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import warm

pytestmark = pytest.mark.slow

BEFORE = """
import sys
import newscrawl.cli as cli
def main():
    print("said")
    {end}
cli.main = main
cli.program()
"""


def ended(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("end", "code"),
    [("pass", 0), ("sys.exit()", 0), ("sys.exit(0)", 0), ("sys.exit(2)", 2), ("sys.exit(130)", 130)],
)
def test_the_exit_code_is_the_command_s(end: str, code: int) -> None:
    run = ended(BEFORE.format(end=f"sys.stdout.flush(); {end}"))
    assert (run.returncode, run.stdout, run.stderr) == (code, "said\n", "")


def test_what_was_not_foreseen_is_told_with_its_stack() -> None:
    run = ended(BEFORE.format(end="raise RuntimeError('odd')"))
    assert run.returncode == 1
    assert "Traceback" in run.stderr
    assert "RuntimeError: odd" in run.stderr


def test_nothing_that_was_said_is_lost() -> None:
    """Into a pipe, which Python fills in pieces."""
    words = [sys.executable, "-m", "newscrawl", "sources", "--json"]
    run = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert len(json.loads(run.stdout)) > 40


def test_log_lines_of_the_end_are_written() -> None:
    code = "import logging; h = logging.FileHandler('/dev/stderr'); logging.getLogger().addHandler(h);"
    run = ended(
        code
        + BEFORE.format(end="logging.getLogger().error('late'); sys.exit(1)").replace(
            "import sys", "import sys, logging"
        )
    )
    assert run.returncode == 1
    assert "late" in run.stderr


@pytest.mark.parametrize(
    "kept",
    [
        "import atexit; atexit.register(lambda: print('told', file=sys.stderr))",
        "import tempfile, weakref; weakref.finalize(main, lambda: print('told', file=sys.stderr))",
        "import threading, time; threading.Thread(target=lambda: (time.sleep(0.5), sys.stderr.write('told')))"
        ".start()",
        "from concurrent.futures import ThreadPoolExecutor as Pool; import time;"
        " pool = Pool(1); pool.submit(time.sleep, 0.5); pool.submit(sys.stderr.write, 'told')",
        "sys.exit('told')",
    ],
    ids=["atexit", "finalizer", "thread", "pool", "words"],
)
def test_what_others_do_at_the_end_is_done(kept: str) -> None:
    """Of a step or a spider of the user's own, and of libraries: their temporary files, reports of errors."""
    assert ended(BEFORE.format(end=kept)).stderr.strip() == "told"


def test_a_closed_pipe_is_no_error() -> None:
    """As `| head` leaves it; the interpreter flushes what is left once more at its exit."""
    code = """
import os, sys
import newscrawl.cli as cli
def make_app(area):
    return lambda: print("x" * 100_000)
cli.make_app = make_app
read, write = os.pipe()
os.close(read)
os.dup2(write, 1)
cli.program()
"""
    run = ended(code)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_end_does_not_wait_for_pymongo() -> None:
    """Its threads, which look for servers, hold nothing."""
    waiting = "from pymongo.synchronous import monitor; monitor._shutdown_executors = lambda: print('waited')"
    assert ended(BEFORE.format(end=waiting)).stdout == "said\n"


def test_characters_that_a_terminal_lacks_are_replaced() -> None:
    words = [sys.executable, "-m", "newscrawl", "sources"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    run = subprocess.run(words, capture_output=True, timeout=60, check=False, env=environment)
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"???" in run.stdout


def test_json_is_whole_in_any_encoding() -> None:
    words = [sys.executable, "-m", "newscrawl", "sources", "--json"]
    shown = []
    for encoding in ("cp1252", "latin-1", "utf-8"):
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        run = subprocess.run(words, capture_output=True, timeout=60, check=True, env=environment)
        shown.append(json.loads(run.stdout.decode(encoding)))
    assert shown[0] == shown[1] == shown[2]
    assert any("东方财富网" in row["site"] for row in shown[0])


def closed_pipe(*words: str, stream: str = "stdout") -> tuple[int, bytes]:
    """The exit code and the other stream of a command one of whose streams nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    other = "stderr" if stream == "stdout" else "stdout"
    streams: dict[str, Any] = {stream: writer, other: subprocess.PIPE}
    done = subprocess.run([sys.executable, "-m", "newscrawl", *words], timeout=60, check=False, **streams)
    os.close(writer)
    return done.returncode, getattr(done, other)


@pytest.mark.parametrize("words", ["sources", "sources --json", "--help", "new --help"])
def test_a_reader_that_is_gone_is_not_a_failure(words: str) -> None:
    assert closed_pipe(*words.split()) == (0, b"")


def test_a_failure_is_one_even_if_nobody_reads_it() -> None:
    assert closed_pipe("nonsense", stream="stderr") == (1, b"")
    code, complaint = closed_pipe("new", "mine", "https://example.org/", "--folder", "missing")
    assert (code, complaint[:11]) == (2, b"newscrawl: ")


@pytest.mark.parametrize("problems", [[], ["no list could be read"]])
@pytest.mark.parametrize("as_json", [True, False])
def test_the_exit_code_of_a_run_does_not_depend_on_its_reader(problems: list[str], as_json: bool) -> None:
    """The first line is read, as by `| head -1`, then the pipe is closed."""
    code = f"""
import os, sys
from datetime import UTC, datetime
from types import SimpleNamespace
import newscrawl.cli as cli
from newscrawl.cli.crawl import finish
from newscrawl.model.ledger import Ledger
now = datetime(2026, 3, 8, tzinfo=UTC)
posts = [{{"date": now.isoformat(), "title": "x" * 1000}}] * 1000
run = SimpleNamespace(spider="mine", dry=True, would_store=posts, started=now, finished=now, ledger=Ledger(),
    problems={problems!r}, document=lambda: {{}})
cli.make_app = lambda area: lambda: app()
app = cli.typer.Typer(cls=cli._Commands)
app.command("run")(lambda: finish(run, as_json={as_json}))
app.command("other")(lambda: None)
sys.argv = ["newscrawl", "run"]
cli.program()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    with process:
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read().decode()
    assert process.returncode == len(problems)
    assert complaint == ("newscrawl: mine: no list could be read\n" if problems and as_json else "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("crawl nosuch", "no spider 'nosuch'"),
        ("crawl bbc --since 2x", "Invalid time '2x'"),
        ("crawl bbc -a limit=0", "limit '0'"),
        ("crawl bbc -a x=1", "no argument 'x'"),
        ("crawl bbc -s x", "'x' is not NAME=VALUE"),
        ("crawl bbc -L loud", "unknown log level 'loud'"),
        ("retry nosuch", "no spider 'nosuch'"),
    ],
)
def test_wrong_words_are_reported_alone(monkeypatch: pytest.MonkeyPatch, words: str, said: str) -> None:
    monkeypatch.delenv("NEWSCRAWL_CONTACT", raising=False)
    done = warm.run(*words.split())
    assert done.returncode == 2
    assert done.stderr.startswith(f"newscrawl: {said}") or f" {said}" in done.stderr
    assert "NEWSCRAWL_CONTACT" not in done.stderr


def test_ctrl_c_while_importing_is_quiet() -> None:
    """The signal comes with the first import of ours that is slow."""
    code = """
import os, signal, sys
class Finder:
    def find_spec(name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
sys.argv = ["newscrawl", "sources"]
from newscrawl.__main__ import program
program()
"""
    run = ended(code)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")
