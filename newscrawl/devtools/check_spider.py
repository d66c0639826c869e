"""A spider, checked where its site is: lists found, articles read, fields filled, robots.txt respected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.runner import run_kind, spider_class

if TYPE_CHECKING:
    from newscrawl.crawl.run import Run

ENOUGH = 0.8  #: of the articles asked for, that part must become posts


@dataclass(slots=True)
class Report:
    """What a check found."""

    spider: str
    lists: dict[str, int]  #: address -> articles on it
    read: int  #: articles asked for
    posts: list[dict[str, str]]
    fields: dict[str, int]  #: how many of the posts have it
    versions: dict[str, int]  #: page layout -> posts
    reasons: dict[str, int]  #: why articles made no post
    robots_refused: int  #: requests that robots.txt forbade, and that were not made
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems


def check_spider(name: str, arguments: dict[str, str], overrides: dict[str, Any]) -> Report:
    """Crawls a little with a spider, writes nothing, and says what was found.

    Raises UsageError for an unknown spider or argument.
    """
    from newscrawl.crawl.run import RunPlan  # slow to import

    plan = RunPlan(compare=False)
    run = run_kind(spider_class(name), arguments, overrides | {"NEWSCRAWL_DRY_RUN": True}, plan)
    archive = run.archive
    stats = run.crawler.stats.get_stats() if run.crawler.stats else {}
    report = Report(
        spider=name,
        lists=run.lists,
        read=run.ledger.pages,
        posts=run.would_store,
        fields=dict(getattr(archive, "fields", {})),
        versions=dict(getattr(archive, "versions", {})),
        reasons=dict(run.ledger.reasons),
        robots_refused=stats.get("robotstxt/forbidden", 0),
        problems=list(run.problems),
    )
    report.problems += _faults(report, run, declared=bool(spider_class(name).source.layouts))
    return report


def _faults(report: Report, run: Run, *, declared: bool) -> list[str]:
    found = []
    if run.ledger.pages and len(report.posts) < ENOUGH * run.ledger.pages:
        found.append(f"only {len(report.posts)} of {run.ledger.pages} articles became posts")
    if declared and report.versions.get("generic"):
        found.append(f"{report.versions['generic']} pages are of no declared version: the layout changed")
    empty = [url for url, entries in report.lists.items() if not entries and "robots.txt" not in url]
    if empty and len(empty) == len(report.lists):
        found.append("no list held an article")
    return found
