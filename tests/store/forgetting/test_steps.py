"""The steps of forgetting, and the command, beside the whole journey."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import Attribution
from newscrawl.read import Posts
from newscrawl.store import client
from newscrawl.store.archive import ArchiveOptions
from newscrawl.store.forgetting import forget as steps
from newscrawl.store.forgetting.home_files import log_files, overwrite_in
from newscrawl.store.forgetting.targets import Target, needles
from newscrawl.store.search_index import index_pending
from tests.in_process import run
from tests.store.posts import make_post, put_all

WHY = ("--reason", "a contract", "--yes")


@pytest.fixture(autouse=True)
def _pages_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_PAGES_FOLDER", str(tmp_path / "pages"))


def _store(tmp_path: Path, *numbers: int, **fields: Any) -> None:
    text = "央行今日开展逆回购操作，利率维持不变，市场资金面保持平稳，分析人士认为后续政策仍有空间。"
    posts = [make_post(number, f"{text}{number}。" * 3, **fields) for number in numbers]
    asyncio.run(put_all(posts, ArchiveOptions(spool=tmp_path / "spool")))


def _id(number: int) -> str:
    return make_post(number).id


def _ids(database: str) -> set[str]:
    with client.connect("reader") as reader:
        return {str(post["_id"]) for post in reader[database]["posts"].find({}, {"_id": 1})}


def test_several_articles_by_id_address_and_field(database: str, tmp_path: Path) -> None:
    _store(tmp_path, 1, 2, 3)
    other = Attribution(name="新浪", slug="xinlang", raw="来源：新浪", origin="info_line")
    _store(tmp_path, 4, 5, source=other)
    shown = run("forget", "--where", "source.slug=xinlang", "--dry-run").stdout
    assert "2 articles: 2 posts, 0 revisions, 0 rejects" in shown
    assert _id(4) in shown
    assert len(_ids(database)) == 5
    said = run(
        "forget", _id(1), "https://finance.eastmoney.com/a/2.html", "--where", "source.slug=xinlang", *WHY
    )
    assert "4 articles forgotten" in said.stdout
    assert _ids(database) == {_id(3)}
    rows = json.loads(run("forget", "--list", "--json").stdout)
    assert [(row["reason"], row["articles"], row["unfinished"]) for row in rows] == [("a contract", 4, 0)]


def test_an_address_is_kept_away_before_anything_is_stored(database: str, tmp_path: Path) -> None:
    url = "https://finance.eastmoney.com/a/1.html"
    run("forget", "--url", url, *WHY)
    _store(tmp_path, 1, 2)
    assert _ids(database) == {_id(2)}
    assert "1 tombstone lifted" in run("forget", "--lift", "--url", url).stdout
    _store(tmp_path, 1)
    assert _ids(database) == {_id(1), _id(2)}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "say what to forget"),
        (("eastmoney:1",), 2, "--reason is missing"),
        (("eastmoney:404", *WHY), 1, "has neither a post nor a reject eastmoney:404; nothing was forgotten"),
        (("--url", "finance.eastmoney.com/a/1", *WHY), 2, "is not an http address"),
        (("--where", "slug=x", *WHY), 2, "no field 'slug'; use authors"),
        (("--where", "source.slug", *WHY), 2, "is not FIELD=VALUE"),
        (("--where", "source.slug=nobody", *WHY), 1, "no post has source.slug=nobody"),
        (("--list", "eastmoney:1"), 2, "--list takes no articles"),
        (("--lift", "--where", "source.slug=x"), 2, "--lift needs the id or the address"),
        (("--lift", "eastmoney:1"), 1, "eastmoney:1 is not forgotten"),
    ],
)
def test_what_cannot_be_forgotten_is_said(
    database: str, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run("forget", *words, code=code).stderr


def test_without_a_terminal_nothing_is_forgotten_unasked(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _store(tmp_path, 1)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert "add --yes" in run("forget", _id(1), "--reason", "a contract", code=2).stderr
    assert _ids(database) == {_id(1)}


@pytest.mark.parametrize("step", ["_replay_spool", "remove_documents", "erase_kept", "_overwrite_logs"])
def test_an_interrupted_run_is_finished_by_the_next(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _store(tmp_path, 1, 2)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, step, killed)
        run("forget", _id(1), *WHY, code=130)
    assert "1 unfinished" in run("forget", "--list").stdout
    _store(tmp_path, 1)
    assert "1 article forgotten" in run("forget", "--resume").stdout
    assert _ids(database) == {_id(2)}
    assert "done" in run("forget", "--list").stdout


def test_what_another_tool_brought_back_is_swept_away(database: str, tmp_path: Path) -> None:
    _store(tmp_path, 1, 2)
    with client.connect("writer") as writer:
        backup = list(writer[database]["posts"].find())
        run("forget", _id(1), *WHY)
        writer[database]["posts"].insert_one(backup[0])
        assert "1 article forgotten: 1 in posts" in run("forget", "--sweep").stdout
    assert _ids(database) == {_id(2)}
    assert "0 articles forgotten: nothing was stored" in run("forget", "--sweep").stdout


def test_a_story_goes_on_under_the_next_of_its_posts(database: str, tmp_path: Path) -> None:
    text = "央行今日开展逆回购操作，利率维持不变，市场资金面保持平稳，分析人士认为后续政策仍有空间。" * 5
    posts = [make_post(number, text) for number in (1, 2, 3)]
    for post in posts:
        asyncio.run(put_all([post], ArchiveOptions(spool=tmp_path)))
    run("forget", _id(1), *WHY)
    with client.connect("reader") as reader:
        firsts = {post["_id"]: post["story"]["first"] for post in reader[database]["posts"].find()}
    assert firsts == {_id(2): _id(2), _id(3): _id(2)}


def test_the_search_index_keeps_neither_the_id_nor_the_words(database: str, tmp_path: Path) -> None:
    _store(tmp_path, *range(1, 21))

    async def index(parts: tuple[int, ...]) -> None:
        async with await client.connect_async("writer") as connected:
            for least in parts:
                await index_pending(connected[database], parts=1, least=least)

    asyncio.run(index((20,)))
    with client.connect("reader") as reader:
        before = _column_sizes(reader[database])
        assert run("forget", _id(7), *WHY)
        after = _column_sizes(reader[database])
        assert _id(7) not in str(list(reader[database]["search_ids"].find()))
    place = 20 - 7  # newest first
    assert before[place] > 50
    assert after == [0 if at == place else size for at, size in enumerate(before)]
    with Posts.connect() as posts:
        assert {post.id for post in posts.search("逆回购").posts} <= {_id(n) for n in range(1, 21) if n != 7}


def _column_sizes(database: Any) -> list[int]:
    """How many rows each post of the index sets."""
    sizes = [0] * 20
    for row in database["search_rows"].find():
        bits = int.from_bytes(row["bits"], "little")
        for place in range(20):
            sizes[place] += bits >> place & 1
    return sizes


def test_logs_lose_the_words_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "pages").mkdir()
    log, page = tmp_path / "logs" / "job.log", tmp_path / "pages" / "x"
    url = "https://example.org/2026/17.html"
    log.write_text(f"a {url} b\n{json.dumps('标题是这样写的吗')} 标题是这样写的吗 {url}?x\n", "utf-8")
    page.write_text(url, "utf-8")
    words = needles([Target("url:17", {url}, {"标题是这样写的吗", "kurz"})])
    assert log_files(tmp_path) == [log]
    assert overwrite_in(log, words) == 4
    assert log.read_bytes() == b'a %b b\n"%b" %b %b?x\n' % (b"*" * 32, b"*" * 48, b"*" * 24, b"*" * 32)
    assert overwrite_in(log, words) == 0
