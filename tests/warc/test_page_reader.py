"""Reading kept pages from any place of a file: an article is whole or left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newscrawl.errors import PageNotKept
from newscrawl.model.post import PageLocation
from newscrawl.warc.files import new_name
from newscrawl.warc.page_reader import KeptArticle, kept_article, kept_articles
from newscrawl.warc.records import group
from tests.warc.test_page_writer import NOON, _answer, _note, _writer

PARTS = 3  # pages of each article


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, list[list[int]]]:
    """A file of five articles in parts, and the offsets of their records."""
    writer = _writer(tmp_path)
    places = []
    for number in range(5):
        answers = [_answer(10 * number + part, os.urandom(500)) for part in range(PARTS)]
        name, offsets = writer.append(group(answers, _note(number)))
        places.append(offsets)
    writer.close()
    return tmp_path / name, places


def _ids(articles: list[KeptArticle]) -> list[str]:
    assert all(len(article.answers) == PARTS for article in articles)
    return [article.note.entry.id for article in articles if article.note]


def test_pieces_of_a_file_have_each_article_once(file: tuple[Path, list[list[int]]]) -> None:
    path, places = file
    for size in (300, 1_000, 2_500, 100_000):
        starts = range(0, path.stat().st_size, size)
        found = [one for start in starts for one in kept_articles(path, start, start + size)]
        assert _ids(found) == [f"url:{number}" for number in range(5)]
    first = places[0][0]
    assert [len(list(kept_articles(path, start))) for start in (0, 1, first, first + 1)] == [5, 5, 5, 4]


def test_an_article_whose_first_page_is_damaged_is_left_out(file: tuple[Path, list[list[int]]]) -> None:
    path, places = file
    with path.open("r+b") as damaged:
        damaged.seek(places[1][0] + 200)
        damaged.write(b"\0" * 50)
    told: list[tuple[int, int]] = []
    found = list(kept_articles(path, on_damage=lambda offset, length, _: told.append((offset, length))))
    assert _ids(found) == ["url:0", "url:2", "url:3", "url:4"]
    assert told == [(places[1][0], places[1][1] - places[1][0])]


def test_where_a_page_is_that_is_not_here(tmp_path: Path) -> None:
    ours, theirs = new_name(NOON), "newscrawl-20261130120000-news7-abcdef.warc.gz"
    with pytest.raises(PageNotKept, match="is not there: it was pruned, or moved"):
        kept_article(tmp_path, PageLocation(ours, 0, "sha1:X"))
    with pytest.raises(PageNotKept, match="it was written on news7; look there"):
        kept_article(tmp_path, PageLocation(theirs, 0, "sha1:X"))
