"""The words of an alert: a title, a plain text, and the JSON that a webhook gets (docs/monitoring.md)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from newscrawl.monitor.incidents import Incident, Message
from newscrawl.store.client import mask
from newscrawl.text.printable import printable

VERSION = 1  #: of the JSON
NAMED = 10  #: incidents of one message that are named
LONGEST = 300  #: characters of one line
LONGEST_NAME = 60  #: … of a name in a list of names
SHORT = 1500  #: bytes of a text for chat and mail: WeCom takes 2,048

# What a source says must not call everybody in a chat room.
_MENTION = re.compile(r"(@(?=everyone|here|all|channel|所有人)|<(?=[!@]))", re.IGNORECASE)

_BEGAN = {
    "source": "{name} is failing",
    "database": "MongoDB is away",
    "scheduler": "the scheduler on {name} is dead",
    "worker": "the worker on {name} is dead",
    "spool": "posts wait in the spool on {name}",
    "late": "jobs are late",
    "webhook": "the webhook {name} delivers nothing",
}
_MENDED = {
    "source": "{name} works again",
    "database": "MongoDB is back",
    "scheduler": "the scheduler on {name} is back",
    "worker": "the worker on {name} is back",
    "spool": "the spool on {name} is empty again",
    "late": "jobs are on time again",
    "webhook": "the webhook {name} delivers again",
}


def payload(message: Message, now: datetime, machine: str, database: str) -> dict[str, Any]:
    """A message as JSON: what a webhook gets, and what the other channels are given as title and text."""
    return {
        "version": VERSION,
        "event": message.event,
        "title": f"newscrawl: {_title(message)}",
        "text": _text(message, now),
        "time": now.isoformat(timespec="seconds"),
        "machine": machine,
        "database": database,
        "incidents": [
            {
                "id": each.key,
                "kind": each.kind,
                "name": one_line(each.name),
                "problem": one_line(each.words),
                "since": each.since.isoformat(timespec="seconds"),
            }
            for each in message.incidents
        ],
    }


def shortened(text: str) -> str:
    """The text for services that take only so much."""
    raw = text.encode()
    return text if len(raw) <= SHORT else f"{raw[: SHORT - 3].decode(errors='ignore')}…"


def one_line(text: str) -> str:
    """What a source or a library said: one line, printable, without secrets and mentions."""
    line = _MENTION.sub(r"\1 ", printable(mask(" ".join(text.split()))))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _title(message: Message) -> str:
    if message.event == "test":
        return "this is a test"
    if not message.total:
        each = message.incidents[0]
        words = (_MENDED if message.event == "mended" else _BEGAN)[each.kind].format(name=one_line(each.name))
        return f"{words}, still" if message.event == "reminder" else words
    sources = "sources" if all(each.kind == "source" for each in message.incidents) else "alerts"
    if message.event != "mended":
        words = "are failing" if sources == "sources" else "are open"
        return f"{message.total} {sources} {words}{' still' if message.event == 'reminder' else ''}"
    if message.left:
        return f"{message.total - message.left} of {message.total} {sources} work again"
    return f"{message.total} {sources} {'work again' if sources == 'sources' else 'are over'}"


def _text(message: Message, now: datetime) -> str:
    if message.event == "test":
        return "newscrawl alerts test sent this. Alerts reach you here."
    if not message.total:
        return _one(message, message.incidents[0], now)
    names = ", ".join(one_line(each.name)[:LONGEST_NAME] for each in message.incidents[:NAMED])
    more = len(message.incidents) - NAMED
    names += f" and {more} more" if more > 0 else ""
    if message.event == "mended":
        return f"still failing: {names}" if message.left else names or "all of them"
    return f"{names}. Most often: {_commonest(message)}"


def _one(message: Message, each: Incident, now: datetime) -> str:
    if message.event == "mended":
        length = _length(each, each.gone or now)
        return f"It lasted {length}, since {_time(each.since)}: {one_line(each.words)}"
    return f"Since {_time(each.since)}: {one_line(each.words)}"


def _commonest(message: Message) -> str:
    words = [one_line(each.words) for each in message.incidents]
    return max(words, key=words.count)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _length(each: Incident, end: datetime) -> str:
    minutes = max(round((end - each.since).total_seconds() / 60), 1)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
