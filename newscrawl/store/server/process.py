"""What is known of a process that is not ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PF_EXITING = 0x4  # linux/sched.h


def is_gone(pid: int) -> bool:
    """Whether the process has ended and released its port and files."""
    return not is_dying(pid) and not command_line(pid)


def is_dying(pid: int) -> bool:
    """Whether the process was killed but still has its files and port; Linux only.

    See proc(5): the third field is the state, the ninth has the flag PF_EXITING. The first thread may be a
    zombie while others still hold the files.
    """
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return False
    return bool(int(rest[5]) & _PF_EXITING) and (state not in "ZX" or threads > 1)


def command_line(pid: int) -> list[str]:
    """The process's command line; empty if it is gone."""
    if Path("/proc/self").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return os.fsdecode(raw).split("\0")
    words = ["ps", "-p", str(pid), "-o", "command="]
    asked = subprocess.run(words, capture_output=True, check=False)  # noqa: S603
    return os.fsdecode(asked.stdout).split()
