"""AsyncPosts: as Posts, for asyncio."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, Unpack

from newscrawl.model.post import Post
from newscrawl.paths import checked_name, database_name
from newscrawl.read import plans, search
from newscrawl.read.arguments import check_seconds
from newscrawl.read.crawl_status import State, state
from newscrawl.read.delays import WEEK, Delays, delays
from newscrawl.read.plan import NEWEST_FIRST, Aggregate, Ask, Distinct, Document, Find, Plan, T
from newscrawl.read.posts import LATEST
from newscrawl.read.query import Filters, Query, query_of
from newscrawl.read.reader_client import async_client_of, reading
from newscrawl.read.results import Count, Day, Headline, Page
from newscrawl.search import words_of
from newscrawl.store.client import uri as uri_of

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.read.bookmarks import Bookmark
    from newscrawl.read.watch import Change

_BATCH = 200  # posts that the server sends at a time, so memory use stays constant


class AsyncPosts:
    """The posts of one database, for one event loop. The methods are those of Posts.

    Use it as an asynchronous context manager, or `await close()`.
    """

    def __init__(
        self, client: AsyncMongoClient[Document], database: str, patience: float | None = None
    ) -> None:
        self._client = client
        self._milliseconds = None if patience is None else int(patience * 1000)
        self.name = database  #: of the database

    @classmethod
    def connect(
        cls, uri: str | None = None, database: str | None = None, *, patience: float | None = None
    ) -> Self:
        """As Posts.connect. Blocks while the embedded server starts, if necessary."""
        if patience is not None:
            check_seconds("patience", patience)
        name = checked_name(database) if database else database_name()
        return cls(async_client_of(uri_of("reader") if uri is None else uri), name, patience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; calling it again does nothing."""
        await self._client.close()

    async def get(self, reference: str) -> Post | None:
        """One post, or None."""
        return await self._run(plans.get(reference))

    def latest(self, **filters: Unpack[Filters]) -> AsyncIterator[Post]:
        """As `find`, with a default `limit` of 20."""
        filters.setdefault("limit", LATEST)
        return self.find(**filters)

    def find(
        self, query: Query | None = None, after: str | None = None, **filters: Unpack[Filters]
    ) -> AsyncIterator[Post]:
        """Posts, newest first, one at a time."""
        wanted = query_of(query, filters)
        plans.check_place(after)
        return self._by_text(wanted, after) if search.is_indexed(wanted) else self._stream(wanted, after)

    async def page(
        self,
        query: Query | None = None,
        *,
        after: str | None = None,
        size: int = LATEST,
        **filters: Unpack[Filters],
    ) -> Page:
        """Headlines, and where the next page begins."""
        return await self._run(search.page(query_of(query, filters), after, size))

    async def search(
        self,
        words: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        size: int = LATEST,
        **filters: Unpack[Filters],
    ) -> Page:
        """Posts that contain all of the words, best match first, then newest."""
        return await self._run(search.search(words_of(words), query_of(query, filters), after, size))

    async def count(
        self, query: Query | None = None, *, at_most: int | None = None, **filters: Unpack[Filters]
    ) -> int:
        """How many posts `find` would yield."""
        return await self._run(search.count(query_of(query, filters), at_most))

    async def categories(self) -> list[Count]:
        """All categories, most common first."""
        return await self._run(plans.values("categories"))

    async def names(self, slugs: Iterable[str]) -> dict[str, str]:
        """Display names of categories, by slug; unknown ones are left out."""
        return await self._run(plans.names(slugs))

    async def tags(self) -> list[Count]:
        """All tags, most common first."""
        return await self._run(plans.values("tags"))

    async def outlets(self) -> list[Count]:
        """All outlets, most common first."""
        return await self._run(plans.outlets())

    async def days(self, zone: str = "Asia/Shanghai") -> list[Day]:
        """The days on which posts were published, latest first."""
        return await self._run(plans.days(zone))

    async def neighbours(self, day: date, zone: str = "Asia/Shanghai") -> tuple[date | None, date | None]:
        """The nearest days before and after `day` on which posts were published."""
        return await self._run(plans.neighbours(day, zone))

    async def revisions(self, reference: str) -> list[Post]:
        """The earlier states of a post, oldest first."""
        return await self._run(plans.revisions(reference))

    async def siblings(self, post: Post | Headline) -> list[Headline]:
        """The other posts of its story."""
        return await self._run(plans.siblings(post))

    async def state(self) -> State:
        """The state of the crawls."""
        return await self._run(state(datetime.now(UTC)))

    async def delays(self, span: timedelta = WEEK) -> dict[str, Delays]:
        """How long after its publication an article was stored within `span`, by `RunState.source`."""
        return await self._run(delays(datetime.now(UTC), span))

    def watch(
        self,
        resume: str | os.PathLike[str] | Bookmark | None = None,
        *,
        after: str | None = None,
        since: datetime | None = None,
        patience: float = 60.0,
    ) -> AsyncIterator[Change]:
        """Yields changes as they happen, as Posts.watch does."""
        from newscrawl.read.async_watch import awatch
        from newscrawl.read.watch import Start

        return awatch(self._database, Start(resume, after, since, patience))

    @property
    def _database(self) -> AsyncDatabase[Document]:
        return self._client[self.name]

    async def _stream(self, query: Query, after: str | None) -> AsyncIterator[Post]:
        wanted = await self._run(plans.whole_filter(query, after))
        found = self._database["posts"].find(wanted, limit=query.limit or 0, batch_size=_BATCH)
        with reading():
            async with found.sort(NEWEST_FIRST) as cursor:
                async for document in cursor:
                    yield Post.from_document(document)

    async def _by_text(self, query: Query, after: str | None) -> AsyncIterator[Post]:
        left = query.limit
        while left is None or left > 0:
            size = _BATCH if left is None else min(left, _BATCH)
            found = await self._run(search.some(query, after, size))
            for post in found:
                yield post
            if not found:
                return
            after = plans.place_after(found[-1])
            left = None if left is None else left - len(found)

    async def _run(self, plan: Plan[T]) -> T:
        try:
            ask = next(plan)
            while True:
                with reading():
                    answer = await self._answer(ask)
                ask = plan.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result

    async def _answer(self, ask: Ask) -> list[Document]:
        collection = self._database[ask.collection]
        if isinstance(ask, Find):
            found = collection.find(ask.filter, ask.fields, sort=ask.sort, limit=ask.limit)
            return await found.max_time_ms(self._milliseconds).to_list()
        limits: dict[str, Any] = {} if self._milliseconds is None else {"maxTimeMS": self._milliseconds}
        if isinstance(ask, Aggregate):
            return await (await collection.aggregate(ask.steps, **limits)).to_list()
        if isinstance(ask, Distinct):
            return [{"values": await collection.distinct(ask.field, ask.filter, **limits)}]
        if ask.limit:
            limits["limit"] = ask.limit
        return [{"n": await collection.count_documents(ask.filter, **limits)}]
