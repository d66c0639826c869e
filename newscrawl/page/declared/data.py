"""Articles as data: pages that carry their article as JSON in a script, and answers that are JSON alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError

from newscrawl.errors import PageError
from newscrawl.model.draft import Candidate, Extraction
from newscrawl.page.document.encoding import decode
from newscrawl.page.document.parse import parse_fragment

if TYPE_CHECKING:
    from newscrawl.model.layouts import DataLayout

_LISTS = ("outlet", "authors", "editors", "columns", "digest", "date", "title")
_ATTRIBUTES = {"outlet": "outlets", "digest": "digests", "date": "dates", "title": "titles"}


def read_data(
    body: bytes | str, *, url: str, content_type: str | None, layout: DataLayout
) -> Extraction | None:
    """What the JSON of a page says; None where it holds no JSON of this layout."""
    text = body if isinstance(body, str) else decode(body, content_type)
    data = _data(text, layout.after)
    content = _text(layout.body, data)
    if data is None or not content:
        return None
    extraction = Extraction(layout=layout.name, body_rule=layout.body)
    for field in _LISTS:
        expression = getattr(layout, field)
        if expression:
            candidates = [Candidate(value, "page", expression) for value in _texts(expression, data)]
            getattr(extraction, _ATTRIBUTES.get(field, field)).extend(candidates)
    try:
        extraction.body = parse_fragment(content, url=url)
    except PageError:
        return None
    return extraction


def _data(text: str, after: str | None) -> Any:
    start = 0
    if after is not None:
        match = re.search(after, text)
        if not match:
            return None
        start = match.end()
    while start < len(text) and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _texts(expression: str, data: Any) -> list[str]:
    try:
        found = jmespath.search(expression, data)
    except (JMESPathError, TypeError):  # the latter of a comparison of unlike values
        return []
    values = found if isinstance(found, list) else [found]
    return [
        text
        for value in values
        if isinstance(value, str | int | float)
        and not isinstance(value, bool)
        and (text := str(value).strip())
    ]


def _text(expression: str, data: Any) -> str | None:
    return next(iter(_texts(expression, data)), None)
