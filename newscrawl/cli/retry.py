"""newscrawl retry"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli import crawl
from newscrawl.cli.output import one_line

if TYPE_CHECKING:
    from newscrawl.crawl.retry import RetryChoice, RetryFilter
    from newscrawl.crawl.run import Run
    from newscrawl.crawl.spider import NewsSpider

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Only these articles, by their ids in `rejects` or addresses."),
]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Only what was rejected since: 2d, 3h, 2026-03-08.")
]
Reason = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only what has this text in one of its reasons.")
]
Limit = Annotated[int | None, typer.Option(min=1, help="Ask for at most so many pages.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Ask for the pages, write nothing; list what would be stored.")
]


def register(app: typer.Typer) -> None:
    app.command("retry")(retry)


def retry(
    spider: crawl.Spider,
    ids: Ids = None,
    since: Since = None,
    reason: Reason = None,
    limit: Limit = None,
    settings: crawl.Settings = None,
    newsroom: crawl.Newsroom = None,
    dry_run: DryRun = False,
    as_json: crawl.AsJson = False,
    log_level: crawl.LogLevel = "ERROR",
) -> None:
    """Ask again for what could not become a post.

    Takes the rejects of a spider, those seen last first, once the spider is mended or the site is back.
    What becomes a post is a reject no more. Exits 1 where none did.
    """
    from newscrawl.crawl.retry import RetryFilter, check_kind
    from newscrawl.crawl.runner import check_settings, project_settings, spider_class
    from newscrawl.locks import alone
    from newscrawl.text.times import parse_past

    crawl.check_given("since", since)
    crawl.check_given("reason", reason)
    moment = parse_past(since, datetime.now(UTC)) if since else None
    wanted = RetryFilter(tuple(ids or ()), moment, reason, limit)
    kind = spider_class(spider)
    check_kind(kind)
    overrides = crawl.run_settings(settings, newsroom, log_level, dry_run=dry_run)
    check_settings(project_settings(overrides))
    with alone(spider, dry=dry_run):
        run = _run(kind, wanted, overrides, as_json=as_json)
    if run:
        crawl.finish(run, as_json=as_json)


def _run(
    kind: type[NewsSpider], wanted: RetryFilter, overrides: dict[str, Any], *, as_json: bool
) -> Run | None:
    """The run; None where there is nothing to ask for, which is told as all that is left out."""
    from newscrawl.crawl.retry import retry_of
    from newscrawl.crawl.runner import run_kind

    chosen = _choose(kind, wanted)
    for reason, count in chosen.left_out.most_common():
        typer.echo(f"left out: {count}, {one_line(reason)}", err=as_json)
    if not chosen.entries:
        typer.echo(f"{kind.name}: nothing to ask for again", err=as_json)
        if as_json:
            typer.echo("null")
        return None
    return run_kind(retry_of(kind, chosen, wanted), {}, overrides)


def _choose(kind: type[NewsSpider], wanted: RetryFilter) -> RetryChoice:
    from newscrawl.crawl.retry import choose
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable, connect, reaching

    check_reachable("writer")
    with reaching(), connect("writer") as client:
        return choose(client[database_name()], kind, wanted)
