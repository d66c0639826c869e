"""JSON lines and CSV through the database: whole files, flat memory, going on after an interruption."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util

from newscrawl.cli.output import json_text
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.export import resumable
from newscrawl.export.partial_file import PartialFile, open_part
from newscrawl.export.resumable import ResumableExport, export_file, export_stream
from newscrawl.export.row_formats import Jsonl, extended
from newscrawl.model.post import Post
from newscrawl.read import Posts, Query
from newscrawl.store import client
from tests.export import hostile
from tests.in_process import run
from tests.read.stored import START, post_of, put

pytestmark = pytest.mark.slow

JSONL = Jsonl(json_text)


def job_of(**query: object) -> ResumableExport:
    return ResumableExport(JSONL, Query(**query), {"form": "jsonl"})  # type: ignore[arg-type]


def ids_in(path: Path) -> list[str]:
    return [json.loads(line)["_id"] for line in path.read_bytes().splitlines()]


def put_many(database: str, count: int) -> None:
    """Posts with texts of a real article's size, at once."""
    posts = (post_of(number, text="正文" * 500) for number in range(count))
    documents = ({**post.to_document(), "first_seen": START, "last_seen": START} for post in posts)
    with client.connect("writer") as writer:
        writer[database].posts.insert_many(documents)


class Interrupting:
    """Posts of the database, until so many were given."""

    def __init__(self, posts: Posts, after: int) -> None:
        self.posts, self.after = posts, after

    def __call__(self, query: Query, after: str | None) -> Iterator[Post]:
        for number, post in enumerate(self.posts.find(query, after)):
            if number == self.after:
                raise KeyboardInterrupt
            yield post


def test_each_line_is_what_posts_prints_as_json(database: str, tmp_path: Path) -> None:
    put([post_of(number, title='他说"不"\u2028{{ x }}') for number in range(5)])
    target = tmp_path / "posts.jsonl"
    assert run("export", "jsonl", str(target)).stdout == f"5 posts written to {target}\n"
    printed = json.loads(run("posts", "--json", "--limit", "0").stdout)
    assert [json.loads(line) for line in target.read_bytes().split(b"\n")[:-1]] == printed
    assert [path.name for path in tmp_path.iterdir()] == ["posts.jsonl"]


def test_hostile_posts_make_one_line_each() -> None:
    posts = [hostile.post_of(seed) for seed in range(300)]
    for form in (JSONL, Jsonl(extended)):
        out = b"".join(map(form.encode, posts))
        out.decode("utf-8")
        assert out.count(b"\n") == 300
        read = [json.loads(line) for line in out.split(b"\n")[:-1]]
        assert [one["title"] for one in read] == [post.title for post in posts]


def test_extended_json_is_what_the_database_holds(database: str, tmp_path: Path) -> None:
    put([post_of(number) for number in range(3)])
    target = tmp_path / "posts.jsonl"
    run("export", "jsonl", str(target), "--extended")
    options = json_util.JSONOptions(tz_aware=True)
    read = [json_util.loads(line, json_options=options) for line in target.read_text().splitlines()]
    with Posts.connect() as posts:
        assert [Post.from_document(document) for document in read] == list(posts.find())
    assert '"$date"' in target.read_text()


def test_filters_are_those_of_posts(database: str, tmp_path: Path) -> None:
    put([*(post_of(n) for n in range(4)), *(post_of(n, outlet="上海证券报") for n in range(4, 7))])
    target = tmp_path / "x"
    for words, count in (
        (["--category", "beifangwang"], 4),
        (["--source", "上海证券报", "--limit", "2"], 2),
        (["--since", "2026-03-08T04:02:00Z"], 3),
        (["--until", "2026-03-08T04:01:00Z", "--tag", "北方网新闻"], 2),
        (["--text", "第5条"], 1),
        (["--security", "600160"], 0),
        (["--language", "zh"], 7),
        (["--story", "eastmoney:000000000000000000"], 0),
    ):
        for form in ("jsonl", "csv", "parquet"):
            assert f"{count} posts written" in run("export", form, str(target), *words).stdout
    assert "no post matches" in run("export", "csv", str(target), "--text", "nothing").stderr
    assert target.read_bytes().startswith(b'\xef\xbb\xbf"id",')


