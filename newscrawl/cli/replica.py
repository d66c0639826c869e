"""newscrawl newsroom"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

    from newscrawl.newsroom.articles import ReplicaStory


def register(app: typer.Typer) -> None:
    app.command("newsroom")(newsroom)


def newsroom(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free port.")] = 0,
    articles: Annotated[
        int, typer.Option(min=1, max=20_000, help="Number of articles, counted back from now.")
    ] = 420,
    seed: Annotated[int, typer.Option(help="Seed of the generated news.")] = 7,
    now: Annotated[str | None, typer.Option(metavar="WHEN", help="Generate news as of this time.")] = None,
    posts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Serve the Jekyll posts in this folder instead.")
    ] = None,
    faults: Annotated[bool, typer.Option(help="Include faults that real sources have.")] = True,
    until_stdin_ends: Annotated[bool, typer.Option("--until-stdin-ends", hidden=True)] = False,
) -> None:
    """Serve the bundled newsroom on loopback until Ctrl-C.

    It imitates East Money's hosts and four other sites with invented news.
    """
    from twisted.internet import reactor as installed
    from twisted.internet.error import CannotListenError

    from newscrawl.newsroom.server import serve, stop_with_stdin
    from newscrawl.newsroom.sites import SITES
    from newscrawl.newsroom.state import ReplicaState

    reactor = cast("ReactorBase", installed)
    state = ReplicaState(_from_posts(posts) if posts else _generated(now, articles, seed, faults=faults))
    try:
        taken = serve(state, port, reactor)
    except CannotListenError as error:
        raise UsageError(
            f"port {port} is already in use; choose another with --port, or 0 for any free port"
        ) from error
    typer.echo(f"newsroom: http://127.0.0.1:{taken}")
    typer.echo(
        f"{len(state.stories)} articles; newscrawl crawl eastmoney --newsroom http://127.0.0.1:{taken}"
    )
    if not posts:
        typer.echo("more sites, for newscrawl crawl enorth or newscrawl crawl site -a url=…:")
        for site in SITES:
            typer.echo(f"  {site.home}  {site.title}")
    sys.stdout.flush()
    if until_stdin_ends:
        stop_with_stdin(reactor)
    reactor.run()


def _generated(now: str | None, articles: int, seed: int, *, faults: bool) -> list[ReplicaStory]:
    from newscrawl.newsroom.articles import latest
    from newscrawl.text.times import parse_moment

    real = datetime.now(UTC)
    try:
        return latest(parse_moment(now, real) if now else real, articles, seed, faults=faults)
    except OverflowError as error:
        raise UsageError(
            f"--now {now} is too early for {articles} articles before it; choose a later time"
        ) from error


def _from_posts(folder: Path) -> list[ReplicaStory]:
    from newscrawl.newsroom.from_jekyll import stories_of

    return stories_of(folder)
