"""A whole Jekyll site out of the database, kept up to date."""

from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.synchronous.collection import Collection

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.export.jekyll.post_file import SiteAddress, file_name, render
from newscrawl.export.jekyll.site import SiteCounts, SiteJob, export_site
from newscrawl.export.jekyll.site_files import FORM
from newscrawl.export.jekyll.site_queries import SitePosts
from newscrawl.export.jekyll.site_state import NAME, opened
from newscrawl.read import Query
from newscrawl.store import client
from tests.export import hostile
from tests.export.jekyll.test_posts_folder import POSTS, SEED, imported
from tests.export.test_resumable import put_many
from tests.in_process import run
from tests.read.stored import post_of, put

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OWN = {
    "_config.yml", "index.html", "css/news.css", "_layouts/default.html", "_layouts/post.html",
    "_layouts/category.html", "_includes/head.html", "_includes/list.html", "_includes/address.html",
    "_includes/pictures.html", "_plugins/large_sites.rb",
}  # fmt: skip


def export(folder: Path, *, now: datetime = NOW, **job: object) -> SiteCounts:
    query = Query(**job.pop("query", {}))  # type: ignore[arg-type]
    with SitePosts.connect() as posts:
        return export_site(posts, SiteJob(folder, query, **job), now)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def change(database: str, post_id: str, **fields: object) -> None:
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": post_id}, {"$set": fields, "$inc": {"revision": 1}})


def remove(database: str, *ids: str) -> None:
    with client.connect("writer") as writer:
        writer[database].posts.delete_many({"_id": {"$in": list(ids)}})


def test_a_site_has_the_seeds_paths_and_its_post_byte_for_byte(database: str, tmp_path: Path) -> None:
    imported(POSTS)
    done = export(tmp_path / "site")
    assert (done.written, done.posts, done.kept) == (3, 3, [])
    found = files(tmp_path / "site")
    assert found[f"_posts/{SEED}"] == (POSTS / SEED).read_bytes()
    posts = {f"_posts/{path.name}" for path in POSTS.iterdir()}
    assert set(found) == OWN | posts | {"category/beifangwang.html", "emnews/index.html"}
    assert found["category/beifangwang.html"].decode() == (
        '---\nlayout: category\ntitle: "北方网新闻"\nslug: "beifangwang"\n---\n'
    )
    assert 'title: "东财滚动新闻"' in found["emnews/index.html"].decode()


def test_pages_in_another_form_have_another_number() -> None:
    """An export compares revisions: a page whose post is the same is written anew only for its form."""
    pages = "".join(render(hostile.post_of(seed), SiteAddress("/")) for seed in range(50)).encode()
    assert (FORM, hashlib.sha256(pages).hexdigest()[:16]) == (2, "779869bb70d56f3e"), (
        "raise FORM, then write both"
    )


