"""Articles withdrawn by their source: a look's effect on the post, and which posts are due for a look.

A post's field `gone` remembers looks that found the article gone: `since` the first, `seen` the latest. A
second look at least LEAST_APART later makes the post withdrawn. If a post was seen after `since`, it has come
back, and `gone` is void.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from newscrawl.model.draft import Entry
from newscrawl.model.ledger import Outcome
from newscrawl.model.rereads import SLACK, STEPS
from newscrawl.store.known_articles import POST_FIELDS, Known, known_post

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.store.client import Document

LEAST_APART: Final = timedelta(hours=1)  #: between the two looks that make an article withdrawn
FIRST_DAY: Final = timedelta(days=1)
WATCHED: Final = timedelta(days=7)  #: how long after storing an article is checked
WATCHED_GONE: Final = timedelta(days=30)  #: how long a gone article is checked for its return

_WITHDRAWN: Final = {"withdrawn.since": {"$ne": None}, "withdrawn.until": None}
_NOT_WITHDRAWN: Final = {"$nor": [_WITHDRAWN]}
_CANDIDATES = 50  # posts read per look: lists may already show most of them

_FIELDS = (*POST_FIELDS, "failed_look", "url", "canonical_url", "share_url", "title")


@dataclass(frozen=True, slots=True)
class Finding:
    """A look's effect on a post; none without an `update`."""

    outcome: Outcome
    update: dict[str, Any] | None = None
    revision: bool = False  #: whether the update makes a revision


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A post whose page is to be checked again."""

    entry: Entry  #: with the post's title
    known: Known
    failed: bool = False  #: whether the last look could not read its page


def finding(post: Mapping[str, Any], status: int | None, at: datetime, *, again: bool = False) -> Finding:
    """The effect of a look at time `at` on a stored post: gone with this status; None: there.

    `again`: an interrupted try may have written the same look.
    """
    return _there(post, at, again=again) if status is None else _gone(post, status, at, again=again)


def _gone(post: Mapping[str, Any], status: int, at: datetime, *, again: bool) -> Finding:
    withdrawn, mark = open_withdrawal(post), post.get("gone")
    if withdrawn is not None:
        done = again and withdrawn["seen"] == at == post["updated"]
        return (
            Finding("withdrawn")
            if done
            else Finding("gone", _seen_gone("withdrawn.seen", "gone.seen", at=at))
        )
    if at <= post["last_seen"] or at < (post["updated"] or post["first_seen"]):
        return Finding("gone")  # late, from a spool: the article was there afterwards
    if mark is None or mark["since"] <= post["last_seen"]:
        return Finding("gone", {"$set": {"gone": {"since": at, "seen": at}}})
    if at - mark["since"] < LEAST_APART:
        return Finding("gone", _seen_gone("gone.seen", at=at))
    withdrawn = {"since": mark["since"], "status": status, "seen": at, "until": None}
    fields = {"withdrawn": withdrawn, "gone.seen": at, "updated": at}
    return Finding("withdrawn", {"$set": fields, "$inc": {"revision": 1}}, revision=True)


def _seen_gone(*fields: str, at: datetime) -> dict[str, Any]:
    return {"$max": dict.fromkeys(fields, at)}


def _there(post: Mapping[str, Any], at: datetime, *, again: bool) -> Finding:
    seen = {"$max": {"last_seen": at}}
    withdrawn = open_withdrawal(post)
    if withdrawn is None:
        last = post.get("withdrawn")
        done = again and last is not None and last["until"] == at == post["updated"]
        return Finding("updated" if done else "unchanged", {**seen, **forget_gone(post, at)})
    if at <= withdrawn["seen"]:
        return Finding("unchanged")
    update = {"$set": {**return_fields(post, at), "updated": at}, "$inc": {"revision": 1}}
    return Finding("updated", {**update, **seen, **forget_gone(post, at)}, revision=True)


def open_withdrawal(post: Mapping[str, Any]) -> dict[str, Any] | None:
    """The field `withdrawn` of a post that is withdrawn now; else None."""
    withdrawn: dict[str, Any] | None = post.get("withdrawn")
    return withdrawn if withdrawn is not None and withdrawn["until"] is None else None


def return_fields(post: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Fields to set on a post whose article was found at time `at`; empty if it was not withdrawn."""
    withdrawn = open_withdrawal(post)
    return {"withdrawn.until": at} if withdrawn is not None and withdrawn["seen"] < at else {}


