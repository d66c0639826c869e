"""Checks a spider on its live site: lists found, articles read, fields filled, robots.txt respected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.crawl.runner import project_settings, run_kind, spider_class
from newscrawl.devtools.compare_readings import losses
from newscrawl.devtools.kept_responses import KeptList, KeptResponses
from newscrawl.devtools.list_fit import list_fits

if TYPE_CHECKING:
    from newscrawl.crawl.run import Run
    from newscrawl.crawl.spider import NewsSpider

ENOUGH = 0.8  #: of the requested articles, the share that must become posts
FEW_LINKS = 4  #: a list with fewer links is not judged
OLD_DAYS = 60  #: if the newest article is older, the source has probably stopped


@dataclass(slots=True)
class Report:
    """The result of a check."""

    spider: str
    lists: dict[str, int]  #: address -> articles on it
    read: int  #: articles requested
    posts: list[dict[str, str]]
    fields: dict[str, int]  #: field -> posts that have it
    versions: dict[str, int]  #: page layout -> posts
    reasons: dict[str, int]  #: reason for a reject -> articles
    robots_refused: int  #: requests not sent because robots.txt forbids them
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems


def check_spider(name: str, arguments: dict[str, str], overrides: dict[str, Any]) -> Report:
    """Crawls a little with a spider, writes nothing, and reports what was found.

    Raises UsageError for an unknown spider or argument.
    """
    from newscrawl.crawl.run import RunPlan  # slow to import

    extensions = project_settings(overrides).getdict("EXTENSIONS")
    dry = {"NEWSCRAWL_DRY_RUN": True, "EXTENSIONS": extensions | {KeptResponses: 0}}
    run = run_kind(spider_class(name), arguments, overrides | dry, RunPlan(compare=False))
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
    kind = spider_class(name)
    kept = run.crawler.get_extension(KeptResponses) or KeptResponses()
    now = datetime.now(UTC)
    report.problems += _faults(report, run, declared=bool(kind.source.layouts))
    report.problems += stale_news(report, now)
    report.problems += misfits(kind, kept.lists, now)
    if kind.source.layouts:
        report.problems += lost_fields(kind, kept, now)
    return report


def _faults(report: Report, run: Run, *, declared: bool) -> list[str]:
    found = []
    if run.ledger.pages and len(report.posts) < ENOUGH * run.ledger.pages:
        found.append(f"only {len(report.posts)} of {run.ledger.pages} articles became posts")
    if declared and report.versions.get("generic"):
        found.append(f"{report.versions['generic']} pages match no declared layout: the layout changed")
    empty = [url for url, entries in report.lists.items() if not entries and "robots.txt" not in url]
    if empty and len(empty) == len(report.lists):
        found.append("no list held an article")
    return found


def stale_news(report: Report, now: datetime) -> list[str]:
    """Reports a source whose newest article is old: a feed that is no longer updated still answers."""
    if not report.posts:
        return []
    newest = max(datetime.fromisoformat(post["date"]) for post in report.posts)
    days = (now - newest).days
    return [f"the newest article is of {newest:%Y-%m-%d}, {days} days old"] if days > OLD_DAYS else []


def misfits(kind: type[NewsSpider], lists: list[KeptList], now: datetime) -> list[str]:
    """Lists most of whose links are not articles by the declared pattern."""
    source = kind.source
    return [
        f"{fit.articles} of {fit.links} links are articles by this pattern, at {source.lists[index].url}"
        for index, fit in sorted(list_fits(source, lists, now).items())
        if fit.links >= FEW_LINKS and not fit.is_enough
    ]


def lost_fields(kind: type[NewsSpider], kept: KeptResponses, now: datetime) -> list[str]:
    """What the declared layouts lose: one line per kind of loss, with the first page that shows it."""
    found: dict[str, tuple[str, str, int]] = {}
    for article in kept.articles:
        for loss in losses(article.page, kind, now, article.listed):
            what = " ".join(loss.split()[:2])
            first = found.get(what, (loss, article.page.url, 0))
            found[what] = (first[0], first[1], first[2] + 1)
    pages = len(kept.articles)
    return [
        f"declared loses to undeclared on {count} of {pages} pages: {loss}, at {url}"
        for loss, url, count in found.values()
    ]
