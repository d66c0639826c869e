"""What a page's scripts ask for goes the way of a crawl's own requests: without a newsroom, to sockets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.browser.scripted_site import HTML, article, filled, pages, serving
from tests.crawl.test_strange_sites import NOTHING, Answer, feed
from tests.warm import run as newscrawl

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

#: Names that resolve to this machine, as a name of the public web may from one moment to the next.
RESOLVER = """
import socket
resolved = socket.gethostbyname
names = {"news.example.com", "rebound.example.com", "cdn.example.net"}
socket.gethostbyname = lambda name: "127.0.0.1" if name in names else resolved(name)
"""


def moved(found: dict[str, Answer], host: str) -> dict[str, Answer]:
    """The site with its feed on another host."""
    articles = [path for path in found if path.startswith("/a/")]
    status, kind, body = feed(*articles)
    return found | {"/rss.xml": (status, kind, body.replace("odd.example.com", host))}


def crawl(folder: Path, url: str, *words: str, allowed: str) -> dict[str, Any]:
    """The run of a crawl that may ask these private hosts."""
    (folder / "sitecustomize.py").write_text(RESOLVER)
    settings = (f"NEWSCRAWL_PRIVATE_HOSTS={allowed}", "NEWSCRAWL_RENDER=empty", "DOWNLOAD_DELAY=0")
    options = [word for setting in settings for word in ("-s", setting)]
    done = newscrawl("crawl", "site", "-a", f"url={url}", "--json", *options, *words, PYTHONPATH=str(folder))
    assert done.stdout, done.stderr
    run: dict[str, Any] = json.loads(done.stdout)
    return run


@pytest.mark.parametrize("trusted", [False, True])
def test_a_name_that_resolves_to_loopback_is_not_asked(tmp_path: Path, database: str, trusted: bool) -> None:
    log: list[tuple[str, str, str]] = []
    with serving(lambda _: (200, HTML, "secret"), log) as (secret, _):
        port = secret.rpartition(":")[2]
        script = f"fetch('http://rebound.example.com:{port}/', {{mode: 'no-cors'}}).catch(() => 0)"
        found = pages(alpha=filled("alpha", script))
        with serving(lambda path: found.get(path, NOTHING)) as (address, _):
            host = "news.example.com:" + address.rpartition(":")[2]
            found |= moved(found, host)
            allowed = "news.example.com" + (" rebound.example.com" if trusted else "")
            run = crawl(tmp_path, f"http://{host}/rss.xml", allowed=allowed)
    assert (run["counts"]["stored"], run["counts"]["rendered"]) == (1, 1)
    assert bool(log) is trusted, "with the name allowed it is asked, so the page does try"


def test_scripts_of_another_host_obey_its_robots_txt_and_send_our_name(tmp_path: Path, database: str) -> None:
    log: list[tuple[str, str, str]] = []
    cdn: dict[str, Answer] = {
        "/robots.txt": (200, "text/plain", "User-agent: *\nDisallow: /forbidden/\n"),
        "/lib.js": (200, "text/javascript", "window.lib = true"),
        "/forbidden/x.js": (200, "text/javascript", "window.lib = true"),
    }
    with serving(lambda path: cdn.get(path, NOTHING), log) as (other, _):
        base = "http://cdn.example.net:" + other.rpartition(":")[2]
        tags = f'<script src="{base}/lib.js"></script><script src="{base}/forbidden/x.js"></script>'
        found = pages(alpha=filled("alpha", head=tags))
        with serving(lambda path: found.get(path, NOTHING)) as (address, _):
            host = "news.example.com:" + address.rpartition(":")[2]
            found |= moved(found, host)
            found["/api/alpha.json"] = article("alpha")
            run = crawl(tmp_path, f"http://{host}/rss.xml", allowed="news.example.com cdn.example.net")
    assert run["counts"]["stored"] == 1, run
    assert run["hosts"] == ["news.example.com"], "other crawls need not wait for a host of scripts"
    assert [path for _, _, path in log] == ["/robots.txt", "/lib.js"]


@pytest.mark.parametrize("cookies", [False, True])
def test_the_requests_have_our_name_and_the_page_s_cookies_only_if_they_are_wanted(
    tmp_path: Path, database: str, cookies: bool
) -> None:
    sent: list[dict[str, str]] = []
    script = "document.cookie = 'token=abc; path=/'; fetch('/seen?' + navigator.userAgent)"
    found = pages(alpha=filled("alpha", head='<script src="/cookie.js"></script>'))
    found["/cookie.js"] = (200, "text/javascript", script)  # in the page it would look like a challenge
    with serving(lambda path: found.get(path, NOTHING), sent=sent) as (address, _):
        host = "news.example.com:" + address.rpartition(":")[2]
        found |= moved(found, host)
        words = ("-s", f"COOKIES_ENABLED={cookies}", "-s", "USER_AGENT=tester/1")
        run = crawl(tmp_path, f"http://{host}/rss.xml", *words, allowed="news.example.com")
    assert run["counts"]["stored"] == 1, run
    assert {one["User-Agent"] for one in sent} == {"tester/1"}
    asked = {one["path"]: one for one in sent}
    assert "/seen?tester/1" in asked
    assert asked["/api/alpha.json"].get("Cookie") == ("token=abc" if cookies else None)
