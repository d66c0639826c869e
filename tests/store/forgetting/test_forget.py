"""A whole journey: articles are stored in every way there is, forgotten, and do not come back in any.

The home folder is the test's own, with a MongoDB of its own, so that all of its files can be searched for the
bytes of the articles.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import Post
from newscrawl.read import Posts
from newscrawl.store import client
from newscrawl.store.record import post_record
from newscrawl.store.spool import SpoolFile
from newscrawl.warc.files import page_files
from tests.crawl.crawls import EVERY_TIME
from tests.crawl.harbour import HOST, Harbour, harbour_in
from tests.warm import Ended

pytestmark = pytest.mark.slow

DATABASE = "newscrawl_own"
POST, REJECT = "harbour:3", "harbour:4"
#: Random words of the articles, which no compression makes smaller: found as they are wherever they stand.
FIRST, SECOND, WALL = "qk7vwz3hxr0ubt5m", "yd2fjc8npe6sgl4a", "w9oxi1tkmv7rqz3h"
TITLE = "The berth of the Kittiwake is sold for 4,120 guilders"
#: What must not be left. The id of the post alone is no more than a number, and MongoDB keeps it a while.
MARKS = [word.encode() for word in (FIRST, SECOND, WALL, TITLE)]


@pytest.fixture
def harbour(own_home: Path, tmp_path: Path) -> Iterator[Harbour]:
    with harbour_in(tmp_path) as harbour:
        harbour.numbers = list(range(1, 7))
        title = harbour.title
        harbour.title = lambda number: TITLE if number == 3 else title(number)  # type: ignore[method-assign]
        harbour.pages["/a/3"] = harbour.article(3).replace(b"<p>On day 1", f"<p>{FIRST} on day 1".encode())
        harbour.pages["/a/4"] = f"<html><body><h1>{TITLE}</h1><img alt='{WALL}'></body></html>".encode()
        yield harbour


@pytest.fixture
def home(own_home: Path, harbour: Harbour) -> Path:
    """The home folder, in which the pages are kept, too."""
    return own_home


def _run(harbour: Harbour, *words: str) -> Ended:
    done = harbour.command(*words, NEWSCRAWL_PAGES_FOLDER="")
    assert done.returncode == 0, done.stderr
    return done


def _crawl(harbour: Harbour, *words: str) -> dict[str, Any]:
    lists = ("-s", "NEWSCRAWL_KEEP_LISTS=True")
    return harbour.crawl(*lists, *EVERY_TIME, *words, NEWSCRAWL_PAGES_FOLDER="")


def _in_files(folder: Path) -> dict[str, list[str]]:
    """The files in which a mark stands, as it is or in a gzip member, and which."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name.endswith(".warc.gz"):
                content += gzip.decompress(content)
            if marks := [mark.decode() for mark in MARKS if mark in content]:
                found[str(path.relative_to(folder))] = marks
    return found


def _in_collections() -> dict[str, set[Any]]:
    """The documents in which a mark stands, or the address."""
    words = [*(mark.decode() for mark in MARKS), f"{HOST}/a/3", f"{HOST}/a/4", POST, REJECT]
    found: dict[str, set[Any]] = {}
    with client.connect("writer") as writer:
        for name in writer[DATABASE].list_collection_names():
            for document in writer[DATABASE][name].find():
                if any(word in _text(document) for word in words):
                    found.setdefault(name, set()).add(document["_id"])
    return found


