"""The front matter of a Jekyll post: written as in the seed, read in every form the site ever had."""

from __future__ import annotations

import re
from functools import lru_cache

import yaml

from newscrawl.errors import PageError

#: Longer front matter is refused, which limits the work of the YAML parser.
LIMIT = 16_384

_BLOCK = re.compile(r"\ufeff?---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# Not allowed in one double-quoted line: quotes, control characters, line ends, invisible marks.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]')
_PLAIN = re.compile(r"\w[\w.·-]*")
_NUMBER = re.compile(r"\d[\d_.eExXoOa-fA-F-]*")  # in some YAML parser
_LINE = re.compile(r"(layout|title|date|categories|category|tags|tag):[ \t]*(.*?)[ \t]*")
_QUOTED = re.compile(r'"(.*)"')


def quoted(text: str) -> str:
    """A text as a double-quoted YAML scalar on one line; a lone surrogate becomes U+FFFD.

    >>> print(quoted('他说"不"'))
    "他说\\"不\\""
    """
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in '"\\':
        return f"\\{character}"
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character) or f"\\u{ord(character):04x}"


@lru_cache(maxsize=4096)
def listed(name: str | None) -> str:
    """A category or tag that Jekyll reads as one: plain, as in the seed, if that is safe, otherwise `["…"]`.

    Jekyll splits a plain value at white space, and YAML takes `2026`, `no` or `a: b` for something else.
    """
    if name is None:
        return "[]"
    return name if _is_safe(name) else f"[{quoted(name)}]"


def _is_safe(name: str) -> bool:
    if not _PLAIN.fullmatch(name) or _NUMBER.fullmatch(name) or name.lower() in ("y", "n"):
        return False
    try:
        return bool(yaml.safe_load(name) == name)
    except (yaml.YAMLError, ValueError):
        return False


def split(text: str, file_name: str) -> tuple[dict[str, str | list[str]], str]:
    """A post's front matter and what follows it. Values stay as written: dates are not parsed.

    If the quotes in a title make the YAML invalid, it is still read if its line has an opening and a closing
    quote. Raises PageError, naming the file, if there is no front matter or it cannot be read.
    """
    block = _BLOCK.match(text)
    if block is None:
        raise PageError(f"{file_name} has no front matter; begin the file with it, between two lines ---")
    if len(block[1]) > LIMIT:
        raise PageError(f"{file_name} has front matter of {len(block[1])} characters; the limit is {LIMIT}")
    return _values(block[1], file_name), text[block.end() :]


def _values(block: str, file_name: str) -> dict[str, str | list[str]]:
    try:
        read = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506  (makes strings only)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mended = _mended(block)
        if mended is None:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise PageError(f"{file_name} has invalid front matter ({reason}); correct its quotes") from None
        return mended
    if read is not None and not isinstance(read, dict):
        raise PageError(f"{file_name} has front matter without fields; it needs title: and date:")
    return {str(name): value for name, value in (read or {}).items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _mended(block: str) -> dict[str, str | list[str]] | None:
    """Reads one field per line; None if a line is not a field, or a quote is not closed on its line."""
    found: dict[str, str | list[str]] = {}
    for line in block.splitlines():
        if not line.strip():
            continue
        field = _LINE.fullmatch(line)
        if field is None or field[1] in found:
            return None
        value = _unquoted(field[2])
        if value is None:
            return None
        found[field[1]] = value
    return found


def _unquoted(value: str) -> str | None:
    """The text between the first quote and the last; None if there is only one."""
    if whole := _QUOTED.fullmatch(value):
        return whole[1].replace('\\"', '"')
    return None if value.startswith('"') or (value.endswith('"') and value.count('"') == 1) else value
