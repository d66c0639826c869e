"""Whole crawls of a site whose pages scripts fill, in a real Chromium."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.crawl.browser.scripted_site import (
    APP,
    HOST,
    HTML,
    article,
    filled,
    pages,
    serving,
    serving_pages,
    shell,
    static,
)
from tests.crawl.crawls import crawl, documents
from tests.crawl.test_strange_sites import LATELY, NOTHING, Answer

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]

EMPTY = ("-s", "NEWSCRAWL_RENDER=empty")
ALWAYS = ("-s", "NEWSCRAWL_RENDER=always")
FEED = ("-a", f"url=http://{HOST}/rss.xml")


def crawled(found: dict[str, Answer], *words: str) -> tuple[int, dict[str, Any]]:
    with serving_pages(found) as (address, _):
        return crawl("site", address, *FEED, *words)


def titles(database: str) -> set[str]:
    return {post["title"] for post in documents(database).values()}


def title(name: str) -> str:
    return f"The council of {name} met about its harbour"


def reasons(database: str) -> dict[str, str]:
    """The first reason of each reject, by its page's name."""
    rejects = documents(database, "rejects").values()
    return {each["url"].rpartition("/")[2].removesuffix(".html"): each["reasons"][0] for each in rejects}


def test_only_empty_pages_are_rendered_and_each_script_is_asked_for_once(database: str) -> None:
    found = pages("alpha", "beta", gamma=static("gamma"), never=shell("1"))
    with serving_pages(found) as (address, asked):
        code, run = crawl("site", address, *FEED, *EMPTY)
    assert code == 0, run
    assert titles(database) == {title("alpha"), title("beta"), title("gamma")}
    assert (run["counts"]["rendered"], run["counts"]["rejected"]) == (3, 1)
    assert reasons(database) == {"never": "empty page"}
    assert asked["/a/alpha.html"] == asked["/app.js"] == asked["/api/alpha.json"] == 1
    post = next(post for post in documents(database).values() if post["title"] == title("alpha"))
    assert post["date"].replace(microsecond=0) == LATELY.replace(microsecond=0)
    assert "day 8" in post["body"]["text"]


def test_what_the_headers_of_an_empty_page_reserve_is_reserved(database: str) -> None:
    found = pages("alpha")
    headers = {"X-Robots-Tag": "noai"}
    with serving(lambda path: found.get(path, NOTHING), headers=headers) as (address, _):
        crawl("site", address, *FEED, *EMPTY)
    [post] = documents(database).values()
    assert (post["rights"]["tdm"], post["rights"]["tdm_allowed"]) == ("reserved", False)


def test_a_reading_process_reads_what_was_rendered(database: str) -> None:
    code, run = crawled(pages("alpha", gamma=static("gamma")), *EMPTY, "-s", "NEWSCRAWL_READER=process")
    assert code == 0, run
    assert (run["counts"]["stored"], run["counts"]["rendered"]) == (2, 1)


def test_always_renders_static_pages_too_and_never_none(database: str) -> None:
    found = pages(gamma=static("gamma"))
    _, run = crawled(found, *ALWAYS)
    assert (run["counts"]["stored"], run["counts"]["rendered"]) == (1, 1), run
    _, run = crawled(pages("alpha"), "-s", "NEWSCRAWL_RENDER=never")
    assert (run["counts"]["rejected"], run["counts"]["rendered"]) == (1, 0), run