def _text(value: Any) -> str:
    """All of a document, with packed lists unpacked."""
    if isinstance(value, dict):
        return " ".join(_text(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, bytes):
        import zlib

        try:
            return zlib.decompress(value).decode("utf-8", "replace")
        except zlib.error:
            return ""
    return str(value)


def _spool(home: Path, post: Post) -> Path:
    """A post that a dead crawl left in the spool."""
    file = SpoolFile.create(home / "spool", DATABASE)
    file.append([post_record(post, post.crawl.fetched)])
    file.close()
    return file.path


def test_a_forgotten_article_is_gone_and_stays_away(home: Path, harbour: Harbour, tmp_path: Path) -> None:
    _crawl(harbour)
    with Posts.connect() as posts:
        first = posts.get(POST)
        assert first is not None
        place = posts.now()
    harbour.pages["/a/3"] = harbour.pages["/a/3"].replace(FIRST.encode(), SECOND.encode())
    _crawl(harbour)
    site, copy, old = tmp_path / "site", tmp_path / "copy", tmp_path / "old.dump"
    _run(harbour, "export", "jekyll", str(site))
    shutil.copytree(site / "_posts", copy)
    _run(harbour, "db", "dump", str(old))
    [pages] = page_files(home / "pages" / DATABASE)
    shutil.copy(pages, tmp_path / "theirs.warc.gz")
    log = home / "logs" / "harbour.log"
    log.parent.mkdir()
    log.write_text(f"rejected: http://{HOST}/a/4 ({TITLE})\nfine\n", "utf-8")
    _spool(home, first)
    assert {Path(name).parts[0] for name in _in_files(home)} == {"logs", "mongodb", "pages", "spool"}
    assert _in_collections().keys() >= {"posts", "revisions", "rejects", "story_marks"}

    _run(harbour, "forget", POST, REJECT, "--reason", "court order 12 O 345/26", "--yes")

    _assert_gone(home)
    assert log.read_text("utf-8").endswith(")\nfine\n")
    _run(harbour, "pages", "verify")
    with Posts.connect() as posts:
        deleted = next(change for change in posts.watch(after=place) if change.kind == "delete")
    assert deleted.id == POST

    # Every way back.
    _spool(home, first)
    run = _crawl(harbour)
    assert {"/a/3", "/a/4"}.isdisjoint(harbour.asked)
    assert run["counts"]["known"] == 2
    for words in (
        ("import", "jekyll", str(copy)),
        ("reread",),
        ("archive", str(tmp_path / "theirs.warc.gz")),
        ("db", "restore", str(old), "--merge"),
        ("retry", "harbour"),
        ("export", "jekyll", str(site)),
        ("export", "jsonfeed", str(tmp_path / "feed.json")),
    ):
        _run(harbour, *words)
        _assert_gone(home)
    assert _in_files(site) == {}
    assert TITLE not in (tmp_path / "feed.json").read_text("utf-8")
    assert len(_posts()) == 4

    # MongoDB's own files: in a new data folder nothing of it is left.
    _run(harbour, "db", "dump", str(tmp_path / "new.dump"))
    _run(harbour, "db", "down")
    assert "mongodb" in {Path(name).parts[0] for name in _in_files(home)}
    shutil.rmtree(home / "mongodb" / "data")
    _run(harbour, "db", "restore", str(tmp_path / "new.dump"))
    _run(harbour, "db", "down")
    assert _in_files(home) == {}

    _run(harbour, "db", "restore", str(old), "--merge")
    _assert_gone(home)
    shutil.copy(tmp_path / "theirs.warc.gz", pages)
    assert _in_pages(home) == {FIRST, SECOND, WALL, TITLE}
    _run(harbour, "forget", "--sweep")
    assert _in_pages(home) == {TITLE}, "of the list"
    _run(harbour, "forget", "--lift", POST)
    _crawl(harbour)
    assert POST in _posts()


def _assert_gone(home: Path) -> None:
    found = [name for name in _in_files(home) if not name.startswith("mongodb/data/")]
    assert (found, _in_collections()) == ([], {})


def _in_pages(home: Path) -> set[str]:
    return {mark for marks in _in_files(home / "pages").values() for mark in marks}


def _posts() -> set[str]:
    with client.connect("writer") as writer:
        return {post["_id"] for post in writer[DATABASE]["posts"].find({}, {"_id": 1})}
