"""One run of a job: a supervisor process, the crawl below it, and how the run ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
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
from newscrawl.jobs.warm import ForkedSupervisor, WarmParent
from newscrawl.jobs.watcher import Watcher
from newscrawl.locks import JOB
from newscrawl.model.crawl_settings import JOB_SETTINGS, OUT_OF_TIME

_log = logging.getLogger(__name__)

MOST_HOSTS = 50  #: kept of a run
PROGRAM = [sys.executable, "-m", "newscrawl"]  #: prefix of commands that a warm parent can fork

#: Makes the command line that runs a job.
CommandFactory = Callable[[Job], list[str]]


def crawl_command(job: Job) -> list[str]:
    """`python -m newscrawl crawl SPIDER -a name=value … --json`, in this Python."""
    arguments = [word for name, value in job.args.items() for word in ("-a", f"{name}={value}")]
    return [*PROGRAM, "crawl", job.spider, *arguments, "--json"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options for all runs of a scheduler."""

    folder: Path  #: the home folder; logs are in its `logs`
    command: CommandFactory = crawl_command
    grace: float = 30.0  #: seconds between SIGTERM and SIGKILL
    warm: WarmParent | None = None  #: forks the runs; None: each is started cold
    watcher: Watcher | None = None  #: polls the lists first; None: every due job is crawled

    def log(self, job: Job) -> Path:
        """The file that the job's output is written to."""
        return self.folder / "logs" / f"{job.name}.log"


class SupervisedRun:
    """A started run; created by `start`."""

    def __init__(self, supervisor: _ColdSupervisor | ForkedSupervisor, first_line: dict[str, Any]) -> None:
        self._supervisor = supervisor
        #: if the run could not be started, the supervisor prints only this line
        self._result = first_line if "exit" in first_line else {}
        self.pid: int | None = first_line.get("pid")  #: of the crawl; None if it could not be started
        self.started = datetime.now(UTC)
        self.cpu: float | None = None  #: processor seconds, known at the end

    @classmethod
    async def start(cls, job: Job, options: RunOptions) -> SupervisedRun:
        """Starts a run of the job. Raises OSError if no process can be started."""
        command = options.command(job)
        spec = {
            "command": command,
            "log": str(options.log(job)),
            "limit": job.time_limit.total_seconds() if job.time_limit else None,
            "grace": options.grace,
        }
        environment = {**os.environ, "NEWSCRAWL_HOME": str(options.folder), JOB: job.name}
        environment[JOB_SETTINGS] = job.run_settings.to_json()  # others see a command line
        if options.warm and command[: len(PROGRAM)] == PROGRAM:
            if forked := await options.warm.fork(spec, environment):
                return cls(forked[0], _parsed(forked[1]))
            _log.warning("%s: started cold", job.name)
        cold = await _ColdSupervisor.start(spec, environment)
        return cls(cold, _parsed(await cold.lines.readline()))

    async def wait(self) -> JobRun:
        """How the run ended."""
        result = _parsed(await self._supervisor.lines.read()) or self._result
        await self._supervisor.end()
        if not result:
            self._kill_orphans()
            result = {
                "exit": None,
                "ended": "exit",
                "output": "",
                "errors": "the run's supervisor was killed",
            }
        self.cpu = result.get("cpu")
        return _ended(result, self.started)

    def stop(self) -> None:
        """Asks the run to stop; the second call kills it."""
        self._supervisor.stop()

    def _kill_orphans(self) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


class _ColdSupervisor:
    """A supervisor started as its own process."""

    def __init__(self, process: Process) -> None:
        self._process, self.pid = process, process.pid
        assert process.stdout is not None
        self.lines = process.stdout

    @classmethod
    async def start(cls, spec: dict[str, Any], environment: dict[str, str]) -> _ColdSupervisor:
        """Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", supervisor.__file__, json.dumps(spec)),
            stdin=PIPE,  # only we hold it open: the supervisor sees EOF if we die
            stdout=PIPE,
            start_new_session=True,  # Ctrl-C stops the scheduler, which stops the runs
            env=environment,
        )
        return cls(process)

    def stop(self) -> None:
        """Asks it to stop its run; the second call kills the run."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    async def end(self) -> None:
        """Waits for its end."""
        await self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def _ended(result: dict[str, Any], started: datetime) -> JobRun:
    document = _document(result["output"])
    outcome = _outcome(result, document)
    problems = [str(problem) for problem in document.get("problems") or []]
    counts = document.get("counts")
    error = "; ".join(problems) or result["errors"] or None
    if outcome == "skipped":
        error = str(document["skipped"])
    elif outcome == "timeout":
        error = error or "it was stopped at its time limit"
    return JobRun(
        started=started,
        finished=datetime.now(UTC),
        outcome=outcome,
        exit=result["exit"],
        counts=counts if isinstance(counts, dict) else {},
        error=None if outcome == "ok" else error,
        hosts=_names(document.get("hosts")),
    )


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)][:MOST_HOSTS] if isinstance(value, list) else []


def _outcome(result: dict[str, Any], document: dict[str, Any]) -> Outcome:
    if result["ended"] == "time limit":
        return "timeout"
    if result["ended"] == "stopped":
        return "stopped"
    if result["exit"] != 0 and document.get("reason") == OUT_OF_TIME:
        return "timeout"
    if result["exit"] == 0:
        return "ok"
    # A manual crawl started after the scheduler checked the lock: newscrawl.cli.crawl.locked.
    return "skipped" if "skipped" in document else "failed"


def _document(output: str) -> dict[str, Any]:
    """What `newscrawl crawl --json` printed; {} if it is not a JSON object."""
    return _parsed(output.encode()) or _parsed(output.strip().rpartition("\n")[2].encode())


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
