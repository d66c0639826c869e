"""Connections to MongoDB, by role, with the same options everywhere."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.store.server import embedded
from newscrawl.store.server.credentials import Role

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, MongoClient

Document = dict[str, Any]

_OPTIONS: dict[str, Any] = {
    "appname": "newscrawl",
    "tz_aware": True,
    "tzinfo": UTC,
    "w": "majority",  # confirmed writes survive the loss of a server
    "retryWrites": True,
    "serverSelectionTimeoutMS": 5000,
    "connectTimeoutMS": 5000,
    "socketTimeoutMS": 60000,
}
_YIELDING = ("appname", "retryWrites", "serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS")
_LOGIN = re.compile(r"(?<=://)([^:/@\s]*):([^@\s]*)@")
_AT = re.compile(r"([\w.\[\]:-]+:\d+): ")  # how pymongo's message begins if a server is unreachable
_PASSWORD = re.compile(r"(?:[a-z+]+://)?[^:/@]*:(.+)@", re.S)  # of an address, well-formed or not
_in_use: dict[str, str] = {}  # "address": of the latest client, which an error is about
_SHORTEST_SECRET = 4  # shorter ones occur in any text
_ADDRESSES = ("MONGODB_READ_URI", "MONGODB_URI")  #: variables that name a server
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
# Options of a connection string whose values are secrets; proxyPassword is one of PyMongo's.
_SECRET = re.compile(
    r"(?i)\b(tlsCertificateKeyFilePassword|ssl_pem_passphrase|proxyPassword|password)=([^&\s]*)"
)
_MECHANISM = re.compile(r"(?i)\b(authMechanismProperties)=([^&\s]*)")
_TOKEN = re.compile(r"(?i)\b(AWS_SESSION_TOKEN)(:|%3A)([^,&\s]*)")
_FILES = re.compile(r"(?i)[?&](tlsCAFile|tlsCertificateKeyFile|tlsCRLFile)=([^&\s]*)")


def uri(role: Role) -> str:
    """A role's connection string, password included. Starts the embedded server if needed, which it is not
    for readers with a MONGODB_READ_URI.

    Raises DatabaseUnavailable.
    """
    return _read_uri(role) or embedded.ensure().uri(role)


def _read_uri(role: Role) -> str | None:
    return os.environ.get("MONGODB_READ_URI") or None if role == "reader" else None


def running_uri(role: Role) -> str | None:
    """As `uri`, but starts nothing: None if the embedded server is not running."""
    named = _read_uri(role) or os.environ.get("MONGODB_URI")
    if not named and not embedded.status().running:
        return None
    return uri(role)


def connect(role: Role, **options: Any) -> MongoClient[Document]:
    """A client for blocking code; returns aware times in UTC. `options` override ours.

    It connects on first use: wrap that in `reaching` for plain error messages. Raises DatabaseUnavailable if
    there is no server to start.
    """
    from pymongo import MongoClient

    address = uri(role)
    with opening(address):
        return MongoClient(address, **{**client_options(address), **options})


def client_options(address: str) -> dict[str, Any]:
    """Our options except those set by the connection string, which ours would override in PyMongo."""
    set_there = {name.lower() for name in re.findall(r"[?&]([^=&]+)=", address)}
    return {
        name: value
        for name, value in _OPTIONS.items()
        if name not in _YIELDING or name.lower() not in set_there
    }


async def connect_async(role: Role, **options: Any) -> AsyncMongoClient[Document]:
    """A client for asyncio, bound to the running loop. Raises as `connect`."""
    return async_client(await asyncio.to_thread(uri, role), **options)


def async_client(address: str, **options: Any) -> AsyncMongoClient[Document]:
    """A client for asyncio; `options` override ours. Raises DatabaseUnavailable for an invalid address."""
    from pymongo import AsyncMongoClient

    with opening(address):
        return AsyncMongoClient(address, **{**client_options(address), **options})


def check_reachable(role: Role) -> None:
    """Raises DatabaseUnavailable unless MongoDB answers, accepts the role's login, and has transactions."""
    with reaching(), connect(role) as client:
        check_server(client)


def check_server(client: MongoClient[Document]) -> None:
    """As `check_reachable`, for a client; raises pymongo's error if it does not answer."""
    client.admin.command("ping")
    hello = client.admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnavailable(
            f"{_named(_in_use['address'])} names a standalone server, which has neither transactions nor"
            " change streams; start it with --replSet and run rs.initiate(), or unset MONGODB_URI"
        )


def check_address(address: str) -> None:
    """Raises DatabaseUnavailable for a connection string that pymongo would misread: a password with an
    unescaped `@` or `/` would become part of the host, and be printed."""
    if not address.startswith(("mongodb://", "mongodb+srv://")):
        raise DatabaseUnavailable(
            f"{_named(address)} does not start with mongodb:// or mongodb+srv://;"
            " write it as mongodb://127.0.0.1:27017/?replicaSet=rs0"
        )
    scheme, _, rest = address.partition("://")
    authority, _, options = rest.partition("?")
    login, at, hosts = authority.rpartition("@")
    if not at and "@" in options:
        raise DatabaseUnavailable(
            f"{_named(address)} has a user name or password with an unescaped ?: write it as %3F,"
            f" as in {scheme}://user:p%3Fss@{options.rpartition('@')[2]}"
        )
    if at and ("@" in login or "/" in login or re.search("%(?![0-9A-Fa-f]{2})", login)):
        raise DatabaseUnavailable(
            f"{_named(address)} has a user name or password with an unescaped @, / or %:"
            f" write these as %40, %2F and %25, as in {scheme}://user:p%40ss@{hosts}"
        )
    for option, file in _FILES.findall(address):
        if not Path(unquote(file)).is_file():
            raise DatabaseUnavailable(f"{_named(address)}: {option}={unquote(file)} is not a file")
    _check_options(options)


