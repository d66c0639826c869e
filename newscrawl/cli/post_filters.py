"""The options that choose posts, shared by the commands that read them."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from newscrawl.read import Posts, Query

_WHEN = (
    "45m, 3h, 2d, 1w ago, or a date: 2026-03-08, '2026-03-08 12:00', 2026-03-08T12:00+08:00;"
    " without an offset in this machine's zone"
)

Category = Annotated[str | None, typer.Option(metavar="SLUG", help="Of this category: beifangwang, 北方网.")]
Tag = Annotated[str | None, typer.Option(help="With this tag: 北方网新闻.")]
Source = Annotated[
    str | None, typer.Option(metavar="OUTLET", help="Written by this outlet: 北方网, beifangwang.")
]
Security = Annotated[str | None, typer.Option(metavar="CODE", help="Marks this security: 600160, 1.600160.")]
Language = Annotated[
    str | None, typer.Option(metavar="TAG", help="In this language: en; zh takes zh-CN and zh-Hant, too.")
]
Story = Annotated[
    str | None, typer.Option(metavar="ID", help="Of one story: this post and its reposts elsewhere.")
]
Since = Annotated[str | None, typer.Option(metavar="WHEN", help=f"Published then or later: {_WHEN}.")]
Until = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Published before then; a day alone is its beginning.")
]
Text = Annotated[str | None, typer.Option(metavar="WORDS", help="With just these words in title or text.")]


def query_of(*, since: str | None, until: str | None, limit: int | None, **fields: str | None) -> Query:
    """The query that options mean. Raises UsageError for a moment that is none, and a span that is empty."""
    from datetime import UTC, datetime

    from newscrawl.errors import UsageError
    from newscrawl.read import Query
    from newscrawl.text.times import parse_moment

    now = datetime.now(UTC)
    begin = parse_moment(since, now) if since is not None else None
    end = parse_moment(until, now) if until is not None else None
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"--since {since} is not before --until {until}: no post lies between them")
    filters: dict[str, Any] = dict(fields)
    return Query(**filters, since=begin, until=end, limit=limit or None)


def tell_why_none(posts: Posts) -> None:
    """Says on standard error why nothing was found, and what to do next."""
    if not posts.is_empty():
        typer.echo("no post is as asked for; with fewer options there are more", err=True)
        return
    typer.echo(
        f"no posts in the database {posts.name}{_whereabouts()} yet; newscrawl crawl eastmoney fetches some,"
        " newscrawl import jekyll DIR takes those of a site",
        err=True,
    )
    for name, count in posts.others_with_posts().items():
        typer.echo(f"{count} posts are in {name}: newscrawl --database {name} posts", err=True)


def _whereabouts() -> str:
    """Which of the embedded servers it is: the home folder depends on where a command is called."""
    import os

    from newscrawl.paths import home

    named = os.environ.get("MONGODB_URI") or os.environ.get("MONGODB_READ_URI")
    return "" if named else f" of {home()}"


# --- the same options for any command: each one above is taken by every export

_FILTER = str | None  # the type of an option above that is a filter


@dataclass(frozen=True, slots=True)
class PostSelection:
    """Which posts a command is to take."""

    query: Query
    words: dict[str, str]  #: the options that were given, as they were written


def choosing(limit: int, most: int | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command all filters and --limit; it has them as `chosen`, a Chosen, after its other options.

    `limit` is the default of --limit, `most` its greatest value; without one, 0 is all.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            command(chosen=_chosen(values), **values)

        own = dict(inspect.signature(command, eval_str=True).parameters)
        del own["chosen"]
        all_of_them = [*own.values(), *_parameters(limit, most)]
        signature = inspect.Signature(
            [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in all_of_them]
        )
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in all_of_them}
        return run

    return give


def _filters() -> dict[str, Any]:
    """`category` and the like, with what typer needs to know of each."""
    return {
        name.lower(): option
        for name, option in list(globals().items())
        if typing.get_origin(option) is Annotated and typing.get_args(option)[0] == _FILTER
    }


def _parameters(limit: int, most: int | None) -> list[inspect.Parameter]:
    about = "At most so many, the newest" + ("; 0 is all." if most is None else ".")
    option = typer.Option(min=0 if most is None else 1, max=most, help=about)
    kinds = {**_filters(), "limit": Annotated[int, option]}
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=limit if name == "limit" else None,
            annotation=kind,
        )
        for name, kind in kinds.items()
    ]


def _chosen(values: dict[str, Any]) -> PostSelection:
    """Takes the filters out of a command's values. Raises UsageError."""
    given = {name: values.pop(name) for name in (*_filters(), "limit")}
    words = {name: str(value) for name, value in given.items() if value}
    return PostSelection(query_of(**given), words)
