"""Jobs whose crawls are small scripts."""

import sys
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.jobs.config import Job
from newscrawl.jobs.run import RunOptions

SCRIPTS = {
    "ok": 'import json; print(json.dumps({"problems": [], "counts": {"pages": 3, "stored": 2}}, indent=2))',
    "fail": 'import sys; print("it broke", file=sys.stderr); sys.exit(1)',
    "degraded": (
        'import json, sys; print(json.dumps({"problems": ["no list", "none stored"], "counts": {}}));'
        "sys.exit(1)"
    ),
    "busy": (
        'import json, sys; print(json.dumps({"skipped": "eastmoney is being crawled already (pid 7)"}));'
        "sys.exit(1)"
    ),
    "named": (
        'import json, os, sys; print(json.dumps({"problems": [os.environ["NEWSCRAWL_JOB"]]}));sys.exit(1)'
    ),
    "quoting": 'import sys; print("eastmoney is being crawled already", file=sys.stderr); sys.exit(1)',
    "sleep": "import time; time.sleep(30)",
    "brief": "import time; time.sleep(0.4)",
    "graceful": (
        "import signal, sys, time\n"
        'def stop(*_): print(\'{"counts": {"pages": 1}}\'); sys.exit(0)\n'
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(30)"
    ),
    "stubborn": (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\ntime.sleep(30)"
    ),
}


def script_command(job: Job) -> Any:
    """The script that the job names in its arguments."""
    return [sys.executable, "-I", "-S", "-c", SCRIPTS[job.args["script"]]]


@pytest.fixture
def make_job() -> Any:
    def make(script: str, name: str = "news", **options: Any) -> Any:
        options.setdefault("every", timedelta(seconds=1))
        options.setdefault("spider", "eastmoney")
        return Job(name=name, zone=UTC, args={"script": script}, **options)

    return make


@pytest.fixture
def options(tmp_path: Path) -> Any:
    return RunOptions(tmp_path, command=script_command, grace=0.3)
