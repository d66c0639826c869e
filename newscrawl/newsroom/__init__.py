"""A replica of the sources on loopback, for the first run and for the tests.

Its news is invented: the companies and people in it do not exist.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from newscrawl.errors import NewscrawlError

__all__ = ["running"]

_END = 5.0  # seconds that it has to exit


@contextmanager
def running(options: Sequence[str] = ()) -> Iterator[str]:
    """Runs a newsroom in a separate process on a free port; yields its base URL, and stops it afterwards.

    `options` are those of `newscrawl newsroom`. The process also ends when its standard input closes, so it
    never outlives the caller. Raises NewscrawlError if it does not start.
    """
    command = [sys.executable, "-m", "newscrawl", "newsroom", "--until-stdin-ends", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        assert process.stdin
        try:
            first = process.stdout.readline()
            if not first.startswith("newsroom: http"):
                raise NewscrawlError(f"the newsroom did not start: {first.strip() or 'see its output above'}")
            yield first.split()[1]
        finally:
            process.terminate()
            try:
                process.wait(_END)
            except subprocess.TimeoutExpired:
                process.kill()
