"""The query parameters of the pages, with limits on their length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request

PAGE = 30  #: posts on a page
CURSOR_LIMIT = 400  #: characters of a cursor
WORDS_LIMIT = 100  #: characters of a search

_SLUG = re.compile(r"[a-z0-9-]{1,100}")


def is_slug(text: str) -> bool:
    """Whether a text can be a category's or an outlet's slug."""
    return _SLUG.fullmatch(text) is not None


def query_value(request: Request, name: str, most: int) -> str | None:
    """One value of the query, stripped; None if it is missing or empty.

    Raises UsageError if it is given twice or is longer than `most` characters.
    """
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise UsageError(f"{name} is given {len(values)} times; once is enough")
    value = values[0].strip() if values else ""
    if len(value) > most:
        raise UsageError(f"{name} has {len(value)} characters; the limit is {most}")
    return value or None


def cursor(request: Request) -> str | None:
    """The cursor at which a list continues."""
    return query_value(request, "after", CURSOR_LIMIT)


def has_words(text: str) -> bool:
    """Whether there is anything to search for: a letter, a character or a digit."""
    return any(character.isalnum() for character in text)
