"""CSV as spreadsheets open it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from newscrawl.export.row_formats import CELL_LIMIT, CsvRows, Jsonl, cell
from newscrawl.model.post import Body, Post, Security, Withdrawn
from newscrawl.model.rights import Rights
from tests.export import hostile
from tests.read.stored import post_of


def table(posts: list[Post]) -> list[dict[str, str]]:
    rows = CsvRows()
    text = (rows.head + b"".join(map(rows.encode, posts))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "　＝1",
        "＋1",
        "－1",
        "＠x",
        "\x00=1",
        "\ufeff=1",
        "|calc",
        "%0a=1",
        "\u200b=1",
        "\u2060\u00a0=1",
        "\u202e+1",
        "﹦1+1",
        "﹢1",
        "﹣1",
        "﹫SUM(1)",
    ],
)
def test_no_text_is_run_as_a_formula(formula: str) -> None:
    assert cell(formula).startswith("'")
    (row,) = table([post_of(1, title=f"{formula}x", digest=formula, authors=[formula])])
    for name in ("digest", "authors"):
        assert row[name].startswith("'"), name
    assert not row["title"].lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("formula", ["=1+1", "+1+1", "-2+3", "@SUM(1)", "＝1", "|calc", "%0a"])
@pytest.mark.parametrize(
    "before",
    [
        "ferry;",
        "ferry; ",
        "ferry\t",
        "ferry\n",
        'the "ferry";',
        "ferry\r\n ",
        'ferry;"',
        'ferry; """',
        'ferry\n"',
        "ferry;\u200b",
    ],
)
def test_no_formula_whatever_parts_the_cells(before: str, formula: str, delimiter: str) -> None:
    post = post_of(1, title=before + formula, digest=before + formula, authors=["a", formula])
    text = CsvRows().encode(post).decode()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        for one in row:
            assert not one.lstrip(" \t\u200b").startswith(tuple("=+-@＝＋－＠|%")), row


def test_blanks_and_quotes_without_a_formula_take_linear_time() -> None:
    for text in (";" + " " * 200_000, ';"' * 100_000, ';\u200b "' * 50_000):
        assert cell(text).replace("…", "") in text


def test_plain_texts_stay_as_they_are() -> None:
    for text in (
        "北方网",
        "2026年",
        "",
        'a "b", c\nd',
        "a=b",
        "1. 一",
        "one\n- two",
        "3-1; 4-2",
        'he; "she"; - both',
    ):
        assert cell(text) == text


def test_a_row_tells_the_post() -> None:
    post = post_of(
        3,
        title='他说"不", 又说',
        authors=["张三", "李四"],
        securities=[Security("1", "600160", "巨化股份"), Security("0", "000700")],
    )
    (row,) = table([post])
    assert row["id"] == "eastmoney:202603083600000003"
    assert (row["date"], row["date_utc"]) == ("2026-03-08 12:01:00", "2026-03-08 04:01:00")
    assert row["title"] == '他说"不", 又说'
    assert (row["outlet"], row["categories"], row["tags"]) == ("北方网", "beifangwang", "北方网新闻")
    assert row["authors"] == "张三; 李四"
    assert row["securities"] == "巨化股份 [1.600160]; [0.000700]"
    assert (row["text"], row["chars"], row["revision"], row["updated_utc"]) == ("正文", "2", "1", "")


def test_lines_end_as_windows_has_them_and_a_mark_tells_the_encoding() -> None:
    rows = CsvRows()
    assert rows.head.startswith(b'\xef\xbb\xbf"id","date",')
    assert rows.head.endswith(b"\r\n")
    assert rows.encode(post_of(1)).endswith(b"\r\n")
    post = post_of(1)
    post.body = Body("", "一\r\n二\r三\n四", 4)
    assert table([post])[0]["text"] == "一\n二\n三\n四"


def test_hostile_posts_make_a_sound_table() -> None:
    posts = [hostile.post_of(seed) for seed in range(300)]
    read = table(posts)
    assert [row["id"] for row in read] == [post.id for post in posts]
    assert all(None not in row and None not in row.values() for row in read)
    assert not any(c in value for row in read for value in row.values() for c in "\x00\x1b\x85\ufeff\r")


def test_a_long_text_is_cut_where_a_cell_ends() -> None:
    for text in ("长" * 40_000, "😀" * 40_000, "=" * 40_000):
        cut = cell(text)
        assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
        assert cut.endswith("…")
    assert cell("长" * CELL_LIMIT) == "长" * CELL_LIMIT


def test_a_withdrawn_post_says_since_and_until_when() -> None:
    gone, back = datetime(2026, 3, 8, 20, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)
    posts = [
        post_of(1),
        post_of(2, withdrawn=Withdrawn(gone, 410, gone)),
        post_of(3, withdrawn=Withdrawn(gone, 302, gone, back)),
    ]
    assert [(row["withdrawn_utc"], row["returned_utc"]) for row in table(posts)] == [
        ("", ""),
        ("2026-03-08 20:00:00", ""),
        ("2026-03-08 20:00:00", "2026-03-09 08:00:00"),
    ]
    line = json.loads(Jsonl(lambda document: json.dumps(document, default=str)).encode(posts[1]))
    assert line["withdrawn"] == {"since": str(gone), "status": 410, "seen": str(gone), "until": None}


def test_rights_are_columns() -> None:
    rights = Rights(
        access="free", tdm_allowed=True, licence_url="https://example.org/terms", copyright="© 2026"
    )
    names = ("access", "tdm", "tdm_allowed", "licence", "copyright")
    rows = [tuple(row[name] for name in names) for row in table([post_of(1), post_of(2, rights=rights)])]
    assert rows == [
        ("", "", "", "", ""),
        ("free", "unspecified", "yes", "https://example.org/terms", "© 2026"),
    ]
