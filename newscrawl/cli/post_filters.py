"""The options that select posts. Commands that read posts declare these types as their own parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from newscrawl.read import Posts, Query

MOST = 1000  #: posts that a feed or a search holds in memory

_WHEN = (
    "45m, 3h, 2d, 1w ago, or a date: 2026-03-08, '2026-03-08 12:00', 2026-03-08T12:00+08:00."
    " Without an offset, this machine's time zone is used"
)

Category = Annotated[
    str | None, typer.Option(metavar="SLUG", help="Only posts of this category: beifangwang, 北方网.")
]
Tag = Annotated[str | None, typer.Option(help="Only posts with this tag: 北方网新闻.")]
Source = Annotated[
    str | None, typer.Option(metavar="OUTLET", help="Only posts written by this outlet: 北方网, beifangwang.")
]
Security = Annotated[
    str | None, typer.Option(metavar="CODE", help="Only posts about this security: 600160, 1.600160.")
]
Language = Annotated[
    str | None,
    typer.Option(metavar="TAG", help="Only posts in this language: en; zh includes zh-CN and zh-Hant."),
]
Story = Annotated[
    str | None, typer.Option(metavar="ID", help="Only this post and its reposts in other outlets.")
]
Since = Annotated[str | None, typer.Option(metavar="WHEN", help=f"Published at or after: {_WHEN}.")]
Until = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Published before; a date without a time means its start.")
]
Text = Annotated[
    str | None, typer.Option(metavar="WORDS", help="Only posts with exactly these words in title or text.")
]
Limit = Annotated[int, typer.Option(min=0, help="Maximum number of posts, newest first; 0 for all.")]
BoundedLimit = Annotated[int, typer.Option(min=1, max=MOST, help="Maximum number of posts.")]


@dataclass(frozen=True, slots=True)
class PostSelection:
    """The posts that a command works on."""

    query: Query
    words: dict[str, str]  #: the options that were given, as the user wrote them


def select_posts(*, since: str | None, until: str | None, limit: int, **filters: str | None) -> PostSelection:
    """The selection that the options of a command describe; `filters` are those above, by name.

    Raises UsageError for an invalid value or an empty time span.
    """
    from datetime import UTC, datetime

    from newscrawl.errors import UsageError
    from newscrawl.read import Query
    from newscrawl.text.times import parse_moment

    now = datetime.now(UTC)
    begin = parse_moment(since, now) if since is not None else None
    end = parse_moment(until, now) if until is not None else None
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"--since {since} is not before --until {until}: no post can match")
    fields: dict[str, Any] = dict(filters)
    query = Query(**fields, since=begin, until=end, limit=limit or None)
    given = {**filters, "since": since, "until": until, "limit": limit}
    order = ("category", "tag", "source", "security", "language", "story", "since", "until", "text", "limit")
    return PostSelection(query, {name: str(given[name]) for name in order if given.get(name)})


def explain_empty(posts: Posts) -> None:
    """Prints on standard error why no post was found, and what to do next."""
    if not posts.is_empty():
        typer.echo("no post matches; remove some of the options", err=True)
        return
    typer.echo(
        f"database {posts.name}{_location()} has no posts yet; to get some, run newscrawl crawl eastmoney"
        " or newscrawl import jekyll DIR",
        err=True,
    )
    for name, count in posts.others_with_posts().items():
        typer.echo(f"database {name} has {count} posts: newscrawl --database {name} posts", err=True)


def _location() -> str:
    """The home folder of the embedded server, which depends on where the command is run; else empty."""
    import os

    from newscrawl.paths import home

    named = os.environ.get("MONGODB_URI") or os.environ.get("MONGODB_READ_URI")
    return "" if named else f" in {home()}"
