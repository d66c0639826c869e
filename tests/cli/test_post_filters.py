"""The filters of the export commands: all that selection.py has, now and later."""

from __future__ import annotations

import inspect
from typing import Annotated

import pytest
import typer

from newscrawl.cli import post_filters
from newscrawl.cli.export import feeds, files, jekyll
from newscrawl.cli.post_filters import PostSelection, choosing
from newscrawl.errors import UsageError

COMMANDS = [
    jekyll.export_jekyll,
    files.export_jsonl,
    files.export_csv,
    files.export_parquet,
    feeds.export_atom,
    feeds.export_rss,
    feeds.export_jsonfeed,
]
FILTERS = {"category", "tag", "source", "security", "since", "until", "text"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_export_takes_every_filter(command: object) -> None:
    parameters = inspect.signature(command).parameters  # type: ignore[arg-type]
    assert set(parameters) >= FILTERS | {"limit"}
    assert "chosen" not in parameters


def test_a_filter_that_selection_gains_is_an_option_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[PostSelection] = []

    def command(target: str, chosen: PostSelection, flag: bool = False) -> None:
        taken.append(chosen)

    option = typer.Option(metavar="CODE", help="In this language.")
    monkeypatch.setattr(post_filters, "Language", Annotated[str | None, option], raising=False)
    run = choosing(limit=7)(command)
    assert {"target", "flag", "language", "limit"} <= set(inspect.signature(run).parameters)
    values = dict.fromkeys(FILTERS, None) | {"target": "x", "flag": True, "limit": 0}
    values = dict.fromkeys(inspect.signature(run).parameters) | values
    run(**{**values, "language": "en", "category": "a"})
    assert (taken[0].query.language, taken[0].query.category, taken[0].query.limit) == ("en", "a", None)
    assert taken[0].words == {"language": "en", "category": "a"}


def test_what_cannot_be_meant_is_told_before_anything_is_written() -> None:
    run = choosing(limit=0)(lambda chosen: None)
    values = dict.fromkeys(inspect.signature(run).parameters)
    with pytest.raises(UsageError, match="soon"):
        run(**{**values, "since": "soon"})
