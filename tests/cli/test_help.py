"""The lists of commands, in a terminal of 80 columns."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from newscrawl.cli import area_of, make_app


@pytest.mark.parametrize("words", [[], ["export"], ["import"], ["db"], ["sources"], ["webhooks"]])
def test_no_command_s_line_is_cut_off(words: list[str]) -> None:
    shown = CliRunner().invoke(make_app(), [*words, "--help"])
    assert shown.exit_code == 0, shown.output
    commands = shown.output.partition("Commands:\n")[2].splitlines()
    assert commands
    # The runner is as if 82 columns wide; in a terminal of 80 what is longer than 76 is cut.
    assert not [line for line in commands if line.endswith("...") or len(line) > 76]


def test_every_option_is_explained() -> None:
    def unexplained(path: str, command: Any) -> list[str]:
        below = getattr(command, "commands", {})
        found = [
            f"{path} {one.opts[0]}"
            for one in command.params
            if one.opts[0][0] == "-" and not (one.help or one.hidden)
        ]
        return found + [one for name, each in below.items() for one in unexplained(f"{path} {name}", each)]

    assert unexplained("newscrawl", typer.main.get_command(make_app())) == []


def names(area: str | None) -> list[str]:
    group = typer.main.get_command(make_app(area))
    return list(getattr(group, "commands", {}))


def test_a_command_is_found_without_the_others() -> None:
    """Each command is in the area that is loaded for it, and no area has one that it does not tell."""
    everything = names(None)
    areas = {command: area_of([command]) for command in everything}
    assert all(areas.values()), areas
    for area in areas.values():
        assert names(area) == [command for command in everything if areas[command] == area]


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ([], None),
        (["--help"], None),
        (["--version"], None),
        (["crawll", "eastmoney"], None),
        (["--database"], None),
        (["--database", "posts"], None),
        (["--database", "posts", "show"], "show"),
        (["--database=trial", "try", "page.html"], "try_page"),
        (["crawl", "posts"], "crawl"),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option(words: list[str], area: str | None) -> None:
    assert area_of(words) == area
