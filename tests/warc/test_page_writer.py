"""Kept pages on the disk: shared files, rotation, and what a kill -9 leaves."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from warcio.checker import Checker

from newscrawl.errors import PageNotKept
from newscrawl.model.draft import Entry
from newscrawl.model.post import PageLocation, Security
from newscrawl.warc.files import open_marker, page_files
from newscrawl.warc.page_reader import kept_article, kept_articles
from newscrawl.warc.page_writer import PageWriter
from newscrawl.warc.records import Answer, Earlier, Note, group

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _answer(number: int, body: bytes | None = None, **more: object) -> Answer:
    content = body if body is not None else f"<h1>Page {number}</h1>".encode() * 50
    headers = [
        ("Content-Type", "text/html; charset=gbk"),
        ("Set-Cookie", "session=secret"),
        ("Content-Encoding", "br"),
    ]
    return Answer(f"https://example.org/{number}.html", 200, headers, content, NOON, **more)  # type: ignore[arg-type]


def _note(number: int) -> Note:
    url = f"https://example.org/{number}.html"
    entry = Entry(
        id=f"url:{number}",
        url=url,
        canonical_url=url,
        share_url=url,
        title="贵州茅台 \ud800 半字",
        columns=("股票",),
        securities=(Security("1", "600519"),),
    )
    return Note("example", "run-1", NOON, entry)


def _writer(folder: Path, now: datetime = NOON, **more: int) -> PageWriter:
    return PageWriter(folder, lambda: now, **more)


def _is_valid(path: Path) -> bool:
    checker = Checker(type("Options", (), {"inputs": [str(path)], "verbose": False})())
    checker.process_all()
    with path.open("rb") as file:
        return not checker.exit_value and all(
            record.verify_block_digest() for record in ArchiveIterator(file, parse_http=False)
        )


def _ids(path: Path) -> list[str]:
    return [article.note.entry.id for article in kept_articles(path) if article.note]


def test_an_article_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    first, second = _answer(1, address="192.0.2.7"), _answer(2, b"")
    file, offsets = writer.append(group([first, second], _note(1)))
    writer.close()
    article = kept_article(tmp_path, PageLocation(file, offsets[0], first.digest))
    assert [(one.url, one.status, one.body, one.fetched, one.address) for one in article.answers] == [
        (one.url, one.status, one.body, one.fetched, one.address) for one in (first, second)
    ]
    assert article.answers[0].content_type == "text/html; charset=gbk"
    assert article.note == _note(1)
    assert _is_valid(tmp_path / file)


def test_cookies_are_not_kept_and_the_body_is_described_as_it_is_kept(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    file, _ = writer.append(group([_answer(1)], _note(1)))
    writer.close()
    (article,) = kept_articles(tmp_path / file)
    headers = dict(article.answers[0].headers)
    assert headers["X-Crawler-Content-Encoding"] == "br"
    assert headers["Content-Length"] == str(len(article.answers[0].body))
    assert not {"Set-Cookie", "Content-Encoding"} & headers.keys()


def test_a_header_and_a_url_cannot_begin_another_record(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    hostile = "x\r\nWARC-Type: response\r\n\r\nWARC/1.1"
    answer = Answer(f"https://example.org/{hostile}", 200, [("X-A", hostile)], b"text", NOON)
    file, _ = writer.append(group([answer], _note(1)))
    writer.close()
    (article,) = kept_articles(tmp_path / file)
    assert article.answers[0].body == b"text"
    assert article.answers[0].url == "https://example.org/xWARC-Type:responseWARC/1.1"
    assert _is_valid(tmp_path / file)


def test_a_body_that_is_kept_already_is_a_revisit(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    file, _ = writer.append(group([_answer(1)], _note(1), Earlier("https://example.org/1.html", NOON)))
    writer.close()
    with (tmp_path / file).open("rb") as stream:
        kinds = [record.headers["WARC-Type"] for record in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", "revisit", "metadata"]
    (article,) = kept_articles(tmp_path / file)
    assert article.revisit
    assert article.answers[0].body == b""
    assert _is_valid(tmp_path / file)


def test_runs_of_a_day_share_a_file_and_two_at_once_do_not(tmp_path: Path) -> None:
    one, other = _writer(tmp_path), _writer(tmp_path)
    first, _ = one.append(group([_answer(1)], _note(1)))
    second, _ = other.append(group([_answer(2)], _note(2)))
    one.close()
    other.close()
    later = _writer(tmp_path, NOON + timedelta(hours=3))
    third, _ = later.append(group([_answer(3)], _note(3)))
    later.close()
    assert first != second
    assert third in (first, second)
    assert len(page_files(tmp_path)) == 2


def test_a_file_ends_with_its_day_and_when_it_is_large(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    first, _ = writer.append(group([_answer(1)], _note(1)))
    writer.close()
    writer = _writer(tmp_path, NOON + timedelta(days=1), max_bytes=3_000)
    names = {writer.append(group([_answer(number)], _note(number)))[0] for number in range(12)}
    writer.close()
    assert first not in names
    assert len(names) > 2
    assert not open_marker(tmp_path / first).exists()
    still_open = [path.name for path in page_files(tmp_path) if open_marker(path).exists()]
    assert len(still_open) == 1
    assert sum(len(_ids(path)) for path in page_files(tmp_path)) == 13


@pytest.mark.parametrize("lost", [1, 7, 100, 350])
def test_a_torn_end_is_cut_off_and_nothing_before_it(tmp_path: Path, lost: int) -> None:
    writer = _writer(tmp_path)
    writer.append(group([_answer(1)], _note(1)))
    writer.sync()
    file, _ = writer.append(group([_answer(2)], _note(2)))
    path = tmp_path / file
    os.truncate(path, path.stat().st_size - lost)  # as a power cut leaves it
    assert writer._open is not None
    writer._open.close()  # as a death does, without a last sync
    later = _writer(tmp_path)
    assert later.append(group([_answer(3)], _note(3)))[0] == file
    later.close()
    assert _ids(path) in (["url:1", "url:3"], ["url:1", "url:2", "url:3"])
    assert _is_valid(path)


def test_a_disk_that_lost_more_than_was_confirmed_is_read_from_the_start(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    file, _ = writer.append(group([_answer(1)], _note(1)))
    writer.sync()
    end = (tmp_path / file).stat().st_size
    writer.append(group([_answer(2)], _note(2)))
    writer.close()
    os.truncate(tmp_path / file, end + 10)
    later = _writer(tmp_path)
    later.append(group([_answer(3)], _note(3)))
    later.close()
    assert _ids(tmp_path / file) == ["url:1", "url:3"]


def test_damage_in_the_middle_costs_only_what_it_hit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = _writer(tmp_path)
    places = [writer.append(group([_answer(number, os.urandom(3000))], _note(number))) for number in range(5)]
    writer.close()
    path = tmp_path / places[0][0]
    with path.open("r+b") as file:
        file.seek(places[2][1][0] + 1000)
        file.write(b"\0" * 500)
    assert _ids(path) == ["url:0", "url:1", "url:3", "url:4"] or _ids(path) == [
        "url:0", "url:1", "url:2", "url:3", "url:4",
    ]  # fmt: skip
    assert "is damaged" in caplog.text
    with pytest.raises(PageNotKept, match="cannot be read at"):
        kept_article(tmp_path, PageLocation(path.name, places[2][1][0], "sha1:X"))


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    file, offsets = writer.append(group([_answer(1)], _note(1)))
    writer.close()
    with pytest.raises(PageNotKept, match="is not there: it was pruned"):
        kept_article(tmp_path, PageLocation("newscrawl-none.warc.gz", 0, "sha1:X"))
    with pytest.raises(PageNotKept, match=r"another page at \d+: https://example.org/1.html"):
        kept_article(tmp_path, PageLocation(file, offsets[0], "sha1:X"))
    with pytest.raises(PageNotKept, match=r"has no kept page at 99999|cannot be read"):
        kept_article(tmp_path, PageLocation(file, 99_999, "sha1:X"))


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = _writer(tmp_path)
    file, _ = writer.append(group([_answer(1)], _note(1)))
    before = (tmp_path / file).read_bytes()
    real, calls = os.pwrite, iter([100])

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if (room := next(calls, None)) is None:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[:room], offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space left"):
            writer.append(group([_answer(2)], _note(2)))
    assert (tmp_path / file).read_bytes() == before
    writer.append(group([_answer(3)], _note(3)))
    writer.close()
    assert _ids(tmp_path / file) == ["url:1", "url:3"]


_KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.warc.test_page_writer import _answer, _note, _writer, group
import os
writer = _writer(Path(sys.argv[1]))
for number in range(100_000):
    writer.append(group([_answer(number, os.urandom(20_000))], _note(number)))
    if number % 5 == 4:
        writer.sync()
        print(number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_kill_at_any_moment_loses_nothing_that_was_synced(tmp_path: Path, seed: int) -> None:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", _KILLED, str(tmp_path), root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = random.Random(seed).randint(1, 40)
        synced = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        synced += map(int, process.stdout.read().split())
    writer = _writer(tmp_path)
    writer.append(group([_answer(0)], _note(0)))
    writer.close()
    (path,) = page_files(tmp_path)
    ids = _ids(path)[:-1]
    assert ids == [f"url:{number}" for number in range(len(ids))]
    assert len(ids) > synced[-1]
    assert _is_valid(path)
