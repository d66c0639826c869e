"""Posts for tests, and how they get into the test's database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Post
from newscrawl.normalize.validate import content_hash
from newscrawl.store.open import open_archive
from newscrawl.text.slugs import slug

START = datetime(2026, 3, 8, 4, 0, tzinfo=UTC)

Store = Callable[[Iterable[Post]], None]


def post_of(number: int, *, outlet: str | None = "北方网", text: str = "正文", **fields: object) -> Post:
    """A post of its number's minute; two numbers in a row share a minute."""
    digits = f"2026030836{number:08}"
    title = str(fields.pop("title", f"第{number}条"))
    values: dict[str, object] = {
        "date": START + timedelta(minutes=number // 2),
        "date_info": DateInfo("2026年03月08日 12:00", "+08:00", "minute", "page", ["zone"]),
        "categories": [slug(outlet)] if outlet else ["caijing"],
        "tags": [f"{outlet}新闻"] if outlet else [],
        "source": Attribution(outlet, slug(outlet), f"来源：{outlet}", "info_line") if outlet else None,
        "url": f"https://finance.eastmoney.com/a/{digits}.html",
        "canonical_url": f"https://finance.eastmoney.com/a/{digits}.html",
        "share_url": f"http://finance.eastmoney.com/news/1350,{digits}.html",
        **fields,
    }
    return Post(
        id=f"eastmoney:{digits}",
        title=title,
        body=Body(f"<p>{text}</p>", text, len(text)),
        content_hash=content_hash(title=title, text=text, outlet=outlet),
        crawl=Crawl("test", "run", START),
        **values,  # type: ignore[arg-type]
    )


def put(posts: Iterable[Post]) -> None:
    """Writes posts as the crawler's archive does."""
    asyncio.run(_put(posts))


async def _put(posts: Iterable[Post]) -> None:
    archive = await open_archive(lambda *_: None, dry=False)
    for post in posts:
        await archive.put(post)
    await archive.close()
