"""Answers in records, decoded whatever their headers claim."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime

import brotli
import pytest
from fastwarc.warc import ArchiveIterator

from newscrawl.captures.http_capture import MAX_BYTES, Capture, capture_of, date_of, url_of
from newscrawl.errors import NotAPage
from tests.captures.warcs import CAPTURED, chunked, http, warc_record, zstd

BODY = b"<html><p>Words of a page</p></html>" * 40
BOMB = gzip.compress(b"a" * (MAX_BYTES + 1), mtime=0)


def _capture(record: bytes) -> Capture:
    found = next(iter(ArchiveIterator(io.BytesIO(record), parse_http=False)))
    return capture_of(found, url_of(found), date_of(found) or CAPTURED)


@pytest.mark.parametrize(
    "answer",
    [
        http(BODY),
        http(chunked(BODY), "Transfer-Encoding: chunked"),
        http(gzip.compress(BODY, mtime=0), "Content-Encoding: gzip"),
        http(gzip.compress(BODY, mtime=0), "content-encoding: x-gzip"),
        http(
            chunked(gzip.compress(BODY, mtime=0), 37), "Content-Encoding: gzip", "Transfer-Encoding: chunked"
        ),
        http(brotli.compress(BODY), "Content-Encoding: br"),
        http(zstd.compress(BODY), "Content-Encoding: zstd"),
        http(zlib.compress(BODY), "Content-Encoding: deflate"),
        http(zlib.compress(BODY)[2:-4], "Content-Encoding: deflate"),
        http(BODY, "Content-Encoding: gzip"),  # decoded by its crawler, the header as it came
        http(BODY, "Content-Encoding: br", "Transfer-Encoding: chunked"),
        http(BODY, "Transfer-Encoding: chunked", f"Content-Length: {len(BODY)}"),
        http(BODY, "no colon", ": no name", "X-Folded: one\r\n two"),
        b"HTTP/1.0 200 OK\nContent-Type: text/html; charset=utf-8\n\n" + BODY,
        b"HTTP/2 200\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + BODY,
    ],
)
def test_a_body_is_decoded(answer: bytes) -> None:
    capture = _capture(warc_record("http://example.org/a", answer))
    assert capture.body == BODY
    assert capture.status == 200
    assert capture.content_type == "text/html; charset=utf-8"


def test_an_answer_of_http_0_9_has_no_headers() -> None:
    capture = _capture(warc_record("http://example.org/a", BODY))
    assert (capture.body, capture.status, capture.content_type) == (BODY, 200, None)


def test_a_resource_is_a_page_without_a_status_of_its_own() -> None:
    record = warc_record("http://example.org/a", BODY, kind="resource", content_type="text/html")
    capture = _capture(record)
    assert (capture.body, capture.status, capture.content_type) == (BODY, 200, "text/html")


@pytest.mark.parametrize("version", ["WARC/0.17", "WARC/0.18", "WARC/1.0", "WARC/1.1"])
def test_versions_of_the_format(version: str) -> None:
    record = warc_record(
        "<http://example.org/a>", http(BODY), version=version, date="2020-02-03T04:05:06.250000Z",
        more=["WARC-IP-Address: 192.0.2.7"],
    )  # fmt: skip
    capture = _capture(record)
    assert capture.url == "http://example.org/a"
    assert capture.fetched == datetime(2020, 2, 3, 4, 5, 6, 250_000, tzinfo=UTC)
    assert capture.address == "192.0.2.7"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (warc_record("dns:example.org", b"20200101\n", content_type="text/dns"), "not a page"),
        (
            warc_record("http://e.org/", http(BODY), more=["WARC-Truncated: length"]),
            "cut short by its crawler",
        ),
        (warc_record("http://e.org/", b""), "not an HTTP answer"),
        (warc_record("http://e.org/", b"HTTP/1.1 200 OK\r\nA: b"), "an answer without a body"),
        (warc_record("http://e.org/", http(BODY[:99], "Content-Length: 1400")), "an answer that broke off"),
        (
            warc_record("http://e.org/", http(gzip.compress(BODY, mtime=0)[:40], "Content-Encoding: gzip")),
            "an answer that broke off",
        ),
        (
            warc_record("http://e.org/", http(chunked(BODY)[:700], "Transfer-Encoding: chunked")),
            "an answer that broke off",
        ),
        (warc_record("http://e.org/", http(BODY, "Content-Encoding: lzma")), "an unknown compression"),
        (
            warc_record(
                "http://e.org/", http(BOMB, "Content-Encoding: gzip")
            ),
            "too large",
        ),
        (warc_record("http://e.org/", http(BODY))[:-200], "a damaged record"),
    ],
)  # fmt: skip
def test_what_is_not_the_whole_of_a_page_is_left_out(record: bytes, reason: str) -> None:
    with pytest.raises(NotAPage) as caught:
        _capture(record)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20200203040506", CAPTURED),
        ("2020-02-03T05:05:06+01:00", CAPTURED),
        ("2020-02-03T04:05:06", CAPTURED),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_captures(text: str, moment: datetime | None) -> None:
    record = warc_record("http://example.org/", http(BODY), date=text)
    assert date_of(next(iter(ArchiveIterator(io.BytesIO(record), parse_http=False)))) == moment
