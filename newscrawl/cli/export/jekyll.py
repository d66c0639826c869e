"""newscrawl export jekyll, newscrawl import jekyll"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.printing import json_text, one_line, piped, ticking
from newscrawl.cli.selection import (
    Category,
    Security,
    Since,
    Source,
    Tag,
    Text,
    Until,
    query_of,
    tell_why_none,
)

if TYPE_CHECKING:
    from newscrawl.export.jekyll_import import Imported

SiteAddress = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="ADDRESS",
        envvar="NEWSCRAWL_SITE",
        show_envvar=True,
        help="Address of the site in the links back: //news.example.com.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]


def export_jekyll(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the posts go: a site's _posts.")],
    site: SiteAddress = None,
    category: Category = None,
    tag: Tag = None,
    source: Source = None,
    security: Security = None,
    since: Since = None,
    until: Until = None,
    text: Text = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many, the newest; 0 is all.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write each post as a page of a Jekyll site, `<date>-<id>.md`.

    A page that is the same is not touched, and nothing is removed.
    """
    from newscrawl.export.folder import export_jekyll as write
    from newscrawl.export.jekyll import DEFAULT_SITE, Site
    from newscrawl.read import Posts

    address = Site(DEFAULT_SITE if site is None else site)
    query = query_of(
        category=category,
        tag=tag,
        source=source,
        security=security,
        since=since,
        until=until,
        text=text,
        limit=limit,
    )
    with Posts.connect() as database, piped():
        with ticking("posts") as tick:
            done = write(database.find(query), folder, address, lambda counts: tick(counts.posts))
        if not done.posts:
            tell_why_none(database)
        if as_json:
            typer.echo(json_text({"folder": str(folder), "written": done.written, "same": done.same}))
        else:
            typer.echo(f"{done.written} posts written to {folder}, {done.same} were the same")


def import_jekyll(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of posts, with those below it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would be.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store the pages of a Jekyll site as posts, by the rules of a crawl.

    A page never replaces a post that a crawl brought. What can be no post goes to `rejects`. Exits 1 where
    no page became one.
    """
    import asyncio

    from newscrawl.export.jekyll_import import import_jekyll as read
    from newscrawl.ledger import GOOD

    with ticking("files") as tick:
        done = asyncio.run(read(folder, dry=dry_run, progress=lambda ledger: tick(ledger.pages)))
    with piped():
        _tell(done, as_json=as_json, dry=dry_run)
    if not any(done.ledger.outcomes[outcome] for outcome in GOOD):
        raise typer.Exit(1)


def _tell(done: Imported, *, as_json: bool, dry: bool) -> None:
    outcomes = {outcome: count for outcome, count in done.ledger.outcomes.items() if count}
    if as_json:
        refused = [{"file": name, "reason": reason} for name, reason in done.refused]
        typer.echo(
            json_text(
                {"run": done.run, "dry": dry, "files": done.ledger.pages, **outcomes, "refused": refused}
            )
        )
        return
    for name, reason in done.refused:
        typer.echo(f"rejected: {one_line(name)}: {one_line(reason)}", err=True)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
    typer.echo(f"{done.ledger.pages} files{' (dry run)' if dry else ''}: {counted}")
