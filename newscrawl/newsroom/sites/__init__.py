"""Further sites of the newsroom, told apart by host. Their articles follow from moment, seed and slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newscrawl.newsroom.response import Answer
from newscrawl.newsroom.sites import enorth, feeds, homepage, sitemaps
from newscrawl.newsroom.sites.articles import Article, Desk

__all__ = ["HOSTS", "SITES", "Article", "Desk", "Site", "answer", "articles_of"]


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its hosts, and what its module answers."""

    title: str
    home: str  #: the address to start from
    hosts: tuple[str, ...]
    articles: Callable[[Desk], list[Article]]
    answer: Callable[[Desk, str, str], Answer]  #: of desk, host, path
    lists: Callable[[Desk], list[str]]  #: addresses of its lists, feeds or sitemaps


_ENORTH_HOSTS = (enorth.NEWS, enorth.ECONOMY, enorth.SOCIAL, enorth.COPY)
SITES = (
    Site(
        "北方网",
        f"http://{enorth.NEWS}/",
        _ENORTH_HOSTS,
        enorth.articles,
        enorth.answer,
        enorth.lists,
    ),
    Site(
        feeds.TITLE,
        f"https://{feeds.HOST}/",
        (feeds.HOST, feeds.MOBILE),
        feeds.articles,
        feeds.answer,
        feeds.lists,
    ),
    Site(
        sitemaps.TITLE,
        f"https://{sitemaps.HOST}/",
        (sitemaps.HOST,),
        sitemaps.articles,
        sitemaps.answer,
        sitemaps.lists,
    ),
    Site(
        homepage.TITLE,
        f"http://{homepage.HOST}/",
        (homepage.HOST,),
        homepage.articles,
        homepage.answer,
        homepage.lists,
    ),
)
HOSTS: dict[str, Site] = {host: site for site in SITES for host in site.hosts}


def articles_of(host: str, now: datetime, seed: int = 7, *, faults: bool = True) -> list[Article]:
    """What a whole crawl of the host's site must find, newest first; `now` is aware.

    A site's hosts have one list: the mobile host and the Big5 copy show twins, not other articles.
    Raises KeyError for a host that is none of theirs.
    """
    return HOSTS[host].articles(Desk(now, seed, faults))


def answer(desk: Desk, host: str, path: str) -> Answer:
    """What a host of these sites says to a path. Raises KeyError for another host."""
    return HOSTS[host].answer(desk, host, path)
