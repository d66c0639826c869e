"""The files of kept pages as a whole: what is listed, and what may be removed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path

import pytest

from newscrawl.errors import PagesBusy
from newscrawl.warc.files import open_marker, page_files
from newscrawl.warc.page_folder import PageFile, choose_oldest, count_content, remove_files, take_stock
from newscrawl.warc.records import Earlier, group
from tests.warc.test_page_writer import NOON, _answer, _note, _writer


def _free(_: str) -> nullcontext[None]:
    return nullcontext()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file of each of three days, of which the last is open."""
    for day in range(3):
        writer = _writer(tmp_path, NOON + timedelta(days=day))
        writer.append(group([_answer(day, os.urandom(1000))], _note(day)))
        writer.close()
    return tmp_path


def test_the_state_of_each_file(folder: Path) -> None:
    files = take_stock(folder)
    assert [file.state for file in files] == ["complete", "complete", "open"]
    assert [file.day for file in files] == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)]
    writer = _writer(folder, NOON + timedelta(days=2))
    writer.append(group([_answer(9)], _note(9)))
    assert take_stock(folder)[-1].state == "held"
    writer.close()
    assert take_stock(folder / "nothing") == []


def test_the_oldest_go_first_and_none_that_is_held() -> None:
    def file(day: int, state: str = "complete") -> PageFile:
        return PageFile(Path(f"{day}"), date(2026, 12, day), 100, state, "vm")  # type: ignore[arg-type]

    files = [file(1), file(2, "held"), file(3), file(4, "open")]

    def days(**limits: object) -> list[int]:
        return [one.day.day for one in choose_oldest(files, **limits)]  # type: ignore[arg-type]

    assert days(before=date(2026, 12, 3)) == [1]
    assert days(max_size=250) == [1, 3]
    assert days(max_size=400) == []
    assert days(max_size=0) == [1, 3, 4]
    assert days(before=date(2026, 12, 2), max_size=250) == [1, 3]


def test_a_file_that_became_held_or_is_reread_stays(folder: Path) -> None:
    files = take_stock(folder)
    writer = _writer(folder, NOON + timedelta(days=2))
    writer.append(group([_answer(9)], _note(9)))  # takes the open one

    @contextmanager
    def held(name: str) -> Iterator[None]:
        if name == files[0].path.name:
            raise PagesBusy(f"{name} is being reread")
        yield

    said = [why for _, why in remove_files(files, held)]
    writer.close()
    assert said == [f"{files[0].path.name} is being reread", None, "a crawl writes to it"]
    assert page_files(folder) == [files[0].path, files[2].path]


def test_a_removed_file_leaves_nothing_and_the_next_crawl_begins_another(folder: Path) -> None:
    assert [why for _, why in remove_files(take_stock(folder), _free)] == [None] * 3
    assert list(folder.iterdir()) == []
    writer = _writer(folder, NOON + timedelta(days=2))
    writer.append(group([_answer(9)], _note(9)))
    writer.close()
    (path,) = page_files(folder)
    assert open_marker(path).exists()


def test_what_is_in_a_file(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    name, _ = writer.append(group([_answer(1), _answer(2)], _note(1)))
    writer.append(group([_answer(1)], _note(1), Earlier("https://example.org/1.html", NOON)))
    writer.append(group([], _note(2)))
    writer.append(group([_answer(3)], None))
    writer.close()
    content = count_content(tmp_path / name)
    assert (content.articles, content.pages, content.revisits) == (3, 2, 1)
    assert (content.listed, content.lists, content.damaged) == (1, 1, 0)
