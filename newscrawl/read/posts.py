"""Posts: the posts of one database, for reading."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, Unpack

from newscrawl.errors import UsageError
from newscrawl.model.post import Post
from newscrawl.paths import checked_name, database_name
from newscrawl.read import plans, search
from newscrawl.read.arguments import check_seconds
from newscrawl.read.crawl_status import State, state
from newscrawl.read.delays import WEEK, Delays, delays
from newscrawl.read.plan import NEWEST_FIRST, Aggregate, Ask, Distinct, Document, Find, Plan, T
from newscrawl.read.query import Filters, Query, query_of
from newscrawl.read.reader_client import client_of, others_with_posts, reading
from newscrawl.read.results import Count, Day, Headline, Page
from newscrawl.search import words_of
from newscrawl.store.client import connect

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa  # type: ignore[import-untyped]
    from pymongo import MongoClient
    from pymongo.database import Database

    from newscrawl.read.watch import Bookmark, Change
LATEST = 20  #: default number of posts of `latest` and of a page
_BATCH = 200  # posts that the server sends at a time, so memory use stays constant


class Posts:
    """The posts of one database. Read-only; times are aware, in UTC.

    Every method may raise DatabaseUnavailable. Use it as a context manager, or `close` it.
    """

    def __init__(self, client: MongoClient[Document], database: str, patience: float | None = None) -> None:
        self._client = client
        self._milliseconds = None if patience is None else int(patience * 1000)
        self.name = database  #: of the database

    @classmethod
    def connect(
        cls, uri: str | None = None, database: str | None = None, *, patience: float | None = None
    ) -> Self:
        """Opens the database for reading.

        uri: a MongoDB connection string; None for MONGODB_URI, or else the embedded server, which is started
            if necessary, with a user that can only read.
        database: its name; None for NEWSCRAWL_DATABASE, or else `newscrawl`.
        patience: seconds that the server may work on one query before QueryTooSlow; None for no limit.
        Raises UsageError for an invalid argument, and DatabaseUnavailable, at the latest at the first use.
        """
        if patience is not None:
            check_seconds("patience", patience)
        name = checked_name(database) if database else database_name()
        client = connect("reader") if uri is None else client_of(uri)
        return cls(client, name, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; calling it again does nothing."""
        self._client.close()

    def get(self, reference: str) -> Post | None:
        """The post with this `_id`, East Money number (18 digits) or address; None if there is none."""
        return self.ask(plans.get(reference))

    def latest(self, **filters: Unpack[Filters]) -> Iterator[Post]:
        """As `find`, with a default `limit` of 20."""
        filters.setdefault("limit", LATEST)
        return self.find(**filters)

    def find(
        self, query: Query | None = None, after: str | None = None, **filters: Unpack[Filters]
    ) -> Iterator[Post]:
        """Yields posts, newest first, those with the same time by `_id`; memory use does not grow with them.

        Pass a Query, or its fields as keywords. `after` is a position: `next` of a page, or the result of
        `place_after`. Raises UsageError immediately for an invalid value.
        """
        wanted = query_of(query, filters)
        plans.check_place(after)
        return self._by_text(wanted, after) if search.is_indexed(wanted) else self._stream(wanted, after)

    def to_arrow(self, query: Query | None = None, **filters: Unpack[Filters]) -> pa.Table:
        """What `find` yields as a table in memory, with the columns of `newscrawl export parquet`.

        Raises UsageError if pyarrow is not installed (the extra `parquet`).
        """
        from newscrawl.read.arrow import need_pyarrow, table_of  # optional

        need_pyarrow()
        return table_of(self.find(query, **filters))

    def to_pandas(self, query: Query | None = None, **filters: Unpack[Filters]) -> pd.DataFrame:
        """`to_arrow` as a data frame with the index `_id`. Raises UsageError if pandas is not installed."""
        table = self.to_arrow(query, **filters)
        try:
            frame: pd.DataFrame = table.to_pandas()
        except ImportError:
            raise UsageError("to_pandas needs pandas, which is not installed: pip install pandas") from None
        return frame.set_index("_id")

    def page(
        self,
        query: Query | None = None,
        *,
        after: str | None = None,
        size: int = LATEST,
        **filters: Unpack[Filters],
    ) -> Page:
        """Headlines of at most `size` posts, newest first, and where the next page begins.

        Raises UsageError if `after` is invalid or comes from another kind of list.
        """
        return self.ask(search.page(query_of(query, filters), after, size))

    def search(
        self,
        words: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        size: int = LATEST,
        **filters: Unpack[Filters],
    ) -> Page:
        """Posts that contain all of the words: first those with them in the title, then in the lead, then
        anywhere; within each group, newest first.

        Chinese words match inside sentences, Latin ones as whole words, `"New York"` as a phrase; width and
        case are ignored. A single Chinese character is searched for in titles only. Raises UsageError if
        there is no word to search for.
        """
        return self.ask(search.search(words_of(words), query_of(query, filters), after, size))

    def count(
        self, query: Query | None = None, *, at_most: int | None = None, **filters: Unpack[Filters]
    ) -> int:
        """How many posts `find` would yield; counting stops at `at_most`."""
        return self.ask(search.count(query_of(query, filters), at_most))

    def is_empty(self) -> bool:
        """Whether the database has no posts at all."""
        return not self.ask(plans.count(Query(), 1))

    def categories(self) -> list[Count]:
        """All categories, most common first."""
        return self.ask(plans.values("categories"))

    def names(self, slugs: Iterable[str]) -> dict[str, str]:
        """Display names of categories, by slug: `hongguan` -> `宏观`; unknown ones are left out."""
        return self.ask(plans.names(slugs))

    def tags(self) -> list[Count]:
        """All tags, most common first."""
        return self.ask(plans.values("tags"))

    def outlets(self) -> list[Count]:
        """All outlets, most common first."""
        return self.ask(plans.outlets())

    def days(self, zone: str = "Asia/Shanghai") -> list[Day]:
        """The days on which posts were published, in an IANA time zone, latest first."""
        return self.ask(plans.days(zone))

    def neighbours(self, day: date, zone: str = "Asia/Shanghai") -> tuple[date | None, date | None]:
        """The nearest days before and after `day` on which posts were published."""
        return self.ask(plans.neighbours(day, zone))

    def revisions(self, reference: str) -> list[Post]:
        """The earlier states of a post, oldest first; empty if it never changed or does not exist.

        `id` and `revision` are the post's; a state that was stored late, from a spool, has revision 0.
        """
        return self.ask(plans.revisions(reference))

    def siblings(self, post: Post | Headline) -> list[Headline]:
        """The other posts of its story: the same article in other outlets; at most 50, newest first."""
        return self.ask(plans.siblings(post))

    def state(self) -> State:
        """The state of the crawls: last runs, posts per hour, how often fields are filled."""
        return self.ask(state(datetime.now(UTC)))

    def delays(self, span: timedelta = WEEK) -> dict[str, Delays]:
        """How long after its publication an article was stored within `span`, by `RunState.source`."""
        return self.ask(delays(datetime.now(UTC), span))

    def watch(
        self,
        resume: str | os.PathLike[str] | Bookmark | None = None,
        *,
        after: str | None = None,
        since: datetime | None = None,
        patience: float = 60.0,
    ) -> Iterator[Change]:
        """Yields changes as they happen, in order, without end; docs/watching.md states the guarantees.

        resume: a file or bookmark that stores the position; after: a token that the caller stores; since:
        if there is no position yet, begin with the changes since then; patience: seconds that the server may
        be unavailable. Raises ResumeLost.
        """
        from newscrawl.read.watch import Start, watch

        return watch(self._database, Start(resume, after, since, patience))

    def now(self) -> str:
        """The current position in the stream of changes, for `watch(after=…)`."""
        from newscrawl.read import watch

        return watch.now(self._database)

    def others_with_posts(self) -> dict[str, int]:
        """Other newscrawl databases on this server that have posts, and roughly how many.

        Also empty if this user may not list them.
        """
        return others_with_posts(self._client, self.name)

    def ask(self, plan: Plan[T]) -> T:
        """Runs a plan, for newscrawl's own packages; see `newscrawl.read.plan`."""
        try:
            ask = next(plan)
            while True:
                with reading():
                    answer = self._answer(ask)
                ask = plan.send(answer)
        except StopIteration as done:
            result: T = done.value
            return result

    def stream(self, find: Find, batch: int = _BATCH) -> Iterator[Document]:
        """Yields the documents of a query; the server sends `batch` of them at a time."""
        found = self._database[find.collection].find(
            find.filter, find.fields, sort=find.sort, limit=find.limit, batch_size=batch
        )
        with reading(), found as cursor:
            yield from cursor

    @property
    def _database(self) -> Database[Document]:
        return self._client[self.name]

    def _stream(self, query: Query, after: str | None) -> Iterator[Post]:
        wanted = self.ask(plans.whole_filter(query, after))
        found = self.stream(Find("posts", wanted, sort=NEWEST_FIRST, limit=query.limit or 0))
        yield from map(Post.from_document, found)

    def _by_text(self, query: Query, after: str | None) -> Iterator[Post]:
        left = query.limit
        while left is None or left > 0:
            found = self.ask(search.some(query, after, _BATCH if left is None else min(left, _BATCH)))
            yield from found
            if not found:
                return
            after = plans.place_after(found[-1])
            left = None if left is None else left - len(found)

    def _answer(self, ask: Ask) -> list[Document]:
        collection = self._database[ask.collection]
        if isinstance(ask, Find):
            found = collection.find(ask.filter, ask.fields, sort=ask.sort, limit=ask.limit)
            return found.max_time_ms(self._milliseconds).to_list()
        limits: dict[str, Any] = {} if self._milliseconds is None else {"maxTimeMS": self._milliseconds}
        if isinstance(ask, Aggregate):
            return collection.aggregate(ask.steps, **limits).to_list()
        if isinstance(ask, Distinct):
            return [{"values": collection.distinct(ask.field, ask.filter, **limits)}]
        if ask.limit:
            limits["limit"] = ask.limit
        return [{"n": collection.count_documents(ask.filter, **limits)}]
