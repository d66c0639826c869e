"""How long after their publication a run stored its posts: only news, with a date to the minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.model.ledger import Outcome
    from newscrawl.model.post import Post

MOST = 500  #: posts of a run whose delays are kept
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class NewsDelays:
    """The delays of the posts that a run stored as new.

    A post counts if it was published after `since`, when the source's last complete run began: what is older
    was there to be found before, and is backfill. So do not count posts without a time of day, dates that are
    a file's (`header`), and dates ahead of the clock.
    """

    since: datetime | None = None  #: None: no run was complete yet, so nothing counts
    seconds: list[int] = field(default_factory=list)
    _waiting: dict[str, int] = field(default_factory=dict)

    def take(self, post: Post, now: datetime) -> None:
        """A post on its way to the store, which is first seen at `now` if it is new."""
        dated = post.date_info
        if self.since is None or dated.precision == "day" or dated.origin == "header":
            return
        delay = now - post.date
        if post.date >= self.since and delay >= -_MINUTE:  # a date to the minute may be seconds ahead
            self._waiting[post.id] = max(0, round(delay.total_seconds()))

    def end(self, page: str, outcome: Outcome) -> None:
        """What became of it."""
        seconds = self._waiting.pop(page, None)
        if seconds is not None and outcome == "stored" and len(self.seconds) < MOST:
            self.seconds.append(seconds)
