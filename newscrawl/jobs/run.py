"""One run of a job: a guard process, the crawl below it, and what the two said at the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newscrawl.jobs import supervisor
from newscrawl.jobs.config import Job
from newscrawl.jobs.state import JobRun, Outcome
from newscrawl.locks import BUSY_WORDS

#: Gives the command line that runs a job.
CommandFactory = Callable[[Job], list[str]]


def crawl_command(job: Job) -> list[str]:
    """`python -m newscrawl crawl SPIDER -a name=value … --json`, in this Python."""
    arguments = [word for name, value in job.args.items() for word in ("-a", f"{name}={value}")]
    return [sys.executable, "-m", "newscrawl", "crawl", job.spider, *arguments, "--json"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What all runs of a scheduler share."""

    folder: Path  #: the home folder; logs go to its `logs`
    command: CommandFactory = crawl_command
    grace: float = 30.0  #: seconds between asking a run to stop and killing it

    def log(self, job: Job) -> Path:
        """Where the job's output goes."""
        return self.folder / "logs" / f"{job.name}.log"


class SupervisedRun:
    """A run that has begun; made by `start`."""

    def __init__(self, process: Process, first: dict[str, Any]) -> None:
        self._guard = process
        #: of a run that could not be started, the guard's first line is its last
        self._ending = first if "exit" in first else {}
        self.pid: int | None = first.get("pid")  #: of the crawl; None where it could not be started
        self.started = datetime.now(UTC)

    @classmethod
    async def start(cls, job: Job, options: RunOptions) -> SupervisedRun:
        """Begins a run of the job; raises OSError where no process can be started."""
        spec = {
            "command": options.command(job),
            "log": str(options.log(job)),
            "limit": job.time_limit.total_seconds() if job.time_limit else None,
            "grace": options.grace,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", supervisor.__file__, json.dumps(spec)),
            stdin=PIPE,  # held open by us alone: the guard sees its end when we die
            stdout=PIPE,
            start_new_session=True,  # Ctrl-C is for the scheduler, which then asks the runs to stop
            env={**os.environ, "NEWSCRAWL_HOME": str(options.folder)},
        )
        assert process.stdout is not None
        return cls(process, _parsed(await process.stdout.readline()))

    async def wait(self) -> JobRun:
        """How the run ended."""
        assert self._guard.stdout is not None
        said = _parsed(await self._guard.stdout.read()) or self._ending
        await self._guard.wait()
        if self._guard.stdin:
            self._guard.stdin.close()
        if not said:
            self._kill_orphans()
            said = {"exit": None, "ended": "exit", "output": "", "errors": "the run's guard was killed"}
        return _ended(said, self.started)

    def stop(self) -> None:
        """Asks the run to stop; asked a second time, it is killed."""
        with contextlib.suppress(ProcessLookupError):
            self._guard.send_signal(signal.SIGTERM)

    def _kill_orphans(self) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


def _ended(said: dict[str, Any], started: datetime) -> JobRun:
    outcome = _outcome(said)
    if outcome == "timeout":
        said["errors"] = said["errors"] or "it was ended at its time limit"
    document = _document(said["output"])
    problems = [str(problem) for problem in document.get("problems") or []]
    counts = document.get("counts")
    return JobRun(
        started=started,
        finished=datetime.now(UTC),
        outcome=outcome,
        exit=said["exit"],
        counts=counts if isinstance(counts, dict) else {},
        error=None if outcome == "ok" else "; ".join(problems) or said["errors"] or None,
    )


def _outcome(said: dict[str, Any]) -> Outcome:
    if said["ended"] == "time limit":
        return "timeout"
    if said["ended"] == "stopped":
        return "stopped"
    if said["exit"] == 0:
        return "ok"
    # Somebody began to crawl by hand between our look at the lock and the crawl's own.
    return "skipped" if BUSY_WORDS in said["errors"] else "failed"


def _document(output: str) -> dict[str, Any]:
    """What `newscrawl crawl --json` printed; {} where that is no JSON object."""
    return _parsed(output.encode()) or _parsed(output.strip().rpartition("\n")[2].encode())


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
