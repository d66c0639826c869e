"""Which MongoDB errors mean `not now`, and which `not this document`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

DUPLICATE_KEY = 11000
NAMESPACE_EXISTS = 48
CONFLICTING_OPERATION = 117
INDEX_NOT_FOUND = 27
INDEX_DIFFERS = frozenset({85, 86})  # IndexOptionsConflict, IndexKeySpecsConflict
WRITE_CONFLICT = 112
INDEX_BUILD_RUNNING = 12587  # BackgroundOperationInProgressForNamespace
_VALIDATION_FAILED = 121

# Codes of a server that is starting, stopping, electing, full or refusing our login: the same write may
# succeed later. From MongoDB's src/mongo/base/error_codes.yml.
_NOT_NOW = frozenset(
    {
        *(6, 7, 89, 91, 189, 262, 9001),  # network, shutdown, stepped down, time limit
        *(10107, 10058, 11600, 11602, 13435, 13436),  # not primary, interrupted by a change of state
        *(13, 18, 8000, 279),  # logins: somebody may restore the user
        *(24, 46, 50, 112, 117, 133, 134, 202, 246, 251),  # locks, conflicts, snapshots
        *(64, 79, 100),  # majority not reached
        211,  # KeyNotFound: right after a start, the keys of the cluster time are not read yet
        14031,  # out of disk space
    }
)


def is_away(error: PyMongoError) -> bool:
    """Whether the same write may succeed later."""
    if isinstance(error, ConnectionFailure | WriteConcernError):
        return True
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        codes = {failed.get("code") for failed in details.get("writeErrors", ())}
        return bool(details.get("writeConcernErrors") or codes & _NOT_NOW)
    return isinstance(error, OperationFailure) and (
        error.code in _NOT_NOW or error.has_error_label("RetryableWriteError")
    )


def server_words(details: dict[str, Any]) -> str:
    """MongoDB's message about one refused document, on one line."""
    words = str(details.get("errmsg") or "no reason given").splitlines()[0][:300]
    if details.get("code") != _VALIDATION_FAILED:
        return words
    fields = dict.fromkeys(_refused_fields(details.get("errInfo")))
    return f"{words}: {', '.join(fields)}" if fields else words


def _refused_fields(said: object) -> Iterator[str]:
    """Names of the fields in a validator's error."""
    if isinstance(said, list):
        for part in said:
            yield from _refused_fields(part)
    elif isinstance(said, dict):
        if name := said.get("propertyName"):
            yield str(name)
        yield from map(str, said.get("missingProperties", ()))
        for part in said.values():
            yield from _refused_fields(part)
