"""The readers' queries: pages of lists, one post, its history, its story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newscrawl.errors import UsageError
from newscrawl.model.post import Post
from newscrawl.read.arguments import check_count, check_text, shown, texts
from newscrawl.read.cursor import Cursor
from newscrawl.read.plan import NEWEST_FIRST, Aggregate, Distinct, Document, Find, Number, Plan
from newscrawl.read.post_references import filters_for
from newscrawl.read.query import MOST, Query
from newscrawl.read.results import FIELDS, Count, Day, Headline, Page
from newscrawl.search import phrase_of


def get(reference: str) -> Plan[Post | None]:
    """One post by any of its names."""
    for wanted in filters_for(reference):
        if found := (yield Find("posts", wanted, limit=1)):
            return Post.from_document(found[0])
    return None


def filter_of(query: Query) -> Plan[Document]:
    """The filter of a query, without its text, completed with values from the database."""
    languages: list[str] = []
    if query.language is not None:
        [answer] = yield Distinct("posts", "language")
        languages = answer["values"]
    story = None
    if query.story is not None:
        post = yield from get(query.story)
        story = post.story.first if post and post.story else None
    return query.to_filter(languages=languages, story=story)


def whole_filter(query: Query, after: str | None) -> Plan[Document]:
    """The filter of a query, text included, for what comes after a position."""
    parts = [(yield from filter_of(query))]
    if query.text is not None:
        parts.append(phrase_of(query.text).to_filter())
    if after is not None:
        parts.append(Cursor.parse(after).later())
    return {"$and": [part for part in parts if part]} if any(parts) else {}


def page(query: Query, after: str | None, size: int) -> Plan[Page]:
    """Headlines, newest first, after the position where another page ended. Raises UsageError."""
    check_count("page size", size, "use 1 or more")
    if size >= MOST:
        raise UsageError(f"page size {size} is too large; use a smaller one")
    wanted = yield from whole_filter(query, after)
    found = yield Find("posts", wanted, FIELDS, NEWEST_FIRST, size + 1)
    return page_of([Headline.from_document(document) for document in found], size)


def page_of(headlines: list[Headline], size: int) -> Page:
    """A page of the first of them; there is a next one if more were found than fit."""
    more = len(headlines) > size
    return Page(headlines[:size], place_after(headlines[size - 1]) if more else None)


def place_after(post: Post | Headline) -> str:
    """The position of the post in a list, newest first; with `after`, older posts follow."""
    check_post(post)
    return str(Cursor(post.date, post.id))


def check_post(post: object) -> None:
    """Raises UsageError for anything but a Post or a Headline."""
    if not isinstance(post, Post | Headline):
        raise UsageError(f"{shown(post)} is not a post; pass a Post or a Headline, as find and page return")


def check_place(after: str | None) -> None:
    """Raises UsageError if it is not a valid cursor."""
    if after is not None:
        Cursor.parse(after)


def count(query: Query, at_most: int | None) -> Plan[int]:
    """How many posts a query finds; the text is searched for in each post that matches the rest."""
    if at_most is not None:
        check_count("at_most", at_most, "leave it out to count all")
    wanted = yield from whole_filter(query, None)
    limits = [limit for limit in (query.limit, at_most) if limit is not None]
    [answer] = yield Number("posts", wanted, min(limits, default=0))
    number: int = answer["n"]
    return number


def revisions(reference: str) -> Plan[list[Post]]:
    """The earlier states of a post, oldest first."""
    post = yield from get(reference)
    if post is None:
        return []
    kept = yield Find("revisions", {"post": post.id}, sort=[("revision", -1)])
    states = [Post.from_document({**one, "_id": post.id, "revision": one["revision"] or 0}) for one in kept]
    return sorted(states, key=lambda state: (state.crawl.fetched, state.revision))


def siblings(post: Post | Headline) -> Plan[list[Headline]]:
    """The other posts of its story, newest first, at most 50."""
    check_post(post)
    first = post.story.first if isinstance(post, Post) and post.story else post.story
    if first is None:
        return []
    found = yield Find("posts", {"story.first": first}, FIELDS, NEWEST_FIRST, 51)
    return [Headline.from_document(one) for one in found if one["_id"] != post.id][:50]


def neighbours(day: date, zone: str) -> Plan[tuple[date | None, date | None]]:
    """The nearest days before and after `day` on which something was published, in a zone."""
    begins, ends = bounds(day, zone)
    before = yield Find("posts", {"date": {"$lt": begins}}, {"date": 1}, [("date", -1), ("_id", 1)], 1)
    after = yield Find("posts", {"date": {"$gte": ends}}, {"date": 1}, [("date", 1), ("_id", -1)], 1)
    return _day_of(before, zone), _day_of(after, zone)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day begins and ends in a zone, in UTC.

    Raises UsageError for the first and last possible years, and for an unknown zone.
    """
    if not isinstance(day, date):
        raise UsageError(f"day {shown(day)} is not a date; write it as date(2026, 3, 8)")
    if not 1 < day.year < date.max.year:
        raise UsageError(f"year {day.year} is out of range; use a day of this century")
    there = zone_of(zone)
    midnights = (datetime.combine(day + timedelta(days=later), time(), there) for later in (0, 1))
    begins, ends = (midnight.astimezone(UTC) for midnight in midnights)
    return begins, ends


