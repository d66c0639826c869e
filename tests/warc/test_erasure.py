"""Erasing kept pages: the bytes are gone, all else is where it was, and a kill in the middle is mended."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from newscrawl.errors import PageNotKept
from newscrawl.model.draft import Entry
from newscrawl.model.post import PageLocation
from newscrawl.warc.erasure import Group, Span, erase, erase_article, erase_where, filler, groups
from newscrawl.warc.files import erasing_note, open_marker
from newscrawl.warc.page_reader import kept_article, kept_articles
from newscrawl.warc.page_writer import PageWriter
from newscrawl.warc.records import Answer, Earlier, Note, group
from newscrawl.warc.verify import Verified, verify

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _url(number: int) -> str:
    return f"https://example.org/{number}.html"


def _answer(number: int, size: int = 900) -> Answer:
    body = f"<h1>Page {number}</h1>".encode() + random.Random(number).randbytes(size).hex().encode()
    return Answer(_url(number), 200, [("Content-Type", "text/html")], body, NOON)


def _note(number: int) -> Note:
    entry = Entry(id=f"url:{number}", url=_url(number), canonical_url=_url(number), share_url=_url(number))
    return Note("example", "run-1", NOON, entry)


def _kept(folder: Path) -> tuple[Path, list[PageLocation]]:
    """Five articles, the third in two pages and seen twice, and a list that shows it."""
    writer = PageWriter(folder, lambda: NOON)
    places = []
    for number in range(5):
        answers = [_answer(number)] if number != 2 else [_answer(2), _answer(20, 200_000)]
        file, offsets = writer.append(group(answers, _note(number)))
        places.append(PageLocation(file, offsets[0], answers[0].digest))
    writer.append(group([_answer(2)], _note(2), Earlier(_url(2), NOON)))
    shown = Answer("https://example.org/", 200, [], f"<a href='{_url(2)}'>".encode(), NOON)
    writer.append(group([shown], None))
    writer.append(group([], _note(6)))
    writer.close()
    return folder / file, places


def _is_third(found: Group) -> bool:
    if found.note is None:
        return _url(2).encode() in (found.body or b"")
    return bool(json.loads(found.note)["entry"]["id"] == "url:2")


def _ids(path: Path) -> list[str]:
    return [article.note.entry.id for article in kept_articles(path) if article.note]


def _faults(folder: Path) -> list[str]:
    return [str(fault) for fault in verify(folder, Verified())]


@pytest.mark.parametrize("length", [170, 200, 254, 255, 256, 300, 999, 65_700, 65_770, 131_400, 1_000_003])
def test_a_filler_has_any_length_and_is_a_record(length: int) -> None:
    member = filler(length)
    assert len(member) == length
    head, _, content = gzip.decompress(member).partition(b"\r\n\r\n")
    assert head.startswith(b"WARC/1.1\r\n")
    assert f"Content-Length: {len(content) - 4}".encode() in head


def test_no_record_is_shorter_than_what_describes_it() -> None:
    with pytest.raises(ValueError, match="100 bytes are too few for a record"):
        filler(100)


def test_all_groups_of_an_article_are_erased_and_the_others_stay_where_they_were(tmp_path: Path) -> None:
    path, places = _kept(tmp_path)
    before = path.read_bytes()
    assert _answer(20, 200_000).body in gzip.decompress(before)
    count, size = erase_where(path, _is_third)
    after = path.read_bytes()
    assert (count, len(after)) == (3, len(before))
    assert size > 100_000
    for body in (_answer(2).body, _answer(20, 200_000).body, _url(2).encode(), b"url:2"):
        assert body not in gzip.decompress(after)
    assert _ids(path) == ["url:0", "url:1", "url:3", "url:4", "url:6"]
    assert [kept_article(tmp_path, place).answers[0].body for place in places if place != places[2]] == [
        _answer(number).body for number in (0, 1, 3, 4)
    ]
    with pytest.raises(PageNotKept):
        kept_article(tmp_path, places[2])
    assert _faults(tmp_path) == []
    assert not erasing_note(path).exists()


def test_other_programs_read_the_file_on(tmp_path: Path) -> None:
    path, _ = _kept(tmp_path)
    with path.open("rb") as file:
        all_of_them = sum(1 for _ in WarcioIterator(file))
    erase_where(path, _is_third)
    with path.open("rb") as file:
        read = [(record.rec_type, record.content_stream().read()) for record in WarcioIterator(file)]
    assert len(read) == all_of_them == 16
    with path.open("rb") as file:
        kinds = [record.headers["WARC-Type"] for record in ArchiveIterator(file)]
    assert kinds == [kind for kind, _ in read]


def test_erasing_again_finds_nothing_and_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    path, _ = _kept(tmp_path)
    before = path.read_bytes()
    assert erase_where(path, _is_third, dry_run=True)[0] == 3
    assert path.read_bytes() == before
    assert erase_where(path, _is_third)[0] == 3
    assert erase_where(path, _is_third) == (0, 0)


def test_the_article_at_a_location_is_erased(tmp_path: Path) -> None:
    path, places = _kept(tmp_path)
    assert erase_article(tmp_path, places[2])
    assert not erase_article(tmp_path, places[2])
    assert not erase_article(tmp_path, PageLocation("elsewhere.warc.gz", 0, ""))
    assert _answer(2).body not in gzip.decompress(path.read_bytes())
    assert _ids(path) == ["url:0", "url:1", "url:3", "url:4", "url:2", "url:6"]  # the revisit is another


def test_damage_elsewhere_hides_nothing(tmp_path: Path) -> None:
    path, places = _kept(tmp_path)
    with path.open("r+b") as file:
        file.seek(places[1].offset + 40)
        file.write(b"\0" * 40)
    assert erase_where(path, _is_third)[0] == 3


_KILLED = """
import os, signal, sys
from pathlib import Path
from newscrawl.warc import erasure
from tests.warc.test_erasure import _is_third
at = int(sys.argv[2])
pwrite, written = os.pwrite, 0
def torn(number, data, offset):
    global written
    written += 1
    if written > at:
        pwrite(number, data[: len(data) // 2], offset)
        os.kill(os.getpid(), signal.SIGKILL)
    return pwrite(number, data, offset)
os.pwrite = torn
erasure.erase_where(Path(sys.argv[1]), _is_third)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("at", "by"), [(0, "erasure"), (3, "crawl")])
def test_a_kill_in_the_middle_is_mended(tmp_path: Path, at: int, by: str) -> None:
    path, places = _kept(tmp_path)
    size = path.stat().st_size
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path), str(at)], check=False)
    assert done.returncode == -9
    assert any("forget --resume" in fault for fault in _faults(tmp_path))
    assert erasing_note(path).exists()
    if by == "crawl":  # one that appends to the file takes its end for torn unless that is finished first
        os.truncate(open_marker(path), 0)
        writer = PageWriter(tmp_path, lambda: NOON)
        writer.append(group([_answer(7)], _note(7)))
        writer.close()
    else:
        erase_where(path, _is_third)
        assert path.stat().st_size == size
    assert _faults(tmp_path) == []
    assert _ids(path)[:5] == ["url:0", "url:1", "url:3", "url:4", "url:6"]
    assert _answer(20, 200_000).body not in gzip.decompress(path.read_bytes())
    assert kept_article(tmp_path, places[4]).answers[0].body == _answer(4).body


def test_a_file_that_a_crawl_holds_is_appended_to_meanwhile(tmp_path: Path) -> None:
    writer = PageWriter(tmp_path, lambda: NOON)
    file, offsets = writer.append(group([_answer(1)], _note(1)))
    writer.append(group([_answer(2)], _note(2)))
    writer.sync()
    path = tmp_path / file
    [found] = [one for one in groups(path) if one.note and b"url:1" in one.note]
    assert found.offsets == offsets
    erase(path, [Span(offsets[0], offsets[1] - offsets[0])])
    writer.append(group([_answer(3)], _note(3)))
    writer.close()
    assert _faults(tmp_path) == []
    assert _answer(1).body not in gzip.decompress(path.read_bytes())
