"""A database of posts of many kinds, for the pages to show."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from newscrawl.model.post import Body, DateInfo, Image, Post, Security, Story
from newscrawl.store.open import open_archive
from tests.read.stored import post_of

NOW = datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
OUTLETS = ("北方网", "上海证券报", "TechWeb", "新华社")
LONG = 70  #: posts of the outlets above, more than two pages of each list

TABLE = (
    "<table><tr><th>指标</th><td>本期的一个相当长的列标题</td></tr>"
    "<tr><td>营业收入</td><td>42.7</td></tr></table>"
)
RICH = Body(
    "<p>天津三月八日电　第一段，<strong>要点</strong>见<a href=\"https://www.example.com/a\">此处</a>。</p>"
    '<figure><img src="http://pictures.example.com/1.jpg" alt="港口">'
    "<figcaption>图为天津港</figcaption></figure>"
    f"<h4>小标题</h4><ul><li>一</li><li>二</li></ul>{TABLE}<blockquote><p>引文</p></blockquote>"
    '<p><img src="https://cdn.example.org/2.png"></p><p>末段。</p>',
    "天津三月八日电　第一段，要点见此处。\n\n小标题\n\n末段。",
    24,
    [Image("http://pictures.example.com/1.jpg", "图为天津港"), Image("https://cdn.example.org/2.png")],
)  # fmt: skip
STORY = Story("0" * 15 + "1", "eastmoney:202603083600000901")
RICH_ID = "eastmoney:202603083600000900"
CHANGED_ID = "eastmoney:202603083600000903"


def posts() -> list[Post]:
    """All of them, in the order in which they are stored."""
    many = [post_of(number, outlet=OUTLETS[number % 4], title=_title(number)) for number in range(LONG)]
    return [*many, rich(), *_reposts(), *_changed(), *_foreign(), *_odd()]


def rich() -> Post:
    """With pictures, headings, a list, a table, securities, people, a digest and an assumed zone."""
    return with_fields(
        post_of(900, title="天津港三月吞吐量创新高　同比增长12.3%"),
        body=RICH,
        securities=[Security("1", "600717", "天津港"), Security("116", "03382")],
        authors=["张三"],
        editors=["李四"],
        digest="天津港三月的吞吐量创下新高，港口集团说，全年可望保持增长。",
        story=STORY,
    )


def _reposts() -> list[Post]:
    names = ("新华社", "TechWeb")
    return [
        with_fields(
            post_of(901 + n, outlet=name, title=f"天津港吞吐量创新高（{name}转）", text="转载。"), story=STORY
        )
        for n, name in enumerate(names)
    ]


def _changed() -> list[Post]:
    """One article in three states."""
    texts = ("央行将开展五百亿元逆回购。", "央行将开展八百亿元逆回购。", "央行开展八百亿元逆回购操作。")
    return [post_of(903, title="央行公开市场操作", text=text) for text in texts]


def _foreign() -> list[Post]:
    paris = DateInfo("8 mars 2026 09:10", "+01:00", "minute", "page")
    cases = (
        (910, "en", "Rates unchanged, says the bank", "Prices rose.", {}),
        (911, "fr", "La banque ne change rien", "Les prix montent.", {"date_info": paris}),
        (912, "ar", "البنك يبقي على الفائدة", "ارتفعت الأسعار.", {}),
        (913, "zh-Hant", "銀行維持利率不變", "物價上升。", {}),
        (914, "ja", "金利は据え置き", "物価が上がった。", {}),
    )
    return [
        with_fields(post_of(number, outlet=None, title=title, text=text, language=language), **more)
        for number, language, title, text, more in cases
    ]


def _odd() -> list[Post]:
    day = DateInfo("2026-03-08", "+08:00", "day", "page", ["zone"])
    old = {"date": datetime(2022, 2, 26, 8, 34, 18, tzinfo=UTC)}
    second = DateInfo("2022-02-26 16:34:18", "+08:00", "second", "structured")
    empty = Body("", "", 0)
    return [
        with_fields(post_of(920, title="只有日期的一条"), date_info=day),
        with_fields(post_of(921, title="助脱贫 引项目 京津冀合作硕果累累"), date_info=second, **old),
        with_fields(post_of(922, outlet=None, title="没有正文", categories=[], tags=[]), body=empty),
        post_of(923, title="很长的标题" * 30, tags=["a/b c", "标签?#%"]),
        post_of(924, title="W" * 300),
    ]


def with_fields(post: Post, **fields: Any) -> Post:
    return dataclasses.replace(post, **fields)


def store(wanted: Iterable[Post]) -> None:
    """As the crawler's archive does, each post after the one before; then the documents of two runs."""
    asyncio.run(_store(list(wanted)))


async def _store(wanted: list[Post]) -> None:
    archive = await open_archive(lambda *_: None, dry=False)
    for post in wanted:
        await archive.put(post)
        if post.id == CHANGED_ID:
            await archive.flush()
    for number, problems in enumerate(([], ["0 posts stored, 12 expected"])):
        await archive.finish_run(_run(number, problems))
    await archive.name_categories({"caijing": "财经", "beifangwang": "北方网"})
    await archive.close()


def _run(number: int, problems: list[str]) -> dict[str, Any]:
    started = NOW - timedelta(hours=number + 1)
    return {
        "_id": f"test-{number}",
        "spider": ("eastmoney", "enorth")[number],
        "started": started,
        "finished": started + timedelta(minutes=2),
        "complete": not problems,
        "problems": problems,
        "counts": {"stored": 90, "rejected": 3},
    }


def _title(number: int) -> str:
    subjects = ("半导体板块高开", "央行开展逆回购操作", "多地发布产业行动方案", "新能源汽车销量公布")
    return f"{subjects[number % 4]} 第{number}条"
