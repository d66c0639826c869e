"""The two users on your own MongoDB; the embedded server creates its users at its first start."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING

from newscrawl.errors import UsageError
from newscrawl.store.client import connect, reaching

if TYPE_CHECKING:
    from pymongo.database import Database

    from newscrawl.store.client import Document

_USERS = {
    "writer": ("newscrawl_writer", ["readWrite", "dbAdmin"]),  # dbAdmin: collMod, for the validators
    "reader": ("newscrawl_reader", ["read"]),
}
_ADDRESS = re.compile(
    r"(?P<scheme>mongodb(?:\+srv)?://)(?:[^@/]*@)?(?P<hosts>[^/?]+)/?[^?]*(?:\?(?P<options>.*))?"
)


def make_users(database: str) -> dict[str, str]:
    """Creates a writer and a reader for one database; returns their connection strings, by role.

    The passwords are not stored. Raises UsageError if the embedded server is in use or the users exist.
    """
    address = os.environ.get("MONGODB_URI")
    if not address:
        raise UsageError(
            "the embedded MongoDB already has its users: newscrawl db uri --role writer|reader;"
            " --users is for the server of MONGODB_URI"
        )
    with reaching(), connect("admin") as client:
        there = {user["user"] for user in client[database].command("usersInfo")["users"]}
        if taken := sorted(there & {name for name, _ in _USERS.values()}):
            raise UsageError(
                f"database {database} already has {' and '.join(taken)}; for new passwords, drop them"
                f" first: use {database}; {'; '.join(f'db.dropUser({name!r})' for name in taken)}"
            )
        return {role: _make(client[database], role, address) for role in _USERS}


def _make(database: Database[Document], role: str, address: str) -> str:
    name, roles = _USERS[role]
    password = secrets.token_urlsafe(24)
    database.command("createUser", name, pwd=password, roles=roles)
    return _address_of(address, f"{name}:{password}", database.name)


def _address_of(address: str, login: str, database: str) -> str:
    """The same server for another user.

    >>> _address_of("mongodb+srv://root:x@db.example/?authSource=admin&w=1", "reader:y", "news")
    'mongodb+srv://reader:y@db.example/?w=1&authSource=news'
    """
    parts = _ADDRESS.fullmatch(address)
    assert parts, "pymongo accepted it"
    kept = [option for option in (parts["options"] or "").split("&") if option]
    options = [option for option in kept if not option.lower().startswith("authsource=")]
    return f"{parts['scheme']}{login}@{parts['hosts']}/?{'&'.join([*options, f'authSource={database}'])}"