def test_standard_output_is_a_stream(database: str, tmp_path: Path) -> None:
    put([post_of(number) for number in range(4)])
    for form in ("jsonl", "csv", "atom", "rss", "jsonfeed"):
        words = [sys.executable, "-m", "newscrawl", "export", form, "-"]
        ran = subprocess.run(words, capture_output=True, check=True)
        assert ran.stdout.count("第".encode()) >= 4
        assert ran.stderr == b"4 posts written to -\n"  # and no progress in a pipe
    assert run("export", "jsonl", "-", "--resume", code=2).stderr.count("\n") == 1
    assert run("export", "jsonl", "/dev/null").stderr == "4 posts written to /dev/null\n"


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "rss"])
def test_a_full_disk_is_told_in_one_line(form: str, database: str) -> None:
    put([post_of(number) for number in range(4)])
    assert run("export", form, "/dev/full", code=1).stderr.startswith(
        "newscrawl: /dev/full cannot be written"
    )
    with open("/dev/full", "wb") as full:
        words = [sys.executable, "-m", "newscrawl", "export", form, "-"]
        ran = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr


def test_a_reader_that_goes_away_is_no_error(database: str) -> None:
    put_many(database, 500)
    words = f"{sys.executable} -m newscrawl export jsonl - | head -n 1"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", words], capture_output=True, check=True)
    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


def _interrupted() -> Iterator[Post]:
    yield post_of(1)
    raise KeyboardInterrupt


def test_an_interruption_tells_how_to_go_on(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put([post_of(number) for number in range(4)])
    with monkeypatch.context() as patch:
        patch.setattr(Posts, "find", lambda self, query, after: _interrupted())
        told = run("export", "jsonl", str(tmp_path / "x"), code=130).stderr
    assert told.endswith("x is not finished; run the same command with --resume to continue it\n")
    assert "4 posts written" in run("export", "jsonl", str(tmp_path / "x"), "--resume").stdout


def test_a_disk_that_fills_up_tells_how_to_go_on(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(part: PartialFile, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    put([post_of(1)])
    monkeypatch.setattr(PartialFile, "write", full)
    told = run("export", "jsonl", str(tmp_path / "x"), code=1).stderr
    assert "x is not finished; run the same command with --resume to continue it\n" in told
    assert "No space left" in told


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "atom"])
@pytest.mark.parametrize("place", ["", "folder"])
def test_a_folder_is_no_file(form: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "folder").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert "is a folder; name a file in it" in run("export", form, place, code=2).stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "folder"]


