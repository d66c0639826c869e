"""The archive of a dry run: holds nothing, writes nothing, lists what would be stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from newscrawl.model.field_coverage import fields_of

if TYPE_CHECKING:
    from newscrawl.model.draft import Reject
    from newscrawl.model.post import Post
    from newscrawl.store.delivery import OnOutcome
    from newscrawl.store.known_articles import Known
    from newscrawl.store.list_histories import Histories


class DryArchive:
    """As Archive, without a database: nothing is known, every post would be stored."""

    def __init__(self, on_outcome: OnOutcome) -> None:
        self._on_outcome = on_outcome
        self.posts: list[dict[str, str]] = []
        self.fields: Counter[str] = Counter()  #: how many posts have which field
        self.versions: Counter[str] = Counter()  #: page layout -> posts

    async def known(self, ids: Sequence[str]) -> dict[str, Known]:
        return {}

    async def put(self, post: Post) -> None:
        self.fields.update(name for name in fields_of(post) if name != "layout")  # which is in `versions`
        self.versions[post.crawl.page_version or "generic"] += 1
        self.posts.append(
            {
                "id": post.id,
                "date": post.date.isoformat(),
                "title": post.title,
                "source": post.source.name if post.source else "",
                "category": post.categories[0] if post.categories else "",
                "url": post.canonical_url,
            }
        )
        self._on_outcome(post.id, "stored", None)

    async def reject(self, reject: Reject) -> None:
        pass

    async def touch(self, ids: Sequence[str]) -> None:
        pass

    async def last_run(self, spider: str, arguments: Mapping[str, str]) -> None:
        return None

    async def earlier_fields(self, run: Mapping[str, Any]) -> list[dict[str, int]]:
        return []

    async def list_histories(self, key: Mapping[str, Any]) -> Histories:
        return {}

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
        pass
