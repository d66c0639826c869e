"""Records of WARC files in all forms, from any place on, and past damage."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence

import pytest

from newscrawl.captures.record_reader import HEAD, Position, RecordReader
from newscrawl.errors import UsageError
from tests.captures.warcs import info, page, warc_record, zstd

ALL = [
    info(),
    *(page(f"http://example.org/{number}", bytes(str(number), "ascii") * 900) for number in range(8)),
]
FORMS = ("plain", "gzip", "zstd", "whole gzip", "whole zstd")


def _packed(records: Sequence[bytes], form: str) -> bytes:
    if form == "plain":
        return b"".join(records)
    pack = gzip.compress if form.endswith("gzip") else zstd.compress
    return pack(b"".join(records)) if form.startswith("whole") else b"".join(map(pack, records))


BEGIN = Position()


def _reader(data: bytes, start: Position = BEGIN) -> RecordReader:
    return RecordReader(io.BytesIO(data), data[:HEAD], "test.warc", start)


def _read(data: bytes, start: Position = BEGIN) -> list[tuple[Position, str]]:
    """Each record's position and address, its content read."""
    found = []
    for position, record in _reader(data, start):
        record.reader.read()
        found.append((position, record.headers.get("WARC-Target-URI") or ""))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_reading_goes_on_at_any_record(form: str) -> None:
    data = _packed(ALL, form)
    found = _read(data)
    assert [url for _, url in found] == ["", *(f"http://example.org/{number}" for number in range(8))]
    assert [position.records for position, _ in found] == list(range(9))
    for index, (position, _) in enumerate(found):
        assert _read(data, position) == found[index:]


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd"])
def test_offsets_are_those_of_the_records(form: str) -> None:
    data = _packed(ALL, form)
    begin = _packed(ALL[:4], form)
    assert _read(data)[4][0] == Position(len(begin), 4)


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd"])
def test_damage_costs_what_it_hit(form: str) -> None:
    parts = [_packed([record], form) for record in ALL]
    broken = bytearray(parts[3])
    broken[60:400] = b"\x07" * len(broken[60:400])
    reader = _reader(b"".join([*parts[:3], bytes(broken), *parts[4:]]))
    found = []
    for _, record in reader:
        record.reader.read()
        found.append(record.headers.get("WARC-Target-URI"))
    assert found[-5:] == [f"http://example.org/{number}" for number in range(3, 8)]
    assert [url for url in found if url] == [f"http://example.org/{n}" for n in (0, 1, 3, 4, 5, 6, 7)]
    assert reader.damaged == (form != "plain")  # there, the length still holds
    assert not reader.lost


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd"])
def test_a_wrong_length_and_rubbish_do_not_end_a_file(form: str) -> None:
    wrong = warc_record("http://example.org/wrong", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500, length=40)
    rubbish = b"\x00" * 700 if form == "plain" else b"no member at all"
    parts = [_packed([record], form) for record in (*ALL[:3], wrong, *ALL[3:])]
    found = [url for _, url in _read(b"".join([*parts[:5], rubbish, *parts[5:]]))]
    assert [url for url in found if url[-1:].isdigit()] == [f"http://example.org/{n}" for n in range(8)]


@pytest.mark.parametrize("form", FORMS)
def test_the_end_may_be_missing(form: str) -> None:
    data = _packed(ALL, form)[:-30]
    found = [url for _, url in _read(data)]
    assert found[:5] == ["", *(f"http://example.org/{number}" for number in range(4))] or "whole" in form


def test_what_is_lost_in_a_file_that_is_compressed_as_a_whole_is_reported() -> None:
    data = bytearray(
        gzip.compress(b"".join(page(f"http://e.org/{n}", str(n).encode() * 900) for n in range(99)), 0)
    )
    data[40_000:40_040] = b"\xff" * 40
    data = data[:60_000]
    reader = _reader(bytes(data))
    for _, record in reader:
        record.reader.read()
    assert reader.lost or reader.count > 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>" * 50, "begins with '<html>"),
        (gzip.compress(b"<html>" * 50, mtime=0), "begins with '<html>"),
        (b"", "begins with ''"),
        (b"filedesc://IA-000.arc 0.0.0.0 19960923 text/plain 76\n", "is an ARC file"),
    ],
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _reader(data)
