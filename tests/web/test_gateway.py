"""What every answer has: validators, compression, headers; and what happens without a database."""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from newscrawl.store.server import embedded
from newscrawl.web.cache import ResponseCache
from newscrawl.web.cached_response import CachedResponse
from newscrawl.web.gateway import Gateway
from newscrawl.web.site_options import SiteOptions
from newscrawl.web.static import static_path
from tests.store.conftest import kill_mongod
from tests.web.newsstand import RICH_ID
from tests.web.serving import ask, serving

SAMPLE = (
    "/",
    "/category/beifangwang",
    f"/post/{RICH_ID}",
    "/status",
    "/api/v1/posts",
    "/openapi.json",
    "/none",
)
HTML = [(b"content-type", b"text/html; charset=utf-8")]


@pytest.mark.parametrize("path", SAMPLE)
def test_nothing_may_run_and_nothing_is_told(pages: str, path: str) -> None:
    headers = ask(pages, path).headers
    policy = headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", SAMPLE[:-1])
def test_who_has_a_page_is_told_so(pages: str, path: str) -> None:
    first = ask(pages, path)
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', first.headers["etag"])
    for tags in (first.headers["etag"], first.headers["etag"][2:], f'"x", {first.headers["etag"]}', "*"):
        again = ask(pages, path, if_none_match=tags)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert ask(pages, path, if_none_match='W/"000000000000000000000000"').status == 200


def test_texts_are_compressed_for_those_who_take_it(pages: str) -> None:
    plain = ask(pages, "/")
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept-language, accept-encoding"
    for accepts in ("gzip", "br, gzip;q=0.5", "*", "deflate, GZIP"):
        zipped = ask(pages, "/", accept_encoding=accepts)
        assert zipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(zipped.body) == plain.body
        assert zipped.headers["etag"] == plain.headers["etag"]
        assert len(zipped.body) * 3 < len(plain.body)
    for accepts in ("gzip;q=0", "br", "identity", "gzipped", ""):
        assert "content-encoding" not in ask(pages, "/", accept_encoding=accepts).headers


def test_head_is_get_without_a_body(pages: str) -> None:
    get, head = ask(pages, "/status"), ask(pages, "/status", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_are_only_read(pages: str, method: str) -> None:
    for path in ("/", "/api/v1/posts"):
        reply = ask(pages, path, method)
        assert reply.status == 405
        assert reply.headers["allow"] in ("GET, HEAD", "HEAD, GET")
    assert reply.headers["content-type"] == "application/problem+json"


def test_the_style_sheet_is_kept_for_ever(pages: str) -> None:
    reply = ask(pages, static_path("newscrawl.css"), accept_encoding="gzip")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-type"] == "text/css; charset=utf-8"
    assert len(reply.body) < 6_000
    assert ask(pages, static_path("icon.svg")).headers["content-type"] == "image/svg+xml"


def test_no_host_that_a_request_names_comes_back(pages: str) -> None:
    for path in ("/", "/category/beifangwang.html", "/category/", "//evil.test/", "/openapi.json"):
        reply = ask(pages, path, host="evil.test", x_forwarded_host="evil.test")
        assert "evil.test" not in reply.text.replace("//evil.test/", "")
        assert "evil.test" not in reply.headers.get("location", "")


@pytest.mark.slow
def test_without_a_database_pages_say_so() -> None:
    nowhere = "mongodb://127.0.0.1:9/"
    with serving("nothing", SiteOptions(fresh=0, patience=0.2), uri=nowhere) as address:
        for path in ("/", "/post/eastmoney:1", "/search?q=词", "/status", "/api/v1/posts"):
            reply = ask(address, path)
            assert reply.status == 503
            assert reply.headers["retry-after"] == "5"
            assert reply.headers["cache-control"] == "no-store"
            assert "127.0.0.1:9" not in reply.text
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json["status"] == 503
        assert ask(address, "/robots.txt").status == 200
        assert ask(address, "/openapi.json").status == 200


@pytest.mark.slow
def test_a_database_that_died_comes_up_again_for_who_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_HOME", str(tmp_path))
    monkeypatch.delenv("MONGODB_URI", raising=False)
    try:
        embedded.ensure()
        with serving("newscrawl", SiteOptions(fresh=0, patience=0.5)) as address:
            assert ask(address, "/archive").status == 200
            pid = kill_mongod()
            until = time.monotonic() + 60
            while (status := ask(address, "/archive").status) == 503 and time.monotonic() < until:
                time.sleep(0.1)
        assert status == 200
        assert embedded.status().pid not in (None, pid)
    finally:
        embedded.stop()


def test_a_slow_database_is_not_waited_for(stocked: str) -> None:
    with serving(stocked, SiteOptions(fresh=0, patience=0.000_001)) as address:
        assert ask(address, "/archive").status == 503


def test_an_empty_database_has_pages(database: str) -> None:
    with serving(database) as address:
        assert "还没有新闻" in ask(address, "/").text
        for path in ("/category", "/outlet", "/archive", "/status", "/search?q=词", "/api/v1/posts"):
            assert ask(address, path).status == 200


def test_many_at_once_are_all_served(pages: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda path: ask(pages, path).status, ["/", "/status", "/archive"] * 20))
    assert statuses == [200] * 60


