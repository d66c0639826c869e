"""Posts: filters, order, streaming, and that it only reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from newscrawl.errors import DatabaseUnavailable, UsageError
from newscrawl.model.post import Post
from newscrawl.read import AsyncPosts, Posts, Query, place_after
from newscrawl.store import client
from tests.read.stored import START, Store, post_of


def numbers(posts: Iterable[Post]) -> list[int]:
    return [int(post.id[-8:]) for post in posts]


CASES: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [8, 9, 6, 7, 4, 5, 2, 3, 0, 1]),
    ({"category": "beifangwang"}, [4, 2, 3, 0, 1]),
    ({"category": "北方网"}, [4, 2, 3, 0, 1]),
    ({"category": "Techweb"}, [9]),
    ({"tag": "上海证券报新闻"}, [6, 7, 5]),
    ({"source": "上海证券报"}, [6, 7, 5]),
    ({"source": "shanghaizhengquanbao"}, [6, 7, 5]),
    ({"source": "TECHWEB"}, [9]),
    ({"security": "600160"}, [8, 9]),
    ({"security": "1.600160"}, [8]),
    ({"security": "1,000700"}, [9]),
    ({"text": "techweb"}, [8]),
    ({"text": "(600519) 涨3.5%"}, [6, 7, 5]),
    ({"text": ".*"}, []),
    ({"text": "\\"}, []),
    ({"since": START + timedelta(minutes=3)}, [8, 9, 6, 7]),
    ({"until": START + timedelta(minutes=1)}, [0, 1]),
    ({"since": START + timedelta(minutes=1), "until": START + timedelta(minutes=2)}, [2, 3]),
    ({"category": "beifangwang", "since": START + timedelta(minutes=2)}, [4]),
    ({"category": "beifangwang", "limit": 2}, [4, 2]),
    ({"category": "nowhere"}, []),
    ({"category": None, "text": None, "limit": None, "tag": "上海证券报新闻"}, [6, 7, 5]),
]


NAMES = [
    "eastmoney:202603083600000003",
    "202603083600000003",
    "NW202603083600000003",
    " 202603083600000003 ",
    "https://finance.eastmoney.com/a/202603083600000003.html",
    "http://finance.eastmoney.com/news/1350,202603083600000003.html",
    "http://x.test/html_News/NewsShare.html?infoCode=NW202603083600000003",
    "2026-03-08-202603083600000003.md",
    "_posts/2026-03-08-NW202603083600000003.md",
]


def test_filters(news: list[Post]) -> None:
    with Posts.connect() as posts:
        for filters, found in CASES:
            assert numbers(posts.find(**filters)) == found, filters
            assert numbers(posts.find(Query(**filters))) == found, filters
            assert posts.count(**filters) == len(found), filters


def test_a_post_comes_back_as_it_was_stored_and_times_are_aware(news: list[Post]) -> None:
    with Posts.connect() as posts:
        [found] = posts.latest(security="1.600160")
    assert isinstance(found, Post)
    assert (found.title, found.date, found.body, found.securities) == (
        news[8].title,
        news[8].date,
        news[8].body,
        news[8].securities,
    )
    for moment in (found.date, found.first_seen, found.last_seen, found.crawl.fetched):
        assert moment is not None
        assert moment.tzinfo is UTC


def test_fields_of_other_programs_are_left_aside(news: list[Post], database: str) -> None:
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": news[0].id}, {"$set": {"read_by": ["me"], "body.words": 2}})
    with Posts.connect() as posts:
        assert posts.get(news[0].id)


def test_a_thousand_posts_stream_in_order(store: Store) -> None:
    store(post_of(number) for number in range(1000))
    with Posts.connect() as posts:
        stream = posts.find()
        assert numbers(itertools.islice(stream, 3)) == [998, 999, 996]
        rest = numbers(stream)
        assert len(rest) == 997
        assert len({*rest, 998, 999, 996}) == 1000
        assert numbers(posts.latest()) == [
            n for pair in range(499, 489, -1) for n in (pair * 2, pair * 2 + 1)
        ]
        assert numbers(posts.latest(limit=3)) == [998, 999, 996]


def test_a_post_is_found_by_whatever_names_it(news: list[Post]) -> None:
    with Posts.connect() as posts:
        for reference in NAMES:
            found = posts.get(reference)
            assert found, reference
            assert found.id == "eastmoney:202603083600000003"


def test_a_post_of_another_site_is_found_by_its_address(store: Store) -> None:
    post = post_of(1, canonical_url="https://news.example.com/7?b=2")
    post.id = f"url:{7:032x}"
    store([post])
    with Posts.connect() as posts:
        for reference in (
            post.id,
            "http://news.example.com/7?b=2&utm_source=x#top",
            f"2026-03-08-url-{7:032x}.md",
        ):
            found = posts.get(reference)
            assert found, reference
            assert found.id == post.id


def test_what_names_no_post_finds_none(news: list[Post]) -> None:
    with Posts.connect() as posts:
        for reference in ("", "x", "2026", "https://", "http://[", "eastmoney:1", "a\0b", "$ne", "\ud800"):
            assert posts.get(reference) is None, reference
            assert posts.revisions(reference) == []


def test_revisions_are_the_earlier_states(store: Store) -> None:
    for text in ("一", "一二", "一二三"):
        store([post_of(1, text=text)])
    store([post_of(2)])
    with Posts.connect() as posts:
        now = posts.get(post_of(1).id)
        assert now
        assert (now.revision, now.body.text) == (3, "一二三")
        earlier = posts.revisions(post_of(1).id)
        assert [(state.id, state.revision, state.body.text) for state in earlier] == [
            (now.id, 1, "一"),
            (now.id, 2, "一二"),
        ]
        assert posts.revisions(post_of(2).id) == []


def test_categories_and_outlets_are_counted(news: list[Post]) -> None:
    with Posts.connect() as posts:
        assert [tuple(count) for count in posts.outlets()] == [
            ("beifangwang", "北方网", 5),
            ("shanghaizhengquanbao", "上海证券报", 3),
            ("techweb", "TechWeb", 1),
        ]
        assert posts.categories()[0] == ("beifangwang", "beifangwang", 5)
        assert {count.slug for count in posts.categories()} >= {"caijing", "techweb"}


def test_a_reader_cannot_write(news: list[Post], database: str) -> None:
    with Posts.connect() as posts:
        collection = posts._client[database].posts
        for write in (
            lambda: collection.insert_one({"_id": "x:1"}),
            lambda: collection.update_one({}, {"$set": {"title": "x"}}),
            lambda: collection.delete_many({}),
            collection.drop,
        ):
            with pytest.raises(OperationFailure, match="not authorized"):
                write()
        assert posts.count() == 10


def test_an_empty_database_and_what_others_hold(news: list[Post], database: str) -> None:
    with Posts.connect(database="newscrawl_nothing_here") as posts:
        assert posts.is_empty()
        assert list(posts.find()) == []
        assert (posts.outlets(), posts.categories(), posts.get("x")) == ([], [], None)
        assert posts.others_with_posts()[database] == 10
    with Posts.connect() as posts:
        assert not posts.is_empty()
        assert database not in posts.others_with_posts()


def test_a_connection_string_may_be_given(news: list[Post], database: str) -> None:
    with Posts.connect(client.uri("reader"), database) as posts:
        assert posts.count() == 10


@pytest.mark.parametrize(
    "uri", ["mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "mongodb://", "mongodb://a:b@"]
)
def test_a_database_that_is_away_is_told_plainly(uri: str) -> None:
    with pytest.raises(DatabaseUnavailable):  # noqa: SIM117
        with Posts.connect(uri, "newscrawl") as posts:
            posts.count()


@pytest.mark.parametrize("uri", ["http://x", "", "nonsense", "127.0.0.1:27017", 27017])
def test_what_is_no_connection_string_is_told_at_once(uri: Any) -> None:
    with pytest.raises(UsageError, match="mongodb://"):
        Posts.connect(uri)
    with pytest.raises(UsageError, match="mongodb://"):
        AsyncPosts.connect(uri)


def test_a_post_is_named_by_text(news: list[Post], database: str) -> None:
    with Posts.connect() as posts, pytest.raises(UsageError, match="got 5"):
        posts.get(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "filters",
    [
        {"since": START.replace(tzinfo=None)},
        {"until": START.replace(tzinfo=None)},
        {"since": "2d"},
        {"until": START.date()},
        {"limit": 0},
        {"limit": -1},
        {"limit": 2**63},
        {"text": " "},
        {"text": "a\0"},
        {"text": "x" * 501},
        {"tag": "\ud800"},
        {"category": ""},
        {"security": "$where"},
        {"security": "1.2.3.4 5"},
    ],
)
def test_what_cannot_be_meant_is_told_at_once(filters: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Query(**filters)  # type: ignore[arg-type]


wrong: Any = "x"
WRONG_TYPES: list[tuple[str, Callable[[Any], object], str]] = [
    *(
        (f"{name} {value!r}", lambda posts, name=name, value=value: posts.count(**{name: value}), name)
        for name in ("category", "tag", "source", "outlet", "security", "language", "story", "text")
        for value in (3, b"x", ["x"])
    ),
    ("limit", lambda posts: posts.find(limit="3"), "limit '3' is not an integer"),
    ("limit of latest", lambda posts: posts.latest(limit=True), "limit True is not an integer"),
    ("query", lambda posts: posts.find("降准"), "query '降准' is not a Query"),
    ("after", lambda posts: posts.find(after=3), "after 3 is not a string"),
    ("after of page", lambda posts: posts.page(after=3), "after 3 is not a string"),
    ("size", lambda posts: posts.page(size="3"), "page size '3' is not an integer"),
    ("no size", lambda posts: posts.page(size=None), "page size None"),
    ("size with text", lambda posts: posts.page(text="降准", size=2.0), "page size 2.0"),
    ("size of search", lambda posts: posts.search("降准", size=0), "page size 0 is below 1"),
    ("words", lambda posts: posts.search(3), "the words 3 are not a string"),
    ("at_most", lambda posts: posts.count(at_most="3"), "at_most '3'"),
    ("at_most 0", lambda posts: posts.count(at_most=0), "at_most 0 is below 1"),
    ("at_most with text", lambda posts: posts.count(text="降准", at_most=0), "at_most 0 is below 1"),
    ("slugs", lambda posts: posts.names("hongguan"), "is not a list of strings"),
    ("no slugs", lambda posts: posts.names(3), "slugs 3 is not a list of strings"),
    ("a slug", lambda posts: posts.names([3]), "slugs has 3"),
    ("zone", lambda posts: posts.days(3), "zone 3 is not a string"),
    ("day", lambda posts: posts.neighbours("2026-03-08"), "is not a date"),
    ("post", lambda posts: posts.siblings("x"), "'x' is not a post"),
    ("place", lambda _: place_after(wrong), "'x' is not a post"),
    ("reference", lambda posts: posts.revisions(3), "got 3"),
    ("resume", lambda posts: posts.watch(resume=3), "resume 3 is not a file"),
    ("token", lambda posts: posts.watch(after=3), "after 3 is not a string"),
    ("patience", lambda posts: posts.watch(patience="1m"), "patience '1m'"),
]


@pytest.mark.parametrize(
    ("call", "words"), [one[1:] for one in WRONG_TYPES], ids=[one[0] for one in WRONG_TYPES]
)
def test_a_value_of_a_wrong_type_is_named(database: str, call: Callable[[Any], object], words: str) -> None:
    with Posts.connect() as posts, pytest.raises(UsageError, match=words):
        call(posts)


@pytest.mark.parametrize("reader", [Posts, AsyncPosts])
@pytest.mark.parametrize("name", ["a b", "a.b", "a/b", "x" * 64, "新闻", 3])
def test_a_wrong_name_of_a_database_is_named_at_once(reader: Any, name: Any) -> None:
    with pytest.raises(UsageError, match="invalid database name"):
        reader.connect("mongodb://127.0.0.1:1/", name)


@pytest.mark.parametrize("reader", [Posts, AsyncPosts])
@pytest.mark.parametrize("patience", [0, -1, "5", True, float("nan"), float("inf")])
def test_a_wrong_patience_is_named_at_once(reader: Any, patience: Any) -> None:
    with pytest.raises(UsageError, match="positive number of seconds"):
        reader.connect("mongodb://127.0.0.1:1/", patience=patience)


def test_a_zone_or_a_size_that_cannot_be_is_told(news: list[Post], database: str) -> None:
    with Posts.connect() as posts:
        with pytest.raises(UsageError, match="unknown time zone 'Mars'"):
            posts.days("Mars")
        with pytest.raises(UsageError, match="is too large"):
            posts.page(size=10**30)


def test_close_twice_is_fine(mongo_home: Path) -> None:
    posts = Posts.connect()
    posts.close()
    posts.close()


@pytest.mark.parametrize("size", [0, -5])
def test_a_page_of_no_size_is_refused(news: list[Post], size: int) -> None:
    with Posts.connect() as posts, pytest.raises(UsageError, match=f"page size {size} is below 1"):
        posts.page(size=size)


def test_posts_as_a_table_and_as_a_data_frame(news: list[Post], database: str) -> None:
    with Posts.connect(database=database) as posts:
        table = posts.to_arrow(category="beifangwang", limit=2)
        frame = posts.to_pandas(category="beifangwang")
        found = [post.id for post in posts.find(category="beifangwang")]
    assert table.column("_id").to_pylist() == found[:2]
    assert list(frame.index) == found
    assert frame["date"].dt.tz is not None
    assert frame.loc[found[0], "title"] == next(post.title for post in news if post.id == found[0])
