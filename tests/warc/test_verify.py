"""Verifying kept pages: whatever is not as it was written is found, with its place."""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pytest

from newscrawl.warc.files import open_marker
from newscrawl.warc.records import group
from newscrawl.warc.verify import Fault, Verified, verify
from tests.warc.test_page_writer import _answer, _note, _writer

RECORDS = 9  # a warcinfo, and two an article


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, list[int]]:
    """A file of four articles, and the offsets of their answers."""
    writer = _writer(tmp_path)
    places = [writer.append(group([_answer(number, os.urandom(900))], _note(number))) for number in range(4)]
    writer.close()
    return tmp_path / places[0][0], [offsets[0] for _, offsets in places]


def _faults(folder: Path) -> tuple[list[Fault], int]:
    done = Verified()
    return list(verify(folder, done)), done.records


def test_a_whole_file(file: tuple[Path, list[int]], tmp_path: Path) -> None:
    assert _faults(tmp_path) == ([], RECORDS)
    assert _faults(tmp_path / "nothing") == ([], 0)


@pytest.mark.parametrize("seed", range(20))
def test_a_changed_byte_anywhere_is_found(file: tuple[Path, list[int]], tmp_path: Path, seed: int) -> None:
    path, _ = file
    whole = bytearray(path.read_bytes())
    at = random.Random(seed).randrange(len(whole))
    whole[at] ^= 0xFF
    path.write_bytes(whole)
    faults, _ = _faults(tmp_path)
    # Nobody looks at gzip's time, level and system (bytes 4 to 9 of a member): nothing is lost by them.
    if not faults:
        members = [0]
        while (found := bytes(whole).find(b"\x1f\x8b\x08", members[-1] + 1)) != -1:
            members.append(found)
        assert any(3 <= at - member <= 9 for member in members)
        return
    assert len(faults) == 1
    assert faults[0].offset <= at < faults[0].offset + faults[0].length


def test_a_record_that_was_exchanged_is_found_by_its_digest(
    file: tuple[Path, list[int]], tmp_path: Path
) -> None:
    path, places = file
    whole = path.read_bytes()
    begin = places[2]
    raw = gzip.decompress(whole[begin : places[3]])  # the answer and its note
    changed = raw.replace(b"content-type", b"content-tipe").replace(
        b"Content-Type: text", b"Content-Tipe: text"
    )
    path.write_bytes(whole[:begin] + gzip.compress(changed) + whole[places[3] :])
    faults, _ = _faults(tmp_path)
    assert faults
    assert faults[0].offset == begin
    assert "the block digest is not that of the record" in faults[0].words


@pytest.mark.parametrize("lost", [1, 30, 700])
def test_a_torn_end(file: tuple[Path, list[int]], tmp_path: Path, lost: int) -> None:
    path, _ = file
    size = path.stat().st_size - lost
    os.truncate(path, size)
    (fault,), _ = _faults(tmp_path)
    assert fault.offset + fault.length == size
    assert "the next crawl that writes to the file cuts it off" in fault.words
    writer = _writer(tmp_path)
    writer.append(group([_answer(7)], _note(7)))
    writer.close()
    assert _faults(tmp_path)[0] == []


def test_what_is_left_over_is_told(file: tuple[Path, list[int]], tmp_path: Path) -> None:
    path, _ = file
    open_marker(path.with_name("newscrawl-20260101000000-vm-000000.warc.gz")).touch()
    (tmp_path / "foreign.warc.gz").touch()
    assert [fault.words.split(";")[0] for fault in _faults(tmp_path)[0]] == [
        "not the name of a file of kept pages",
        "there is no newscrawl-20260101000000-vm-000000.warc.gz",
    ]
