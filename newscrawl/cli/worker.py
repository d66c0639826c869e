"""newscrawl worker: runs the jobs of the database that a scheduler with --broker announces."""

from __future__ import annotations

from typing import Annotated

import typer

from newscrawl.cli.beside import beside, shared_alerts, shared_webhooks
from newscrawl.cli.logs import LogFormat, Metrics, log_to_stderr, set_log_format

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
    metrics: Metrics = None,
    log_format: LogFormat = "text",
) -> None:
    """Run what `newscrawl schedule --broker` announces.

    A worker does all that a scheduler without a file does: watched polls, forked runs, a heartbeat, alerts.
    It hears over the broker what is due, and looks by itself every 10 seconds. Any number of workers may run,
    one a home folder, on any number of machines with one database (MONGODB_URI); needs the extra `cluster`.
    """
    import asyncio

    from newscrawl.jobs.broker import check_broker, quiet
    from newscrawl.jobs.hint_listener import HintListener
    from newscrawl.jobs.load import shared_max_parallel
    from newscrawl.jobs.run import RunOptions
    from newscrawl.jobs.scheduler import Scheduler
    from newscrawl.jobs.shared_jobs import SharedJobs
    from newscrawl.jobs.warm import warm_parent
    from newscrawl.jobs.watcher import watcher
    from newscrawl.locks import SchedulerLock
    from newscrawl.paths import home

    set_log_format(log_format)
    check_broker(broker)
    log_to_stderr()
    quiet()
    parts = beside(shared_alerts(), shared_webhooks(), metrics, shared_jobs=True, role="worker")
    scheduler = Scheduler(
        SharedJobs(role="worker"),
        RunOptions(home(), warm=warm_parent(), watcher=watcher(home())),
        max_parallel=concurrency or shared_max_parallel(),
        beside=[*parts, HintListener(broker)],
        lock=SchedulerLock.WORKER,
    )
    asyncio.run(scheduler.run())