class Kitchen:
    """An application that counts how often it makes a page."""

    def __init__(self) -> None:
        self.made = 0
        self.broken = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01)
        if self.broken:
            raise ZeroDivisionError
        self.made += 1
        await send({"type": "http.response.start", "status": 200, "headers": HTML})
        await send({"type": "http.response.body", "body": f"page {self.made}".encode()})


def door(kitchen: Kitchen, fresh: float) -> Gateway:
    failed = lambda path, status, language: CachedResponse.of(status, HTML, b"failed")  # noqa: E731
    return Gateway(kitchen, failed, lambda accept: accept or "en", 1.0, ResponseCache(fresh))


async def knock(front: Gateway, path: str = "/", method: str = "GET") -> tuple[int, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    await front(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_a_page_is_made_once_for_all_who_ask() -> None:
    async def run() -> None:
        kitchen = Kitchen()
        front = door(kitchen, 60)
        replies = await asyncio.gather(*(knock(front) for _ in range(50)))
        assert set(replies) == {(200, b"page 1")}
        leaving = asyncio.create_task(knock(front, "/other"))
        await asyncio.sleep(0)
        staying = asyncio.create_task(knock(front, "/other"))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == (200, b"page 2")
        assert await knock(front, "/other", "HEAD") == (200, b"")
        assert kitchen.made == 2

    asyncio.run(run())


def test_a_page_that_fails_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        kitchen = Kitchen()
        kitchen.broken = True
        front = door(kitchen, 60)
        assert await knock(front) == (500, b"failed")
        kitchen.broken = False
        assert await knock(front) == (200, b"page 1")

    asyncio.run(run())
    assert "ZeroDivisionError" in caplog.text


def test_the_shelf_is_bounded_and_forgets() -> None:
    now = 0.0
    shelf = ResponseCache(2, most_bytes=20_000, most_pages=5, clock=lambda: now)
    for number in range(9):
        shelf.put((f"/{number}", b"", "en"), CachedResponse.of(200, HTML, b"x"))
    assert len(shelf) == 5
    assert shelf.get(("/3", b"", "en")) is None
    kept = shelf.get(("/8", b"", "en"))
    assert kept
    shelf.put(("/big", b"", "en"), CachedResponse.of(200, HTML, bytes(7_000)))
    assert len(shelf) == 4
    shelf.put(("/huge", b"", "en"), CachedResponse.of(200, HTML, bytes(5_000_000)))
    assert shelf.get(("/huge", b"", "en")) is None
    shelf.put(("/archive", b"", "en"), CachedResponse.of(200, HTML, b"x"))
    now = 2.0
    assert shelf.get(("/big", b"", "en")) is None
    assert shelf.get(("/archive", b"", "en")), "what counts all posts is good for longer"
    now = 20.0
    assert shelf.get(("/archive", b"", "en")) is None


def test_an_unchanged_page_keeps_its_compressed_form() -> None:
    shelf = ResponseCache(0)
    first = shelf.put(("/", b"", "en"), CachedResponse.of(200, HTML, b"x" * 2_000))
    assert shelf.put(("/", b"", "en"), CachedResponse.of(200, HTML, b"x" * 2_000)) is first
    assert shelf.put(("/", b"", "en"), CachedResponse.of(200, HTML, b"y" * 2_000)) is not first
