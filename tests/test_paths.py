"""The home folder and the database's name, where they cannot be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newscrawl.errors import UsageError
from newscrawl.locks import SpiderLock
from newscrawl.paths import database_name, home


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("NEWSCRAWL_HOME", str(folder))
        with pytest.raises(UsageError, match=r"cannot be created .*; set NEWSCRAWL_HOME"):
            home()


def test_a_home_of_another_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    monkeypatch.setattr("os.access", lambda path, mode: False)  # tests may run as root, who may all
    with pytest.raises(UsageError, match=f"belongs to another user .uid {os.getuid()}"):
        home()


def test_a_home_with_blanks_and_chinese_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path / "a b %x" / "新闻"))
    assert home() == tmp_path / "a b %x" / "新闻"
    with SpiderLock("eastmoney") as lock:
        assert lock.path.is_file()


@pytest.mark.parametrize("name", ["a/b", "a.b", "a b", "$x", "新闻", "x" * 64, "\0"])
def test_what_is_no_name_for_a_database(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {"NEWSCRAWL_DATABASE": name})
    with pytest.raises(UsageError, match="invalid database name"):
        database_name()


def test_the_database_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSCRAWL_DATABASE", raising=False)
    assert database_name() == "newscrawl"


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "locks").touch()
    with (
        pytest.raises(UsageError, match=r"spider-eastmoney.*cannot be created"),
        SpiderLock("eastmoney", folder=tmp_path / "locks"),
    ):
        pass
