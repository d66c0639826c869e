"""What crawls keep of the pages that they read, and that it reads again as the same posts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import PageLocation
from newscrawl.store import client
from newscrawl.warc.files import open_marker, page_files
from newscrawl.warc.page_reader import KeptArticle, kept_article, kept_articles
from tests import warm
from tests.crawl.crawls import EVERY_TIME, SINCE, crawl, documents
from tests.crawl.harbour import HOST, Harbour, harbour_in
from tests.warm import Ended
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

IN_A_PROCESS = ("-s", "NEWSCRAWL_READER=process")


@pytest.fixture
def folder(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the kept pages; crawls keep them."""
    monkeypatch.setenv("NEWSCRAWL_KEEP_PAGES", "1")
    monkeypatch.setenv("NEWSCRAWL_PAGES_FOLDER", str(tmp_path / "pages"))
    return tmp_path / "pages" / database


@pytest.fixture(scope="module")
def newsroom() -> Iterator[str]:
    with warm.newsroom(["--articles", "120", "--seed", "5"]) as address:
        yield address


def kept(folder: Path, document: dict[str, Any]) -> KeptArticle:
    """What is kept of a post or a reject."""
    place = document["crawl"]["page"] if "crawl" in document else document["kept"]
    return kept_article(folder, PageLocation(**place))


def articles(folder: Path) -> list[KeptArticle]:
    return [article for path in page_files(folder) for article in kept_articles(path) if article.note]


def reread() -> dict[str, int]:
    """How many pages read as what, without those that read as none of it."""
    done = newscrawl("reread", "--json", "--dry-run", "-n", "1")
    assert done.returncode == 0, done.stderr
    return {name: count for name, count in json.loads(done.stdout)["outcomes"].items() if count}


def is_whole() -> Ended:
    done = newscrawl("pages", "verify")
    assert done.returncode == 0, done.stdout
    return done


def get(*words: str) -> bytes:
    """What `newscrawl pages get` prints, byte for byte."""
    with subprocess.Popen(
        [sys.executable, "-m", "newscrawl", "pages", "get", *words], stdout=subprocess.PIPE
    ) as process:
        printed = process.communicate()[0]
    assert process.returncode == 0
    return printed


@pytest.mark.parametrize("words", [(), IN_A_PROCESS], ids=["here", "in a process"])
def test_each_post_and_each_page_that_is_none_has_its_page(
    newsroom: str, database: str, folder: Path, words: tuple[str, ...]
) -> None:
    crawl("eastmoney", newsroom, *SINCE, *words)
    posts, rejects = documents(database), documents(database, "rejects")
    assert len(posts) > 50
    for post in posts.values():
        article = kept(folder, post)
        assert article.note
        assert (article.note.entry.id, article.note.spider) == (post["_id"], "eastmoney")
        assert article.note.run == post["crawl"]["run"]
        apart = article.note.fetched - post["crawl"]["fetched"]
        assert 0 <= apart.total_seconds() < 0.001, "dates count from the same time"
    reasons = {reason: one for one in rejects.values() for reason in one["reasons"]}
    assert kept(folder, reasons["error page"]).answers[0].status == 200
    assert reasons["HTTP 404"]["kept"] is None
    with_pages = sum(one["kept"] is not None for one in rejects.values())
    assert len(articles(folder)) == len(posts) + with_pages
    is_whole()
    assert reread() == {"unchanged": len(posts), "rejected": with_pages}


def test_an_article_in_parts_has_all_its_pages(newsroom: str, database: str, folder: Path) -> None:
    crawl("enorth", newsroom, *SINCE)
    posts = documents(database)
    post = next(one for one in posts.values() if len(kept(folder, one).answers) == 1)
    parts = next(one for one in posts.values() if len(kept(folder, one).answers) > 1)
    for number, answer in enumerate(kept(folder, parts).answers, 1):
        assert get(parts["_id"], "--part", str(number)) == answer.body
    shown = get(post["_id"], "--headers")
    head, _, body = shown.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP 200 http://")
    assert body == kept(folder, post).answers[0].body
    assert reread() == {"unchanged": len(posts)}


def test_articles_of_a_list_alone_are_kept_as_the_list_told_them(
    newsroom: str, database: str, folder: Path
) -> None:
    crawl("eastmoney_flash", newsroom, *SINCE)
    posts = documents(database)
    listed = [post for post in posts.values() if not kept(folder, post).answers]
    assert listed
    told = json.loads(get(listed[0]["_id"]))
    assert told["id"] == listed[0]["_id"]
    assert reread()["unchanged"] == len(posts)


