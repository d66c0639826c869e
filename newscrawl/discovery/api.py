"""APIs: answers in JSON, read by JMESPath expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jmespath
from jmespath.exceptions import JMESPathError

from newscrawl.discovery.json_answers import json_answer
from newscrawl.discovery.list_page import ListItem, ListRequest, ListResponse, ListResult
from newscrawl.errors import PageError
from newscrawl.model.lists import Api
from newscrawl.model.url_templates import filled, filled_from, names_in


def ask_api(api: Api, number: int, cursor: str, now: datetime, zone: str) -> ListRequest:
    """The request of the `number`th page (from 1); `now` is aware, `zone` the source's."""
    values = {
        "page": api.first + number - 1,
        "offset": api.size * (number - 1),
        "size": api.size,
        "cursor": cursor,
        "now": int(now.timestamp()),
        "now_ms": int(now.timestamp() * 1000),
        "day": f"{now.astimezone(ZoneInfo(zone)):%Y%m%d}",
    }
    headers = dict(api.headers)
    if api.body and api.body.lstrip().startswith("{"):
        headers.setdefault("Content-Type", "application/json")
    elif api.body:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return ListRequest(
        filled(api.url, values),
        {"page": number, "cursor": cursor},
        api.method,
        filled(api.body, values) if api.body else None,
        headers,
    )


def read_api(
    api: Api, reply: ListResponse, number: int, next_page: Callable[[int, str], ListRequest]
) -> ListResult:
    """The items of an answer; `next_page` gives the request of a further page, by number and cursor.

    Raises PageError: what `json_answer` raises, `no JSON after …`, `answer without …`.
    """
    answer = _answer(api, reply.text)
    if api.ok and not _search(api.ok, answer):
        raise PageError(f"the answer says that it is an error ({api.ok}): {_glimpse(answer)}")
    found = _search(api.items, answer)
    if found is None:
        raise PageError(f"answer without {api.items}: {_glimpse(answer)}")
    if not isinstance(found, list):
        raise PageError(f"{api.items} is {type(found).__name__}, not a list")
    records = [record for record in found if isinstance(record, dict)]
    wanted = [record for record in records if not api.only or _search(api.only, record)]
    items = [_item(api, record) for record in wanted]
    left_out = {"not wanted": len(found) - len(wanted)} if len(found) > len(wanted) else {}
    return ListResult(items, _following(api, answer, number, next_page) if found else None, skipped=left_out)


def _answer(api: Api, text: str) -> Any:
    if api.after is None:
        return json_answer(text)
    match = re.search(api.after, text)
    if not match:
        raise PageError(f"no JSON after {api.after}")
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, _begin(text, match.end()))[0]
    except (ValueError, RecursionError) as error:  # the former also of a number of over 4,300 digits
        raise PageError(f"no JSON after {api.after}: {error}") from error


def _begin(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _following(
    api: Api, answer: Any, number: int, next_page: Callable[[int, str], ListRequest]
) -> ListRequest | None:
    if api.cursor:
        cursor = _text(_search(api.cursor, answer))
        return next_page(number + 1, cursor) if cursor else None
    asked = names_in(api.url) | names_in(api.body or "")
    return next_page(number + 1, "") if asked & {"page", "offset"} else None


def _item(api: Api, record: dict[str, Any]) -> ListItem:
    def field(expression: str | None) -> str | None:
        return _text(_search(expression, record)) if expression else None

    link = api.link or ""
    return ListItem(
        url=filled_from(link, field) if "://" in link else field(api.link),
        title=field(api.title),
        date=field(api.date),
        outlet=field(api.outlet),
        digest=field(api.digest),
        text=field(api.text),
        columns=_texts(api.columns, record) or ((api.column,) if api.column else ()),
        authors=_texts(api.authors, record),
    )


def _search(expression: str, value: Any) -> Any:
    """What the expression gives; None where it meets a value of a kind that it cannot work on."""
    try:
        return _compiled(expression).search(value)
    except (JMESPathError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None  # `ok > `0`` of a text is a TypeError; JMESPath's functions raise the others


def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)  # it keeps what it compiled


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def _texts(expression: str | None, record: dict[str, Any]) -> tuple[str, ...]:
    found = _search(expression, record) if expression else None
    values = found if isinstance(found, list) else [found]
    return tuple(dict.fromkeys(text for value in values if (text := _text(value))))


def _glimpse(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False)[:120]
