"""Full-text search: words inside of Chinese sentences, the best first, in and out of the index."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from newscrawl.errors import UsageError
from newscrawl.model.post import Post
from newscrawl.read import AsyncPosts, Page, Posts
from newscrawl.search import PART, words_of
from newscrawl.store import client, search_index
from tests.read.stored import START, Store, post_of

pytestmark = pytest.mark.slow

NEWS = [
    post_of(1, title="央行降准释放流动性", text="中国人民银行决定下调存款准备金率。"),
    post_of(2, title="银行股走强", text="受央行降准消息影响，银行股午后走强。" + "市场人士认为利好。" * 40),
    post_of(3, title="午评：三大指数涨跌不一", text="沪指涨0.3%。" * 60 + "消息面上，央行昨日降准。"),
    post_of(4, title="ＡＩ芯片 TechWeb 观察", text="New York 的 5G 手机与 GPT-5 模型。", outlet="TechWeb"),
    post_of(5, title="重庆银行年报", text="重庆长江沿岸的行业（600036）表现平稳。"),
    post_of(6, title="證券公司發債", text="據證券時報報道，天氣晴。"),
]
CASES: dict[str, list[int]] = {
    "降准": [1, 2, 3],  # title, lead, text
    "央行 降准": [1, 2, 3],
    "央行降准": [1, 2],
    "央行\0降准\udcff": [1, 2, 3],  # what no text holds parts words
    '"午后走强"': [2],
    "ai": [4],
    "Ａｉ芯片": [4],
    "techweb": [4],
    "TECH": [],  # whole words
    "5g手机": [],
    "5g": [4],
    '"new york"': [4],
    "york new": [4],
    "gpt-5": [4],
    "0.3%": [3],
    "600036": [5],
    "（600036）": [5],
    "重庆银行": [5],
    "庆长": [5],
    "行": [2, 5, 1],  # a single character: in titles
    "晴": [],
    "降准 晴": [],
    "不存在的词": [],
    "證券": [6],  # traditional and simplified characters are the same
    "发债": [6],
    "发": [6],
    "证券时报": [6],
}


def numbers(page: Page) -> list[int]:
    return [int(post.id[-8:]) for post in page.posts]


def index(database: str) -> int:
    """Takes all that waits into the index."""

    async def take() -> int:
        connected = await client.connect_async("writer")
        async with connected:
            return await search_index.index_pending(connected[database], parts=100, least=1)

    return asyncio.run(take())


@pytest.fixture(params=["waiting", "indexed", "both"])
def found_in(request: pytest.FixtureRequest, database: str, store: Store) -> str:
    """The news in the database: not in the index yet, in it, and half and half."""
    kind: str = request.param
    half = len(NEWS) // 2 if kind == "both" else len(NEWS)
    store(NEWS[:half])
    if kind != "waiting":
        assert index(database) == half
    store(NEWS[half:])
    return kind


@pytest.mark.usefixtures("found_in")
def test_words_are_found() -> None:
    with Posts.connect() as posts:
        for words, found in CASES.items():
            assert sorted(numbers(posts.search(words))) == sorted(found), words
        assert numbers(posts.search("降准")) == [1, 2, 3]
        assert posts.search("降准").next is None


@pytest.mark.usefixtures("found_in")
def test_texts_of_find_are_found() -> None:
    with Posts.connect() as posts:
        for text, found in {
            "行降准": [2, 1],
            "techw": [4],
            "york 的 5": [4],
            "涨0.3%": [3],
            "下调": [1],
            "劵时报": [],
            "券时报报": [6],
        }.items():
            assert [int(post.id[-8:]) for post in posts.find(text=text)] == found, text
            assert numbers(posts.page(text=text)) == found
            assert posts.count(text=text) == len(found)
        assert posts.count(text="降准", at_most=2) == 2


@pytest.mark.usefixtures("found_in")
def test_pages_go_on_where_they_ended_whatever_the_size() -> None:
    with Posts.connect() as posts:
        whole = posts.search("降准").posts
        for size in (1, 2):
            after, seen = None, []
            while True:
                page = posts.search("降准", after=after, size=size)
                seen += page.posts
                if (after := page.next) is None:
                    break
            assert seen == whole


@pytest.mark.usefixtures("found_in")
def test_an_excerpt_shows_the_word() -> None:
    with Posts.connect() as posts:
        [first, second, third] = posts.search("降准").posts
    assert third.excerpt
    assert third.excerpt.endswith("央行昨日降准。")
    assert third.excerpt.startswith("…")
    assert second.excerpt
    assert second.excerpt.startswith("受央行降准")
    assert first.excerpt == "中国人民银行决定下调存款准备金率。"
    with Posts.connect() as posts:
        [traditional] = posts.search("证券时报").posts
    assert traditional.excerpt == "據證券時報報道，天氣晴。"
    assert words_of("证券").spans("據證券時報") == [(1, 3)]


@pytest.mark.usefixtures("found_in")
def test_filters_narrow() -> None:
    with Posts.connect() as posts:
        assert numbers(posts.search("techweb", outlet="TechWeb")) == [4]
        assert numbers(posts.search("techweb", outlet="北方网")) == []
        assert numbers(posts.search("降准", since=START + timedelta(minutes=1))) == [2, 3]


def test_many_posts_in_many_parts(database: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a plain look through the texts, whatever lies in which part; and segments are merged."""
    monkeypatch.setattr(search_index, "PART", 8)
    monkeypatch.setattr(search_index, "_MERGED", 3)
    chance = random.Random(7)
    words = "央行 降准 银行 走强 利好 芯片 光伏 储能 白酒 煤炭 ai 5g".split()
    news = [
        post_of(number, title=chance.choice(words), text=" ".join(chance.choices(words, k=6)))
        for number in chance.sample(range(200), 90)
    ]
    for begin in range(0, 90, 30):
        store(news[begin : begin + 30])
        index(database)
    with client.connect("reader") as reader:
        parts = [len(segment["parts"]) for segment in reader[database]["search_segments"].find()]
    assert max(parts) >= 9
    newest = sorted(news, key=lambda post: (post.date, [-ord(c) for c in post.id]), reverse=True)
    with Posts.connect() as posts:
        for word in words:
            there = [post.id for post in newest if word in f"{post.title} {post.body.text}"]
            assert [post.id for post in posts.find(text=word)] == there, word
            titled = [post.id for post in newest if word in post.title]
            found = [post.id for post in posts.search(word, size=100).posts]
            assert found == titled + [one for one in there if one not in titled], word


