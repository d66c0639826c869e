"""The archive: days, and the posts of one day, in the site's zone."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException

from newscrawl.read.plans import bounds
from newscrawl.web import display_times
from newscrawl.web.context import context_of
from newscrawl.web.links import with_query
from newscrawl.web.request_query import PAGE, cursor

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from starlette.requests import Request
    from starlette.responses import Response

    from newscrawl.read import Day
    from newscrawl.web.languages import Language


class Month(NamedTuple):
    """A month that has posts."""

    id: str  #: `2026-03`
    heading: str
    posts: int
    days: list[Day]


async def archive(request: Request) -> Response:
    """All days that have posts, newest first."""
    context = context_of(request)
    days = await context.posts.days(context.site.zone.key)
    language = context.language_of(request)
    months = [
        _month(list(group), language)
        for _, group in groupby(days, lambda each: (each.day.year, each.day.month))
    ]
    values = {"months": months, "days": len(days), "total": sum(each.posts for each in days)}
    zone = zone_name(context.site.zone, language)
    return context.page(request, "archive.html", {**values, "zone": zone, "canonical": "/archive"})


async def day(request: Request) -> Response:
    """`/archive/2026-03-08`"""
    context, after = context_of(request), cursor(request)
    wanted = _date(request.path_params["day"])
    path = f"/archive/{wanted.isoformat()}"
    since, until = bounds(wanted, context.site.zone.key)
    page = await context.posts.page(after=after, size=PAGE, since=since, until=until)
    if not page.posts and after is None:
        raise HTTPException(404)
    earlier, later = await context.posts.neighbours(wanted, context.site.zone.key)
    values = {
        "day_before": earlier,
        "day_after": later,
        "heading": display_times.day_heading(since, context.site.zone, context.language_of(request)),
        "posts": page.posts,
        "later": after is not None,
        "older": with_query(path, after=page.next) if page.next else None,
        "newest": path if after else None,
        "canonical": path,
    }
    return context.page(request, "day.html", values)


def zone_name(zone: ZoneInfo, language: Language) -> str:
    """The zone as people call it."""
    return language.gettext("Beijing") if zone.key in ("Asia/Shanghai", "PRC") else zone.key


def _month(days: list[Day], language: Language) -> Month:
    first = days[0].day
    posts = sum(each.posts for each in days)
    return Month(f"{first:%Y-%m}", language.month(first), posts, days)


def _date(text: str) -> date:
    """The date of `2026-03-08`; not found if it is invalid, or too near the calendar's limits."""
    try:
        wanted = date.fromisoformat(text)
    except ValueError:
        raise HTTPException(404) from None
    if wanted.isoformat() != text or not 2 <= wanted.year <= 9998:
        raise HTTPException(404)
    return wanted
