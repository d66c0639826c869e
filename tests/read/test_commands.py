"""newscrawl posts, show and watch, as a user runs them."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.post import Post
from newscrawl.model.rights import Stated, Statement
from newscrawl.read import Posts
from newscrawl.read.watch import FileBookmark
from newscrawl.store import client
from newscrawl.text.usage_terms import rights_of
from tests.in_process import run
from tests.read.stored import Store, post_of

pytestmark = pytest.mark.slow

NEWSCRAWL = (sys.executable, "-m", "newscrawl")


TZ = "Asia/Shanghai"


def test_a_pipe_gets_tab_separated_lines_in_the_local_zone(news: list[Post]) -> None:
    rows = [line.split("\t") for line in run("posts", "--limit", "2", TZ=TZ).stdout.splitlines()]
    assert rows == [
        ["2026-03-08 12:04", "TechWeb 报道", "", "caijing", news[8].id],
        ["2026-03-08 12:04", "第9条", "TechWeb", "techweb", news[9].id],
    ]
    assert len(run("posts", "--limit", "0").stdout.splitlines()) == 10


def test_json_is_one_array_of_posts_in_utc(news: list[Post]) -> None:
    listed = json.loads(
        run("posts", "--json", "--source", "北方网", "--since", "2026-03-08 12:01", TZ=TZ).stdout
    )
    assert [post["_id"] for post in listed] == [news[4].id, news[2].id, news[3].id]
    assert listed[0]["date"] == "2026-03-08T04:02:00Z"
    assert listed[0]["source"]["slug"] == "beifangwang"
    later = run("posts", "--json", "--since", "2026-03-08 12:01", "--until", "2026-03-08 12:02", TZ="UTC")
    assert json.loads(later.stdout) == []
    assert "no post matches" in later.stderr


def on_terminal(width: int, *words: str) -> list[str]:
    """The lines that a command shows on a terminal of that width."""
    lead, follow = pty.openpty()
    env = {**os.environ, "TZ": "Asia/Shanghai", "COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen([*NEWSCRAWL, *words], stdout=follow, stderr=subprocess.PIPE, env=env) as process:
        assert process.stderr
        assert process.stderr.read() == b""
    os.close(follow)
    shown = os.read(lead, 65536).decode()
    os.close(lead)
    return [re.sub(r"\x1b\[\d*m", "", line) for line in shown.splitlines()]


def columns(text: str) -> int:
    """Columns that a terminal needs: two for a Chinese character."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def test_a_terminal_gets_a_table_that_no_title_can_paint(store: Store) -> None:
    store([post_of(1, title="坏\x1b[2J标\u202e题" + "长" * 90), post_of(2, title="二")])
    for width, heads in ((120, "date title outlet category id"), (80, "date title outlet id")):
        head, *lines = on_terminal(width, "posts")
        assert head.split() == heads.split()
        assert not any(mark in line for line in lines for mark in "\x1b\u202e")
        assert re.search(r"坏\[2J标题长+ ?…", lines[1])
        assert columns(lines[0]) == columns(lines[1]) <= width
        assert [line.split()[-1] for line in lines] == [
            post_of(n).id.removeprefix("eastmoney:") for n in (2, 1)
        ]


@pytest.mark.parametrize(
    ("width", "heads"), [(70, "date title outlet id"), (60, "date title id"), (40, "date title")]
)
def test_a_narrow_terminal_shows_dates_whole(store: Store, width: int, heads: str) -> None:
    store([post_of(1, title="长" * 90)])
    head, line = on_terminal(width, "posts")
    assert head.split() == heads.split()
    assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d  长{4,}", line)
    assert columns(line) <= width
    assert line.rstrip().endswith(post_of(1).id.removeprefix("eastmoney:")) == ("id" in heads)


def test_an_empty_database_says_what_to_do_and_where_posts_are(news: list[Post], database: str) -> None:
    ran = run("--database", f"{database}_empty", "posts")
    assert ran.stdout == ""
    assert "newscrawl crawl eastmoney" in ran.stderr
    assert f"{database}_empty in {os.environ['NEWSCRAWL_HOME']} has no posts yet" in ran.stderr
    assert f"database {database} has 10 posts: newscrawl --database {database} posts" in ran.stderr
    assert json.loads(run("--database", f"{database}_empty", "posts", "--json").stdout) == []


def test_wrong_words_are_told_in_one_line(news: list[Post]) -> None:
    for option, value in (
        ("--since", "yesterday"),
        ("--until", "2026-02-30"),
        ("--security", "?"),
        ("--text", " "),
    ):
        told = run("posts", option, value, code=2).stderr
        assert told.count("\n") == 1
        assert repr(value) in told
    assert "--limit" in run("posts", "--limit", "-1", code=2).stderr
    assert "leave it out" in run("posts", "--limit", "9" * 20, code=2).stderr
    empty = run("posts", "--since", "1d", "--until", "2d", code=2).stderr
    assert empty == "newscrawl: --since 1d is not before --until 2d: no post can match\n"