def _check_options(options: str) -> None:
    """Raises DatabaseUnavailable for an unknown option or an invalid value, which pymongo would ignore with a
    warning."""
    from pymongo.errors import ConfigurationError
    from pymongo.uri_parser import split_options

    with _without_warnings():
        for option in re.split("[&;]", options):
            name, equals, value = option.partition("=")
            if not equals:
                continue  # pymongo raises
            try:
                split_options(option)
            except (ConfigurationError, ValueError) as error:
                if str(error).startswith("Unknown option"):
                    words = f"unknown option {name!r}; correct its spelling, or remove it"
                else:
                    words = f"invalid value {value!r} of option {name}: {error}"
                raise DatabaseUnavailable(_explain(words)) from None


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Suppresses pymongo's warnings: those that matter are errors by now; the others name a line of its
    code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@contextmanager
def reaching() -> Iterator[None]:
    """Raises DatabaseUnavailable if MongoDB cannot be reached, or refuses the login."""
    from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure

    try:
        yield
    except (ConfigurationError, ConnectionFailure, ValueError) as error:
        raise DatabaseUnavailable(_explain(str(error))) from None
    except OperationFailure as error:
        if error.code not in {13, 18, 8000}:  # Unauthorized, AuthenticationFailed, Atlas's own
            raise
        raise DatabaseUnavailable(_explain(str(error.details and error.details.get("errmsg")))) from None


@contextmanager
def opening(address: str) -> Iterator[None]:
    """As `reaching`, for creating a client, which reads the TLS files. From then on, errors name the variable
    that `address` comes from.

    An option with an invalid value is an error; pymongo would ignore it and connect without TLS for
    `ssl=yes`.
    """
    _in_use["address"] = address
    check_address(address)
    try:
        with reaching(), _without_warnings():
            yield
    except _opening_errors() as error:
        words = f"{_tls_options(address)}: {type(error).__name__}: {error}"
        raise DatabaseUnavailable(_explain(words)) from None


def _opening_errors() -> tuple[type[Exception], ...]:
    """Errors that an unreadable TLS file raises: OSError, or pyOpenSSL's own if pymongo uses that."""
    found = getattr(sys.modules.get("OpenSSL.SSL"), "Error", None)
    return (OSError, found) if found else (OSError,)


def _tls_options(address: str) -> str:
    """The TLS files of a connection string, by their options."""
    return " ".join(f"{option}={unquote(file)}" for option, file in _FILES.findall(address)) or "TLS"


def mask(text: str) -> str:
    """Masks passwords, keys and tokens of connection strings and proxies, including those of the environment
    and percent-encoded forms."""
    for secret in sorted(_environment_secrets(), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _SECRET.sub(r"\1=***", text)
    text = _TOKEN.sub(r"\1\2***", text)
    return _LOGIN.sub(r"\1:***@", text)


def _environment_secrets() -> set[str]:
    """The secrets in the environment's addresses, as written, decoded and encoded."""
    found: list[str] = []
    for name in (*_ADDRESSES, *_PROXIES):
        address = os.environ.get(name, "")
        if said := _PASSWORD.match(address.split("?")[0]) or _PASSWORD.match(address):
            found.append(said[1])
            found += re.split("[@/]", said[1]) if re.search("[@/]", said[1]) else []
        found += [value for _, value in _SECRET.findall(address)]
        for _, value in _MECHANISM.findall(address):
            found += [token for _, _, token in _TOKEN.findall(unquote(value))]
            found += [token for _, _, token in _TOKEN.findall(value)]
    return {form for secret in found for form in _forms(secret) if len(form) >= _SHORTEST_SECRET}


def _forms(secret: str) -> Iterable[str]:
    plain = unquote(secret)
    return secret, plain, quote(plain, safe=""), quote_plus(plain), repr(plain)[1:-1]


def in_short(words: str) -> str:
    """pymongo's message without timeouts, server descriptions and passwords; one line."""
    return mask(words).split(", Timeout:")[0].split(" (configured timeouts:")[0].split("\n")[0][:300]


def _named(address: str) -> str:
    """The variable that an address comes from; without one, the embedded server."""
    for name in _ADDRESSES:
        if address == os.environ.get(name):
            return name
    return "the connection string"


def _explain(words: str) -> str:
    first = in_short(words)
    address = _in_use.get("address", "")
    at = _AT.match(first)  # no match for a refused login, which names no server
    for name in _ADDRESSES:
        if address and address == os.environ.get(name):
            return f"MongoDB at {mask(address)} ({name}) cannot be used: {first}"
    if (at and not _is_embedded(at[1])) or (address and not at and not _is_embedded_address(address)):
        return f"MongoDB cannot be used: {first}"
    return f"the embedded MongoDB cannot be used: {first}; see newscrawl db status"


def _is_embedded_address(address: str) -> bool:
    return any(_is_embedded(host) for host in re.findall(r"(?:@|//)(127\.0\.0\.1:\d+)", address))


def _is_embedded(host: str) -> bool:
    """Whether host and port are those of the embedded server at its last start."""
    if os.environ.get("MONGODB_URI"):
        return False
    with suppress(UsageError):  # the home folder is not ours
        return host == f"127.0.0.1:{embedded.status().port}"
    return False
