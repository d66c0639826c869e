"""The embedded server's secrets: three passwords and the key file, in files of mode 600."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from newscrawl.errors import DatabaseUnavailable

Role = Literal["writer", "reader", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Passwords of the users of the same names; never shown by `repr`."""

    admin: str = field(repr=False)
    writer: str = field(repr=False)
    reader: str = field(repr=False)


def load_or_make(folder: Path) -> Credentials:
    """The passwords in `folder`; the first call creates them and the key file.

    Raises DatabaseUnavailable if the file exists but cannot be read.
    """
    _make_once(key_file(folder), base64.b64encode(secrets.token_bytes(450)).decode())
    path = _password_file(folder)
    _make_once(path, json.dumps(asdict(Credentials(*(secrets.token_urlsafe(24) for _ in range(3))))))
    return load(folder)


def load(folder: Path) -> Credentials:
    """The passwords in `folder`. Raises DatabaseUnavailable if there are none."""
    path = _password_file(folder)
    try:
        return Credentials(**json.loads(path.read_text("ascii")))
    except (OSError, ValueError, TypeError) as error:
        raise DatabaseUnavailable(
            f"the embedded MongoDB's passwords in {path} cannot be read ({type(error).__name__});"
            f" restore the file, or move {folder} away to start with an empty database"
        ) from error


def key_file(folder: Path) -> Path:
    """The file for mongod's `--keyFile`: 600 base64 characters."""
    return folder / "key"


def write_whole(path: Path, text: str) -> None:
    """Writes a file of mode 600 atomically."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _password_file(folder: Path) -> Path:
    return folder / "passwords.json"


def _make_once(path: Path, text: str) -> None:
    if not path.exists():
        write_whole(path, text)
