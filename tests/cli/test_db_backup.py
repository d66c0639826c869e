"""newscrawl db dump and db restore, as commands: messages, exit codes, streams and full disks."""

from __future__ import annotations

import gzip
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pymongo.database import Database

from newscrawl.store import client
from tests.export.backup.hostile import contents, fill

COMMAND = [sys.executable, "-m", "newscrawl"]


def ran(*words: str, data: bytes | None = None, **options: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    done = subprocess.run([*COMMAND, *words], input=data, capture_output=True, check=False, **options)  # type: ignore[call-overload]
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def filled(database: str) -> None:
    with client.connect("writer") as writer:
        fill(writer[database])
        addresses = (f"https://e.example/{number}" for number in range(3))
        writer[database]["posts"].insert_many([{"_id": at, "canonical_url": at} for at in addresses])


def same(one: str, other: str) -> bool:
    with client.connect("reader") as reader:
        stores: list[Database[dict[str, object]]] = [reader[one], reader[other]]
        return contents(stores[0])["foreign"] == contents(stores[1])["foreign"]


def dropped(name: str) -> None:
    with client.connect("writer") as writer:
        writer.drop_database(name)


@pytest.mark.slow
def test_there_and_back(database: str, tmp_path: Path) -> None:
    filled(database)
    file, other = str(tmp_path / "x.dump"), f"{database}_r"
    try:
        code, out, err = ran("db", "dump", file)
        when = r"as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        assert (code, err) == (0, "")
        assert re.fullmatch(rf"{file}: 19 documents, 3 of them posts, {when}\n", out)
        code, out, err = ran("db", "restore", file, "--dry-run")
        assert (code, err) == (0, "")
        assert re.match(rf"{file} is whole: 19 documents, 3 of them posts, {when}\n", out)
        assert f"database {database}, newscrawl 0." in out
        assert re.search(r"  posts +3\n", out)
        code, out, err = ran("--database", other, "db", "restore", file)
        assert (code, err) == (0, "")
        assert out == f"Database {other}: 19 documents restored\n"
        assert same(database, other)
        code, out, err = ran("--database", other, "db", "restore", file)
        assert (code, out) == (2, "")
        assert err.startswith(
            f"newscrawl: database {other} is not empty (16 documents in foreign): restore into"
        )
        code, out, err = ran("--database", other, "db", "restore", file, "--merge")
        assert (code, err) == (0, "")
        assert "0 documents restored, 19 left out or already there\n" in out
        assert out.endswith("Rebuild the search index: newscrawl db index\n")
    finally:
        dropped(other)


@pytest.mark.slow
def test_through_a_pipe(database: str) -> None:
    filled(database)
    other = f"{database}_r"
    try:
        done = subprocess.run([*COMMAND, "db", "dump", "-"], capture_output=True, check=True)
        assert b"standard output: 19 documents" in done.stderr
        code, out, err = ran("--database", other, "db", "restore", "-", data=done.stdout)
        assert (code, out, err) == (0, f"Database {other}: 19 documents restored\n", "")
        assert same(database, other)
    finally:
        dropped(other)


@pytest.mark.slow
def test_a_full_disk_and_then_room(database: str, tmp_path: Path) -> None:
    filled(database)
    file = tmp_path / "x.dump"

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    code, out, err = ran("db", "dump", str(file), preexec_fn=small)
    assert (code, out) == (1, "")
    assert re.fullmatch(r"newscrawl: .*x\.dump\.part\S* cannot be written: File too large\n", err)
    assert not file.exists()
    assert ran("db", "dump", str(file))[0] == 0
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, "db", "dump", "-"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 2, "cannot be read: No such file or directory"),
        (b"", 1, "is not a dump that newscrawl db dump made"),
        (b"_id,title\n", 1, "is not a dump that newscrawl db dump made"),
        (
            gzip.compress(b"\x6d\xe2\x99\x81" + b"\0" * 100, mtime=0),
            1,
            "is an archive of mongodump: use mongorestore",
        ),
    ],
)
@pytest.mark.slow
def test_files_that_are_no_dump(
    database: str, tmp_path: Path, content: bytes | None, code: int, words: str
) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)
    for more in ((), ("--dry-run",)):
        found, out, err = ran("db", "restore", str(file), *more)
        assert (found, out) == (code, "")
        assert err.startswith(f"newscrawl: {file} ")
        assert words in err
    with client.connect("reader") as reader:
        assert reader[database].list_collection_names() == []


@pytest.mark.slow
def test_a_damaged_file_is_refused_before_anything_is_written(database: str, tmp_path: Path) -> None:
    filled(database)
    other = f"{database}_r"
    file = tmp_path / "x"
    assert ran("db", "dump", str(file))[0] == 0
    whole = file.read_bytes()
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:-40] + b"\0" * 40, whole + b"\0\1"):
        file.write_bytes(content)
        code, out, err = ran("--database", other, "db", "restore", str(file))
        assert (code, out) == (1, "")
        assert f"newscrawl: {file} is damaged: " in err
        assert "Traceback" not in err
    with client.connect("reader") as reader:
        assert reader[other].list_collection_names() == []
