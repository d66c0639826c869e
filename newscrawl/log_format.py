"""Logs as JSON, one object a line, for programs that collect them: `--log-format json`."""

from __future__ import annotations

import logging
import os
import platform
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

from newscrawl.errors import UsageError
from newscrawl.locks import JOB
from newscrawl.store.client import mask
from newscrawl.text.printable import printable

Format = Literal["text", "json"]

#: The web request that is being answered; "" outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")
_fields: dict[str, str] = {}
_chosen: dict[str, Format] = {"format": "text"}


def choose(log_format: str) -> None:
    """Sets the format of this process' log. Raises UsageError for an unknown one."""
    if log_format not in ("text", "json"):
        raise UsageError(f"--log-format {log_format!r} is neither text nor json")
    _chosen["format"] = "json" if log_format == "json" else "text"


def is_json() -> bool:
    """Whether the log is JSON."""
    return _chosen["format"] == "json"


def note(**fields: str) -> None:
    """Adds fields to all lines that follow: `spider`, `run`."""
    _fields.update(fields)


def log_to_stderr(level: int | str) -> None:
    """Makes the log lines of JSON on standard error, from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_formatter())
    handler.setLevel(level)
    logging.basicConfig(level=logging.NOTSET, handlers=[handler], force=True)


def json_formatter() -> logging.Formatter:
    """Writes a record as one JSON object: `time`, `level`, `logger`, `message`, `machine`, `pid`; `exception`
    after an error; and `spider`, `job`, `run`, `request` where there are such. No passwords of addresses."""
    from pythonjsonlogger.json import JsonFormatter

    class JsonLines(JsonFormatter):
        def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
            log_data.pop("crawler", None)  # Scrapy's object
            return {name: _plain(value) for name, value in log_data.items() if value not in (None, "")}

        def add_fields(
            self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
        ) -> None:
            moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            log_data |= {"time": moment, "level": record.levelname, "logger": record.name}
            super().add_fields(log_data, record, message_dict)
            log_data |= {"machine": platform.node(), "pid": os.getpid(), **_fields}
            for name, value in (("request", request_id.get()), ("job", os.environ.get(JOB))):
                if value:
                    log_data[name] = value

    names = {"exc_info": "exception", "stack_info": "stack"}
    return JsonLines("%(message)s", rename_fields=names, json_ensure_ascii=False)


def _plain(value: Any) -> Any:
    """The value as JSON takes it: texts printable and without secrets, Scrapy's objects by their names."""
    if isinstance(value, bool | int | float):
        return value
    return printable(mask(value if isinstance(value, str) else str(getattr(value, "name", value))))
