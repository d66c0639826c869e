"""Posts as rows of Arrow tables with typed columns; needs the extra `parquet`."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.errors import UsageError
from newscrawl.model.post import Post

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]


def table_of(posts: Iterable[Post]) -> pa.Table:
    """A table with one row a post. Times are in UTC, to the millisecond.

    Raises UsageError, before anything is read, if pyarrow is not installed.
    """
    need_pyarrow()
    import pyarrow as pa

    return pa.Table.from_pylist([_fit(post.to_document()) for post in posts], schema=schema())


def schema() -> pa.Schema:
    """The columns, from the fields of Post and their types: `_id`, then in the order of docs/data.md."""
    import pyarrow as pa

    post = _type_of(Post)
    return pa.schema([field.with_name("_id") if field.name == "id" else field for field in post])


def need_pyarrow() -> None:
    """Raises UsageError, with the remedy, if pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise UsageError(
            "Parquet and Arrow need pyarrow, which is not installed: pip install 'newscrawl[parquet]'"
        ) from None


def _type_of(hint: Any) -> pa.DataType:
    import pyarrow as pa

    plain = {str: pa.string(), int: pa.int64(), bool: pa.bool_(), float: pa.float64()}
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _type_of(next(arm for arm in arguments if arm is not type(None)))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return pa.struct([pa.field(f.name, _type_of(hints[f.name])) for f in dataclasses.fields(hint)])
    if origin is list:
        return pa.list_(_type_of(arguments[0]))
    if origin is dict:
        return pa.map_(_type_of(arguments[0]), _type_of(arguments[1]))
    if origin is Literal:
        return pa.string()
    return pa.timestamp("ms", tz="UTC") if hint is datetime else plain[hint]


def _fit(value: Any) -> Any:
    """The value for Arrow: whole milliseconds, maps as pairs, no lone surrogates."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, list):
        return [_fit(member) for member in value]
    if isinstance(value, dict):
        return {_fit(name): _fit(member) for name, member in value.items()}
    return value
