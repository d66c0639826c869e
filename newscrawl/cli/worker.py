"""newscrawl worker: runs the jobs of the database that a scheduler with --broker announces."""

from __future__ import annotations

from typing import Annotated

import typer

BROKER = "NEWSCRAWL_BROKER"


def register(app: typer.Typer) -> None:
    app.command("worker")(worker)


def worker(
    broker: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar=BROKER,
            show_envvar=False,
            help="redis://HOST:6379/0 or amqp://USER:PASSWORD@HOST:5672//; else NEWSCRAWL_BROKER.",
        ),
    ],
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Crawls at the same time; else the jobs file's, or cores + 2."),
    ] = None,
) -> None:
    """Run what `newscrawl schedule --broker` announces, until SIGTERM.

    Any number of workers may run, on any number of machines with one database (MONGODB_URI); needs the
    extra `cluster`. While the broker is away, a worker tries to reach it again every few seconds.
    """
    from newscrawl.cli.jobs import log_to_stderr
    from newscrawl.jobs.broker import check_broker, quiet
    from newscrawl.jobs.load import shared_max_parallel
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import default_parallel
    from newscrawl.paths import home

    check_broker(broker)
    log_to_stderr()
    quiet()
    number = concurrency or shared_max_parallel() or default_parallel()
    from newscrawl.jobs.worker import work  # imports Celery

    raise typer.Exit(work(broker, RunOptions(home()), number))
