"""What a crawl prints at its end: a table for people, a document for programs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.ledger import OUTCOMES

if TYPE_CHECKING:
    from rich.table import Table

    from newscrawl.run import Run

_MEANING = {
    "stored": "new posts",
    "updated": "changed articles, the old text kept in revisions",
    "unchanged": "asked again, as they were",
    "duplicate": "the same article again",
    "rejected": "could not become a post; see the collection rejects",
    "failed": "could not be fetched, retries included",
    "spooled": "wait on disk until MongoDB is back",
}


def run_json(run: Run) -> dict[str, Any]:
    """The run's document with ISO 8601 times; with `would_store` after a dry run."""
    document = {name: _plain(value) for name, value in run.document().items()}
    if run.dry:
        document["would_store"] = run.would_store
    return document


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def show_run(run: Run) -> None:
    """Prints the closing table, then each problem."""
    from rich.console import Console

    console = Console()
    if run.dry:
        for post in run.would_store:
            console.print(f"{post['date'][:16]}  {post['title']}", markup=False, highlight=False)
    assert run.finished
    seconds = (run.finished - run.started).total_seconds()
    console.print(f"{run.spider}: {run.ledger.pages} pages in {seconds:.1f} s", highlight=False)
    if run.ledger.pages:
        console.print(_table(run))
    console.print(_lists(run), highlight=False)
    for problem in run.problems:
        console.print(f"problem: {problem}", style="bold red", markup=False, highlight=False)


def _table(run: Run) -> Table:
    from rich.table import Table

    ledger = run.ledger
    table = Table()
    table.add_column("end")
    table.add_column("pages", justify="right")
    table.add_column("")
    for outcome in OUTCOMES:
        if ledger.outcomes[outcome]:
            table.add_row(outcome, str(ledger.outcomes[outcome]), _MEANING[outcome])
    for reason, count in ledger.reasons.most_common(8):
        table.add_row("", str(count), f"· {reason}", style="dim")
    return table


def _lists(run: Run) -> str:
    """`420 entries in 25 lists, 80 repeated`"""
    ledger = run.ledger
    skipped = ((ledger.known, "known"), (ledger.repeated, "repeated"), (ledger.old, "too old"))
    parts = [f"{ledger.entries} entries in {ledger.lists} lists"]
    return ", ".join(parts + [f"{count} {name}" for count, name in skipped if count])
