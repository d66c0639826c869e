"""Parquet: typed, streamed, and told plainly where pyarrow is not there."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from newscrawl.errors import UsageError
from newscrawl.export import parquet
from newscrawl.export.atomic_write import drafted
from newscrawl.model.post import Post
from newscrawl.read.arrow import schema as schema_of_posts
from tests.export import hostile
from tests.in_process import run
from tests.read.stored import post_of, put

pytestmark = pytest.mark.slow


def test_each_field_of_a_post_is_a_typed_column() -> None:
    schema = schema_of_posts()
    assert schema.names[0] == "_id"
    assert set(schema.names[1:]) == {field.name for field in dataclasses.fields(Post)} - {"id"}
    for name in ("date", "first_seen", "last_seen", "updated"):
        assert schema.field(name).type == pa.timestamp("ms", tz="UTC")
    assert schema.field("revision").type == pa.int64()
    assert schema.field("categories").type == pa.list_(pa.string())
    assert schema.field("body").type.field("images").type.value_type.field("url").type == pa.string()


def test_posts_come_back_as_they_were() -> None:
    posts = [hostile.post_of(seed) for seed in range(100)]
    posts[0].crawl.origins = {"title": "og", "date": "info_line"}
    posts[0].date = posts[0].date.replace(microsecond=123_456)
    out = io.BytesIO()
    assert parquet.write(iter(posts), out) == 100
    rows = pq.read_table(out).to_pylist()
    assert [row["_id"] for row in rows] == [post.id for post in posts]
    assert [row["title"] for row in rows] == [p.title.encode("utf-8", "replace").decode() for p in posts]
    assert rows[0]["date"] == posts[0].date.replace(microsecond=123_000)
    assert rows[0]["date"].utcoffset() == UTC.utcoffset(None)
    assert dict(rows[0]["crawl"]["origins"]) == {"title": "og", "date": "info_line"}
    assert rows[1]["body"]["html"] == posts[1].body.html.encode("utf-8", "replace").decode()


def test_a_row_group_is_held_at_once_and_no_more() -> None:
    given = 0
    seen: list[tuple[int, int]] = []

    def posts() -> Iterator[Post]:
        nonlocal given
        for number in range(2 * parquet.GROUP + 10):
            given += 1
            yield post_of(number)

    out = io.BytesIO()
    parquet.write(posts(), out, lambda done: seen.append((done, given)))
    assert [done for done, _ in seen] == [1000, 2000, 2010]
    assert all(given_then - done <= 0 for done, given_then in seen)
    assert pq.ParquetFile(out).num_row_groups == 3


def test_the_command(database: str, tmp_path: Path) -> None:
    put([post_of(number) for number in range(4)])
    target = tmp_path / "posts.parquet"
    assert run("export", "parquet", str(target), "--limit", "3").stdout == f"3 posts written to {target}\n"
    assert pq.read_table(target).num_rows == 3
    assert [path.name for path in tmp_path.iterdir()] == ["posts.parquet"]
    out = subprocess.run(
        [sys.executable, "-m", "newscrawl", "export", "parquet", "-"], capture_output=True, check=True
    )
    assert pq.read_table(io.BytesIO(out.stdout)).num_rows == 4
    assert out.stderr == b"4 posts written to -\n"


def test_without_pyarrow_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'newscrawl\[parquet\]'"):
        parquet.write([], io.BytesIO())
    told = run("export", "parquet", str(tmp_path / "x.parquet"), code=2).stderr
    assert "newscrawl[parquet]" in told
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "posts.parquet"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), drafted(target) as out:
        parquet.write((post_of(1 // number) for number in (1, 0)), out)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("posts.parquet", "before")]