def test_what_a_page_does_besides_does_not_keep_it_from_being_read(database: str) -> None:
    download = (
        "const link = document.createElement('a'); link.download = 'x.bin';"
        "link.href = URL.createObjectURL(new Blob(['x'])); document.body.append(link); link.click()"
    )
    found = pages(
        dialogs=filled("dialogs", "alert('!'); confirm('?'); prompt('…'); onbeforeunload = () => '!'"),
        downloads=filled("downloads", download),
        windows=filled("windows", "window.open('/a/other.html'); window.open('about:blank')"),
        images=filled("images", head='<img src="/picture.png"><link rel="stylesheet" href="/style.css">'),
        sockets=filled("sockets", "new WebSocket('ws://odd.example.com/live'); new EventSource('/live')"),
        workers=filled("workers", "navigator.serviceWorker && navigator.serviceWorker.register('/app.js')"),
        moved=shell("location.replace('/b/moved.html')"),
    )
    found["/b/moved.html"] = filled("moved")
    with serving_pages(found) as (address, asked):
        code, run = crawl("site", address, *FEED, *EMPTY)
    assert code == 0, run
    assert run["counts"]["stored"] == 7, (run, reasons(database))
    assert not asked.keys() & {"/picture.png", "/style.css", "/live", "/a/other.html"}


def test_a_page_that_never_ends_is_taken_as_it_is_and_one_that_holds_everything_up_fails(
    database: str,
) -> None:
    ticking = "setInterval(() => fetch('/api/tick.json?' + Math.random()), 50)"
    found = pages(endless=filled("endless", ticking), busy=shell("while (true) {}"), alpha=filled("alpha"))
    code, run = crawled(found, *EMPTY, "-s", "NEWSCRAWL_RENDER_SECONDS=4")
    assert code == 0, run
    assert titles(database) == {title("endless"), title("alpha")}
    assert run["counts"]["failed"] == 1
    assert "not rendered" in reasons(database)["busy"]


def test_a_page_that_crashes_the_browser_or_eats_memory_fails_and_the_others_do_not(database: str) -> None:
    grow = "const all = []; while (true) all.push(Array(1e6).fill(Math.random()))"
    hoard = "const all = []; setInterval(() => all.push(new Uint8Array(64 * 2 ** 20).fill(1)), 20);"
    ticking = "setInterval(() => fetch('/api/tick.json?' + Math.random()), 50)"
    found = pages(crash=shell(grow), hoard=shell(hoard + ticking), alpha=filled("alpha"))
    code, run = crawled(found, *EMPTY, "-s", "NEWSCRAWL_RENDER_SECONDS=60")
    assert code == 0, run
    assert titles(database) == {title("alpha")}
    failed = reasons(database)
    assert "crashes the browser" in failed["crash"]
    assert "NEWSCRAWL_RENDER_MEMORY_MB" in failed["hoard"] or "crashes" in failed["hoard"]


def test_nothing_private_is_asked_by_whatever_way(database: str) -> None:
    log: list[tuple[str, str, str]] = []
    with serving(lambda _: (200, HTML, "secret"), log) as (secret, _):
        port = secret.rpartition(":")[2]
        frame = f'<iframe src="{secret}/frame"></iframe><img src="{secret}/image">'
        names = ("localhost", "127.1", "2130706433", "[::1]", "127.0.0.1.")
        fetches = "".join(
            f"fetch('http://{name}:{port}/f', {{mode: 'no-cors'}}).catch(() => 0);" for name in names
        )
        tag = f"const s = document.createElement('script'); s.src = '{secret}/s.js'; document.body.append(s);"
        posts = (
            f"navigator.sendBeacon('{secret}/beacon', 'x'); document.forms[0] && document.forms[0].submit();"
        )
        worker = (
            f"const code = \"fetch('{secret}/w', {{mode: 'no-cors'}}).catch(() => 0);"
            f"try {{ new WebSocket('ws://127.0.0.1:{port}/ww') }} catch (e) {{}}\";"
            "new Worker(URL.createObjectURL(new Blob([code])));"
        )
        socket = f"try {{ new WebSocket('ws://127.0.0.1:{port}/ws') }} catch (e) {{}}"
        found = pages(
            fetches=filled("fetches", fetches + tag + socket),
            frames=filled("frames", head=frame),
            posts=filled("posts", posts, head=f'<form method="post" action="{secret}/form"></form>'),
            worker=filled("worker", worker),
            hops=filled("hops", "fetch('/hop').catch(() => 0); import('/hop').catch(() => 0)"),
            refresh=filled("refresh", head=f'<meta http-equiv="refresh" content="0; url={secret}/refresh">'),
            goes=filled("goes", f"setTimeout(() => location.href = '{secret}/goes', 0)"),
            hopping=filled("hopping", "setTimeout(() => location.href = '/hop', 0)"),
            peer=filled(
                "peer", f"new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}})"
            ),
        )
        found["/hop"] = (302, f"{secret}/hop", "")
        code, run = crawled(found, *EMPTY)
    assert log == []
    assert code == 0, (run, reasons(database))
    assert run["counts"]["rendered"] == 9
    assert run["counts"]["stored"] == 9, reasons(database)