@pytest.mark.parametrize("after", [0, 1, 10, 11, 25, 29])
def test_an_interrupted_export_goes_on(
    after: int, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable, "EVERY", 10)
    put([post_of(number) for number in range(30)])
    target = tmp_path / "posts.jsonl"
    with Posts.connect() as posts:
        whole = io.BytesIO()
        assert export_stream(posts.find, job_of(), whole) == 30
        with pytest.raises(KeyboardInterrupt):
            export_file(Interrupting(posts, after), job_of(), target)
        assert not target.exists()
        with (tmp_path / "posts.jsonl.part").open("ab") as part:
            part.write(b'{"half a li')
        put([post_of(number) for number in range(30, 33)])  # newer ones belong to the next export
        done = export_file(posts.find, job_of(), target, resume=True)
    assert done == (30, after // 10 * 10) or (after < 10 and done == (33, 0))
    assert target.read_bytes().endswith(whole.getvalue())
    assert [path.name for path in tmp_path.iterdir()] == ["posts.jsonl"]


def test_going_on_keeps_limit_and_moments(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable, "EVERY", 4)
    put([post_of(number) for number in range(20)])
    target = tmp_path / "posts.jsonl"
    query: dict[str, Any] = {
        "since": START + timedelta(minutes=2),
        "until": START + timedelta(minutes=9),
        "limit": 11,
    }
    with Posts.connect() as posts:
        expected = [post.id for post in posts.find(**query)]
        with pytest.raises(KeyboardInterrupt):
            export_file(Interrupting(posts, 9), job_of(**query), target)
        later = {**query, "since": START + timedelta(minutes=6)}  # as `--since 2d` is a day later
        assert export_file(posts.find, job_of(**later), target, resume=True) == (11, 8)
    assert ids_in(target) == expected


def test_an_export_with_other_options_is_not_gone_on_with(database: str, tmp_path: Path) -> None:
    put([post_of(number) for number in range(3)])
    target = tmp_path / "posts.jsonl"
    with Posts.connect() as posts:
        with pytest.raises(KeyboardInterrupt):
            export_file(Interrupting(posts, 1), job_of(), target)
        other = ResumableExport(JSONL, Query(), {"form": "jsonl", "category": "x"})
        with pytest.raises(UsageError, match="use the same, or leave out --resume"):
            export_file(posts.find, other, target, resume=True)
        (tmp_path / "posts.jsonl.part.json").write_text("{}")
        with pytest.raises(UsageError, match="is damaged"):
            export_file(posts.find, job_of(), target, resume=True)
        assert export_file(posts.find, job_of(), target) == (3, 0)
        assert export_file(posts.find, job_of(), target, resume=True) == (3, 0)  # nothing to go on with


def test_two_exports_into_one_file_do_not_mix(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    target = tmp_path / "posts.jsonl"
    with open_part(target) as part, Posts.connect() as posts:
        with pytest.raises(NewscrawlError, match="another process is writing"):
            export_file(posts.find, job_of(), target)
        part.write(b"mine\n")
        part.finish()
        assert export_file(posts.find, job_of(), target) == (1, 0)
        assert ids_in(target) == [post_of(1).id]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "nowhere" / "x", tmp_path / "folder"):
        with pytest.raises(NewscrawlError, match="cannot be written"):
            export_file(lambda query, after: iter(()), job_of(), target)


def test_memory_stays_flat_over_10k_posts(database: str, tmp_path: Path) -> None:
    put_many(database, 10_000)
    target = tmp_path / "posts.jsonl"
    few = _peak_of("jsonl", str(target), "--limit", "500")
    assert _peak_of("jsonl", str(target)) - few < 10_000
    assert target.stat().st_size > 50_000_000
    assert target.read_bytes().count(b"\n") == 10_000
    few = _peak_of("jekyll", str(tmp_path / "few"), "--limit", "500")
    assert _peak_of("jekyll", str(tmp_path / "all")) - few < 10_000
    assert len(list((tmp_path / "all" / "_posts").iterdir())) == 10_000


def _peak_of(*words: str) -> int:
    """The most memory that an export had, in kB."""
    code = (
        "import re, pathlib, sys; from newscrawl.cli import make_app;"
        f"make_app()({['export', *words]!r}, standalone_mode=False);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return int(ran.stdout.split()[-1])


def test_a_killed_export_goes_on(database: str, tmp_path: Path) -> None:
    put_many(database, 4_000)
    target = tmp_path / "posts.csv"
    place = tmp_path / "posts.csv.part.json"
    words = [sys.executable, "-m", "newscrawl", "export", "csv", str(target)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as exporting:
        for _ in range(3000):
            if place.exists() and json.loads(place.read_bytes())["posts"]:
                break
            time.sleep(0.005)
        exporting.send_signal(signal.SIGKILL)
        assert exporting.stderr
        assert exporting.stderr.read() == b""
    assert not target.exists()
    told = run("export", "csv", str(target), "--resume").stdout
    assert re.fullmatch(
        rf"4000 posts written to {target}, [1-3]000 of them by the interrupted export\n", told
    )
    whole = tmp_path / "whole.csv"
    run("export", "csv", str(whole))
    assert target.read_bytes() == whole.read_bytes()
