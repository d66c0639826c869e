"""Draws docs/run.svg, the README's picture: what `newscrawl demo` prints on a terminal, for real.

python -m benchmarks.picture
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH, HEIGHT = 116, 60
TARGET = Path(__file__).parents[1] / "docs" / "run.svg"
_LENGTH_OF_WIDE = re.compile(r'( [^<>]*?)textLength="[^"]*" (?=[^<>]*>[^<>]*[\u2e80-\uffef])')
_PROGRESS = re.compile(r"\r\x1b\[2K[^\n]*?(?=\r\x1b\[2K)")


def main() -> None:
    """Runs the demo in a terminal of its own and draws what stays on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        printed = _on_a_terminal(["demo"], Path(folder))
    console = Console(width=WIDTH, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    text = Text.from_ansi("$ make run\n" + _settled(printed))
    text.highlight_regex(r" {2,}", "dim")  # a segment of its own for each column, so that all stand in line
    console.print(text)
    # rich takes a character for a column: Chinese text, two columns each, would be squeezed.
    TARGET.write_text(_LENGTH_OF_WIDE.sub(r"\1", console.export_svg(title="newscrawl")), encoding="utf-8")
    print(f"{TARGET} drawn")


def _on_a_terminal(words: list[str], home: Path) -> str:
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "NEWSCRAWL_HOME": str(home),
        "COLUMNS": str(WIDTH),
        "LINES": str(HEIGHT),
        "TERM": "xterm-256color",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "newscrawl", *words],
        cwd=TARGET.parents[1],
        env=environment,
        stdin=subprocess.DEVNULL,  # with a terminal to be ended at, it would go on to serve its pages
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    chunks = []
    while chunk := _read(ours):
        chunks.append(chunk)
    process.wait(60)
    return b"".join(chunks).decode("utf-8", "replace")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end is closed
        return b""


def _settled(printed: str) -> str:
    """Without progress lines that were wiped, and with plain line ends."""
    return _PROGRESS.sub("", printed).replace("\r\x1b[2K", "").replace("\r\n", "\n")


if __name__ == "__main__":
    main()
