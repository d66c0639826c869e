"""newscrawl export jekyll, newscrawl import jekyll"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newscrawl.cli.output import ignoring_closed_pipe, json_text, one_line, piped, ticking
from newscrawl.cli.post_filters import PostSelection, explain_empty, selects_posts
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.export.jekyll.import_posts import Imported
    from newscrawl.export.jekyll.post_file import SiteAddress
    from newscrawl.export.jekyll.site import Handling, SiteJob

POSTS_FOLDER = "_posts"  #: Jekyll's name for the folder of posts

SiteOption = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="ADDRESS",
        envvar="NEWSCRAWL_SITE",
        show_envvar=True,
        help="Address of the site, for links between posts: //news.example.com.",
    ),
]


WithdrawnOption = Annotated[
    str | None,
    typer.Option(
        "--withdrawn",
        metavar="note|omit",
        envvar="NEWSCRAWL_JEKYLL_WITHDRAWN",
        show_envvar=True,
        help="Posts withdrawn by their source: keep them with a note (the default), or leave them out.",
    ),
]


def _named(text: str) -> Path:
    """The folder. Empty text, as from an unset shell variable, would mean the working folder."""
    if not text.strip():
        raise UsageError("DIR is empty; name the site's folder, or . for the current one")
    return Path(text)


AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]


@selects_posts(0)
def export_jekyll(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Folder of the Jekyll site; DIR/_posts for the posts only.", parser=_named
        ),
    ],
    site: SiteOption = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the site.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Check every post again, not only what changed.")
    ] = False,
    withdrawn: WithdrawnOption = None,
    as_json: AsJson = False,
    *,
    chosen: PostSelection,
) -> None:
    """Write posts as a Jekyll site: `jekyll build` does the rest.

    Run it again to update the site: only changes are read and written. Files that you wrote or edited are
    listed and left alone. A page is removed once its post is gone from the database. If DIR is named _posts,
    only the posts are written, as `<date>-<id>.md`, and nothing is ever removed.
    """
    from newscrawl.export.jekyll.post_file import SiteAddress

    address, handling = None if site is None else SiteAddress(site), _handling(withdrawn)
    if folder.absolute().name != POSTS_FOLDER:
        from newscrawl.export.jekyll.site import SiteJob

        job = SiteJob(folder, chosen.query, address, title, everything, handling)
        _export_site(job, as_json=as_json)
    elif title is not None:
        raise UsageError(
            f"--title is for a whole site, and {folder} takes posts only; name the site's folder"
        )
    else:
        _export_posts(folder, chosen, address, omit_withdrawn=handling == "omit", as_json=as_json)


def _handling(word: str | None) -> Handling | None:
    """How to treat withdrawn posts. Raises UsageError for an unknown word."""
    from newscrawl.export.jekyll.site import HANDLINGS

    handling = next((one for one in HANDLINGS if one == word), None)
    if word and handling is None:
        raise UsageError(f"--withdrawn {word!r} is neither {' nor '.join(HANDLINGS)}")
    return handling


def _export_posts(
    folder: Path, chosen: PostSelection, site: SiteAddress | None, *, omit_withdrawn: bool, as_json: bool
) -> None:
    from newscrawl.export.jekyll.posts_folder import export_jekyll as write
    from newscrawl.read import Posts

    with Posts.connect() as database, piped():
        with ticking("posts") as tick:
            done = write(
                database.find(chosen.query),
                folder,
                site,
                lambda counts: tick(counts.posts),
                omit_withdrawn=omit_withdrawn,
            )
        if not done.posts:
            explain_empty(database)
        if as_json:
            typer.echo(json_text({"folder": str(folder), "written": done.written, "same": done.same}))
        else:
            typer.echo(f"{done.written} posts written to {folder}, {done.same} were unchanged")


def _export_site(job: SiteJob, *, as_json: bool) -> None:
    import dataclasses
    from datetime import UTC, datetime

    from newscrawl.export.jekyll.site import export_site
    from newscrawl.export.jekyll.site_queries import SitePosts

    with SitePosts.connect() as database, piped():
        with ticking("posts") as tick:
            done = export_site(
                database, job, datetime.now(UTC), lambda counts: tick(counts.written + counts.same)
            )
        if not done.posts:
            explain_empty(database)
        if as_json:
            typer.echo(json_text({"folder": str(job.folder), **dataclasses.asdict(done)}))
            return
        for path in done.kept:
            typer.echo(
                f"left alone, because it was edited after newscrawl wrote it: {one_line(path)}", err=True
            )
        typer.echo(
            f"{done.written} posts written to {job.folder}, {done.removed} removed,"
            f" {done.posts} there now; {done.files} other files written"
        )


def import_jekyll(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder with the posts; subfolders are included.", parser=_named),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show what would be stored.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Store the pages of a Jekyll site as posts.

    Pages follow the same rules as crawled articles. A page never replaces a crawled post. Pages that cannot
    become a post go to `rejects`. Exits 1 if no page became a post.
    """
    import asyncio

    from newscrawl.export.jekyll.import_posts import import_jekyll as read
    from newscrawl.model.ledger import GOOD

    with ticking("files") as tick:
        done = asyncio.run(read(folder, dry=dry_run, progress=lambda ledger: tick(ledger.pages)))
    with ignoring_closed_pipe():
        _report(done, as_json=as_json, dry=dry_run)
    if not any(done.ledger.outcomes[outcome] for outcome in GOOD):
        raise typer.Exit(1)


def _report(done: Imported, *, as_json: bool, dry: bool) -> None:
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
