"""The lists of commands, in a terminal of 80 columns."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from newscrawl.cli import make_app


@pytest.mark.parametrize("words", [[], ["export"], ["import"], ["db"]])
def test_no_command_s_line_is_cut_off(words: list[str]) -> None:
    shown = CliRunner().invoke(make_app(), [*words, "--help"])
    assert shown.exit_code == 0, shown.output
    commands = shown.output.partition("Commands:\n")[2].splitlines()
    assert commands
    # The runner is as if 82 columns wide; in a terminal of 80 what is longer than 76 is cut.
    assert not [line for line in commands if line.endswith("...") or len(line) > 76]
