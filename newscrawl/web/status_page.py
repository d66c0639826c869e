"""/status: the state of the crawls."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.web.chart import chart_of
from newscrawl.web.context import context_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from newscrawl.read.crawl_status import FieldRate

OUTCOMES = {
    "stored": "新增",
    "updated": "更新",
    "unchanged": "未变",
    "duplicate": "重复",
    "gone": "已不见",
    "withdrawn": "撤稿",
    "rejected": "拒收",
    "failed": "失败",
    "spooled": "待存",
}
_FIELDS = {
    "source": "来源",
    "time of day": "时刻",
    "stated zone": "写明时区",
    "body": "正文",
    "authors": "作者",
    "digest": "摘要",
    "images": "图片",
    "securities": "证券",
}


class Rates(NamedTuple):
    """How often a spider's latest posts have each field."""

    spider: str
    posts: int
    rates: list[float]


async def status(request: Request) -> Response:
    """Sources with their last runs, recent runs, posts per hour, field fill rates."""
    context = context_of(request)
    state = await context.posts.state()
    fields = list(dict.fromkeys(rate.field for rate in state.fields))
    values = {
        "state": state,
        "chart": chart_of(state.hours, context.site.zone),
        "hours": len(state.hours),
        "outcomes": OUTCOMES,
        "fields": [_FIELDS.get(field, field) for field in fields],
        "rates": _by_spider(state.fields),
        "canonical": "/status",
    }
    return context.page(request, "status.html", values)


def _by_spider(rates: Iterable[FieldRate]) -> list[Rates]:
    rows = []
    for spider, group in groupby(rates, lambda rate: rate.spider):
        those = list(group)
        rows.append(Rates(spider, those[0].posts, [rate.rate for rate in those]))
    return rows
