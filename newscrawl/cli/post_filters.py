"""The options that select posts, and `selects_posts`, which adds them to a command."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
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

#: The filters by name, in the order of the help; a command gets None for those not given.
FILTERS: dict[str, Any] = {
    "category": Annotated[
        str | None, typer.Option(metavar="SLUG", help="Only posts of this category: beifangwang, 北方网.")
    ],
    "tag": Annotated[str | None, typer.Option(help="Only posts with this tag: 北方网新闻.")],
    "source": Annotated[
        str | None,
        typer.Option(metavar="OUTLET", help="Only posts written by this outlet: 北方网, beifangwang."),
    ],
    "security": Annotated[
        str | None, typer.Option(metavar="CODE", help="Only posts about this security: 600160, 1.600160.")
    ],
    "language": Annotated[
        str | None,
        typer.Option(metavar="TAG", help="Only posts in this language: en; zh includes zh-CN and zh-Hant."),
    ],
    "story": Annotated[
        str | None, typer.Option(metavar="ID", help="Only this post and its reposts in other outlets.")
    ],
    "since": Annotated[str | None, typer.Option(metavar="WHEN", help=f"Published at or after: {_WHEN}.")],
    "until": Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Published before; a date without a time means its start."),
    ],
    "stored_since": Annotated[
        str | None, typer.Option(metavar="WHEN", help="First stored at or after, whenever published.")
    ],
    "text": Annotated[
        str | None,
        typer.Option(metavar="WORDS", help="Only posts with exactly these words in title or text."),
    ],
    "tdm_allowed": Annotated[
        bool | None,
        typer.Option(
            "--tdm-allowed",
            help="Only posts whose text and data mining nothing reserves, wherever it might.",
        ),
    ],
    "free": Annotated[
        bool | None, typer.Option("--free", help="Only posts whose pages say that they are free to read.")
    ],
}
_LIMIT = Annotated[int, typer.Option(min=0, help="Maximum number of posts, newest first; 0 for all.")]
_BOUNDED_LIMIT = Annotated[int, typer.Option(min=1, max=MOST, help="Maximum number of posts.")]


@dataclass(frozen=True, slots=True)
class PostSelection:
    """The posts that a command works on."""

    query: Query
    words: dict[str, str]  #: the options that were given, as the user wrote them


def select_posts(
    *,
    since: str | None,
    until: str | None,
    stored_since: str | None = None,
    limit: int,
    **filters: str | bool | None,
) -> PostSelection:
    """The selection that the options of a command describe; `filters` are those of FILTERS.

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
    stored = parse_moment(stored_since, now) if stored_since is not None else None
    fields: dict[str, Any] = dict(filters)
    fields["tdm"] = "allowed" if fields.pop("tdm_allowed", None) else None
    fields["access"] = "free" if fields.pop("free", None) else None
    query = Query(**fields, since=begin, until=end, stored_since=stored, limit=limit or None)
    given = {**filters, "since": since, "until": until, "stored_since": stored_since, "limit": limit}
    return PostSelection(query, {name: str(given[name]) for name in (*FILTERS, "limit") if given.get(name)})


def selects_posts(
    limit: int, *, bounded: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options above to a command, after its own, and passes it the selection as `chosen`.

    `limit` is the default of --limit; a `bounded` command holds its posts in memory and takes at most MOST.
    """
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in FILTERS.items()
    ]
    kind = _BOUNDED_LIMIT if bounded else _LIMIT
    options.append(inspect.Parameter("limit", inspect.Parameter.KEYWORD_ONLY, default=limit, annotation=kind))

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        parameters = [*(one for name, one in own.parameters.items() if name != "chosen"), *options]

        @functools.wraps(command)
        def with_options(**given: Any) -> None:
            chosen = select_posts(**{option.name: given.pop(option.name) for option in options})
            command(**given, chosen=chosen)

        # Typer reads a command's options from these two.
        vars(with_options)["__signature__"] = own.replace(parameters=parameters)
        with_options.__annotations__ = {one.name: one.annotation for one in parameters}
        return with_options

    return decorate


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
