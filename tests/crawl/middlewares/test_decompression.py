"""Compressed bodies: whole ones, broken ones, and those that are not what their header says."""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib

import brotli
import pytest
from backports import zstd
from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, ResponseDataLossError
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.test import get_crawler

from newscrawl.crawl.middlewares.backoff import BackoffRetry
from newscrawl.crawl.middlewares.decompression import (
    BROKEN_OFF,
    WholeDecompression,
    decompressed,
)
from newscrawl.errors import BrokenStream, TooLarge

_WORDS = random.Random(1)
PAGE = ("<html><title>x</title>" + " ".join(str(_WORDS.random()) for _ in range(2_000))).encode()
ASKED = Request("https://example.org/a")


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


COMPRESS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def middleware(most: int = 0) -> WholeDecompression:
    return WholeDecompression.from_crawler(get_crawler(Spider, {"DOWNLOAD_MAXSIZE": most}))


def answer(body: bytes, encoding: str | None, kind: str = "text/html; charset=utf-8") -> Response:
    headers = {"Content-Type": kind} | ({"Content-Encoding": encoding} if encoding else {})
    return HtmlResponse(ASKED.url, headers=headers, body=body)


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("page", [PAGE, b"<html>", b""], ids=["long", "short", "empty"])
def test_a_whole_body_is_decompressed(encoding: str, page: bytes) -> None:
    response = middleware().process_response(ASKED, answer(COMPRESS[encoding](page), encoding))
    assert response.body == page
    assert "Content-Encoding" not in response.headers
    assert BROKEN_OFF not in response.flags
    assert isinstance(response, TextResponse)


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_a_body_that_breaks_off_is_marked(encoding: str, share: float) -> None:
    whole = COMPRESS[encoding](PAGE)
    half = whole[: min(int(len(whole) * share), len(whole) - 20)]
    assert middleware().process_response(ASKED, answer(half, encoding)).flags == [BROKEN_OFF]


@pytest.mark.parametrize("size", range(2, 60, 3))
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_no_beginning_of_a_small_body_passes_for_the_whole(encoding: str, size: int) -> None:
    small = COMPRESS[encoding](
        b"<html><p>The council voted on the bridge, and the mayor signed.</p></html>" * 2
    )
    if size < len(small) - 8:
        with pytest.raises(BrokenStream):
            decompressed(small[:size], encoding, 0)
    assert decompressed(small, encoding, 0).endswith(b"</html>")


def test_raw_deflate_is_read() -> None:
    assert decompressed(raw_deflate(PAGE), "deflate", 0) == PAGE
    with pytest.raises(BrokenStream):
        decompressed(raw_deflate(PAGE)[:-30], "deflate", 0)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(PAGE) + b"<!-- cache -->",  # a comment of the server's behind the stream
        gzip.compress(PAGE) + bytes(512),
        gzip.compress(PAGE)[:-8],  # without checksum and size: the stream itself is whole
        gzip.compress(PAGE)[:-8] + bytes(8),  # with a wrong checksum
        gzip.compress(PAGE[:5_000]) + gzip.compress(PAGE[5_000:]),
        b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"name\0" + b"comment\0" + b"\x00\x00"
        + raw_deflate(PAGE),
    ],
    ids=["comment", "zeros", "no trailer", "checksum", "members", "all header fields"],
)  # fmt: skip
def test_gzip_as_it_is_found(body: bytes) -> None:
    assert decompressed(body, "gzip", 0) == PAGE


def test_zstd_in_frames() -> None:
    assert decompressed(zstd.compress(PAGE[:500]) + zstd.compress(PAGE[500:]), "zstd", 0) == PAGE


@pytest.mark.parametrize("encoding", COMPRESS)
@pytest.mark.parametrize("page", [PAGE, "\ufeff<html>北方网".encode(), "北方网".encode("gb18030"), b"{}"])
def test_a_plain_body_under_a_header_that_says_otherwise_is_read(encoding: str, page: bytes) -> None:
    response = middleware().process_response(ASKED, answer(page, encoding))
    assert (response.body, response.flags) == (page, [])


def test_gzip_without_a_header_is_read_where_it_is_a_text() -> None:
    packed = gzip.compress(PAGE)
    assert middleware().process_response(ASKED, answer(packed, None)).body == PAGE
    file = Response(ASKED.url, headers={"Content-Type": "application/gzip"}, body=packed)
    assert middleware().process_response(ASKED, file).body == packed


def test_encodings_one_in_another() -> None:
    twice = gzip.compress(brotli.compress(PAGE))
    assert middleware().process_response(ASKED, answer(twice, "br, gzip")).body == PAGE
    unknown = middleware().process_response(ASKED, answer(gzip.compress(PAGE), "sdch, gzip"))
    assert (unknown.body, unknown.headers["Content-Encoding"]) == (PAGE, b"sdch")


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_bomb_is_not_unpacked(encoding: str) -> None:
    bomb = COMPRESS[encoding](bytes(300_000))
    with pytest.raises(TooLarge):
        decompressed(bomb, encoding, 100_000)
    with pytest.raises(DownloadCancelledError):
        middleware(100_000).process_response(ASKED, answer(bomb, encoding))
    assert len(decompressed(bomb, encoding, 300_000)) == 300_000


def test_what_broke_off_is_asked_for_again_and_then_fails() -> None:
    crawler = get_crawler(Spider, {"RETRY_TIMES": 1, "RETRY_BACKOFF": 0.0})
    crawler.spider = Spider("x")
    crawler.spider.crawler = crawler
    retry = BackoffRetry.from_crawler(crawler)
    half = HtmlResponse(ASKED.url, body=b"<html>", flags=[BROKEN_OFF])
    again = asyncio.run(retry.process_response(ASKED, half))
    assert isinstance(again, Request)
    with pytest.raises(ResponseDataLossError):
        asyncio.run(retry.process_response(again, half))
