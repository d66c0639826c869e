"""The tables `[webhooks.NAME]` of a jobs file: which changes of posts are sent where."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newscrawl.errors import UsageError
from newscrawl.jobs.alert_settings import filled_in
from newscrawl.jobs.triggers import parse_duration

EXAMPLES: Mapping[str, str] = {
    "url": 'url = "https://desk.example.org/newscrawl"',
    "secret": 'secret = "${NEWS_WEBHOOK_SECRET}"',
    "secret_file": 'secret_file = "/run/secrets/news-webhook"',
    "events": 'events = ["stored", "updated", "withdrawn", "deleted"]',
    "category": 'category = "beifangwang"',
    "tag": 'tag = "北方网新闻"',
    "source": 'source = "北方网"',
    "security": 'security = "600160"',
    "language": 'language = "zh"',
    "tdm_allowed": "tdm_allowed = true",
    "free": "free = true",
    "batch": "batch = 20",
    "timeout": 'timeout = "15s"',
    "give_up": 'give_up = "3d"',
    "hold": "hold = 10000",
    "enabled": "enabled = true",
}
EVENTS = ("stored", "updated", "withdrawn", "deleted")
SECRET_PREFIX = "whsec_"  # noqa: S105  of any secret
_TEXTS = ("category", "tag", "source", "security", "language")
_FLAGS = ("tdm_allowed", "free", "enabled")
_NUMBERS = {"batch": 100, "hold": 1_000_000}  # the largest
_DURATIONS = ("timeout", "give_up")
_LONGEST_TIMEOUT = timedelta(minutes=2)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_SECRET_BYTES = range(24, 65)  # as the specification asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """One table. `url` and `secret` are as written: `${NAME}` stands for a variable."""

    name: str
    url: str
    secret: str | None = None  #: a variable
    secret_file: str | None = None  #: instead of it
    events: tuple[str, ...] = EVENTS
    category: str | None = None
    tag: str | None = None
    source: str | None = None
    security: str | None = None
    language: str | None = None
    tdm_allowed: bool = False  #: only posts that may be mined
    free: bool = False  #: only posts that are free to read
    batch: int = 1  #: changes in one request, at most; 1: each alone
    timeout: timedelta = timedelta(seconds=15)  #: of one request
    give_up: timedelta = timedelta(days=3)  #: after which a change that was not taken is a dead letter
    hold: int = 10_000  #: changes that wait for the receiver, at most; then the stream is not read on
    enabled: bool = True

    @property
    def filters(self) -> dict[str, str]:
        """Which posts are wanted, as the arguments of a Query, which checks them; empty for all."""
        words = {name: getattr(self, name) for name in _TEXTS if getattr(self, name)}
        words |= {"tdm": "allowed"} if self.tdm_allowed else {}
        return words | ({"access": "free"} if self.free else {})

    def address(self) -> str:
        """The URL with its variables. Raises UsageError if it is not an address, or a variable is not set."""
        where = f"[webhooks.{self.name}]"
        address = filled_in(self.url, where)
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise UsageError(
                f"{where} url: not an http address without a password; write e.g. {EXAMPLES['url']}"
            )
        return address

    def secrets(self) -> list[bytes]:
        """The keys that sign, the newest first. Raises UsageError."""
        where = f"[webhooks.{self.name}]"
        if self.secret_file is not None:
            try:
                words = Path(filled_in(self.secret_file, where)).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{where} secret_file cannot be read: {error}") from None
        else:
            words = filled_in(self.secret or "", where)
        keys = [_key(word) for word in words.split()]
        if not keys or None in keys:
            raise UsageError(
                f"{where} the secret is not {SECRET_PREFIX} and base64 of 24 to 64 bytes;"
                " make one with: newscrawl webhooks secret"
            )
        return [key for key in keys if key is not None]


def read_webhooks(tables: object) -> tuple[list[WebhookSettings], list[str]]:
    """The webhooks of the table `webhooks`, and all errors."""
    if not isinstance(tables, dict):
        return [], [
            f"webhooks = {tables!r} is not a table; write e.g. [webhooks.desk] and below it {EXAMPLES['url']}"
        ]
    found, errors = [], list[str]()
    for name, table in tables.items():
        settings, wrong = _read_one(str(name), table)
        found += [settings] if settings else []
        errors += [f"[webhooks.{name}] {words}" for words in wrong]
    return found, errors


def webhooks_document(webhooks: list[WebhookSettings]) -> list[dict[str, Any]]:
    """As stored in the database."""
    return [
        {each.name: _plain(getattr(settings, each.name)) for each in fields(settings)}
        for settings in webhooks
    ]


def webhooks_of(documents: list[dict[str, Any]] | None) -> list[WebhookSettings]:
    """From `webhooks_document`; ignores keys of a newer newscrawl."""
    known = {each.name for each in fields(WebhookSettings)}
    found = []
    for document in documents or []:
        values = {key: value for key, value in document.items() if key in known}
        values |= {key: timedelta(seconds=values[key]) for key in _DURATIONS if key in values}
        values["events"] = tuple(values.get("events", EVENTS))
        found.append(WebhookSettings(**values))
    return found


def _read_one(name: str, table: object) -> tuple[WebhookSettings | None, list[str]]:
    if not isinstance(table, dict):
        return None, [
            f"= {table!r} is not a table; write e.g. [webhooks.desk] and below it {EXAMPLES['url']}"
        ]
    errors = [
        f"{key}: unknown key; the keys are {', '.join(EXAMPLES)}" for key in table if key not in EXAMPLES
    ]
    if not _NAME.fullmatch(name):
        errors.append("a name has up to 64 ASCII letters, digits, - and _; write e.g. [webhooks.desk]")
    if "url" not in table:
        errors.append(f"url: missing; write e.g. {EXAMPLES['url']}")
    if ("secret" in table) == ("secret_file" in table):
        errors.append(f"secret: one of secret and secret_file is needed; write e.g. {EXAMPLES['secret']}")
    values: dict[str, Any] = {}
    for key in table.keys() & EXAMPLES.keys():
        try:
            values[key] = _value(key, table[key])
        except ValueError as error:
            shown = "…" if key in ("url", "secret") else repr(table[key])
            errors.append(f"{key} = {shown}: {error}; write e.g. {EXAMPLES[key]}")
    if errors:
        return None, sorted(errors)
    return WebhookSettings(name=name, **values), []


def _value(key: str, value: Any) -> Any:
    """Raises ValueError with what is wrong."""
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise ValueError("neither true nor false")
        return value
    if key in _NUMBERS:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _NUMBERS[key]:
            raise ValueError(f"not a number from 1 to {_NUMBERS[key]}")
        return value
    if key == "events":
        return _events(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a string in quotes")
    if key in _DURATIONS:
        return _duration(key, value)
    if key == "url":
        _check_url(value)
    if key == "secret" and not _VARIABLE.fullmatch(value):
        raise ValueError("a secret is not written into the file; name a variable that has it")
    return value


def _events(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not set(map(str, value)) <= set(EVENTS):
        raise ValueError(f"not a list of {', '.join(EVENTS)}")
    return tuple(each for each in EVENTS if each in value)


def _duration(key: str, text: str) -> timedelta:
    try:
        length = parse_duration(text)
    except ValueError:
        raise ValueError("not a duration such as 30s, 5m, 2h, 1d") from None
    if key == "timeout" and length > _LONGEST_TIMEOUT:
        raise ValueError("longer than 2m")
    return length


def _check_url(url: str) -> None:
    if _VARIABLE.search(url):
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http address")
    if "@" in parts.netloc:
        raise ValueError("it has a password in it; the receiver knows us by the signature")


def _key(word: str) -> bytes | None:
    """The bytes of `whsec_…`; None if it is not a secret."""
    try:
        key = base64.b64decode(word.removeprefix(SECRET_PREFIX) + "==", validate=False)
    except binascii.Error:
        return None
    return key if len(key) in _SECRET_BYTES else None


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return list(value) if isinstance(value, tuple) else value
