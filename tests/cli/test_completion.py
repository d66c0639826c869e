"""Shell completion, as bash asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "found"), [("newscrawl cra", "crawl"), ("newscrawl crawl --dry", "--dry-run")]
)
def test_commands_and_options_are_completed(words: str, found: str) -> None:
    asked = {"_NEWSCRAWL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [Path(sys.executable).with_name("newscrawl")],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [found], done.stderr
