"""Whole files into MongoDB: what is stored, what is history, and in which order files come."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.captures.warcs import (
    CAPTURED,
    article,
    frozen,
    frozen_record,
    http,
    info,
    page,
    url_of,
    warc_record,
    write,
)
from tests.crawl.crawls import documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)


def _archive(*words: object, code: int = 0) -> list[dict[str, Any]]:
    done = newscrawl("archive", "--json", *map(str, words))
    assert done.returncode == code, done.stderr
    result: list[dict[str, Any]] = json.loads(done.stdout)
    return result


def _versions(*days: int) -> list[bytes]:
    """Captures of one article on these days, each with another last line."""
    return [page(url_of(1), article(1, text=f"As of day {day}."), date=CAPTURED + day * DAY) for day in days]


def test_articles_of_declared_sources_and_nothing_else(database: str, tmp_path: Path) -> None:
    pages = frozen()
    others = [page(url_of(number), article(number)) for number in range(5)]
    path = write(tmp_path / "a.warc.gz", [info(), *map(frozen_record, pages), *others])
    (result,) = _archive(path)
    posts = documents(database)
    assert posts.keys() == {one.gives["id"] for one in pages}
    assert result["skipped"] == {"no declared source's article": 5, "warcinfo records": 1}
    assert result["records"] == len(pages) + 6
    assert not documents(database, "rejects")
    for one in pages:
        post = posts[one.gives["id"]]
        assert post["crawl"]["page"] is None
        assert post["first_seen"] <= one.fetched <= post["last_seen"]
    (again,) = _archive(path, "--again")
    assert set(again["counts"]) == {"unchanged"}
    assert documents(database) == posts


def test_with_any_what_is_no_article_is_only_counted(database: str, tmp_path: Path) -> None:
    records = [
        info(),
        *(page(url_of(number), article(number)) for number in range(6)),
        page("https://harbour.example.org/", article(9)),
        page("https://harbour.example.org/quay", b"<html><p>" + b"Nothing here. " * 90),
        warc_record(url_of(8), http(article(8), status="404 Not Found")),
        warc_record(url_of(7), b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        warc_record(url_of(7), b"fetchTimeMs: 12\r\n", kind="metadata"),
        warc_record(url_of(7), http(b""), kind="revisit"),
        warc_record(url_of(20), article(20), kind="resource", content_type="text/html"),
    ]
    path = write(tmp_path / "a.warc.gz", records)
    (result,) = _archive(path, "--any")
    assert result["counts"] == {"stored": 7}
    assert sum(result["skipped"].values()) == 7
    assert {"HTTP 404", "a home page", "request records", "metadata records", "revisit records"} < set(
        result["skipped"]
    )
    assert len(documents(database)) == 7
    assert not documents(database, "rejects")
    assert {post["crawl"]["spider"] for post in documents(database).values()} == {"archive"}


def test_posts_are_chosen_by_date_language_and_domain(database: str, tmp_path: Path) -> None:
    records = [
        *(page(url_of(day), article(day, day=day), date=CAPTURED + 10 * DAY) for day in range(1, 6)),
        page("https://hafen.example.de/2020/02/kai-vote-eins-drei", article(7, language="de")),
    ]
    path = write(tmp_path / "a.warc.gz", records)
    (some,) = _archive(
        path, "--any", "--since", "2020-02-02", "--until", "2020-02-04T12:00Z", "--language", "en"
    )
    assert some["counts"] == {"stored": 3}
    (german,) = _archive(path, "--any", "--domain", "example.de")
    assert german["counts"] == {"stored": 1}
    assert {post["language"] for post in documents(database).values()} == {"en", "de"}


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_whatever_order_captures_come_the_newest_is_the_post(
    database: str, tmp_path: Path, order: tuple[int, ...]
) -> None:
    for day in order:
        (result,) = _archive(write(tmp_path / f"{day}.warc.gz", _versions(day)), "--any")
        assert sum(result["counts"].values()) == 1
    _check_last(database, day=3, states=3)


def _check_last(database: str, *, day: int, states: int) -> None:
    (post,) = documents(database).values()
    assert post["body"]["text"].endswith(f"As of day {day}.")
    assert post["first_seen"] == CAPTURED + DAY
    assert post["last_seen"] == post["crawl"]["fetched"] == CAPTURED + day * DAY
    kept = [one["body"]["text"][-2] for one in documents(database, "revisions").values()]
    assert sorted(kept) == [str(one) for one in range(1, states)]


def test_a_state_that_came_back_is_the_newest(database: str, tmp_path: Path) -> None:
    """X on day 1, Y on day 2, X on day 3: read as 3, 1, 2."""
    states = {
        day: page(url_of(1), article(1, text=f"State {text}."), date=CAPTURED + day * DAY)
        for day, text in ((1, "X"), (2, "Y"), (3, "X"))
    }
    for day in (3, 1, 2):
        _archive(write(tmp_path / f"{day}.warc.gz", [states[day]]), "--any")
    (post,) = documents(database).values()
    assert post["body"]["text"].endswith("State X.")
    assert (post["first_seen"], post["last_seen"]) == (CAPTURED + DAY, CAPTURED + 3 * DAY)
    assert [one["body"]["text"][-8:] for one in documents(database, "revisions").values()] == ["State Y."]


def test_two_captures_of_a_second_are_read_again_without_a_change(database: str, tmp_path: Path) -> None:
    states = [page(url_of(1), article(1, text=f"State {text}.")) for text in "XY"]
    path = write(tmp_path / "a.warc.gz", states)
    _archive(path, "--any")
    posts, revisions = documents(database), documents(database, "revisions")
    for _ in range(2):
        (again,) = _archive(path, "--any", "--again")
        assert again["counts"] == {"unchanged": 2}
    assert (documents(database), documents(database, "revisions")) == (posts, revisions)


def test_many_articles_shuffled_over_files_come_to_the_same(database: str, tmp_path: Path) -> None:
    captures = [
        (
            number,
            day,
            page(url_of(number), article(number, text=f"As of day {day // 2}."), date=CAPTURED + day * DAY),
        )
        for number in range(12)
        for day in range(5)
    ]
    random.Random(7).shuffle(captures)
    paths = [
        write(tmp_path / f"{index}.warc.gz", [info(), *(record for _, _, record in captures[index::4])])
        for index in range(4)
    ]
    results = _archive(*paths, "--any", "-n", 3)
    assert sum(sum(result["counts"].values()) for result in results) == 60
    posts = documents(database)
    assert len(posts) == 12
    for post in posts.values():
        assert post["body"]["text"].endswith("As of day 2.")
        assert (post["first_seen"], post["last_seen"]) == (CAPTURED, CAPTURED + 4 * DAY)
    assert len(documents(database, "revisions")) == 24


def test_an_older_capture_does_not_reject_a_stored_article(database: str, tmp_path: Path) -> None:
    one = next(page for page in frozen() if page.spider == "bbc")
    empty = warc_record(one.url, http(b"<html></html>"), date=one.fetched - DAY)
    _archive(write(tmp_path / "1.warc.gz", [frozen_record(one)]))
    (result,) = _archive(write(tmp_path / "2.warc.gz", [empty]))
    assert result["counts"] == {"rejected": 1}
    assert not documents(database, "rejects")


def test_what_a_declared_source_has_and_cannot_be_read_is_a_reject(database: str, tmp_path: Path) -> None:
    one = next(page for page in frozen() if page.spider == "bbc")
    empty = warc_record(one.url, http(b"<html></html>"), date=one.fetched - DAY)
    path = write(tmp_path / "1.warc.gz", [empty])
    _archive(path)
    _archive(path, "--again")
    (reject,) = documents(database, "rejects").values()
    assert (reject["post"], reject["last_seen"], reject["seen"]) == (one.gives["id"], one.fetched - DAY, 1)
    _archive(write(tmp_path / "2.warc.gz", [frozen_record(one)]))
    assert not documents(database, "rejects")


def test_pages_can_be_kept_and_read_from_there(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_PAGES_FOLDER", str(tmp_path / "pages"))
    path = write(tmp_path / "a.warc.gz", [info(), page(url_of(1), article(1))])
    _archive(path, "--any", "--keep-pages")
    from newscrawl.model.post import PageLocation
    from newscrawl.warc.page_reader import kept_article

    (post,) = documents(database).values()
    kept = kept_article(tmp_path / "pages" / database, PageLocation(**post["crawl"]["page"]))
    assert kept.answers[0].body == article(1)
    assert kept.answers[0].fetched == CAPTURED
    assert kept.note is not None
    assert kept.note.entry.id == post["_id"]


def test_the_run_is_on_record_and_is_not_taken_for_a_source(database: str, tmp_path: Path) -> None:
    _archive(write(tmp_path / "a.warc.gz", [page(url_of(1), article(1))]), "--any")
    (run,) = documents(database, "runs").values()
    (post,) = documents(database).values()
    assert post["crawl"]["run"] == run["_id"]
    assert (run["spider"], run["complete"], run["counts"]["stored"]) == ("archive", True, 1)
    assert isinstance(run["finished"], datetime)
    status = json.loads(newscrawl("status", "--json").stdout)
    assert status["spiders"] == []
