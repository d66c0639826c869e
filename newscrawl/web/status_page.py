"""/status: the state of the crawls."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from newscrawl.web.chart import chart_of
from newscrawl.web.context import context_of
from newscrawl.web.languages import msgid

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from newscrawl.read.crawl_status import FieldRate

OUTCOMES = {
    "stored": msgid("new"),
    "updated": msgid("updated"),
    "unchanged": msgid("unchanged"),
    "duplicate": msgid("duplicate"),
    "gone": msgid("gone"),
    "withdrawn": msgid("withdrawn"),
    "rejected": msgid("rejected"),
    "failed": msgid("failed"),
    "spooled": msgid("waiting"),
}
_FIELDS = {
    "source": msgid("outlet"),
    "time of day": msgid("time of day"),
    "stated zone": msgid("stated zone"),
    "body": msgid("body"),
    "authors": msgid("authors"),
    "digest": msgid("summary"),
    "images": msgid("pictures"),
    "securities": msgid("securities"),
}


class Rates(NamedTuple):
    """How often a spider's latest posts have each field."""

    spider: str
    posts: int
    rates: list[float]


async def status(request: Request) -> Response:
    """Sources with their last runs, recent runs, posts per hour, field fill rates."""
    context = context_of(request)
    language = context.language_of(request)
    state = await context.posts.state()
    fields = list(dict.fromkeys(rate.field for rate in state.fields))
    values = {
        "state": state,
        "chart": chart_of(state.hours, context.site.zone, language),
        "hours": len(state.hours),
        "outcomes": {name: language.gettext(words) for name, words in OUTCOMES.items()},
        "fields": [language.gettext(_FIELDS.get(field, field)) for field in fields],
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
