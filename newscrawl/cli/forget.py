"""newscrawl forget: articles that may not be kept."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from newscrawl.cli.output import counted, json_text, local_time, one_line, ticking
from newscrawl.errors import NewscrawlError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document
    from newscrawl.store.forgetting.forget import ForgetJob, Forgotten
    from newscrawl.store.forgetting.targets import Target
    from newscrawl.store.server.credentials import Role

References = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Posts or rejects, by id or address.")
]
Urls = Annotated[
    list[str] | None,
    typer.Option("--url", metavar="URL", help="Forget the article at this address, even if none is stored."),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="FIELD=VALUE",
        help="Forget all posts with this value: source.slug=beifangwang. If repeated, all must match.",
    ),
]
Reason = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Why, as kept with the tombstone. Do not name the article.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be forgotten.")]
Yes = Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")]
ListOption = Annotated[
    bool, typer.Option("--list", help="List when, why and how many articles were forgotten.")
]
Lift = Annotated[
    bool, typer.Option("--lift", help="Remove the tombstones of these articles: they may be stored again.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Finish what an interrupted run left.")]
Sweep = Annotated[
    bool,
    typer.Option(
        "--sweep", help="Remove all that was ever forgotten and came back: with a backup, on another machine."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="With --list: print a JSON array.")]


def register(app: typer.Typer) -> None:
    app.command("forget")(forget)


def forget(
    references: References = None,
    urls: Urls = None,
    where: Where = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    list_them: ListOption = False,
    lift: Lift = False,
    resume: Resume = False,
    sweep: Sweep = False,
    as_json: AsJson = False,
) -> None:
    """Forget articles for good: a court, a contract, the GDPR.

    Removes their posts, revisions, rejects, search rows and kept pages, and keeps them from coming back with
    a crawl, an import, a reread, an archive or an old dump. Site exports and feeds drop them at their next
    run; `newscrawl watch` reports the deletion. This cannot be undone.
    """
    given = _Given(references or [], urls or [], where or [])
    modes = [name for name, on in (("--list", list_them), ("--resume", resume), ("--sweep", sweep)) if on]
    if len(modes) > 1 or (modes and (given.any or lift)):
        raise UsageError(f"{modes[0]} takes no articles and no other of --list, --resume, --sweep, --lift")
    if not modes and not given.any:
        raise UsageError("say what to forget: newscrawl forget ID, --url URL or --where FIELD=VALUE")
    if lift and given.where:
        raise UsageError("--lift needs the id or the address of each article: what they were is not kept")
    if not modes and not lift and not dry_run and not (reason or "").strip():
        raise UsageError("--reason is missing: say why, such as --reason 'court order 12 O 345/26'")
    if list_them:
        asyncio.run(_list(as_json=as_json))
    elif lift:
        asyncio.run(_lift(given))
    elif sweep:
        asyncio.run(_sweep())
    else:
        asyncio.run(_forget(given, (reason or "").strip(), dry_run=dry_run, yes=yes, resume=resume))


class _Given(NamedTuple):
    """The articles as named on the command line."""

    ids: list[str]
    urls: list[str]
    where: list[str]

    @property
    def any(self) -> bool:
        return bool(self.ids or self.urls or self.where)


async def _forget(given: _Given, reason: str, *, dry_run: bool, yes: bool, resume: bool) -> None:
    from newscrawl.store.forgetting.forget import forget as forget_them
    from newscrawl.store.forgetting.targets import count

    async with _database() as database:
        targets = await _targets(database, given)
        if not resume:
            stored = await count(database, targets)
            typer.echo(f"{counted(len(targets), 'article')}: {stored}")
            if dry_run:
                _show(targets)
                return
            _confirm(targets, yes=yes)
        with ticking("files of kept pages read") as show:
            done = await forget_them(_job(database, show), targets, reason)
    _report(done)
    if done.left:
        raise typer.Exit(1)


async def _targets(database: AsyncDatabase[Document], given: _Given) -> list[Target]:
    """The articles. Raises UsageError, and NewscrawlError for one that is not stored."""
    from newscrawl.read.post_references import filters_for
    from newscrawl.store.forgetting.targets import at_address, matching, named, parse_where

    found = {}
    for reference in given.ids:
        targets = await named(database, filters_for(reference))
        if not targets and not await _stones(database, [reference]):
            raise NewscrawlError(
                f"database {database.name} has neither a post nor a reject {one_line(reference)}; nothing was"
                " forgotten. To keep an article away that is not stored, name its address: --url URL"
            )
        found.update({target.id: target for target in targets})
    for url in given.urls:
        found.update({target.id: target for target in await at_address(database, url, filters_for(url))})
    if given.where:
        targets = await matching(database, parse_where(given.where))
        if not targets:
            raise NewscrawlError(f"no post has {' and '.join(given.where)}; nothing was forgotten")
        found.update({target.id: target for target in targets})
    return list(found.values())


async def _stones(database: AsyncDatabase[Document], references: Sequence[str]) -> list[Document]:
    """The tombstones of these articles, by their ids or addresses."""
    from newscrawl.read.post_references import filters_for
    from newscrawl.store.tombstones import Names, stones_of

    names = []
    for reference in references:
        for wanted in filters_for(reference):
            if "_id" in wanted:
                ids = wanted["_id"]["$in"] if isinstance(wanted["_id"], dict) else [wanted["_id"]]
                names += [Names(one) for one in ids]
            else:
                names += [Names("", frozenset(wanted["canonical_url"]["$in"]))]
    return await stones_of(database, names)


def _show(targets: Sequence[Target]) -> None:
    for target in targets:
        title = min(target.titles, default="")
        typer.echo(
            "  ".join((one_line(target.id), one_line(min(target.addresses, default="")), one_line(title)))
        )


def _confirm(targets: Sequence[Target], *, yes: bool) -> None:
    if yes:
        return
    _show(targets[:_SHOWN])
    if len(targets) > _SHOWN:
        typer.echo(f"… and {len(targets) - _SHOWN:,} more")
    if not sys.stdin.isatty():
        raise UsageError("nothing was forgotten: there is no terminal to ask on; add --yes")
    if not typer.confirm("Forget this for good?"):
        raise typer.Exit(1)


_SHOWN = 20  # articles before the question


def _report(done: Forgotten) -> None:
    documents = ", ".join(f"{count:,} in {name}" for name, count in done.documents.items())
    typer.echo(f"{counted(done.articles, 'article')} forgotten: {documents or 'nothing was stored'}")
    if done.pages.files:
        typer.echo(
            f"{counted(done.pages.articles, 'kept page')} erased, {done.pages.bytes:,} bytes, in"
            f" {counted(done.pages.files, 'file')} read"
        )
    if done.logs:
        typer.echo(f"{counted(done.logs, 'place')} in logs overwritten")
    for words in done.left:
        typer.echo(f"newscrawl: {one_line(words)}", err=True)


async def _lift(given: _Given) -> None:
    from newscrawl.store.tombstones import lift

    async with _database() as database:
        found: dict[str, Document] = {}
        for reference in (*given.ids, *given.urls):
            stones = await _stones(database, [reference])
            if not stones:
                raise NewscrawlError(f"{one_line(reference)} is not forgotten; nothing was lifted")
            found.update({stone["_id"]: stone for stone in stones})
        if any("left" in stone for stone in found.values()):
            raise NewscrawlError("not all of it is forgotten yet: run newscrawl forget --resume first")
        count = await lift(database, found.values())
    typer.echo(f"{counted(count, 'tombstone')} lifted: the next crawl may store the article again")


async def _sweep() -> None:
    from newscrawl.store.forgetting.forget import sweep

    async with _database() as database:
        with ticking("files of kept pages read") as show:
            done = await sweep(_job(database, show))
    _report(done)
    if done.left:
        raise typer.Exit(1)


async def _list(*, as_json: bool) -> None:
    from newscrawl.store.tombstones import listed

    async with _database("reader") as database:
        rows = await listed(database)
    if as_json:
        typer.echo(json_text(rows, indent=2))
        return
    if not rows:
        typer.echo("nothing was forgotten", err=True)
    for row in rows:
        state = f"{row['unfinished']} unfinished" if row["unfinished"] else "done"
        cells = (local_time(row["at"]), counted(row["articles"], "article"), state, one_line(row["reason"]))
        typer.echo("\t".join(cells))


@asynccontextmanager
async def _database(role: Role = "writer") -> AsyncIterator[AsyncDatabase[Document]]:
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable, connect_async, reaching

    check_reachable(role)
    async with await connect_async(role, socketTimeoutMS=None) as client:
        with reaching():
            yield client[database_name()]


def _job(database: AsyncDatabase[Document], progress: Callable[[int], None]) -> ForgetJob:
    from newscrawl.store.forgetting.forget import ForgetJob
    from newscrawl.store.leases import holding_pages

    return ForgetJob(database, holding_pages(), datetime.now(UTC), progress)
