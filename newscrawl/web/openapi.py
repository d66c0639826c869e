"""/openapi.json: the API's description, generated from its table of operations and its response types."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from starlette.responses import Response

from newscrawl.model.post import Post
from newscrawl.read import Headline
from newscrawl.read.crawl_status import State
from newscrawl.web.api import OPERATIONS, Operation
from newscrawl.web.problems import PROBLEM

if TYPE_CHECKING:
    from starlette.requests import Request

_PROBLEMS = {
    "400": "A parameter is wrong; `detail` says which and what it may be.",
    "404": "There is no such post, or no such place in a list.",
    "503": "The database does not answer; ask again after the seconds of Retry-After.",
}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "A post's id: `eastmoney:202202262290280232`.",
    "schema": {"type": "string", "pattern": "^[a-z][a-z0-9_.-]*:[A-Za-z0-9_.-]+$", "maxLength": 200},
}
_COUNT = {
    "type": "object",
    "required": ["slug", "name", "posts"],
    "properties": {
        "slug": {"type": "string"},
        "name": {"type": "string"},
        "posts": {"type": "integer", "minimum": 1},
    },
}


def document() -> dict[str, Any]:
    """The description, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "newscrawl",
            "version": version("newscrawl"),
            "description": "News posts, for reading. Times are RFC 3339 in UTC; what is absent is null.",
        },
        "servers": [{"url": "/"}],
        "paths": {operation.path: {"get": _operation(operation)} for operation in OPERATIONS},
        "components": {"schemas": _schemas()},
    }


async def openapi(_: Request) -> Response:
    """The description as JSON."""
    return Response(json.dumps(document(), ensure_ascii=False, indent=1), media_type="application/json")


def _operation(operation: Operation) -> dict[str, Any]:
    errors = ["400", "404", "503"] if operation.by_id or operation.params else ["400", "503"]
    answer = {"$ref": f"#/components/schemas/{operation.answers}"}
    params = [param.document() for param in operation.params]
    return {
        "operationId": operation.name,
        "summary": operation.about,
        "parameters": [_ID, *params] if operation.by_id else params,
        "responses": {
            "200": {"description": operation.about, "content": {"application/json": {"schema": answer}}},
            **{status: _problem(status) for status in errors},
        },
    }


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    response: dict[str, Any] = {"description": _PROBLEMS[status], "content": {PROBLEM: {"schema": schema}}}
    if status == "503":
        response["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    return response


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in (Post, Headline, State):
        _describe(kind, found)
    for plural in ("outlets", "categories"):
        found[plural.capitalize()] = _object({plural: {"type": "array", "items": _COUNT}})
    posts = {"type": "array", "items": {"$ref": "#/components/schemas/Headline"}}
    found["Page"] = _object({"posts": posts, "next": {"type": ["string", "null"]}})
    texts = {name: {"type": "string"} for name in ("type", "title", "detail")}
    found["Problem"] = {
        **_object({**texts, "status": {"type": "integer"}}),
        "required": ["type", "title", "status"],
    }
    return found


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _describe(kind: type, found: dict[str, Any]) -> dict[str, Any]:
    """Adds the schema of a dataclass or a named tuple to `found`; returns a reference to it."""
    if kind.__name__ not in found:
        found[kind.__name__] = {}  # ends the recursion for a type that contains itself
        hints = typing.get_type_hints(kind)
        properties = {name: _schema(hint, found) for name, hint in hints.items() if name in _names(kind)}
        found[kind.__name__] = _object(properties)
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass or a named tuple; none of another type."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", ())


_SIMPLE = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
}


def _schema(hint: Any, found: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field's type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        arms = [_schema(arm, found) for arm in arguments if arm is not type(None)]
        return {"anyOf": [*arms, {"type": "null"}]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], found)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], found)}
    if isinstance(hint, type) and _names(hint):
        return _describe(hint, found)
    return dict(_SIMPLE[hint])
