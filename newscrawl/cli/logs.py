"""Log and metrics options of long-running commands."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

LogFormat = Annotated[
    str, typer.Option("--log-format", metavar="FORMAT", help="text, or json: one object per line.")
]
Metrics = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Serve /metrics, /healthz and /readyz here: 127.0.0.1:9464."),
]


def set_log_format(chosen: str, level: str = "INFO") -> None:
    """Logs JSON to standard error if `chosen` is json. Raises UsageError."""
    if chosen == "text":
        return
    import logging

    from newscrawl import log_format

    log_format.choose(chosen)
    log_format.log_to_stderr(level)
    for name in ("pymongo", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def log_to_stderr() -> None:
    """Logs text to standard error, newscrawl's from INFO on; does nothing if the log is JSON."""
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("newscrawl").setLevel(logging.INFO)


def is_json() -> bool:
    """Whether the log is JSON."""
    module = sys.modules.get("newscrawl.log_format")  # not imported: the log is text, and importing is slow
    return module is not None and module.is_json()


def complain(message: str) -> None:
    """Prints `newscrawl: …` on standard error, as JSON if the log is JSON."""
    if is_json():
        import logging

        logging.getLogger("newscrawl").error("%s", message)
    else:
        typer.echo(f"newscrawl: {message}", err=True)