def zone_of(name: str) -> ZoneInfo:
    """A zone of the IANA database. Raises UsageError for an unknown name."""
    check_text("zone", name, "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise UsageError(
            f"unknown time zone {name[:40]!r}; write it as Asia/Shanghai or Europe/Berlin"
        ) from None


def _day_of(found: list[Document], zone: str) -> date | None:
    moment = found[0]["date"].astimezone(zone_of(zone)) if found else None
    return moment.date() if moment else None


def days(zone: str) -> Plan[list[Day]]:
    """The days on which something was published, newest first, from the date index alone.

    Raises UsageError for an unknown zone.
    """
    day = {"$dateTrunc": {"date": "$date", "unit": "day", "timezone": zone_of(zone).key}}
    groups = yield Aggregate(
        "posts",
        [
            {"$sort": {"date": -1, "_id": 1}},  # tells the planner that the index covers the query
            {"$project": {"_id": 0, "date": 1}},
            {"$group": {"_id": day, "posts": {"$sum": 1}}},
            {"$sort": {"_id": -1}},
        ],
    )
    found = [(_day_of([{"date": group["_id"]}], zone), group["posts"]) for group in groups]
    return [Day(day, posts) for day, posts in found if day is not None]


def values(field: str) -> Plan[list[Count]]:
    """The number of posts in each category or tag, most common first; counted from the index alone."""
    [answer] = yield Distinct("posts", field)
    there = [value for value in answer["values"] if value]  # null stands for posts without any
    printed = (yield from names(there)) if field == "categories" else {}
    counts = []
    for value in there:
        [counted] = yield Number("posts", {field: value})
        counts.append(Count(value, printed.get(value, value), counted["n"]))
    return sorted(counts, key=lambda one: (-one.posts, one.slug))


def names(slugs: Iterable[str]) -> Plan[dict[str, str]]:
    """Display names of these categories, by slug; unknown ones are left out."""
    wanted = texts("slugs", slugs, "hongguan")
    found = yield Find("names", {"_id": {"$in": wanted}}, {"name": 1})
    return {one["_id"]: one["name"] for one in found}


def outlets() -> Plan[list[Count]]:
    """All outlets, most common first, each with the name in its latest post."""
    groups = yield Aggregate(
        "posts",
        [
            {"$match": {"source.slug": {"$gt": ""}}},
            {"$sort": {"source.slug": 1, "date": -1, "_id": 1}},
            {"$group": {"_id": "$source.slug", "posts": {"$sum": 1}, "latest": {"$first": "$_id"}}},
        ],
    )
    latest = {"_id": {"$in": [group["latest"] for group in groups]}}
    named = yield Find("posts", latest, {"source.slug": 1, "source.name": 1})
    names: dict[str, str] = {one["source"]["slug"]: one["source"]["name"] for one in named}
    counts = [
        Count(group["_id"], names.get(group["_id"]) or group["_id"], group["posts"]) for group in groups
    ]
    return sorted(counts, key=lambda one: (-one.posts, one.slug))
