"""Posts for the tests of storage."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Post
from newscrawl.store.archive import Archive, ArchiveOptions, Backlog

START = datetime(2026, 3, 8, 0, 37, tzinfo=UTC)


def make_post(number: int = 1, text: str = "央行今日开展逆回购操作。", **fields: Any) -> Post:
    """The post of an article; another text makes another content hash."""
    values: dict[str, Any] = {
        "id": f"eastmoney:{number:018}",
        "title": f"第{number}篇",
        "date": START + timedelta(minutes=number),
        "date_info": DateInfo(raw="2026年03月08日 08:37", offset="+08:00", precision="minute", origin="page"),
        "categories": ["beifangwang"],
        "tags": ["北方网新闻"],
        "source": Attribution(name="北方网", slug="beifangwang", raw="来源：北方网", origin="info_line"),
        "body": Body(html=f"<p>{text}</p>", text=text, chars=len(text)),
        "url": f"https://finance.eastmoney.com/a/{number}.html",
        "canonical_url": f"https://finance.eastmoney.com/a/{number}.html",
        "share_url": f"https://finance.eastmoney.com/a/{number}.html",
        "content_hash": hashlib.sha256(f"{number}{text}".encode()).hexdigest()[:32],
        "crawl": Crawl(spider="eastmoney", run="eastmoney-1", fetched=START, status=200, etag='"1"'),
    }
    return Post(**(values | fields))


class Outcomes:
    """Collects what an archive tells; `last` is the latest outcome of each id."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.reasons: dict[str, str] = {}

    def __call__(self, page: str, outcome: str, reason: str | None = None, /) -> None:
        self.told.append((page, outcome))
        if reason:
            self.reasons[page] = reason

    @property
    def last(self) -> dict[str, str]:
        return dict(self.told)

    def count(self, outcome: str) -> int:
        return sum(1 for _, told in self.told if told == outcome)


async def put_all(posts: list[Post], options: ArchiveOptions) -> tuple[Outcomes, Backlog]:
    """What an archive tells that is opened for these posts alone."""
    outcomes = Outcomes()
    archive = await Archive.open(options, outcomes)
    for post in posts:
        await archive.put(post)
    return outcomes, await archive.close()
