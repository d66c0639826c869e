"""The parameters of the JSON API: one definition for the OpenAPI document and for validation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.errors import UsageError
from newscrawl.text.times import parse_moment

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

_AGO = re.compile(r"[1-9][0-9]{0,3}[mhdw]", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339
# Beside ASCII's controls those of Latin-1 and the byte order mark: Python and ECMA 262, by which the document
# is read, disagree which of them are blanks.
_PLAIN = r"^[^\s\x00-\x1f\x7f-\x9f\ufeff](?:[^\x00-\x1f\x7f-\x9f\ufeff]*[^\s\x00-\x1f\x7f-\x9f\ufeff])?$"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of the query. `schema` is JSON Schema; any value that it allows is accepted."""

    name: str
    about: str
    schema: dict[str, Any]
    required: bool = False

    def document(self) -> dict[str, Any]:
        """The parameter as an OpenAPI Parameter Object."""
        return {
            "name": self.name,
            "in": "query",
            "description": self.about,
            "required": self.required,
            "schema": self.schema,
        }

    def read(self, text: str) -> Any:
        """The value of a text. Raises UsageError if the schema does not allow it."""
        if self.schema["type"] == "integer":
            return self._number(text)
        if "anyOf" in self.schema:
            return self._moment(text)
        if choices := self.schema.get("enum"):
            if text not in choices:
                raise self._wrong(text)
            return text
        fits = self.schema.get("minLength", 0) <= len(text) <= self.schema["maxLength"]
        if not fits or not re.search(self.schema["pattern"], text):
            raise self._wrong(text)
        return text

    def _number(self, text: str) -> int:
        if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
            raise self._wrong(text)
        if not self.schema["minimum"] <= int(text) <= self.schema["maximum"]:
            raise self._wrong(text)
        return int(text)

    def _moment(self, text: str) -> datetime:
        """In UTC; what lies before the calendar's begin is its begin, and so at its end."""
        if _AGO.fullmatch(text):
            return parse_moment(text, datetime.now(UTC))
        match = _MOMENT.fullmatch(text)
        if match is None and _MOMENT.fullmatch(text.replace(" ", "+")):
            raise UsageError(f"{self.name} {text!r} has lost its +; write it as %2B in a URL")
        if match is None:
            raise self._wrong(text)
        day, clock, seconds, zone = match.groups()
        try:
            there = datetime.fromisoformat(f"{day}T{clock}:{min(seconds, '59')}{zone.upper()}")
        except ValueError:
            raise self._wrong(text) from None
        try:
            return there.astimezone(UTC)
        except OverflowError:
            return there.replace(tzinfo=UTC)

    def _wrong(self, text: str) -> UsageError:
        return UsageError(f"invalid {self.name} {text[:60]!r}; expected {self.about}")


def _words(name: str, about: str, most: int, pattern: str = _PLAIN, *, required: bool = False) -> Param:
    schema = {"type": "string", "minLength": 1, "maxLength": most, "pattern": pattern}
    return Param(name, about, schema, required)


_WHEN = "as 2026-03-08T00:00:00Z, or 45m, 3h, 2d, 1w before now"
_MOMENT_SCHEMA = {
    "type": "string",
    "anyOf": [{"format": "date-time"}, {"pattern": "^[1-9][0-9]{0,3}[mhdw]$"}],
}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
_SLUG = "^[a-z0-9-]+$"

FILTERS = (
    _words("category", "a category's slug, as in /api/v1/categories", 100, _SLUG),
    _words("tag", "a tag, exactly as posts have it", 100),
    _words("outlet", "an outlet's slug, as in /api/v1/outlets", 100, _SLUG),
    _words(
        "security",
        "a code, or market and code: 600160 or 1.600160",
        24,
        r"^(?:[0-9]{1,3}\.)?[A-Za-z0-9.^_-]{1,20}$",
    ),
    _words("language", "BCP 47; zh takes zh-CN, too", 40, r"^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$"),
    Param(
        "tdm",
        "allowed, if nothing reserves text and data mining and everything was looked at; or reserved",
        {"type": "string", "enum": ["allowed", "reserved"]},
    ),
    Param(
        "access",
        "what the page says: free, metered, paid; unknown, if it says nothing",
        {"type": "string", "enum": ["free", "metered", "paid", "unknown"]},
    ),
    Param("since", f"published then or later, {_WHEN}", _MOMENT_SCHEMA),
    Param("until", f"published before then, {_WHEN}", _MOMENT_SCHEMA),
    Param("stored_since", f"first stored then or later, whenever published, {_WHEN}", _MOMENT_SCHEMA),
)
PAGING = (
    Param("size", "posts on a page, 1 to 100", _NUMBER),
    _words("after", "the `next` of the page before", 400, "^[A-Za-z0-9_-]+$"),
)
# At most ten words, one blank between two.
_WORD = r"[^\s\x00-\x1f\x7f-\x9f\ufeff]+"
WORDS = _words(
    "q",
    "up to ten words to look for in title and text",
    100,
    rf"^{_WORD}(?: {_WORD}){{0,9}}$",
    required=True,
)


def read_params(query: QueryParams, known: tuple[Param, ...]) -> dict[str, Any]:
    """The values of a request's query, by name; missing ones are left out.

    Raises UsageError for a name that is not known, is there twice, or is missing though required.
    """
    by_name = {param.name: param for param in known}
    values: dict[str, Any] = {}
    for name, text in query.multi_items():
        if name not in by_name:
            names = ", ".join(by_name) or "none"
            raise UsageError(f"unknown parameter {name[:40]!r}; available: {names}")
        if name in values:
            raise UsageError(f"{name} is given twice; once is enough")
        values[name] = by_name[name].read(text)
    for param in known:
        if param.required and param.name not in values:
            raise UsageError(f"{param.name} is missing; expected {param.about}")
    return values