def test_only_what_changed_is_read_and_written(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [post_of(number) for number in range(40)]
    put(posts)
    export(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.name != NAME}
    read: list[str] = []
    whole = SitePosts.of
    monkeypatch.setattr(SitePosts, "of", lambda self, ids: read.extend(ids) or whole(self, ids))
    assert export(tmp_path) == SiteCounts(posts=40)
    assert read == []
    change(database, posts[3].id, title="anders", updated=NOW + timedelta(hours=1))
    change(database, posts[4].id, title="alt", updated=NOW - timedelta(days=3))  # came out of a spool
    put([post_of(40), post_of(41, outlet="上海证券报", date=NOW - timedelta(days=4000))])
    done = export(tmp_path)
    assert (done.written, done.same, done.posts, done.files) == (4, 0, 42, 1)
    assert sorted(read) == sorted(post_of(number).id for number in (3, 4, 40, 41))
    assert "category/shanghaizhengquanbao.html" in files(tmp_path)
    touched = {str(path) for path, at in before.items() if path.is_file() and path.stat().st_mtime_ns != at}
    assert touched == {str(tmp_path / "_posts" / file_name(posts[number])) for number in (3, 4)}
    read.clear()
    done = export(tmp_path, everything=True)
    assert (done.written, done.same, len(read)) == (0, 42, 42)


def test_the_ids_come_out_of_an_index_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put([post_of(number) for number in range(30)])
    explained: list[Any] = []
    find = Collection.find

    def watching(self: Collection[dict[str, object]], *words: Any, **options: Any) -> Any:
        asked = find(self, *words, **options)
        explained.append(asked.explain()["executionStats"])
        return find(self, *words, **options)

    monkeypatch.setattr(Collection, "find", watching)
    choices: list[dict[str, object]] = [
        {},
        {"category": "beifangwang"},
        {"tag": "北方网新闻"},
        {"source": "北方网"},
        {"since": post_of(4).date},
    ]
    with SitePosts.connect() as posts:
        for choice in choices:
            assert len(list(posts.ids(Query(**choice)))) >= 26  # type: ignore[arg-type]
    assert [stats["totalDocsExamined"] for stats in explained] == [0] * len(choices)


def test_a_page_goes_when_its_post_left_the_database_and_it_is_ours(database: str, tmp_path: Path) -> None:
    put([post_of(1), post_of(2), post_of(3, outlet="上海证券报")])
    export(tmp_path)
    edited, own = tmp_path / "_posts" / file_name(post_of(2)), tmp_path / "_posts" / "2026-01-01-mine.md"
    edited.write_text("mine now")
    own.write_text("---\ntitle: mine\n---\n")
    remove(database, post_of(2).id, post_of(3).id)
    done = export(tmp_path)
    assert (done.removed, done.posts, done.kept) == (1, 1, [f"_posts/{edited.name}"])
    found = files(tmp_path)
    assert {name for name in found if name.startswith("_posts/")} == {
        f"_posts/{file_name(post_of(1))}", f"_posts/{edited.name}", "_posts/2026-01-01-mine.md",
    }  # fmt: skip
    assert "category/shanghaizhengquanbao.html" not in found
    assert export(tmp_path) == SiteCounts(posts=1)


def test_a_post_that_is_not_asked_for_stays(database: str, tmp_path: Path) -> None:
    put([*(post_of(number) for number in range(4)), post_of(5, outlet="上海证券报")])
    assert export(tmp_path, query={"category": "beifangwang"}).posts == 4
    done = export(tmp_path, query={"source": "上海证券报"})
    assert (done.written, done.removed, done.posts) == (1, 0, 5)
    assert export(tmp_path / "few", query={"limit": 2}).written == 2
    assert export(tmp_path / "text", query={"text": "第5条", "language": "zh"}).written == 1


def test_what_is_there_is_kept_up_to_date_whatever_is_asked_for(database: str, tmp_path: Path) -> None:
    put([post_of(1), post_of(2), post_of(5, outlet="上海证券报")])
    export(tmp_path)
    change(database, post_of(1).id, title="anders", updated=NOW)
    assert export(tmp_path, now=NOW + timedelta(days=30), query={"source": "上海证券报"}).written == 1
    assert 'title: "anders"' in (tmp_path / "_posts" / file_name(post_of(1))).read_text()
    assert export(tmp_path, site=SiteAddress("/x"), query={"source": "上海证券报"}).written == 3


def test_a_post_whose_day_changed_has_one_page(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    export(tmp_path)
    change(database, post_of(1).id, date=post_of(1).date + timedelta(days=2), updated=NOW)
    assert export(tmp_path).written == 1
    assert [path.name for path in (tmp_path / "_posts").iterdir()] == ["2026-03-10-202603083600000001.md"]


def test_files_that_the_user_wrote_or_edited_are_left_alone(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    (tmp_path / "index.html").write_text("my own home")
    assert export(tmp_path).kept == ["index.html"]
    layout, config = tmp_path / "_layouts/post.html", tmp_path / "_config.yml"
    layout.write_text("edited")
    config.unlink()
    put([post_of(2)])
    done = export(tmp_path, title="别的")
    assert sorted(done.kept) == ["_layouts/post.html", "index.html"]
    assert (layout.read_text(), (tmp_path / "index.html").read_text()) == ("edited", "my own home")
    assert 'title: "别的"' in config.read_text()
    layout.unlink()  # how one has the delivered one back
    assert export(tmp_path).kept == ["index.html"]
    assert "article" in layout.read_text()
    assert 'title: "别的"' in config.read_text()  # what was said before holds


def test_another_address_writes_all_pages_anew_and_is_kept(database: str, tmp_path: Path) -> None:
    put([post_of(1), post_of(2)])
    export(tmp_path)
    assert export(tmp_path, site=SiteAddress("//news.example.com/a")).written == 2
    put([post_of(3)])
    assert export(tmp_path).written == 1
    for page in (tmp_path / "_posts").iterdir():
        assert "(//news.example.com/a/category/beifangwang.html)" in page.read_text()
    config = (tmp_path / "_config.yml").read_text()
    assert 'url: "https://news.example.com"\nbaseurl: "/a"\n' in config


def test_the_wrong_database_empties_no_site(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put([post_of(1)])
    export(tmp_path)
    monkeypatch.setenv("NEWSCRAWL_DATABASE", f"{database}_other")
    with pytest.raises(UsageError, match=f"use newscrawl --database {database}, or another folder"):
        export(tmp_path)
    monkeypatch.setenv("NEWSCRAWL_DATABASE", database)
    remove(database, post_of(1).id)
    with pytest.raises(UsageError, match="nothing was removed"):
        export(tmp_path)
    assert len(list((tmp_path / "_posts").iterdir())) == 1


def test_a_second_export_into_the_folder_is_refused(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    with opened(tmp_path), pytest.raises(NewscrawlError, match="another export is writing"):
        export(tmp_path)
    assert export(tmp_path).written == 1


def test_a_killed_export_leaves_whole_files_and_the_next_one_ends_it(database: str, tmp_path: Path) -> None:
    put_many(database, 3000)
    site, posts = tmp_path / "site", tmp_path / "site" / "_posts"
    words = [sys.executable, "-m", "newscrawl", "export", "jekyll", str(site)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as exporting:
        for _ in range(4000):
            if posts.is_dir() and sum(1 for _ in posts.iterdir()) > 300:
                break
            time.sleep(0.005)
        exporting.send_signal(signal.SIGKILL)
    assert exporting.returncode == -signal.SIGKILL
    assert 300 < sum(1 for _ in posts.iterdir()) < 3000
    (posts / ".2026-03-08-202603083600000001.md.4242").write_text("half a p")
    left = {path.name: path.read_bytes() for path in posts.glob("*.md")}
    remove(database, f"eastmoney:{next(iter(left))[11:-3]}")
    done = export(site)
    assert done.posts == 2999
    assert done.written < 2999
    assert done.removed == 1
    now = {path.name: path.read_bytes() for path in posts.iterdir()}
    assert len(now) == 2999
    assert all(now[name] == page for name, page in left.items() if name in now)
    assert export(site) == SiteCounts(posts=2999)


def test_a_folder_that_cannot_be_a_site_is_told(database: str, tmp_path: Path) -> None:
    put([post_of(1)])
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be created as a folder"):
        export(tmp_path / "file")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / NAME).write_text("no database of SQLite, but long enough to be looked at" * 9)
    with pytest.raises(UsageError, match="is damaged"):
        export(tmp_path / "bad")
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "_posts").mkdir()
    (tmp_path / "css" / "css").write_text("a file in the way")
    with pytest.raises(NewscrawlError, match=r"css/news\.css cannot be written"):
        export(tmp_path / "css")


def test_the_command(database: str, tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    assert "has no posts yet" in run("export", "jekyll", site).stderr
    put([post_of(1), post_of(2)])
    told = run("export", "jekyll", site, "--site", "/", "--title", "财经").stdout
    assert told == f"2 posts written to {site}, 0 removed, 2 there now; 2 other files written\n"
    (tmp_path / "site" / "index.html").write_text("mine")
    again = run("export", "jekyll", site, "--all", "--json")
    assert json.loads(again.stdout) == {
        "folder": site, "written": 0, "same": 2, "removed": 0, "posts": 2, "files": 0, "kept": ["index.html"],
    }  # fmt: skip
    assert "left alone, because it was edited after newscrawl wrote it: index.html\n" in (
        run("export", "jekyll", site, "--category", "beifangwang").stderr
    )
    assert "--title" in run("export", "jekyll", f"{site}/_posts", "--title", "x", code=2).stderr
    with sqlite3.connect(tmp_path / "site" / NAME) as state:
        assert state.execute("SELECT count(*) FROM page").fetchone() == (2,)
    state.close()


def withdraw(database: str, post_id: str, until: datetime | None = None) -> None:
    gone = {"since": NOW, "status": 404, "seen": NOW, "until": until}
    change(database, post_id, withdrawn=gone, updated=NOW)


def test_withdrawn_posts_stay_with_a_note_or_are_left_out(database: str, tmp_path: Path) -> None:
    posts = [post_of(number) for number in range(4)]
    put(posts)
    export(tmp_path)
    path = f"_posts/{file_name(posts[1])}"
    withdraw(database, posts[1].id)
    assert (export(tmp_path).written, export(tmp_path).posts) == (1, 4)
    assert "原网站已于2026-11-23撤下本文" in files(tmp_path)[path].decode()
    done = export(tmp_path, withdrawn="omit")
    assert (done.removed, done.posts) == (1, 3)
    assert path not in files(tmp_path)
    withdraw(database, posts[2].id)
    done = export(tmp_path)  # as said before
    assert (done.removed, done.posts) == (1, 2)
    withdraw(database, posts[2].id, until=NOW)  # it is back
    assert export(tmp_path).posts == 3
    assert export(tmp_path, withdrawn="note").posts == 4
    assert "withdrawn:" in files(tmp_path)[path].decode()


def test_a_word_that_is_no_handling_of_withdrawn_posts_is_refused(database: str, tmp_path: Path) -> None:
    done = run("export", "jekyll", str(tmp_path), "--withdrawn", "hide", code=2)
    assert "--withdrawn 'hide' is neither note nor omit" in done.stderr
