"""The files of the spool."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.store.record import Record, post_record
from newscrawl.store.spool import Backlog, SpoolFile, backlog, leftovers
from tests.store.posts import make_post

AT = datetime(2026, 3, 8, 1, tzinfo=UTC)


def records(count: int, start: int = 0) -> list[Record]:
    return [post_record(make_post(number), AT) for number in range(start, start + count)]


def read_all(spool: SpoolFile) -> list[Record]:
    return [record for batch in spool.batches(2) for record in batch]


def abandoned(folder: Path, *batches: list[Record]) -> Any:
    """The path of a file whose process died."""
    spool = SpoolFile.create(folder, "news")
    for batch in batches:
        spool.append(batch)
    spool.close()
    return spool.path


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    abandoned(tmp_path, records(3), records(2, 3))
    [left] = leftovers(tmp_path, "news")
    assert read_all(left) == records(5)
    assert [len(batch) for batch in left.batches(2)] == [2, 2, 1]
    left.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_keeps_its_file(tmp_path: Path) -> None:
    spool = SpoolFile.create(tmp_path, "news")
    spool.append(records(2))
    assert list(leftovers(tmp_path, "news")) == []
    waiting = backlog(tmp_path, "news")
    assert (waiting.documents, waiting.files) == (2, 1)
    assert waiting.bytes == spool.path.stat().st_size
    spool.close()


def test_only_one_claims_a_file(tmp_path: Path) -> None:
    path = abandoned(tmp_path, records(1))
    first = SpoolFile.claim(path)
    assert first
    assert SpoolFile.claim(path) is None
    first.remove()
    assert SpoolFile.claim(path) is None


def test_a_file_of_another_user_stays_where_it_is_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours, theirs = abandoned(tmp_path, records(1)), abandoned(tmp_path, records(2))
    opened = Path.open

    def refuse(path: Path, *words: Any, **more: Any) -> Any:
        """Root may open all, so the modes of a real file prove nothing here."""
        if path == theirs:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *words, **more)

    monkeypatch.setattr(Path, "open", refuse)
    [left] = leftovers(tmp_path, "news")
    assert left.path == ours
    left.remove()
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"{theirs} belongs to user id {os.geteuid()} and was left alone")
    assert f"chown {os.geteuid()} '{theirs}'" in line
    waiting = backlog(tmp_path, "news")
    assert (waiting.documents, waiting.files, waiting.unreadable) == (0, 1, 1)
    assert theirs.exists()


def test_a_spool_of_another_user_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("newscrawl.store.spool.os.listdir", refuse)
    assert list(leftovers(tmp_path, "news")) == []
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"{tmp_path} belongs to user id")
    assert backlog(tmp_path, "news").unreadable == 1


def test_databases_are_kept_apart(tmp_path: Path) -> None:
    abandoned(tmp_path, records(1))
    assert list(leftovers(tmp_path, "new")) == []
    assert backlog(tmp_path, "new") == Backlog()


@pytest.mark.parametrize("lost", [1, 7, 500])
def test_a_torn_tail_is_skipped(tmp_path: Path, lost: Any) -> None:
    path = abandoned(tmp_path, records(3))
    os.truncate(path, path.stat().st_size - lost)
    [left] = leftovers(tmp_path, "news")
    assert read_all(left) == records(2)
    left.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_torn_header_is_skipped(tmp_path: Path) -> None:
    path = abandoned(tmp_path, records(3))
    with path.open("ab") as file:
        file.write(b"\x10\x00")
    [left] = leftovers(tmp_path, "news")
    assert read_all(left) == records(3)
    left.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("garbage", [b"\0" * 64, b"\xff" * 6_000], ids=["zeros", "ones"])
def test_garbage_at_the_end_loses_nothing_before_it(tmp_path: Path, garbage: Any) -> None:
    path = abandoned(tmp_path, records(3))
    with path.open("ab") as file:
        file.write(garbage)
    [left] = leftovers(tmp_path, "news")
    assert read_all(left) == records(3)
    left.close()


def test_a_damaged_file_is_kept(tmp_path: Path) -> None:
    path = abandoned(tmp_path, records(3))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    [left] = leftovers(tmp_path, "news")
    assert read_all(left) == records(1)
    left.remove()
    assert [each.suffix for each in tmp_path.iterdir()] == [".damaged"]
    assert backlog(tmp_path, "news") == Backlog()


def test_a_batch_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = SpoolFile.create(tmp_path, "news")
    spool.append(records(2))

    def refuse(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"):
            spool.append(records(2, 2))
    spool.append(records(1, 4))
    assert read_all(spool) == records(2) + records(1, 4)
    assert spool.documents == 3
    spool.close()


def test_what_is_no_record_is_told() -> None:
    with pytest.raises(ValueError, match="not a record"):
        Record.from_bson(b"\x05\0\0\0\0")
    with pytest.raises(ValueError, match="not a record"):
        Record.from_bson(b"nonsense")
