"""The newsroom's state: its articles, and the requests so far."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from newscrawl.newsroom.articles import Issue, ReplicaStory
from newscrawl.newsroom.sites.site_articles import SiteData

LOG_LENGTH = 5000


@dataclass(slots=True)
class ReplicaState:
    """Articles newest first, and counts by host and path."""

    stories: list[ReplicaStory]
    asked: Counter[str] = field(default_factory=Counter)  #: host + path: requests
    read: Counter[str] = field(default_factory=Counter)  #: host + path: answers with a whole page
    hosts: Counter[str] = field(default_factory=Counter)  #: host: requests
    log: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    _by_number: dict[str, ReplicaStory] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._by_number = {story.number: story for story in self.stories}

    @property
    def site_data(self) -> SiteData | None:
        """What determines the further sites' articles; None if a folder of posts is served."""
        made = self.stories
        return SiteData(made.now, made.seed, made.faults) if isinstance(made, Issue) else None

    def story(self, number: str) -> ReplicaStory | None:
        """The article with these 18 digits."""
        return self._by_number.get(number)

    def with_fault(self, name: str) -> list[ReplicaStory]:
        """The articles that have a fault, newest first."""
        return [story for story in self.stories if story.fault_name == name]

    def first_time(self, place: str) -> bool:
        """Whether this is the first request for host + path; counts it."""
        self.asked[place] += 1
        return self.asked[place] == 1

    def version(self, story: ReplicaStory, place: str) -> int:
        """The version that the next request for that address gets: 2 after the first, if it changes."""
        changes = story.fault_name in ("changes", "feed_changes")
        return 2 if changes and self.read[place] else 1

    def note(self, host: str, entry: dict[str, object]) -> None:
        """Records a request; the log drops its oldest entries, the counts are complete."""
        self.hosts[host] += 1
        self.log.append({"host": host, **entry})

    def stats(self, hosts: Iterable[str]) -> dict[str, int]:
        """Requests by host."""
        return dict.fromkeys(hosts, 0) | self.hosts

    def glance(self) -> ReplicaState:
        """The same articles to look at: what is asked of it counts for nobody else."""
        return replace(self, asked=self.asked.copy(), read=self.read.copy())
