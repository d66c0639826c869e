"""newscrawl freeze"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newscrawl.errors import UsageError


def register(app: typer.Typer) -> None:
    app.command("freeze")(freeze)


def freeze(
    spider: Annotated[str, typer.Argument(metavar="SPIDER")],
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="Address of a page, or a saved page.")],
    url: Annotated[str | None, typer.Option(help="Where a saved page is from.")] = None,
    fetched: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="When it was fetched; now if not said."),
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where frozen pages are kept.")] = Path("tests/pages"),
    newsroom: Annotated[str | None, typer.Option(metavar="URL", help="Ask this newsroom.")] = None,
) -> None:
    """Keep a page and what the spider makes of it now; the tests then hold it to that."""
    from newscrawl.cli.crawl import replica_settings
    from newscrawl.crawling import spider_class
    from newscrawl.freezing import write_frozen
    from newscrawl.trying import fetch, read_file

    kind = spider_class(spider)
    at = _moment(fetched)
    if page.startswith(("http://", "https://")):
        overrides = replica_settings(newsroom) if newsroom else {}
        got = fetch(page, overrides | {"LOG_LEVEL": "ERROR"})
    else:
        got = read_file(Path(page), url)
    note = write_frozen(folder, kind, got, at)
    said = json.loads(note.read_text(encoding="utf-8"))["gives"]
    typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
    typer.echo(f"{note.with_suffix('.html')} and {note} written; read them, then commit both", err=True)
    if "rejected" in said:
        raise typer.Exit(1)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--fetched {text!r} is no moment; 2026-03-08T12:00+08:00 is") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