@pytest.mark.parametrize("command", ["export", "import"])
def test_no_folder_is_not_this_folder(
    news: list[Post], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "DIR is empty" in run(command, "jekyll", "", code=2).stderr
    assert not list(tmp_path.iterdir())


def test_a_reader_that_goes_away_is_no_error(store: Store) -> None:
    store(post_of(number, text="长" * 2000) for number in range(100))
    for words in ("posts --limit 0 --json", "posts --limit 0", "posts --json --limit 100"):
        ran = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m newscrawl {words} | head -c 10"],
            capture_output=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr, len(ran.stdout)) == (0, b"", 10), words


def test_show_takes_an_id_its_digits_or_an_address(news: list[Post]) -> None:
    for reference in (news[5].id, news[5].id.removeprefix("eastmoney:"), news[5].share_url):
        shown = run("show", reference).stdout
        assert shown.startswith("第5条\n\nid ")
        assert "上海证券报" in shown
        assert "茅台 (600519) 涨3.5%" in shown
        assert "zone assumed" in shown
    document = json.loads(run("show", news[5].id, "--json").stdout)
    assert document["_id"] == news[5].id
    assert document["first_seen"].endswith("Z")


def test_show_of_what_is_not_there_is_one_line(news: list[Post]) -> None:
    told = run("show", "eastmoney:1", code=1).stderr
    assert told.count("\n") == 1
    assert "eastmoney:1" in told


def test_show_tells_the_history(store: Store) -> None:
    for text in ("旧文", "新文"):
        store([post_of(1, text=text)])
    store([post_of(2)])
    shown = run("show", post_of(1).id, "--history").stdout
    assert shown.index("新文") < shown.index("--- revision 2, fetched ") < shown.index("[-旧-]{+新+}文")
    assert "not changed" in run("show", post_of(2).id, "--history").stdout
    document = json.loads(run("show", post_of(1).id, "--history", "--json").stdout)
    assert document["post"]["revision"] == 2
    assert [state["body"]["text"] for state in document["revisions"]] == ["旧文"]


def test_watch_prints_changes_and_goes_on_after_a_kill(store: Store, tmp_path: Path) -> None:
    place = tmp_path / "place"
    store([post_of(0)])
    with Posts.connect() as posts:
        FileBookmark(place, posts.name).save(posts.now())
    store([post_of(1), post_of(2)])
    first = watched(place, ("insert", post_of(1).id), signal.SIGKILL)
    store([post_of(1, text="改")])
    second = watched(place, ("update", post_of(1).id), signal.SIGINT)
    # The change at the kill may come twice; none is left out, and their order holds.
    assert list(dict.fromkeys((change["kind"], change["id"]) for change in first + second)) == [
        ("insert", post_of(1).id),
        ("insert", post_of(2).id),
        ("update", post_of(1).id),
    ]
    assert second[-1]["post"]["revision"] == 2
    assert second[-1]["at"].endswith("Z")


def watched(place: Path, until: tuple[str, str], end: signal.Signals) -> list[dict[str, Any]]:
    """What `watch --json` prints from the place on, ended by a signal after a change's line."""
    command = [*NEWSCRAWL, "watch", "--json", "--resume", str(place)]
    changes: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        rescue = threading.Timer(60, process.kill)
        rescue.start()
        assert process.stdout
        assert process.stderr
        for line in process.stdout:
            changes.append(json.loads(line))
            if (changes[-1]["kind"], changes[-1]["id"]) == until:
                process.send_signal(end)
        rescue.cancel()
        assert process.wait() == (0 if end == signal.SIGINT else -end)
        assert b"Traceback" not in process.stderr.read()
    return changes


def test_a_withdrawn_post_says_so(news: list[Post], database: str) -> None:
    gone = {"since": news[2].date, "status": 410, "seen": news[4].date, "until": None}
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": news[2].id}, {"$set": {"withdrawn": gone}})
    shown = run("show", news[2].id, TZ=TZ).stdout
    assert "withdrawn   since 2026-03-08 12:01 (HTTP 410, last found gone 2026-03-08 12:02)\n" in shown
    assert json.loads(run("show", news[2].id, "--json").stdout)["withdrawn"]["status"] == 410
    listed = {post["_id"]: post["withdrawn"] for post in json.loads(run("posts", "--json").stdout)}
    assert listed[news[2].id]["since"] == "2026-03-08T04:01:00Z"
    assert listed[news[3].id] is None


def test_show_says_what_the_source_says_of_its_use(store: Store) -> None:
    said = (Statement("header", "noai", "noai", "reserved"), Statement("text", "copyright", "© 2026 Example"))
    before, reserved = post_of(1), post_of(2, rights=rights_of([Stated(("header", "page"), said)]))
    store([before, reserved])
    shown = run("show", reserved.id).stdout
    assert re.search(r"rights +access not stated; text and data mining reserved\n", shown)
    assert re.search(r"said in +header noai: noai\n", shown)
    assert re.search(r"looked at +header, page\n", shown)
    assert "stored before rights were" in run("show", before.id).stdout
    assert run("posts", "--tdm-allowed").stdout == ""
