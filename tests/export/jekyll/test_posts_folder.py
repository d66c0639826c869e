"""Exporting to a folder and importing from one, through the database."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.export.jekyll.import_posts import Imported, import_jekyll
from newscrawl.export.jekyll.post_file import SiteAddress, file_name
from newscrawl.export.jekyll.posts_folder import export_jekyll
from newscrawl.read import Posts
from newscrawl.store import client
from tests.export.hostile import post_of
from tests.in_process import run

POSTS = Path(__file__).parents[1] / "posts"
SEED = "2022-02-26-NW202202262290280232.md"


def imported(folder: Path, *, dry: bool = False) -> Imported:
    return asyncio.run(import_jekyll(folder, dry=dry))


def outcomes(done: Imported) -> dict[str, int]:
    assert done.ledger.adds_up
    return {outcome: count for outcome, count in done.ledger.outcomes.items() if count}


def exported(folder: Path) -> dict[str, bytes]:
    with Posts.connect() as posts:
        export_jekyll(posts.find(), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_import_and_export_give_the_seed_byte_for_byte(database: str, tmp_path: Path) -> None:
    assert outcomes(imported(POSTS)) == {"stored": 3}
    files = exported(tmp_path / "_posts")
    assert files[SEED] == (POSTS / SEED).read_bytes()
    assert set(files) == {path.name for path in POSTS.iterdir()}
    assert outcomes(imported(POSTS)) == {"unchanged": 3}
    assert outcomes(imported(tmp_path / "_posts")) == {"unchanged": 3}
    assert exported(tmp_path / "again") == files
    with client.connect("reader") as reader:
        runs = list(reader[database].runs.find())
        assert [run["spider"] for run in runs] == ["import"] * 3
        assert all(run["finished"] and run["counts"]["pages"] == 3 for run in runs)
        assert reader[database].revisions.count_documents({}) == 0


def test_what_can_be_no_post_is_rejected_with_its_reason(database: str, tmp_path: Path) -> None:
    shutil.copytree(POSTS, tmp_path / "site")
    bad = tmp_path / "site" / "2022"
    bad.mkdir()
    (bad / "-202205262391921712.md").write_text(
        '---\nlayout: post\ntitle: ""\ndate: \ncategories: emnews\n---\n\n> 摘要\n\n<http://x.test/>'
    )
    (bad / "broken.md").write_text('---\ntitle: "a"b\ndate: 2022-02-26\n---\n<p>x</p>')
    (bad / "README.md").write_text("# Posts\n")
    (bad / "latin.md").write_bytes(b"---\ntitle: \xe9\n---\n")
    (bad / "empty.md").write_bytes(b"")
    (bad / ".hidden.md").write_text("no")
    (bad / "picture.png").write_bytes(b"\x89PNG")
    done = imported(tmp_path / "site")
    assert outcomes(done) == {"stored": 3, "rejected": 5}
    reasons = dict(done.refused)
    assert set(reasons) == {
        f"2022/{name}"
        for name in ("-202205262391921712.md", "broken.md", "README.md", "latin.md", "empty.md")
    }
    assert "no title" in reasons["2022/-202205262391921712.md"]
    assert "broken.md has invalid front matter" in reasons["2022/broken.md"]
    assert "not UTF-8" in reasons["2022/latin.md"]
    with client.connect("reader") as reader:
        kept = {reject["post"]: reject for reject in reader[database].rejects.find()}
    assert set(kept) >= {"eastmoney:202205262391921712", "file:2022/broken.md"}
    assert kept["eastmoney:202205262391921712"]["reasons"] == ["no title", "no date"]
    assert "> 摘要" in kept["eastmoney:202205262391921712"]["page"]


def test_an_import_never_replaces_what_a_crawl_brought(database: str, tmp_path: Path) -> None:
    imported(POSTS)
    with client.connect("writer") as writer:
        writer[database].posts.update_many(
            {}, {"$set": {"crawl.spider": "eastmoney", "content_hash": "0" * 32}}
        )
    assert outcomes(imported(POSTS)) == {"duplicate": 3}
    with Posts.connect() as posts:
        assert {post.revision for post in posts.find()} == {1}


def test_two_pages_of_one_article_make_one_post_whatever_their_number(database: str, tmp_path: Path) -> None:
    shutil.copytree(POSTS, tmp_path / "site")
    text = (POSTS / SEED).read_text().replace("八年来", "九年来")
    (tmp_path / "site" / "2022-02-27-NW202202262290280232.md").write_text(text)
    assert outcomes(imported(tmp_path / "site")) == {"stored": 3, "duplicate": 1}
    assert outcomes(imported(tmp_path / "site")) == {"unchanged": 3, "duplicate": 1}


def test_a_dry_import_writes_nothing(database: str) -> None:
    assert outcomes(imported(POSTS, dry=True)) == {"stored": 3}
    with Posts.connect() as posts:
        assert posts.is_empty()


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file.md").write_text("x")
    for folder in (tmp_path / "nowhere", tmp_path / "file.md"):
        with pytest.raises(UsageError, match="is not a folder"):
            imported(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="contains no posts"):
        imported(tmp_path / "empty")


def test_only_what_changed_is_written_and_nothing_is_removed(tmp_path: Path) -> None:
    posts = [post_of(seed) for seed in range(20)]
    (tmp_path / "mine.md").write_text("mine")
    first = export_jekyll(posts, tmp_path)
    assert (first.written, first.same, first.posts) == (20, 0, 20)
    os.utime(tmp_path / file_name(posts[0]), ns=(1, 1))
    posts[1].title = "changed"
    second = export_jekyll(iter(posts), tmp_path)
    assert (second.written, second.same) == (1, 19)
    assert (tmp_path / file_name(posts[0])).stat().st_mtime_ns == 1
    assert (tmp_path / "mine.md").read_text() == "mine"
    assert export_jekyll(posts, tmp_path, SiteAddress("/news")).written == 20
    assert len(list(tmp_path.iterdir())) == 21  # no draft is left


def test_a_symbolic_link_in_the_folder_leads_no_page_elsewhere(tmp_path: Path) -> None:
    post = post_of(1)
    outside = tmp_path / "outside"
    outside.write_text("keep")
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / file_name(post)).symlink_to(outside)
    assert export_jekyll([post], tmp_path / "posts").written == 1
    assert outside.read_text() == "keep"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be created as a folder"):
        export_jekyll([], tmp_path / "file")
    (tmp_path / file_name(post_of(1))).mkdir()
    with pytest.raises(NewscrawlError, match="cannot be written"):
        export_jekyll([post_of(1)], tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_commands(database: str, tmp_path: Path) -> None:
    out = str(tmp_path / "_posts")
    assert run("import", "jekyll", str(POSTS), "--dry-run").stdout == "3 files (dry run): 3 stored\n"
    empty = run("export", "jekyll", out)
    assert "has no posts yet" in empty.stderr
    told = json.loads(run("import", "jekyll", str(POSTS), "--json").stdout)
    assert (told["files"], told["stored"], told["refused"]) == (3, 3, [])
    assert run("export", "jekyll", out).stdout == f"3 posts written to {out}, 0 were unchanged\n"
    assert (tmp_path / "_posts" / SEED).read_bytes() == (POSTS / SEED).read_bytes()
    again = json.loads(run("export", "jekyll", out, "--category", "beifangwang", "--json").stdout)
    assert again == {"folder": out, "written": 0, "same": 1}
    run("export", "jekyll", out, "--limit", "1", NEWSCRAWL_SITE="https://news.example.com/")
    assert "](https://news.example.com/category/beifangwang.html)" in (tmp_path / "_posts" / SEED).read_text()


def test_the_commands_tell_what_is_wrong(database: str, tmp_path: Path) -> None:
    for words in (
        ("import", "jekyll", str(tmp_path)),
        ("import", "jekyll", str(tmp_path / "nowhere")),
        ("export", "jekyll", str(tmp_path), "--site", "not an address"),
        ("export", "jekyll", str(tmp_path), "--since", "soon"),
    ):
        assert run(*words, code=2).stderr.count("\n") == 1
    (tmp_path / "README.md").write_text("# no post")
    nothing = run("import", "jekyll", str(tmp_path), code=1)
    assert "rejected: README.md: README.md has no front matter" in nothing.stderr