@pytest.mark.parametrize("site", ["https://feeds.newsroom.example/", "http://plain.newsroom.example/"])
def test_a_site_without_a_spider_reads_again_as_its_crawl_found_it(
    newsroom: str, database: str, folder: Path, site: str
) -> None:
    crawl("site", newsroom, "-a", f"url={site}", *SINCE)
    posts = documents(database)
    assert len(posts) > 10
    note = kept(folder, next(iter(posts.values()))).note
    assert note
    assert note.site
    assert note.site["domain"] != "unknown.invalid"
    assert reread() == {"unchanged": len(posts)}


def test_an_unchanged_page_is_kept_once(newsroom: str, database: str, folder: Path) -> None:
    crawl("enorth", newsroom, *SINCE)
    before = len(articles(folder))
    _, run = crawl("enorth", newsroom, *SINCE, *EVERY_TIME)  # the newsroom answers 304
    assert run["counts"]["unchanged"] > 0
    assert len(articles(folder)) == before
    assert reread() == {"unchanged": len(documents(database))}


def test_without_the_setting_nothing_is_kept(
    newsroom: str, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSCRAWL_KEEP_PAGES")
    crawl("enorth", newsroom, *SINCE)
    assert all(post["crawl"]["page"] is None for post in documents(database).values())
    assert not folder.exists()
    done = newscrawl("pages", "get", next(iter(documents(database))))
    assert done.returncode == 1
    assert "was kept; with NEWSCRAWL_KEEP_PAGES=1" in done.stderr
    assert newscrawl("pages", "get", "nothing").stderr.startswith("newscrawl: database")


# A site of its own: it answers 200 whatever is asked


@pytest.fixture
def harbour(tmp_path: Path, database: str) -> Iterator[Harbour]:
    with harbour_in(tmp_path) as harbour:
        yield harbour


def harbour_pages(harbour: Harbour, database: str) -> Path:
    return harbour.pages_folder / database


def test_the_same_body_again_is_a_revisit_and_another_is_kept(harbour: Harbour, database: str) -> None:
    harbour.numbers = [1, 2, 3]
    harbour.crawl()
    folder = harbour_pages(harbour, database)
    first = documents(database)
    harbour.pages["/a/1"] = harbour.article(1) + b"<!-- an advertisement -->"
    harbour.pages["/a/2"] = harbour.article(2).replace(b"hours at the", b"hours near the")
    harbour.crawl(*EVERY_TIME)
    second = documents(database)
    again = {article.note.entry.id: article for article in articles(folder)[3:] if article.note}
    assert {name: article.revisit for name, article in again.items()} == {
        "harbour:1": False,
        "harbour:2": False,
        "harbour:3": True,
    }
    assert second["harbour:1"]["crawl"]["page"] == first["harbour:1"]["crawl"]["page"]
    assert second["harbour:2"]["crawl"]["page"]["offset"] == again["harbour:2"].offset
    assert second["harbour:3"]["crawl"]["page"] == first["harbour:3"]["crawl"]["page"]
    assert harbour.command("pages", "verify").returncode == 0
    outcomes = json.loads(harbour.command("reread", "--json").stdout)["outcomes"]
    assert (outcomes["unchanged"], outcomes["newer"], outcomes["changed"]) == (3, 2, 0)
    versions = json.loads(harbour.command("pages", "get", "harbour:2", "--all", "--json").stdout)
    assert [(one["kind"], one["revision"]) for one in versions] == [("post", 2), ("revision", 1)]
    old = harbour.command("pages", "get", "harbour:2", "--version", "2")
    assert old.stdout.encode() == harbour.article(2)


def test_the_page_is_what_the_site_answered_byte_for_byte(
    harbour: Harbour, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour.numbers = [1]
    page = (
        harbour.article(1).replace(b"<head>", b'<head><meta charset="gbk">')
        + "码头".encode("gbk")
        + b"\xff\x00"
    )
    harbour.pages["/a/1"] = page
    harbour.kind = "text/html"
    harbour.crawl()
    monkeypatch.setenv("NEWSCRAWL_PAGES_FOLDER", str(harbour.pages_folder))
    assert get("harbour:1") == get(f"http://{HOST}/a/1") == page
    head = get("harbour:1", "--headers").partition(b"\r\n\r\n")[0]
    assert head.startswith(f"HTTP 200 http://{HOST}/a/1\r\n".encode())
    assert b"Content-Type: text/html" in head


def test_a_body_whose_first_page_was_pruned_is_kept_whole(harbour: Harbour, database: str) -> None:
    harbour.numbers = [1]
    harbour.crawl()
    pruned = harbour.command("pages", "prune", "--max-size", "0")
    assert pruned.returncode == 0, pruned.stderr
    assert "1 posts refer to it" in pruned.stdout
    assert not page_files(harbour_pages(harbour, database))
    told = harbour.command("pages", "get", "harbour:1")
    assert told.returncode == 1
    assert "is not there: it was pruned, or moved" in told.stderr
    assert documents(database)["harbour:1"]["revision"] == 1
    harbour.crawl(*EVERY_TIME)
    (article,) = articles(harbour_pages(harbour, database))
    assert not article.revisit
    assert article.answers[0].body == harbour.article(1)


@pytest.mark.parametrize(("declared", "setting", "keeps"), [("True", "", True), ("False", "1", False)])
def test_a_source_says_whether_its_pages_are_kept(
    harbour: Harbour, database: str, declared: str, setting: str, *, keeps: bool
) -> None:
    harbour.numbers = [1]
    harbour.declare(more=f"keep_pages={declared},")
    harbour.crawl(NEWSCRAWL_KEEP_PAGES=setting)
    assert (documents(database)["harbour:1"]["crawl"]["page"] is not None) == keeps
    shown = json.loads(harbour.command("sources", "harbour", "--json").stdout)
    assert (shown["keep_pages"], shown["keep_pages_by"]) == (keeps, "the source")


def _crawl_in_the_background(harbour: Harbour, *words: str, shell: str = "") -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **harbour.environment, "PYTHONPATH": f"{harbour.folder}:{root}"}
    command = [sys.executable, "-m", "newscrawl", "crawl", "harbour", "--newsroom", harbour.address, *words]
    return subprocess.Popen(
        ["bash", "-c", f'{shell} exec "$@"', "crawl", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def test_a_killed_crawl_leaves_no_post_without_its_page(harbour: Harbour, database: str) -> None:
    harbour.numbers = list(range(1, 301))
    with _crawl_in_the_background(harbour) as process:
        with client.connect("reader") as reader:
            for _ in range(3000):
                if reader[database]["posts"].estimated_document_count() >= 30:
                    break
                time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    posts = documents(database)
    assert 30 <= len(posts) < 300
    folder = harbour_pages(harbour, database)
    for post in posts.values():
        assert kept(folder, post).answers[0].body.decode().count("div class=")
    harbour.crawl("--since", "2d")
    assert len(documents(database)) == 300
    (path,) = page_files(folder)
    assert harbour.command("pages", "verify").returncode == 0
    outcomes = json.loads(harbour.command("reread", "--json").stdout)["outcomes"]
    assert outcomes["unchanged"] == 300
    assert open_marker(path).exists()


def test_a_disk_that_is_full_costs_pages_and_no_posts(harbour: Harbour, database: str) -> None:
    harbour.numbers = list(range(1, 101))
    with _crawl_in_the_background(harbour, "--json", shell="ulimit -f 20;") as process:  # 20 KB a file
        out, _ = process.communicate()
    assert process.returncode == 1
    assert any("no more pages are kept" in problem for problem in json.loads(out)["problems"])
    posts = documents(database)
    assert len(posts) == 100
    with_pages = [post for post in posts.values() if post["crawl"]["page"]]
    assert 0 < len(with_pages) < 100
    for post in with_pages:
        assert kept(harbour_pages(harbour, database), post).answers
    assert harbour.command("pages", "verify").returncode == 0


def test_damage_is_told_with_its_place(harbour: Harbour, database: str) -> None:
    harbour.crawl()
    assert harbour.command("pages", "verify").returncode == 0
    (path,) = page_files(harbour_pages(harbour, database))
    place = documents(database)["harbour:5"]["crawl"]["page"]["offset"]
    with path.open("r+b") as file:
        file.seek(place + 300)
        file.write(b"\0" * 40)
    open_marker(path).with_name("newscrawl-20260101000000-vm-abcdef.warc.gz.open").touch()
    done = harbour.command("pages", "verify")
    assert done.returncode == 1
    assert f"{path.name}: " in done.stdout
    assert f"bytes from {place:,} on: " in done.stdout
    assert "remove the marker" in done.stdout
    said = json.loads(harbour.command("reread", "--json").stdout)
    assert said["damaged_bytes"] > 0
    assert said["outcomes"]["unchanged"] == 19
    assert harbour.command("pages", "get", "harbour:5").returncode == 1


def test_the_list_of_files(harbour: Harbour, database: str) -> None:
    harbour.numbers = [1, 2]
    harbour.crawl()
    (path,) = page_files(harbour_pages(harbour, database))
    said = json.loads(harbour.command("pages", "list", "--count", "--json").stdout)
    (row,) = said["files"]
    assert said["folder"] == str(harbour_pages(harbour, database))
    assert row == {
        "file": path.name,
        "day": row["day"],
        "bytes": path.stat().st_size,
        "state": "open",
        "posts": 2,
        "articles": 2,
        "pages": 2,
        "revisits": 0,
        "listed": 0,
        "lists": 0,
        "damaged": 0,
    }
    assert harbour.command("pages", "list").stdout.split("\t")[0] == path.name
