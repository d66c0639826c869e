"""newscrawl crawl"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli.logs import LogFormat, complain, is_json, set_log_format
from newscrawl.cli.output import ignoring_closed_pipe, one_line
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from newscrawl.crawl.hold import CrawlHold
    from newscrawl.crawl.run import Run

Spider = Annotated[str, typer.Argument(help="Name of the spider; `newscrawl sources` lists them.")]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Only articles published since: 2d, 3h, 2026-03-08.")
]
Limit = Annotated[int | None, typer.Option(min=1, help="Maximum number of articles.")]
Arguments = Annotated[
    list[str] | None, typer.Option("-a", metavar="NAME=VALUE", help="Argument of the spider; repeatable.")
]
Settings = Annotated[
    list[str] | None, typer.Option("-s", metavar="NAME=VALUE", help="Scrapy setting; repeatable.")
]
Newsroom = Annotated[str | None, typer.Option(metavar="URL", help="Crawl this newsroom instead of the web.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Write nothing; list what would be stored or updated.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the run's document as JSON.")]
LogLevel = Annotated[str, typer.Option("--log-level", "-L", help="Level of the log on standard error.")]


def register(app: typer.Typer) -> None:
    app.command("crawl")(crawl)


def crawl(
    spider: Spider,
    since: Since = None,
    limit: Limit = None,
    arguments: Arguments = None,
    settings: Settings = None,
    newsroom: Newsroom = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    log_level: LogLevel = "ERROR",
    log_format: LogFormat = "text",
) -> None:
    """Crawl one source now: read its lists and fetch the new articles.

    Stored articles that may have changed are fetched again.
    Exits 1 if the run failed or stored nothing good, and prints why.
    """
    from newscrawl.crawl.runner import run_spider, spider_class

    set_log_format(log_format, _level(log_level))
    check_given("since", since)
    spider_arguments = pairs(arguments, "-a since=2d")
    spider_arguments |= {"since": since} if since else {}
    spider_arguments |= {"limit": str(limit)} if limit else {}
    spider_class(spider)(**spider_arguments)  # report invalid arguments first
    overrides = run_settings(settings, newsroom, log_level, dry_run=dry_run)
    with locked(spider, dry=overrides["NEWSCRAWL_DRY_RUN"], as_json=as_json) as hold:
        run = run_spider(spider, spider_arguments, overrides, hold)
    finish(run, as_json=as_json)


def run_settings(
    settings: list[str] | None, newsroom: str | None, log_level: str, *, dry_run: bool
) -> dict[str, Any]:
    """A run's settings from its options. Warns on standard error if the web is to be crawled without a
    contact address. Raises UsageError."""
    overrides: dict[str, Any] = {
        "LOG_LEVEL": _level(log_level),
        "NEWSCRAWL_DRY_RUN": dry_run,
        "NEWSCRAWL_PROGRESS": True,
    }
    overrides |= replica_settings(newsroom)
    overrides |= pairs(settings, "-s LOG_LEVEL=INFO")
    if not newsroom and not os.environ.get("NEWSCRAWL_NEWSROOM") and not os.environ.get("NEWSCRAWL_CONTACT"):
        complain("set NEWSCRAWL_CONTACT to an address where site owners can reach you")
    if is_json():
        overrides["LOG_INSTALL_ROOT_HANDLER"] = False  # we have our own
    return overrides


def check_given(name: str, value: str | None) -> None:
    """Raises UsageError for an empty option: `--newsroom "$N"` without N must not crawl the web."""
    if value is not None and not value.strip():
        raise UsageError(f"--{name} is empty; give it a value, or leave it out")


def replica_settings(newsroom: str | None) -> dict[str, Any]:
    """Settings for crawling a newsroom: its address, and no delay unless it asks for one.

    {} without a newsroom. Raises UsageError for an empty address.
    """
    check_given("newsroom", newsroom)
    if newsroom is None:
        return {}
    return {
        "NEWSCRAWL_NEWSROOM": newsroom,
        "DOWNLOAD_DELAY": 0.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "AUTOTHROTTLE_START_DELAY": 0.0,
    }


@contextmanager
def locked(spider: str, *, dry: bool, as_json: bool) -> Iterator[CrawlHold | None]:
    """Holds the spider. Raises SpiderBusy; with JSON, prints it as the skip reason, which the scheduler
    reads."""
    from newscrawl.crawl.hold import alone
    from newscrawl.errors import SpiderBusy

    with ExitStack() as stack:
        try:
            hold = stack.enter_context(alone(spider, dry=dry))
        except SpiderBusy as error:
            if as_json:
                typer.echo(json.dumps({"spider": spider, "skipped": str(error)}, ensure_ascii=False))
            raise
        yield hold


def finish(run: Run, *, as_json: bool) -> None:
    """Prints the result of a run; exits 1 if it has problems."""
    from newscrawl.cli.run_report import run_json, show_run

    with ignoring_closed_pipe():
        if as_json:
            typer.echo(json.dumps(run_json(run), ensure_ascii=False, indent=2))
        else:
            show_run(run)
    if as_json:
        warn(run.spider, run.problems)
    if run.problems:
        raise typer.Exit(1)


def warn(subject: str, problems: Iterable[str]) -> None:
    """Prints each problem on its own line of standard error, which cron mails even if output goes to a
    file."""
    for problem in problems:
        complain(f"{subject}: {one_line(problem)}")


def pairs(given: list[str] | None, example: str) -> dict[str, str]:
    """NAME=VALUE words as a dict. Raises UsageError with the invalid word and an example."""
    pairs = {}
    for word in given or []:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word!r} is not NAME=VALUE, as in {example}")
        pairs[name] = value
    return pairs


def _level(name: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if name.upper() not in levels:
        raise UsageError(f"unknown log level {name!r}; use one of {', '.join(levels)}")
    return name.upper()
