"""Processes that read files: killed, crashed, hung, in one another's way."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from newscrawl.captures.choice import Choice
from newscrawl.captures.places import opened
from newscrawl.locks import archive_key
from newscrawl.store import client
from newscrawl.store.archive_files import ArchiveFile
from newscrawl.store.leases import open_leases
from tests import warm
from tests.captures.warcs import article, info, page, url_of, write
from tests.crawl.crawls import documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

PATIENCE = 120.0  # seconds that any of this may take


def _file(path: Path, numbers: range, *more: bytes) -> Path:
    return write(path, [info(), *(page(url_of(number), article(number)) for number in numbers), *more])


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


def _count(database: str) -> int:
    with client.connect("reader") as reader:
        return reader[database]["posts"].count_documents({})


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def _started(*words: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "newscrawl", "archive", "--any", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _kill_after(path: Path, database: str, posts: int, *, child: bool) -> None:
    """Kills a command that reads the file, once so many posts are stored; with `child`, its reader first."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    process = warm.start(["archive", "--any", str(path)], {}, out=nothing, err=nothing)
    os.close(nothing)
    _wait(lambda: _count(database) >= posts)
    children = _children(process.pid)
    if child and children:
        os.kill(children[0], signal.SIGKILL)
        first = set(children)
        _wait(lambda: bool(set(_children(process.pid)) - first))
        children = [*children, *_children(process.pid)]
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _wait(lambda: not any(_is_alive(one) for one in children))


def test_kills_at_random_lose_nothing_and_repeat_little(database: str, tmp_path: Path) -> None:
    """kill -9, twenty times: of the command, and of the process that reads for it."""
    articles, kills, chance = 3_000, 20, random.Random(5)
    path = _file(tmp_path / "a.warc.gz", range(articles))
    assert newscrawl("archive", "--any", str(_file(tmp_path / "b.warc.gz", range(1)))).returncode == 0
    positions = [0]
    for number in range(kills):
        before, further = _count(database), chance.randint(1, 160)
        _kill_after(path, database, min(before + further, articles), child=number % 3 == 2)
        state = next(one for one in documents(database, "archives").values() if one["name"] == str(path))
        positions.append(state["position"]["records"])
    assert positions == sorted(positions)
    assert len(set(positions)) > 3
    done = newscrawl("archive", "--any", "--json", str(path))
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    posts = documents(database)
    assert len(posts) == articles
    assert all(post["revision"] == 1 and post["updated"] is None for post in posts.values())
    assert not documents(database, "revisions")
    # What is counted was written with the position: each record once, however often it was read.
    assert result["counts"]["stored"] + result["counts"].get("unchanged", 0) == articles
    assert result["records"] == articles + 1
    assert result["skipped"] == {"warcinfo records": 1}


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Another process's hold of a file."""
    with opened(str(path)) as place:
        file = ArchiveFile(str(path), place.size, place.etag, place.digest, str(Choice(any=True)))
    leases = open_leases()
    lease = leases.take(archive_key(file.id))
    try:
        yield
    finally:
        lease.release()
        leases.close()


@pytest.mark.parametrize("where", ["locks", "leases"])
def test_a_file_that_another_process_reads_is_passed_over(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "leases":
        monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    first, second = _file(tmp_path / "a.warc.gz", range(3)), _file(tmp_path / "b.warc.gz", range(3, 6))
    words = ("archive", "--any", str(first), str(second))
    with _held(first):
        done = newscrawl(*words)
        assert done.returncode == 3, done.stderr
        assert f"{first}: this file is being read already (pid {os.getpid()}" in done.stderr
        assert len(documents(database)) == 3
    done = newscrawl(*words)
    assert done.returncode == 0
    assert "b.warc.gz: read before" in done.stdout
    assert len(documents(database)) == 6


def test_several_processes_share_the_files(database: str, tmp_path: Path) -> None:
    files = [_file(tmp_path / f"{n}.warc.gz", range(n * 20, n * 20 + 20)) for n in range(6)]
    with _started("-n", 3, *files) as one, _started("-n", 2, *reversed(files)) as other:
        for process in (one, other):
            _, said = process.communicate(timeout=PATIENCE)
            assert process.returncode in (0, 3), said
    assert len(documents(database)) == 120
    assert all(one["finished"] for one in documents(database, "archives").values())


def test_a_changed_file_is_read_anew_and_a_moved_one_is_not(database: str, tmp_path: Path) -> None:
    path = _file(tmp_path / "a.warc.gz", range(3))
    assert newscrawl("archive", "--any", str(path)).returncode == 0
    moved = path.rename(tmp_path / "c.warc.gz")
    assert "c.warc.gz: read before" in newscrawl("archive", "--any", str(moved)).stdout
    _file(path, range(4))
    assert (
        "a.warc.gz: done; 5 records; 3 unchanged, 1 stored" in newscrawl("archive", "--any", str(path)).stdout
    )
    listed = newscrawl("archive", "--list")
    assert listed.stdout.count("done\t") == 2
    assert len(json.loads(newscrawl("archive", "--list", "--json").stdout)) == 2


def _with_sitecustomize(folder: Path, body: str) -> dict[str, str]:
    """Environment of a command in which reading certain pages does what `body` says."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, signal, time\n"
        "from newscrawl.captures import file_reader, processes\n"
        "real = file_reader.read_any\n"
        "def read(capture, run):\n"
        "    if b'POISON' in capture.body:\n"
        f"        {body}\n"
        "    return real(capture, run)\n"
        "file_reader.read_any = read\n"
        "processes.PAGE_SECONDS = 2.0\n"
    )
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("body", ["os.kill(os.getpid(), signal.SIGSEGV)", "time.sleep(600)"])
def test_a_page_that_ends_or_holds_up_its_reader_costs_that_page_only(
    database: str, tmp_path: Path, body: str
) -> None:
    poison = page(url_of(90), article(90, text="POISON"))
    others = [page(url_of(number), article(number)) for number in range(20, 30)]
    path = _file(tmp_path / "a.warc.gz", range(20), poison, *others)
    done = newscrawl("archive", "--any", "--json", str(path), **_with_sitecustomize(tmp_path / "site", body))
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    assert result["skipped"]["ended the reader"] == 1
    assert len(documents(database)) == 30
    assert "at record 21, which is left out" in done.stderr


def test_a_stopped_reader_goes_on_later(database: str, tmp_path: Path) -> None:
    path = _file(tmp_path / "a.warc.gz", range(1_500))
    with _started(path) as process:
        _wait(lambda: _count(database) > 50)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGINT, said
    assert "stopped" in out
    assert "run the same command to continue" in said
    (state,) = documents(database, "archives").values()
    assert 50 < state["position"]["records"] < 1_500
    assert _count(database) == state["position"]["records"] - 1  # of the first record no post is made
    result: list[dict[str, Any]] = json.loads(newscrawl("archive", "--any", "--json", str(path)).stdout)
    assert result[0]["counts"] == {"stored": 1_500}
