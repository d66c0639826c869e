"""What a crawl prints at its end: a table, or a JSON document."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.cli.output import console, local_time, one_line
from newscrawl.model.ledger import OUTCOMES

if TYPE_CHECKING:
    from rich.table import Table

    from newscrawl.crawl.run import Run

_MEANING = {
    "stored": "new posts",
    "updated": "changed articles; the old text is kept in revisions",
    "unchanged": "fetched again, not changed",
    "duplicate": "another address of a stored article",
    "gone": "stored articles whose pages are gone; marked as withdrawn if still gone an hour later",
    "withdrawn": "stored articles found withdrawn by their source in this run",
    "rejected": "not usable as posts; see newscrawl rejects",
    "failed": "could not be fetched or stored; the next run tries again",
    "spooled": "kept on disk until MongoDB is back",
}

_REASONS = 8  # most common ones shown per outcome


def run_json(run: Run) -> dict[str, Any]:
    """The run's document with ISO 8601 times and the `hosts` requested; after a dry run, also
    `would_store`."""
    document = {name: _plain(value) for name, value in run.document().items()}
    if run.plan.hold:
        document["hosts"] = run.plan.hold.hosts
    if run.dry:
        document["would_store"] = run.would_store
    return document


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def show_run(run: Run) -> None:
    """Prints a table of outcomes, then each problem on one unwrapped line."""
    output = console()

    def say(line: str, style: str | None = None) -> None:
        output.print(line, style=style, markup=False, highlight=False, soft_wrap=True)

    if run.dry:
        for post in run.would_store:
            say(f"{local_time(datetime.fromisoformat(post['date']))}  {one_line(post['title'])}")
    assert run.finished
    seconds = (run.finished - run.started).total_seconds()
    say(f"{run.spider}: {run.ledger.pages} pages in {seconds:.1f} s")
    if run.ledger.pages:
        output.print(_table(run))
    if run.ledger.lists or run.ledger.entries:
        say(_lists(run))
    for problem in run.problems:
        say(f"problem: {problem}", "bold red")


def _table(run: Run) -> Table:
    from rich.table import Table
    from rich.text import Text as Cell

    ledger = run.ledger
    table = Table()
    table.add_column("end")
    table.add_column("pages", justify="right")
    table.add_column("")
    for outcome in OUTCOMES:
        if ledger.outcomes[outcome]:
            table.add_row(outcome, str(ledger.outcomes[outcome]), _MEANING[outcome])
            for reason, count in ledger.why[outcome].most_common(_REASONS):
                table.add_row("", str(count), Cell(f"· {one_line(reason)}"), style="dim")
    return table


def _lists(run: Run) -> str:
    """`420 entries in 25 lists (20 unchanged), 80 repeated`"""
    ledger = run.ledger
    skipped = ((ledger.known, "known"), (ledger.repeated, "repeated"), (ledger.old, "too old"))
    unchanged = f" ({ledger.unchanged_lists} unchanged)" if ledger.unchanged_lists else ""
    parts = [f"{ledger.entries} entries in {ledger.lists} lists{unchanged}"]
    return ", ".join(parts + [f"{count} {name}" for count, name in skipped if count])
