"""The README's pictures of the reader's pages: the bundled newsroom crawled, served, and photographed.

    python -m benchmarks.screenshots [--into docs/screenshots]

Needs Chromium. The newsroom's news is invented, and the same in each run but for its dates.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from benchmarks.small_png import small_png
from newscrawl.newsroom import running
from newscrawl.read import AsyncPosts, Posts
from newscrawl.store.server import embedded
from newscrawl.web.app import make_app
from newscrawl.web.site_options import SiteOptions
from newscrawl.web.uvicorn_server import address_of, config_of, listen
from tests import programs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0) - timedelta(hours=1)
DATABASE = "newscrawl_pictures"
MOST = 150_000  #: bytes of a picture


@dataclass(frozen=True)
class Picture:
    """One file."""

    name: str
    path: str
    scheme: Any = "light"
    width: int = 1200
    height: int = 860


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("docs/screenshots"))
    into: Path = parser.parse_args().into
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(NEWSCRAWL_HOME=home, NEWSCRAWL_DATABASE=DATABASE)
        embedded.ensure()
        try:
            crawl()
            with serving() as address:
                take(address, into, pictures())
        finally:
            embedded.stop()


def crawl() -> None:
    """The whole newsroom, as of NOW."""
    with running(["--now", NOW.isoformat(), "--no-faults"]) as newsroom:
        for spider in ("eastmoney", "eastmoney_choice"):
            words = ["crawl", spider, "--since", "2019-01-01", "--newsroom", newsroom]
            subprocess.run([sys.executable, "-m", "newscrawl", *words], check=True)


def pictures() -> list[Picture]:
    with Posts.connect() as posts:
        post = next(post for post in posts.find() if len(post.body.text) > 500 and post.securities)
    return [
        Picture("home", "/"),
        Picture("home-dark", "/", "dark"),
        Picture("post", f"/post/{post.id}"),
        Picture("search", "/search?q=半导体", height=640),
        Picture("status", "/status"),
        Picture("phone", "/", "light", 390, 844),
        Picture("phone-post-dark", f"/post/{post.id}", "dark", 390, 844),
    ]


@contextmanager
def serving() -> Iterator[str]:
    """The pages in a thread; their address."""
    sock = listen("127.0.0.1", 0)
    server = uvicorn.Server(config_of(make_app(AsyncPosts.connect, SiteOptions(now=lambda: NOW))))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield address_of(sock)
    finally:
        server.should_exit = True
        thread.join()
        sock.close()


def take(address: str, into: Path, wanted: list[Picture]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=programs.where("chromium"), args=["--no-sandbox"]
        )
        for picture in wanted:
            file = into / f"{picture.name}.png"
            _take(browser, address, picture, file)
            size = file.stat().st_size
            print(f"{file}  {size:,} bytes")
            assert size < MOST, f"{file} is too large"
        browser.close()


def _take(browser: Browser, address: str, picture: Picture, file: Path) -> None:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        locale="zh-CN",
    )
    page.goto(f"{address}{picture.path}")
    file.write_bytes(small_png(page.screenshot()))
    page.close()


if __name__ == "__main__":
    main()