def forget_gone(post: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """`$unset` for a post whose article was found at time `at`; empty if it was not gone."""
    mark = post.get("gone")
    return {"$unset": {"gone": ""}} if mark is not None and mark["seen"] < at else {}


async def fetch_due(
    database: AsyncDatabase[Document], spider: str, domains: Iterable[str], now: datetime, limit: int
) -> list[StoredArticle]:
    """A spider's posts on these domains that are due for a look, for up to `limit` looks: first gone ones, at
    most `limit` withdrawn and `limit` others, then those that were there, many more, because the run's lists
    may already show them.

    An article is due 1, 4 and 12 hours after it was stored (newscrawl.model.rereads), and after its first day
    once the time since its last look equals its age at that look: about 1, 2, 4 days, for WATCHED. A gone one
    is due once the time since its last look equals the time it had been gone, at least LEAST_APART, for
    WATCHED_GONE.
    """
    on_site = {"canonical_url": {"$regex": _address_pattern(domains)}}
    posts = database["posts"]
    found: list[Document] = []
    for state in (_NOT_WITHDRAWN, _WITHDRAWN):
        wanted = {**gone_filter(spider, now), **on_site, **state}
        found += await posts.find(wanted, _FIELDS, sort=[("gone.seen", 1)], limit=limit).to_list()
    there = {**there_filter(spider, now), **on_site}
    due = posts.find(there, _FIELDS, sort=[("last_seen", 1)], limit=_CANDIDATES * limit)
    found += await due.to_list()
    return [_stored_article(post) for post in found]


def gone_filter(spider: str, now: datetime) -> dict[str, Any]:
    """Filter for the spider's gone posts that are due for a look."""
    return {
        "crawl.spider": spider,
        "gone.seen": {"$lte": now - LEAST_APART},
        "gone.since": {"$gte": now - WATCHED_GONE},
        "$expr": {
            "$and": [{"$gt": ["$gone.since", "$last_seen"]}, _is_due(now, "$gone.since", "$gone.seen")]
        },
    }


def there_filter(spider: str, now: datetime) -> dict[str, Any]:
    """Filter for the spider's posts that were there and are due for a look. Posts made from a list have no
    page."""
    return {
        "crawl.spider": spider,
        "first_seen": {"$gt": now - WATCHED, "$lte": now - LEAST_APART},
        "last_seen": {"$lte": now - LEAST_APART},
        "crawl.status": 200,
        "gone": None,
        "$expr": {
            "$cond": [
                {"$lte": ["$first_seen", now - FIRST_DAY]},
                _is_due(now, "$first_seen", "$last_seen"),
                {
                    "$or": [
                        _has_passed(step * SLACK, now) for step in STEPS if LEAST_APART <= step < FIRST_DAY
                    ]
                },
            ]
        },
    }


def _has_passed(age: timedelta, now: datetime) -> dict[str, Any]:
    """Whether a post has reached this age since the last look."""
    milliseconds = round(age.total_seconds() * 1000)
    age_at_look = {"$subtract": ["$last_seen", "$first_seen"]}
    return {"$and": [{"$lte": ["$first_seen", now - age]}, {"$lt": [age_at_look, milliseconds]}]}


def _is_due(now: datetime, since: str, seen: str) -> dict[str, Any]:
    return {"$gte": [{"$subtract": [now, seen]}, {"$subtract": [seen, since]}]}


def _address_pattern(domains: Iterable[str]) -> str:
    """Matches addresses on the domains and their subdomains."""
    names = "|".join(re.escape(domain) for domain in domains)
    return rf"^https?://([^/:?#]+\.)?({names})([:/?#]|$)"


def _stored_article(post: Document) -> StoredArticle:
    entry = Entry(
        id=post["_id"],
        url=post["url"],
        canonical_url=post["canonical_url"],
        share_url=post["share_url"],
        title=post["title"],
    )
    known, failed = known_post(post), post.get("failed_look")
    return StoredArticle(entry, known, failed is not None and failed > (known.gone_seen or known.last_seen))


async def note_failed_looks(database: AsyncDatabase[Document], ids: Iterable[str], at: datetime) -> None:
    """Notes that these posts' pages could not be read: next time others come first."""
    await database["posts"].update_many({"_id": {"$in": list(ids)}}, {"$set": {"failed_look": at}})


async def count_seen(
    database: AsyncDatabase[Document], spider: str, since: datetime, now: datetime, limit: int
) -> int:
    """Number of a spider's watched posts seen after a time; at most `limit`."""
    seen = {"crawl.spider": spider, "first_seen": {"$gt": now - WATCHED}, "last_seen": {"$gt": since}}
    return await database["posts"].count_documents(seen, limit=limit)


async def fetch_text(database: AsyncDatabase[Document], post_id: str) -> str | None:
    """The text of a stored post; None if it was removed."""
    post = await database["posts"].find_one({"_id": post_id}, {"body.text": 1})
    return post["body"]["text"] if post else None
