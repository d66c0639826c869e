"""newscrawl retry"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli import crawl
from newscrawl.cli.output import ignoring_closed_pipe, one_line

if TYPE_CHECKING:
    from newscrawl.crawl.hold import CrawlHold
    from newscrawl.crawl.retry import RetryChoice, RetryFilter
    from newscrawl.crawl.run import Run
    from newscrawl.crawl.spider import NewsSpider

Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID", help="Only these articles: ids, as `newscrawl rejects` lists them, or URLs."
    ),
]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Only articles rejected since: 2d, 3h, 2026-03-08.")
]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Only articles with this text in a reason.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Maximum number of pages to fetch.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Fetch the pages but write nothing; list what would be stored.")
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
    """Fetch rejected articles again.

    Use it once the spider is fixed or the site is back. Takes the latest rejects first. A reject is deleted
    once its article is stored as a post. Exits 1 if no article was stored.
    """
    from newscrawl.crawl.retry import RetryFilter, check_kind
    from newscrawl.crawl.runner import check_settings, project_settings, spider_class
    from newscrawl.text.times import parse_past

    crawl.check_given("since", since)
    crawl.check_given("reason", reason)
    seen_since = parse_past(since, datetime.now(UTC)) if since else None
    criteria = RetryFilter(tuple(ids or ()), seen_since, reason, limit)
    kind = spider_class(spider)
    check_kind(kind)
    overrides = crawl.run_settings(settings, newsroom, log_level, dry_run=dry_run)
    check_settings(project_settings(overrides))
    with crawl.locked(spider, dry=dry_run, as_json=as_json) as hold:
        run = _run(kind, criteria, overrides, hold, as_json=as_json)
    if run:
        crawl.finish(run, as_json=as_json)


def _run(
    kind: type[NewsSpider],
    criteria: RetryFilter,
    overrides: dict[str, Any],
    hold: CrawlHold | None,
    *,
    as_json: bool,
) -> Run | None:
    """The run; None if there is nothing to fetch. Prints what it skips."""
    from newscrawl.crawl.retry import retry_plan
    from newscrawl.crawl.runner import run_kind

    choice = _choose(kind, criteria)
    with ignoring_closed_pipe():
        for reason, count in choice.left_out.most_common():
            typer.echo(f"left out: {count}, {one_line(reason)}", err=as_json)
    if not choice.entries:
        typer.echo(f"{kind.name}: nothing to retry", err=as_json)
        if as_json:
            typer.echo("null")
        return None
    return run_kind(kind, {}, overrides, retry_plan(choice, criteria), hold)


def _choose(kind: type[NewsSpider], criteria: RetryFilter) -> RetryChoice:
    from newscrawl.crawl.retry import choose
    from newscrawl.paths import database_name
    from newscrawl.store.client import check_reachable, connect, reaching

    check_reachable("writer")
    with reaching(), connect("writer") as client:
        return choose(client[database_name()], kind, criteria)
