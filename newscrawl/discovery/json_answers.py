"""JSON answers of sources, in the wrappings they come in; whatever is not one is named."""

from __future__ import annotations

import json
import re
from typing import Any

from newscrawl.errors import PageError

_CALL = re.compile(r"(?:/\*[^*]*\*/\s*)?[\w$.]*\s*\(")
_ASSIGNMENT = re.compile(r"(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*(?=[{\[])")


def json_answer(text: str) -> Any:
    """What a JSON, JSONP (`cb({…});`) or script (`var x={…};`) answer holds.

    Raises PageError: `empty answer`, `HTML instead of JSON`, `truncated JSON`, `not JSON`.
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        raise PageError("empty answer")
    if bare[0] == "<":
        raise PageError("HTML instead of JSON")
    try:
        return json.loads(_unwrapped(bare))
    except json.JSONDecodeError as error:
        kind = "truncated JSON" if _is_truncated(bare) else "not JSON"
        raise PageError(f"{kind} at character {error.pos} of {len(error.doc)}") from error
    except ValueError as error:  # Python converts no more than 4,300 digits
        raise PageError("not JSON: a number has thousands of digits") from error
    except RecursionError as error:
        raise PageError("JSON nested too deeply") from error


def _unwrapped(text: str) -> str:
    if text[0] in "{[":
        return text
    bare = text.rstrip().removesuffix(";").rstrip()
    if (call := _CALL.match(bare)) and bare.endswith(")"):
        return bare[call.end() : -1]
    if assignment := _ASSIGNMENT.match(bare):
        return bare[assignment.end() :]
    return text


def _is_truncated(text: str) -> bool:
    """Whether brackets stay open at the end: what a connection cut short leaves."""
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character in "{[") - (character in "}]")
    return quoted or depth > 0


def at(answer: Any, *path: str) -> Any:
    """The value at a path of keys; raises PageError naming the path where a step is missing."""
    value = answer
    for i, key in enumerate(path):
        if not isinstance(value, dict) or key not in value:
            message = answer.get("message") or answer.get("me") if isinstance(answer, dict) else None
            told = f": {message}" if message else ""
            raise PageError(f"answer without {'.'.join(path[: i + 1])}{told}")
        value = value[key]
    return value


def records(answer: Any, *path: str) -> list[dict[str, Any]]:
    """The list of objects at a path; null is an empty list. Raises PageError for anything else."""
    value = at(answer, *path)
    if value is None:
        return []
    if not isinstance(value, list):
        raise PageError(f"answer's {'.'.join(path)} is {type(value).__name__}, not a list")
    return [member for member in value if isinstance(member, dict)]


def text_of(record: dict[str, Any], *keys: str) -> str | None:
    """The first of the keys that holds a non-blank string or a number, as a string without outer space."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := str(value).strip()):
            return text
    return None
