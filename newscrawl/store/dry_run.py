"""The archive of a dry run: writes nothing, lists what would be stored, and compares it with the stored
posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from newscrawl.model.field_coverage import fields_of
from newscrawl.store.request_memory import RequestMemory
from newscrawl.store.tombstones import Names, Tombstones

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.model.draft import Reject
    from newscrawl.model.post import Post
    from newscrawl.store.client import Document
    from newscrawl.store.delivery import OnOutcome
    from newscrawl.store.known_articles import Known
    from newscrawl.store.list_histories import Histories
    from newscrawl.store.withdrawals import StoredArticle


class DryArchive:
    """As Archive, but writes nothing. Without a database to read, every post counts as new."""

    def __init__(self, on_outcome: OnOutcome, database: AsyncDatabase[Document] | None = None) -> None:
        self._on_outcome = on_outcome
        self._database = database
        self.memory = RequestMemory(lambda: database, dry=True)
        self.posts: list[dict[str, str]] = []
        self.fields: Counter[str] = Counter()  #: field -> posts that have it
        self.versions: Counter[str] = Counter()  #: page layout -> posts

    async def known(
        self, ids: Sequence[str], addresses: Mapping[str, str] = MappingProxyType({}), spider: str = ""
    ) -> dict[str, Known]:
        if self._database is None:
            return {}
        from newscrawl.store.known_articles import fetch_known

        return await fetch_known(self._database, ids, addresses, spider)

    async def is_forgotten(self, article: Names) -> bool:
        return self._database is not None and bool(await Tombstones(self._database).find([article]))

    async def put(self, post: Post) -> None:
        self.fields.update(name for name in fields_of(post) if name != "layout")  # it is in `versions`
        self.versions[post.crawl.page_version or "generic"] += 1
        outcome = await self._outcome(post)
        self.posts.append(
            {
                "outcome": outcome,
                "id": post.id,
                "date": post.date.isoformat(),
                "title": post.title,
                "source": post.source.name if post.source else "",
                "category": post.categories[0] if post.categories else "",
                "url": post.canonical_url,
            }
        )
        self._on_outcome(post.id, outcome, None)

    async def _outcome(self, post: Post) -> Literal["stored", "updated", "unchanged"]:
        """What the store would do with a post. Does not check whether the page is still the article."""
        held = (await self.known([post.id])).get(post.id)
        if held is None or held.kind == "reject":
            return "stored"
        return "unchanged" if held.content_hash == post.content_hash else "updated"

    async def reject(self, reject: Reject) -> None:
        pass

    async def touch(self, ids: Sequence[str]) -> None:
        for post_id in ids:
            self._on_outcome(post_id, "unchanged", None)

    async def due(self, spider: str, domains: Iterable[str], limit: int) -> list[StoredArticle]:
        return []

    async def seen_since(self, spider: str, since: datetime, limit: int) -> int:
        return 0

    async def text_of(self, post_id: str) -> str | None:
        return None

    async def look(self, post_id: str, status: int | None) -> None:
        pass

    async def last_run(self, spider: str, arguments: Mapping[str, str]) -> None:
        return None

    async def earlier_fields(self, run: Mapping[str, Any]) -> list[dict[str, int]]:
        return []

    async def list_histories(self, key: Mapping[str, Any]) -> Histories:
        if self._database is None:
            return {}
        from newscrawl.store.list_histories import read_histories

        return await read_histories(self._database, key)

    async def keep_histories(self, key: Mapping[str, Any], histories: Histories) -> None:
        pass

    async def start_run(self, run: dict[str, Any]) -> None:
        pass

    async def finish_run(self, run: dict[str, Any]) -> None:
        pass

    async def name_categories(self, names: Mapping[str, str]) -> None:
        pass

    async def flush(self) -> None:
        pass

    async def close(self) -> None:
        if self._database is not None:
            await self._database.client.close()
