"""Options of commands that run for long: how they log, and where their metrics are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

LogFormat = Annotated[
    str, typer.Option("--log-format", metavar="FORMAT", help="text, or json: one object a line.")
]
Metrics = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Serve /metrics, /healthz and /readyz there: 127.0.0.1:9464."),
]


def set_log_format(chosen: str, level: str = "INFO") -> None:
    """Makes the log of this process JSON, on standard error, if that is wanted. Raises UsageError."""
    if chosen == "text":
        return
    import logging

    from newscrawl import log_format

    log_format.choose(chosen)
    log_format.log_to_stderr(level)
    for name in ("pymongo", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def log_to_stderr() -> None:
    """Text on standard error, of newscrawl from INFO on; nothing if the log is JSON already."""
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)


def is_json() -> bool:
    """Whether the log is JSON."""
    module = sys.modules.get("newscrawl.log_format")  # not imported: it costs time, and the log is text
    return module is not None and module.is_json()


def complain(message: str) -> None:
    """Prints `newscrawl: …` on standard error; a line of JSON if the log is."""
    if is_json():
        import logging

        logging.getLogger("newscrawl").error("%s", message)
    else:
        typer.echo(f"newscrawl: {message}", err=True)
