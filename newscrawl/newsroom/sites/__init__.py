"""Further sites of the newsroom, by host. Their articles are determined by time, seed and slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newscrawl.newsroom.response import ReplicaResponse
from newscrawl.newsroom.sites import enorth, feeds, homepage, sitemaps
from newscrawl.newsroom.sites.site_articles import SiteArticle, SiteData

__all__ = ["HOSTS", "SITES", "ReplicaSite", "SiteArticle", "SiteData", "answer", "articles_of"]


@dataclass(frozen=True, slots=True)
class ReplicaSite:
    """One site: its hosts, and its module's functions."""

    title: str
    home: str  #: the address to start from
    hosts: tuple[str, ...]
    articles: Callable[[SiteData], list[SiteArticle]]
    answer: Callable[[SiteData, str, str], ReplicaResponse]  #: takes data, host, path
    lists: Callable[[SiteData], list[str]]  #: addresses of its lists, feeds or sitemaps


_ENORTH_HOSTS = (enorth.NEWS, enorth.ECONOMY, enorth.SOCIAL, enorth.COPY)
SITES = (
    ReplicaSite(
        "北方网",
        f"http://{enorth.NEWS}/",
        _ENORTH_HOSTS,
        enorth.articles,
        enorth.answer,
        enorth.lists,
    ),
    ReplicaSite(
        feeds.TITLE,
        f"https://{feeds.HOST}/",
        (feeds.HOST, feeds.MOBILE),
        feeds.articles,
        feeds.answer,
        feeds.lists,
    ),
    ReplicaSite(
        sitemaps.TITLE,
        f"https://{sitemaps.HOST}/",
        (sitemaps.HOST,),
        sitemaps.articles,
        sitemaps.answer,
        sitemaps.lists,
    ),
    ReplicaSite(
        homepage.TITLE,
        f"http://{homepage.HOST}/",
        (homepage.HOST,),
        homepage.articles,
        homepage.answer,
        homepage.lists,
    ),
)
HOSTS: dict[str, ReplicaSite] = {host: site for site in SITES for host in site.hosts}


def articles_of(host: str, now: datetime, seed: int = 7, *, faults: bool = True) -> list[SiteArticle]:
    """What a full crawl of the host's site must find, newest first; `now` is aware.

    A site's hosts have one list: the mobile host and the Big5 copy show twins, not other articles.
    Raises KeyError for another host.
    """
    return HOSTS[host].articles(SiteData(now, seed, faults))


def answer(site_data: SiteData, host: str, path: str) -> ReplicaResponse:
    """The response of a host of these sites to a path. Raises KeyError for another host."""
    return HOSTS[host].answer(site_data, host, path)
