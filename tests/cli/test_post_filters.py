"""The options that select posts: every command that reads posts takes all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from newscrawl.cli import posts
from newscrawl.cli.export import feeds, files, jekyll
from newscrawl.cli.post_filters import FILTERS, select_posts
from newscrawl.errors import UsageError
from newscrawl.read import Query

COMMANDS = [
    posts.posts,
    posts.search,
    jekyll.export_jekyll,
    files.export_jsonl,
    files.export_csv,
    files.export_parquet,
    feeds.export_atom,
    feeds.export_rss,
    feeds.export_jsonfeed,
]
NOTHING: dict[str, Any] = dict.fromkeys(FILTERS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_every_filter(command: Callable[..., None]) -> None:
    parameters = inspect.signature(command).parameters
    assert set(parameters) >= {*FILTERS, "limit"}
    for name, kind in FILTERS.items():
        assert parameters[name].annotation == kind
        assert parameters[name].default is None
    assert "chosen" not in parameters


def test_every_filter_of_a_query_is_an_option() -> None:
    switches = {"tdm": "tdm_allowed", "access": "free"}
    named = {switches.get(name, name) for name in Query.__slots__}
    assert named - {"outlet", "limit"} == set(FILTERS)  # an outlet is given as --source


def test_the_switches_for_rights_are_conditions() -> None:
    chosen = select_posts(since=None, until=None, limit=5, tdm_allowed=True, free=True)
    assert (chosen.query.tdm, chosen.query.access) == ("allowed", "free")
    assert chosen.words == {"tdm_allowed": "True", "free": "True", "limit": "5"}
    assert select_posts(since=None, until=None, limit=5, tdm_allowed=False, free=None).query.tdm is None


def test_the_selection_has_the_query_and_the_words_as_given() -> None:
    selection = select_posts(
        **{**NOTHING, "language": "en", "category": "a", "since": "2026-03-08T12:00Z"}, limit=0
    )
    assert (selection.query.language, selection.query.category, selection.query.limit) == ("en", "a", None)
    assert selection.query.since is not None
    assert selection.query.since.isoformat() == "2026-03-08T12:00:00+00:00"
    assert selection.words == {"category": "a", "language": "en", "since": "2026-03-08T12:00Z"}
    assert list(selection.words) == ["category", "language", "since"]
    assert select_posts(**NOTHING, limit=7).words == {"limit": "7"}


def test_an_invalid_time_is_reported_before_anything_is_written() -> None:
    with pytest.raises(UsageError, match="Invalid time 'soon'"):
        select_posts(**{**NOTHING, "since": "soon"}, limit=0)


def test_an_empty_time_span_is_an_error() -> None:
    with pytest.raises(UsageError, match="--since 1d is not before --until 2d"):
        select_posts(**{**NOTHING, "since": "1d", "until": "2d"}, limit=0)