def test_a_changed_post_is_found_by_its_new_text_alone(database: str, store: Store) -> None:
    store([post_of(1, text="旧的说法")])
    index(database)
    store([post_of(1, text="新的消息")])
    with Posts.connect() as posts:
        assert numbers(posts.search("消息")) == [1]
        assert numbers(posts.search("说法")) == []
    index(database)
    with Posts.connect() as posts:
        assert numbers(posts.search("消息")) == [1]


def test_a_post_that_is_gone_is_not_found(database: str, store: Store) -> None:
    store(NEWS)
    index(database)
    with client.connect("writer") as writer:
        writer[database]["posts"].delete_one({"_id": NEWS[0].id})
    with Posts.connect() as posts:
        assert numbers(posts.search("降准")) == [2, 3]


def test_a_crawl_indexes_once_a_part_is_full(database: str, store: Store) -> None:
    store(post_of(number, text=f"第{number}条央行") for number in range(PART + 5))
    with client.connect("reader") as reader:
        assert reader[database]["posts"].count_documents({"search_pending": True}) == 5
    with Posts.connect() as posts:
        assert numbers(posts.search("第7条央行")) == [7]
        assert len(posts.search("央行", size=50).posts) == 50


def test_a_builder_that_died_leaves_nothing(
    database: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(NEWS)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search_index, "_commit", die)
        with pytest.raises(KeyboardInterrupt):
            index(database)
    with Posts.connect() as posts:
        assert numbers(posts.search("降准")) == [1, 2, 3]
    monkeypatch.setattr(search_index, "_LEASE", timedelta(0))
    assert index(database) == len(NEWS)
    with client.connect("reader") as reader:
        numbers_of_rows = {
            row["_id"] // 16_384 for row in reader[database]["search_rows"].find({}, {"_id": 1})
        }
        assert numbers_of_rows == {segment["_id"] for segment in reader[database]["search_segments"].find()}
    with Posts.connect() as posts:
        assert numbers(posts.search("降准")) == [1, 2, 3]


def test_the_index_is_made_anew(database: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "PART", 2)
    store(NEWS)
    taken = [asyncio.run(search_index.index_all(database, anew=anew)) for anew in (False, False, True)]
    assert taken == [0, 0, len(NEWS)]  # the crawl's end took them
    with Posts.connect() as posts:
        assert numbers(posts.search("降准")) == [1, 2, 3]


def test_two_builders_do_not_meet(database: str, store: Store) -> None:
    store(NEWS)

    async def both() -> list[int]:
        connected = await client.connect_async("writer")
        async with connected:
            tasks = (search_index.index_pending(connected[database], parts=9, least=1) for _ in range(3))
            return list(await asyncio.gather(*tasks))

    assert sorted(asyncio.run(both())) == [0, 0, len(NEWS)]


@pytest.mark.parametrize(
    "words", ["", "  ", "。，！", '""', "字" * 201, " ".join(f"词{n}语" for n in range(11))]
)
def test_what_cannot_be_looked_for_is_said(words: str) -> None:
    with pytest.raises(UsageError):
        words_of(words)


def test_a_search_has_no_text_besides_its_words(news: list[Post]) -> None:
    with Posts.connect() as posts, pytest.raises(UsageError, match="cannot have text= too"):
        posts.search("茅台", text="涨")


@pytest.mark.parametrize("after", ["", "x", "e30", "W10", "WzEsMl0", "é", "WzEsImEiLDBd" * 50])
def test_a_broken_place_is_said(after: str, news: list[Post]) -> None:
    with Posts.connect() as posts:
        for ask in (posts.page, lambda **words: posts.search("茅台", **words)):
            with pytest.raises(UsageError, match="invalid cursor"):
                ask(after=after)


def test_the_same_with_asyncio(news: list[Post]) -> None:
    async def read() -> None:
        async with AsyncPosts.connect() as posts:
            page = await posts.page(size=4)
            rest = await posts.page(size=10, after=page.next)
            assert [*page.posts, *rest.posts] == (await posts.page(size=10)).posts
            assert len([post async for post in posts.find(category="beifangwang")]) == 5
            assert len([post async for post in posts.find(text="茅台")]) == 3
            assert numbers(await posts.search("茅台")) == [6, 7, 5]
            assert await posts.count() == 10
            assert (await posts.outlets())[0].slug == "beifangwang"
            assert (await posts.tags())[0].name == "北方网新闻"
            assert (await posts.days())[0].posts == 10
            state = await posts.state()
            assert state.newest == max(post.date for post in news)
            assert {rate.field: rate.rate for rate in state.fields}["source"] == 0.9
            changes = posts.watch(since=START)
            seen = [(await anext(changes)).id for _ in news]
            assert sorted(seen) == sorted(post.id for post in news)

    asyncio.run(read())
