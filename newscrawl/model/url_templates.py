"""Addresses with places in them: `{page}` in a list's, `{id}` in an article's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# Braces of JSON in a body are not places: a place is one word, of an article's address an expression.
_PLACE = re.compile(r"\{([a-z_]+)(?::(0?\d*d))?\}")
_FIELD = re.compile(r"\{([^{}]+)\}")


def names_in(template: str) -> set[str]:
    """The places of a list's address.

    >>> sorted(names_in("https://example.org/list_{page:04d}.json?t={now_ms}"))
    ['now_ms', 'page']
    """
    return {match[1] for match in _PLACE.finditer(template)}


def filled(template: str, values: Mapping[str, object]) -> str:
    """The address with its places filled; a place without a value stays as it is.

    >>> filled('{"size":{size},"from":"{cursor}"}', {"size": 20, "cursor": "a"})
    '{"size":20,"from":"a"}'
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        return format(values[match[1]], match[2] or "")

    return _PLACE.sub(value, template)


def fields_of(template: str) -> list[str]:
    """The expressions in an article's address.

    >>> fields_of("https://example.org/{channel.name}/{id}.html")
    ['channel.name', 'id']
    """
    return [match[1] for match in _FIELD.finditer(template)]


def filled_from(template: str, look_up: Callable[[str], str | None]) -> str | None:
    """An article's address with each expression's value; None where one has none."""
    values = {field: look_up(field) for field in fields_of(template)}
    if not all(values.values()):
        return None
    return _FIELD.sub(lambda match: values[match[1]] or "", template)
