"""newscrawl reread"""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.output import counted, ignoring_closed_pipe, json_text, one_line, ticking
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.crawl.reread.reread_run import Outcome
    from newscrawl.crawl.reread.tally import Selection, Tally

_WORDS = {  # outcome -> text, in this order
    "unchanged": "posts did not change",
    "changed": "posts changed, each as a revision",
    "stored": "rejects are posts now",
    "rejected": "rejects as before",
    "would reject": "posts would be rejected today; they stay as they are",
    "edited": "posts were edited by hand; they stay as they are",
    "newer": "pages have a newer version",
    "gone": "pages no longer have a post or reject",
    "no spider": "pages no longer have a spider; their posts stay as they are",
    "failed": "pages could not be read again; their posts stay as they are",
}
_DRY_WORDS = {"changed": "posts would change, each as a revision", "stored": "rejects would become posts"}


def register(app: typer.Typer) -> None:
    app.command("reread")(reread)


def reread(
    source: Annotated[str | None, typer.Option(metavar="SPIDER", help="Only pages of this spider.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Only pages fetched since: 2d, 2026-03-08.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Only pages fetched before.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Only posts of layout=NAME or outlet=SLUG, or rejects with reason=TEXT; repeatable.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option("--processes", "-n", min=1, max=256, help="Processes; by default, one per core."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; show the fields that would change.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Read all kept pages again with the current rules and spiders.

    Sends no requests. A post whose content differs gets a new revision; rejects that are valid now become
    posts. Safe to interrupt; rerun to continue. Exits 1 if pages could not be reread.
    """
    from newscrawl.crawl.reread.reread_run import reread as run
    from newscrawl.warc.files import pages_folder
    from newscrawl.warc.page_reader import need_fastwarc

    selection = _selection(source, since, until, where or [])
    need_fastwarc()
    with ticking("pages") as show:
        outcome = run(
            pages_folder(), selection, processes=processes or _cores(), dry_run=dry_run, on_progress=show
        )
    with ignoring_closed_pipe():
        if as_json:
            typer.echo(json_text(_document(outcome, dry_run=dry_run), indent=2))
        else:
            _show(outcome, dry_run=dry_run)
    _finish(outcome)


def _selection(source: str | None, since: str | None, until: str | None, where: list[str]) -> Selection:
    """Raises UsageError."""
    from newscrawl.crawl.reread.tally import Selection
    from newscrawl.crawl.runner import spider_class
    from newscrawl.text.times import parse_past

    now = datetime.now(UTC)
    if source is not None:
        spider_class(source)  # an unknown name is an error
    begin = parse_past(since, now) if since is not None else None
    end = parse_past(until, now) if until is not None else None
    if begin is not None and end is not None and begin >= end:
        raise UsageError(f"--since {since} is not before --until {until}")
    return Selection.of(source, begin, end, where)


def _finish(outcome: Outcome) -> None:
    """Prints what went wrong to standard error, and exits accordingly."""
    crashed = (f"a page crashes the process that reads it: {page}" for page in outcome.crashed)
    for words in (*outcome.busy, *crashed):
        typer.echo(f"newscrawl: {one_line(words)}", err=True)
    if outcome.stopped is not None:
        typer.echo("newscrawl: stopped; run the same command to continue", err=True)
        raise typer.Exit(128 + outcome.stopped)
    tally = outcome.tally
    if outcome.busy or tally.damaged or tally.outcomes["failed"] or tally.outcomes["no spider"]:
        raise typer.Exit(1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _document(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    tally = outcome.tally
    return {
        "dry_run": dry_run,
        "files": outcome.files,
        "pages": tally.outcomes.total(),
        "outcomes": {name: tally.outcomes[name] for name in _WORDS},
        "fields": [
            {
                "field": name,
                "posts": count,
                "examples": [
                    {"post": post, "before": before, "after": after}
                    for post, before, after in tally.examples[name]
                ],
            }
            for name, count in tally.fields.most_common()
        ],
        "reasons": [
            {"reason": reason, "pages": count, "examples": tally.named[reason]}
            for reason, count in tally.reasons.most_common()
        ],
        "damaged_bytes": tally.damaged,
        **{name: value for name, value in asdict(outcome).items() if name in ("busy", "crashed", "stopped")},
    }


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    tally = outcome.tally
    if not outcome.files:
        typer.echo("no files of kept pages match; newscrawl pages list shows them", err=True)
        return
    done = ", nothing written" if dry_run else ""
    typer.echo(f"{counted(tally.read, 'page')} reread, from {counted(outcome.files, 'file')}{done}")
    words = _WORDS | (_DRY_WORDS if dry_run else {})
    for name, said in words.items():
        if count := tally.outcomes[name]:
            typer.echo(f"{count:>9,} {said}")
    if tally.damaged:
        typer.echo(f"{tally.damaged:>9,} bytes are damaged; newscrawl pages verify shows where")
    _show_fields(tally)
    for reason, count in tally.reasons.most_common():
        typer.echo(
            f"\n{one_line(reason)}: {count:,}, such as {', '.join(map(one_line, tally.named[reason]))}"
        )


def _show_fields(tally: Tally) -> None:
    if not tally.fields:
        return
    width = max(len("field"), *map(len, tally.fields))
    typer.echo(f"\n{'field':<{width}}  posts")
    for name, count in tally.fields.most_common():
        typer.echo(f"{name:<{width}}  {count:>5,}")
        for post, before, after in tally.examples[name]:
            typer.echo(f"    {one_line(post)}")
            typer.echo(f"      before: {one_line(before) or '(nothing)'}")
            typer.echo(f"      after:  {one_line(after) or '(nothing)'}")
