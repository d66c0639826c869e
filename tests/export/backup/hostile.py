"""A database of documents that are hard to copy, and how to compare two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bson import (
    Binary,
    Code,
    CodecOptions,
    DatetimeMS,
    DBRef,
    Decimal128,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
)
from bson.raw_bson import RawBSONDocument

if TYPE_CHECKING:
    from pymongo.database import Database

VALUES: dict[str, Any] = {
    "nan": float("nan"),
    "infinite": float("-inf"),
    "minus zero": -0.0,
    "huge": Int64(2**63 - 1),
    "small": Int64(-(2**63)),
    "long one": Int64(1),  # not the int 1
    "before 1970": datetime(1911, 10, 10, 3, 4, 5, 678000, tzinfo=UTC),
    "before year 1": DatetimeMS(-(2**62)),
    "after year 9999": DatetimeMS(2**62),
    "decimal": Decimal128("1E-6176"),
    "decimal of trailing zeros": Decimal128("1.500"),
    "binary": Binary(b"\x00\xff" * 9, 128),
    "old uuid": Binary(b"0123456789abcdef", 3),
    "dots": {"a.b.c": 1, "$set": {"$where": "1"}, "": "empty name"},
    "$dollar": 1,
    "top.dot": 1,
    "order": {"b": 1, "a": 2},
    "nul": "a\0b",
    "surrogates": "\U0001f600 نص \u202e",
    "code": Code("function () {}", {"x": 1}),
    "regex": Regex("^a.*b$", "imsx"),
    "keys": [MinKey(), MaxKey(), None, ObjectId("5f0000000000000000000001")],
    "nested timestamp": {"t": Timestamp(0, 0)},
    "reference": DBRef("posts", "a:1", "other"),
    "search_pending": False,
}
#: An `_id` of each type. `$gt` compares values of one type only, so they are hard to go through.
IDS: list[Any] = [
    MinKey(),
    None,
    float("nan"),
    -1.5,
    Int64(2**60),
    Decimal128("3.25"),
    "",
    "eastmoney:1",
    {"host": "h", "job": "j"},
    {"host": "h", "job": "k", "n": {"x": [1]}},
    Binary(b"\x01", 5),
    ObjectId("5f0000000000000000000002"),
    False,
    True,
    datetime(1969, 12, 31, tzinfo=UTC),
    Timestamp(1, 2),
]


def fill(database: Database[dict[str, Any]], name: str = "foreign", *, large: bool = False) -> int:
    """Puts the documents there, and with `large` one of nearly the 16 MB that MongoDB takes; returns how
    many."""
    whole = [{"_id": each, "n": number} | VALUES for number, each in enumerate(IDS)]
    database[name].insert_many(whole)
    if large:
        database[name].insert_one({"_id": "large", "text": "长" * 5_000_000})
    return len(whole) + large


def contents(database: Database[dict[str, Any]]) -> dict[str, list[bytes]]:
    """The BSON of each document of each collection with documents, but the notes that newscrawl keeps of the
    schema."""
    found = {
        name: [
            document.raw for document in _raw(database, name) if name != "meta" or document["_id"] != "schema"
        ]
        for name in sorted(database.list_collection_names())
    }
    return {name: documents for name, documents in found.items() if documents}


def _raw(database: Database[dict[str, Any]], name: str) -> Iterator[Any]:
    options: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
    collection: Any = database.get_collection(name, options)
    yield from collection.find().hint("_id_")
