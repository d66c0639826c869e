"""The articles of the newsroom's further sites: one per slot of 12 minutes, and some on fixed past days."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newscrawl.newsroom.articles import BEIJING, OUTLETS, SLOT
from newscrawl.newsroom.prose import Text, write
from newscrawl.newsroom.sites.english import write_english

RECENT = 40  #: articles of the last slots that every site shows


@dataclass(frozen=True, slots=True)
class SiteData:
    """What determines a site's articles: the time, the seed, and whether faults are included."""

    now: datetime
    seed: int = 7
    faults: bool = True


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """One article as a good crawl must find it."""

    site: str  #: enorth, feeds, sitemaps or homepage
    slot: int  #: its number; the same at any `now`
    url: str  #: canonical: first page, desktop host, no tracking
    title: str
    at: datetime  #: publication, Beijing's clock
    outlet: str  #: who wrote it, as the page says
    author: str
    digest: str
    paragraphs: tuple[str, ...]  #: plain text, all pages
    pages: int = 1
    language: str = "zh"
    section: str = ""  #: the site's own name of the section, as in its URLs
    kind: str = ""  #: page generation or fault; what it means is the site's

    def on_page(self, page: int) -> tuple[str, ...]:
        """The paragraphs of one page, counted from 1; each page has at least one."""
        count = len(self.paragraphs)
        return self.paragraphs[count * (page - 1) // self.pages : count * page // self.pages]


@dataclass(frozen=True, slots=True)
class ArticlePlan:
    """An article before its site gives it an address."""

    slot: int
    at: datetime
    text: Text
    outlet: str
    chance: random.Random


def recent_slots(site_data: SiteData, count: int = RECENT) -> range:
    """The last completed slots, newest first: the newest article is some minutes old."""
    last = int(site_data.now.timestamp()) // SLOT - 1
    return range(last, last - count, -1)


def fixed_slots(day: datetime, count: int, days: int) -> list[int]:
    """`count` slots from that day on, `days` and a slot apart; they never move with the clock."""
    # The one slot more: a day has 120, so that without it all would leave the same rest by 2, 3, 5.
    return [int((day + timedelta(days=days * n)).timestamp()) // SLOT + n for n in range(count)]


def draft(site_data: SiteData, site: str, slot: int, *, english: bool = False) -> ArticlePlan:
    """The words of a site's article of one slot, written in the slot's first half."""
    chance = random.Random(f"{site}:{site_data.seed}:{slot}")  # noqa: S311  invented news, no secrets
    at = datetime.fromtimestamp(slot * SLOT + chance.randrange(SLOT // 2), UTC).astimezone(BEIJING)
    text = write_english(chance, at) if english else write(chance, at)
    return ArticlePlan(slot, at, text, chance.choice(OUTLETS), chance)


def newest_first(articles: list[SiteArticle]) -> list[SiteArticle]:
    return sorted(articles, key=lambda article: article.at, reverse=True)
