"""[webhooks.NAME] in a jobs file: what is read, and what is refused with which words."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import UsageError
from newscrawl.jobs.config import read_jobs_file
from newscrawl.jobs.webhook_settings import (
    WebhookSettings,
    read_webhooks,
    webhooks_document,
    webhooks_of,
)

GOOD: dict[str, Any] = {"url": "https://desk.example.org/hook", "secret": "${DESK_SECRET}"}
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def test_a_table_and_its_defaults() -> None:
    [found], errors = read_webhooks({"desk": GOOD})
    assert errors == []
    assert found == WebhookSettings(name="desk", url=GOOD["url"], secret=GOOD["secret"])
    assert (found.batch, found.give_up, found.events) == (
        (1, timedelta(days=3), ("stored", "updated", "withdrawn", "deleted"))
    )


def test_what_is_stored_comes_back() -> None:
    more = {"events": ["deleted", "stored"], "timeout": "30s", "free": True, "source": "北方网", "batch": 20}
    found, errors = read_webhooks({"desk": GOOD | more, "off": GOOD | {"enabled": False}})
    assert errors == []
    assert found[0].filters == {"source": "北方网", "access": "free"}
    assert found[0].events == ("stored", "deleted")
    assert webhooks_of(webhooks_document(found)) == found
    newer = [each | {"colour": "blue"} for each in webhooks_document(found)]
    assert webhooks_of(newer) == found, "keys of a newer newscrawl are ignored"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"secret": "${A}"}, "url: missing"),
        ({"url": "https://a.example"}, "secret: one of secret and secret_file is needed"),
        (GOOD | {"secret_file": "/x"}, "secret: one of secret and secret_file is needed"),
        (GOOD | {"secret": "whsec_abc"}, "secret = …: a secret is not written into the file"),
        (GOOD | {"url": "ftp://a.example"}, "url = …: not an http address"),
        (GOOD | {"url": "https://ann:pw@a.example/"}, "url = …: it has a password in it"),
        (GOOD | {"events": ["stored", "read"]}, "events = ['stored', 'read']: not a list of stored"),
        (GOOD | {"batch": 0}, "batch = 0: not a number from 1 to 100"),
        (GOOD | {"batch": True}, "batch = True: not a number"),
        (GOOD | {"timeout": "3m"}, "timeout = '3m': longer than 2m"),
        (GOOD | {"give_up": "soon"}, "give_up = 'soon': not a duration"),
        (GOOD | {"free": "yes"}, "free = 'yes': neither true nor false"),
        (GOOD | {"evnts": []}, "evnts: unknown key"),
        ("x", "is not a table"),
    ],
)
def test_what_is_wrong_is_told(table: Any, told: str) -> None:
    found, [error, *_] = read_webhooks({"desk": table})
    assert found == []
    assert error.startswith(f"[webhooks.desk] {told}") or f"[webhooks.desk] = 'x' {told}" in error
    assert "pw" not in error.replace("password", "")


def test_errors_are_those_of_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "jobs.toml"
    file.write_text(
        '[jobs.news]\nspider = "no"\nevery = "5m"\n[webhooks.desk]\nurl = "https://a.example"\n', "utf-8"
    )
    with pytest.raises(UsageError, match=r"2 errors(.|\n)*no such spider(.|\n)*\[webhooks\.desk\] secret"):
        read_jobs_file(file, ["news"])
    good = '[jobs.news]\nspider = "news"\nevery = "5m"\n[webhooks.desk]\nurl = "https://a.example"\n'
    file.write_text(good + 'secret = "${A}"\n', "utf-8")
    assert [each.name for each in read_jobs_file(file, ["news"]).webhooks] == ["desk"]


def test_secrets_are_read_when_they_are_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = WebhookSettings(name="desk", url="${DESK_URL}", secret="${DESK_SECRET}")
    with pytest.raises(UsageError, match=r"\[webhooks\.desk\]: the variable DESK_SECRET is not set"):
        settings.secrets()
    old = base64.b64encode(bytes(24)).decode()
    monkeypatch.setenv("DESK_SECRET", f"{SECRET} {old}")
    assert settings.secrets() == [KEY, bytes(24)], "the new one first, while both are in use"
    for wrong in ("whsec_", "whsec_c2hvcnQ=", "not base64!"):
        monkeypatch.setenv("DESK_SECRET", wrong)
        with pytest.raises(UsageError, match="newscrawl webhooks secret") as error:
            settings.secrets()
        assert wrong not in str(error.value).replace("whsec_ and", "")
    file = tmp_path / "secret"
    settings = WebhookSettings(name="desk", url="${DESK_URL}", secret_file=str(file))
    with pytest.raises(UsageError, match="secret_file cannot be read"):
        settings.secrets()
    file.write_text(f"{SECRET}\n", "utf-8")
    assert settings.secrets() == [KEY]
    monkeypatch.setenv("DESK_URL", "https://ann:pw@a.example/")
    with pytest.raises(UsageError, match="not an http address without a password"):
        settings.address()
