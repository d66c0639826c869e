"""Commands run in the test's own process: as a user runs them, but for the second of Python's start."""

from __future__ import annotations

import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NamedTuple
from unittest.mock import patch

from newscrawl.cli import main


class Ran(NamedTuple):
    """What a command printed."""

    stdout: str
    stderr: str


def run(*words: str, code: int = 0, **environment: str) -> Ran:
    """Runs `newscrawl WORDS`, which must end with that exit code; the environment is put back afterwards."""
    out, err = StringIO(), StringIO()
    ended: object = 0
    with patch.dict(os.environ, environment), patch.object(sys, "argv", ["newscrawl", *words]):
        time.tzset()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                ended = end.code or 0
    time.tzset()
    assert ended == code, err.getvalue()
    return Ran(out.getvalue(), err.getvalue())
