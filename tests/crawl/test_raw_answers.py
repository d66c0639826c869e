"""What a crawl makes of answers as they come over the wire: redirects, parts, broken compression, cookies."""

from __future__ import annotations

import gzip
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
from backports import zstd

from tests.crawl.crawls import crawl, documents, newscrawl

pytestmark = pytest.mark.slow

HOST = "wire.example.com"
QUICK = ("-s", "RETRY_TIMES=1", "-s", "RETRY_BACKOFF=0")


def article(name: str) -> bytes:
    text = "".join(
        f"<p>The council of {name} met on day {n} and spoke of its harbour.</p>" for n in range(1, 60)
    )
    day = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    title = f"The council of {name} met"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><time datetime={day}>x</time>"
        f"<article>{text}</article></body></html>"
    ).encode()


def answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        *headers,
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


@contextmanager
def wire(answers: dict[str, bytes]) -> Iterator[str]:
    """A site that sends these bytes by path; `/cookie` wants the cookie that it sets."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            headers = b""
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                headers += line
            sent = answers.get(path, answer("404 Not Found", b""))
            if path == "/a/cookie-1.html" and b"seen=1" not in headers:
                sent = answer("302 Found", b"", "Location: /a/cookie-1.html", "Set-Cookie: seen=1; Path=/")
            self.wfile.write(sent)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def feed(names: list[str]) -> bytes:
    day = format_datetime(datetime.now(UTC) - timedelta(days=1))
    items = "".join(
        f"<item><title>The council of {name} met</title><link>http://{HOST}/a/{name}-1.html</link>"
        f"<pubDate>{day}</pubDate></item>"
        for name in names
    )
    body = f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'
    return answer("200 OK", body.encode(), f"Content-Length: {len(body)}").replace(
        b"text/html", b"text/xml", 1
    )


def test_each_answer_is_whole_or_says_why_not(database: str) -> None:
    page = {name: article(name) for name in ("range", "other", "header", "plain", "gzip", "br", "zstd")}
    packed = {
        "gzip": gzip.compress(page["gzip"]),
        "br": brotli.compress(page["br"]),
        "zstd": zstd.compress(page["zstd"]),
    }
    answers = {
        "range": answer(
            "206 Partial Content",
            page["range"],
            f"Content-Range: bytes 0-{len(page['range']) - 1}/{len(page['range'])}",
        ),
        "part": answer(
            "206 Partial Content", page["other"][:500], f"Content-Range: bytes 0-499/{len(page['other'])}"
        ),
        "other": answer("203 Non-Authoritative Information", page["other"]),
        "nowhere": answer("302 Found", b"", "Content-Length: 0"),
        "choices": answer("300 Multiple Choices", b"", "Location: /a/other-1.html", "Content-Length: 0"),
        "empty": answer("204 No Content", b""),
        "header": answer("200 OK", page["header"], "Content-Encoding: gzip"),
        **{name: answer("200 OK", body, f"Content-Encoding: {name}") for name, body in packed.items()},
        **{
            f"half{name}": answer("200 OK", body[: len(body) // 2], f"Content-Encoding: {name}")
            for name, body in packed.items()
        },
    }
    pages = {f"/a/{name}-1.html": sent for name, sent in answers.items()} | {"/rss.xml": feed(list(answers))}
    with wire(pages) as address:
        _, run = crawl("site", address, "-a", f"url=http://{HOST}/rss.xml", *QUICK)
    stored = {post["title"].split()[3] for post in documents(database).values()}
    assert stored == {"range", "other", "header", "gzip", "br", "zstd"}, run
    assert all(
        post["body"]["text"].endswith("day 59 and spoke of its harbour.")
        for post in documents(database).values()
    )
    assert run["counts"]["reasons"] == {
        "the answer broke off": 3,
        "HTTP 206: only a part of the page, though all of it was requested": 1,
        "HTTP 302 without a Location": 1,
        "HTTP 300: a redirect that is not followed": 1,
        "HTTP 204: no content": 1,
    }


def test_equal_faults_are_counted_together_in_words(database: str) -> None:
    locations = {
        "script": "javascript:alert(1)",
        "port": f"http://{HOST}:99999/a",
        "ftp": f"ftp://{HOST}/a",
        "data": "data:text/html,<p>moved</p>",
    }
    answers = {name: answer("302 Found", b"", f"Location: {to}") for name, to in locations.items()}
    answers |= {name: answer("200 OK", b"", "Content-Length: 0") for name in ("void", "blank")}
    pages = {f"/a/{name}-1.html": sent for name, sent in answers.items()} | {"/rss.xml": feed(list(answers))}
    with wire(pages) as address:
        _, run = crawl("site", address, "-a", f"url=http://{HOST}/rss.xml", *QUICK)
    assert run["counts"]["reasons"] == {
        "HTTP 302 to an invalid address": 2,
        "HTTP 302 to an address that is not HTTP": 2,
        "page is empty (0 bytes without any text or element)": 2,
    }


@pytest.mark.parametrize(("words", "stored"), [(("-s", "COOKIES_ENABLED=True"), 1), ((), 0)])
def test_cookies_are_kept_if_the_user_wants_them(database: str, words: tuple[str, ...], stored: int) -> None:
    pages = {"/a/cookie-1.html": answer("200 OK", article("cookie")), "/rss.xml": feed(["cookie"])}
    with wire(pages) as address:
        _, run = crawl("site", address, "-a", f"url=http://{HOST}/rss.xml", *words)
    assert run["counts"]["stored"] == stored, str(run["counts"])


def test_a_redirect_is_followed_without_a_warning(database: str) -> None:
    pages = {
        "/a/old-1.html": answer("301 Moved Permanently", b"", "Location: /a/new-1.html"),
        "/a/new-1.html": answer("200 OK", article("old")),
        "/rss.xml": feed(["old"]),
    }
    with wire(pages) as address:
        done = newscrawl("crawl", "site", "--newsroom", address, "-a", f"url=http://{HOST}/rss.xml")
    assert "WARNING" not in done.stderr
    assert (done.returncode, done.stderr) == (0, "") or "stored" in done.stdout