def test_robots_txt_and_limits_hold_for_what_a_page_asks_for(database: str) -> None:
    many = "for (let n = 0; n < 90; n++) fetch('/api/n.json?' + n)"
    found = pages(
        private=shell("load('/private/private.json')"), many=filled("many", many), alpha=filled("alpha")
    )
    found["/private/private.json"] = article("private")
    with serving_pages(found) as (address, asked):
        _, run = crawl("site", address, *FEED, *EMPTY, "-s", "NEWSCRAWL_RENDER_REQUESTS=20")
    assert asked["/private/private.json"] == 0
    assert asked["/api/n.json"] <= 20
    assert title("alpha") in titles(database), run
    assert reasons(database)["private"] == "empty page"


def test_pages_above_the_budget_are_left_to_the_next_run(database: str) -> None:
    found = pages("alpha", "beta", "gamma")
    with serving_pages(found) as (address, _):
        _, first = crawl("site", address, *FEED, *EMPTY, "-s", "NEWSCRAWL_RENDER_PAGES=2")
        assert (first["counts"]["stored"], first["counts"]["failed"]) == (2, 1), first
        assert next(iter(reasons(database).values())).endswith("NEWSCRAWL_RENDER_PAGES=2 are used up")
        _, second = crawl("site", address, *FEED, *EMPTY, "-s", "NEWSCRAWL_RENDER_PAGES=2")
    assert second["counts"]["stored"] == 1, second
    assert not documents(database, "rejects")


def test_the_browser_is_started_anew_after_so_many_pages(database: str) -> None:
    _, run = crawled(pages("alpha", "beta", "gamma"), *EMPTY, "-s", "NEWSCRAWL_RENDER_RESTART=1")
    assert (run["counts"]["stored"], run["counts"]["rendered"]) == (3, 3), run


def test_a_source_that_never_fills_is_rendered_ten_times_in_a_run(database: str) -> None:
    _, run = crawled(pages(**{f"never{n}": shell("1") for n in range(14)}), *EMPTY)
    assert (run["counts"]["rejected"], run["counts"]["rendered"]) == (14, 10), run


def test_the_server_is_told_who_asks_and_gets_no_article_from_another_page(database: str) -> None:
    log: list[tuple[str, str, str]] = []
    found = pages("alpha")
    found["/app.js"] = (200, "text/javascript", APP)
    with serving(lambda path: found.get(path, NOTHING), log) as (address, _):
        crawl("site", address, *FEED, *EMPTY)
    assert {host for _, host, _ in log} == {HOST}
    assert {method for method, _, _ in log} == {"GET"}


def test_without_chromium_or_playwright_the_remedy_is_said(database: str) -> None:
    command = [sys.executable, "-m", "newscrawl", "crawl", "site", *FEED, *EMPTY, "--newsroom"]
    with serving_pages(pages("alpha")) as (address, _):
        done = subprocess.run(
            [*command, address, "-s", "NEWSCRAWL_CHROMIUM=/nowhere/chromium"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        "NEWSCRAWL_CHROMIUM is '/nowhere/chromium', which is not a program; give Chromium's path"
    )
    assert json.dumps(done.stdout) == '""'
