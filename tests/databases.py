"""Databases for tests.

To make one with its collections and indexes and to drop it takes some ninety times as long as to empty it, so
a process makes one and uses it again. A test that changed what is built there costs a new one.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from newscrawl.store import schema

Document = dict[str, Any]


def new_name() -> str:
    return f"newscrawl_{uuid.uuid4().hex[:12]}"


@dataclass
class UsedDatabase:
    """A database with its schema and nothing else, for one test at a time."""

    name: str
    shape: object
    notes: list[Document]

    @classmethod
    def make(cls, client: MongoClient[Document]) -> UsedDatabase:
        name = new_name()
        asyncio.run(schema.make_schema(name))
        return cls(name, _shape(client[name]), list(client[name]["meta"].find()))

    def empty(self, client: MongoClient[Document]) -> bool:
        """Makes it as good as new. False: what a test built there or took away is too much for that."""
        database = client[self.name]
        if _shape(database) != self.shape:
            return False
        for name in schema.VALIDATORS:
            database[name].delete_many({})
        database["meta"].delete_many({})
        database["meta"].insert_many(self.notes)
        return True


def _shape(database: Database[Document]) -> object:
    """Its collections with their validators, and how many indexes they have."""
    collections = {found["name"]: found["options"] for found in database.list_collections()}
    return collections, database.command("dbStats")["indexes"]
