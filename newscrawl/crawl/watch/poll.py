"""Polls: checks whether a source's lists have anything for a crawl.

A poll obeys the same rules as a crawl: robots.txt, Crawl-delay, the leases of the spider and of each host,
the guard against private addresses, limits of size and time. It uses a crawl's code: the spider makes the
requests and reads a changed list, ConditionalLists compares, EntrySelector chooses. It stores no post: unless
there is clearly no news, the source is left to a crawl.

A source is crawled instead of polled:

- if its last run was not good, is older than NEWSCRAWL_WATCHED_SECONDS, or was followed by
  NEWSCRAWL_WATCHED_POLLS polls: only crawls find withdrawn articles, frozen lists and lost fields;
- if a stored article of its lists is due for another reading;
- if a list is not kept, is due to be read whole, or leads to others; if its host's robots.txt is not kept,
  forbids it, or asks for more patience than a poll has;
- with `custom_settings` or middlewares of its own, or arguments `since` and `limit`.

What a source and a job declare of headers, cookies, proxy, User-Agent and delay holds for a poll, too. Its
cookies are those of a run that asks for lists only: the declared ones, and what the lists themselves set.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from scrapy.robotstxt import ProtegoRobotParser

from newscrawl.crawl.conditional_lists import FIRST, ConditionalLists, prefix_of, variant_of
from newscrawl.crawl.declared_settings import COOKIES, declare
from newscrawl.crawl.list_budget import ListBudget
from newscrawl.crawl.middlewares.robots import for_agent, origin_of, product_token
from newscrawl.crawl.middlewares.throttle import MAX_DELAY
from newscrawl.crawl.responses import readable
from newscrawl.crawl.runner import project_settings, spider_class
from newscrawl.crawl.selection import EntrySelector
from newscrawl.crawl.spider import NewsSpider
from newscrawl.crawl.watch.fetch import ListFetcher
from newscrawl.errors import HostBusy, PageError, SpiderBusy, Unclear
from newscrawl.locks import host_key, spider_key
from newscrawl.model.crawl_settings import CrawlSettings
from newscrawl.model.ledger import Ledger
from newscrawl.paths import database_name
from newscrawl.store.client import connect, connect_async
from newscrawl.store.known_articles import fetch_known
from newscrawl.store.leases import open_leases
from newscrawl.store.list_histories import source_key
from newscrawl.store.list_validators import from_document, write_validators
from newscrawl.store.robots_cache import KeptRobots, read_robots
from newscrawl.text.dates import CLOCK_DOUBT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pymongo import AsyncMongoClient, MongoClient
    from pymongo.asynchronous.database import AsyncDatabase
    from scrapy import Request
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from newscrawl.crawl.run import Run
    from newscrawl.locks import Lease
    from newscrawl.model.draft import Entry
    from newscrawl.model.list_validator import ListValidator
    from newscrawl.model.source import Source
    from newscrawl.store.client import Document
    from newscrawl.store.known_articles import Known

LONGEST = 30.0  #: seconds per poll, including waiting for hosts: less than a lease's life
_LAST_RUN = ("started", "finished", "complete", "problems", "newsroom")
#: Methods that a spider must not override.
_PLAIN = ("start", "parse_list", "scrapy_request", "list_request")


@dataclass(frozen=True, slots=True)
class Watched:
    """A source that can be watched."""

    kind: type[NewsSpider]
    settings: BaseSettings
    variant: str
    agent: str  #: the name that a robots.txt means it by
    fetcher: ListFetcher


@dataclass(slots=True)
class _Plan:
    clock: Callable[[], datetime]


@dataclass(slots=True)
class _Reading:
    """What EntrySelector needs from a run."""

    spider: str
    plan: _Plan
    archive: Watcher
    ledger: Ledger = field(default_factory=Ledger)


class Watcher:
    """Polls sources in parallel with one connection to MongoDB. Used within one event loop."""

    def __init__(
        self,
        overrides: dict[str, Any] | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`overrides`: settings from the command line."""
        self._clock = clock
        self._settings = project_settings(overrides)
        self._fetcher: ListFetcher | None = None
        self._leases = open_leases()
        self._thread = ThreadPoolExecutor(1, "leases")
        self._client: AsyncMongoClient[Document] | None = None
        self._blocking: MongoClient[Document] | None = None
        self._watched: dict[tuple[str, str], Watched] = {}  # by spider, and what its job declares
        self._polls: dict[str, int] = {}  # since which run, by its id
        self._robots: dict[str, tuple[KeptRobots, ProtegoRobotParser]] = {}

    async def poll(
        self, name: str, arguments: Mapping[str, str], job: CrawlSettings | None = None
    ) -> dict[str, Any]:
        """The counts and hosts of a poll that found nothing; `job` is what the job declares. Raises Unclear,
        with the reason why a crawl is to be started; DatabaseUnavailable, and what pymongo raises."""
        watched = self._source(name, arguments, job or CrawlSettings())
        spider = watched.kind(**arguments)
        spider.list_budget = ListBudget.of_run(since=False, requests=0)
        key = source_key({"spider": name, "arguments": spider.arguments, "newsroom": bool(self._newsroom())})
        now = self._clock()
        run, kept = await self._call(self._look, watched.settings, key, now)
        lists = ConditionalLists(kept, prefix_of(key), watched.variant, self._clock, keeps=True)
        requests = [lists.ask(request) for request in spider.first_lists()]
        for request in requests:
            validator = kept.get(request.meta[FIRST])
            if validator is None or not validator.is_usable(watched.variant, now):
                raise Unclear(f"{request.url} is to be read whole")
        await self._find_due(spider, [entry for one in kept.values() for entry in one.entries])
        delays = [await self._delay(request, watched) for request in requests]
        async with asyncio.timeout(LONGEST):
            answers = await self._ask(watched, list(zip(requests, delays, strict=True)))
        changed = [answer for answer in answers if lists.unchanged(answer) is None]
        for answer in changed:
            await self._read(spider, lists, answer)
        await self._record(key, lists, run, spider)
        unchanged = len(requests) - len(changed)
        counts = {"lists": len(requests), "unchanged_lists": unchanged, "watched": 1}
        hosts = sorted({urlsplit(request.url).hostname or "" for request in requests})
        return {"counts": counts, "hosts": hosts}

    async def known(self, ids: Sequence[str], addresses: Mapping[str, str], spider: str) -> dict[str, Known]:
        """As Archive.known."""
        return await fetch_known(await self._database(), ids, addresses, spider)

    async def close(self) -> None:
        """Closes all connections."""
        for watched in self._watched.values():
            if watched.fetcher is not self._fetcher:
                await watched.fetcher.close()
        if self._fetcher:
            await self._fetcher.close()
        if self._client:
            await self._client.close()
        if self._blocking:
            self._blocking.close()
        await self._call(self._leases.close)
        self._thread.shutdown()

    def _newsroom(self) -> str:
        return self._settings.get("NEWSCRAWL_NEWSROOM") or ""

    async def _database(self) -> AsyncDatabase[Document]:
        if self._client is None:
            self._client = await connect_async("writer")
        return self._client[database_name()]

    async def _call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, method, *arguments)

    def _source(self, name: str, arguments: Mapping[str, str], job: CrawlSettings) -> Watched:
        """The spider's class and settings. Raises Unclear for what cannot be watched."""
        if arguments.keys() & {"since", "limit"}:
            raise Unclear("its lists are read whole")
        key = name, job.to_json()
        if key not in self._watched:
            self._watched[key] = self._examined(name, job)
        return self._watched[key]

    def _examined(self, name: str, job: CrawlSettings) -> Watched:
        kind, settings = spider_class(name), self._settings.copy()
        kind.update_settings(settings)
        declare(settings, None, job)
        plain = all(getattr(kind, part) is getattr(NewsSpider, part) for part in _PLAIN)
        if not plain or not kind.conditional_lists or getattr(kind, "source", None) is None:
            raise Unclear("it reads lists in its own way")
        if _own(settings) != _own(self._settings) or kind.custom_settings:
            raise Unclear("it has settings of its own")
        if not settings.getbool("NEWSCRAWL_CONDITIONAL") or settings.getbool("NEWSCRAWL_REPLACE"):
            raise Unclear("every list is to be read whole")
        agent = product_token(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])
        added = settings.getdict("NEWSCRAWL_HEADERS") or settings.getbool("COOKIES_ENABLED")
        is_own = bool(job or kind.source.crawl_settings or added)
        fetcher = self._fetcher_for(kind.source, settings, is_own=is_own)
        return Watched(kind, settings, variant_of(kind, kind.source, settings), agent, fetcher)

    def _fetcher_for(self, source: Source, settings: BaseSettings, *, is_own: bool) -> ListFetcher:
        """The fetcher that all sources share which declare nothing of how they are asked, or a new one."""
        if is_own:
            return ListFetcher(settings, source)
        if self._fetcher is None:
            self._fetcher = ListFetcher(self._settings)
        return self._fetcher

    def _look(
        self, settings: BaseSettings, key: Mapping[str, Any], now: datetime
    ) -> tuple[str, dict[str, ListValidator]]:
        """The id of the source's last run, and what is kept of its lists. Raises Unclear if that run is not
        one that polls may follow."""
        if self._blocking is None:  # half as slow as the other client
            self._blocking = connect("writer", serverSelectionTimeoutMS=5000, socketTimeoutMS=5000)
        database = self._blocking[database_name()]
        wanted = {"spider": key["spider"], "arguments": key["arguments"]}
        last = database["runs"].find_one(
            {**wanted, "started": {"$lte": now + CLOCK_DOUBT}}, _LAST_RUN, sort=[("started", -1)]
        )
        if last is None or last["newsroom"] != key["newsroom"] or not last.get("finished"):
            raise Unclear("it has no run that ended")
        if not last["complete"] or last["problems"]:
            raise Unclear("its last run was not a good one")
        seconds = settings.getfloat("NEWSCRAWL_WATCHED_SECONDS")
        polls = settings.getint("NEWSCRAWL_WATCHED_POLLS")
        done = self._polls.get(last["_id"], 0)
        if (now - last["started"]).total_seconds() >= seconds or done + 1 >= polls:
            self._polls.pop(last["_id"], None)
            raise Unclear("a whole crawl is due")
        return last["_id"], {each["_id"]: from_document(each) for each in database["validators"].find(key)}

    def _selector(self, spider: NewsSpider) -> EntrySelector:
        reading = _Reading(spider.name, _Plan(self._clock), self)
        return EntrySelector(cast("Run", reading), spider.source, None, None)

    async def _find_due(self, spider: NewsSpider, entries: list[Entry]) -> None:
        """Raises Unclear if an article on the lists is due for another reading."""
        if entries and await self._selector(spider).choose(entries):
            raise Unclear("an article is due to be read again")

    async def _delay(self, request: Request, watched: Watched) -> float:
        """The seconds between two requests to a host. Raises Unclear if robots.txt forbids the request, or is
        not known."""
        parser = await self._robots_of(request, watched.agent)
        if not parser.allowed(request.url, watched.agent):
            raise Unclear(f"robots.txt forbids {request.url}")
        asked = parser.crawl_delay(watched.agent)
        own = watched.settings.getfloat("DOWNLOAD_DELAY")
        return max(own, min(asked, MAX_DELAY)) if asked and asked > 0 else own

    async def _robots_of(self, request: Request, agent: str) -> ProtegoRobotParser:
        origin = origin_of(request.url, self._newsroom(), agent)
        now = self._clock()
        kept, parser = self._robots.get(origin, (None, None))
        if kept is None or parser is None or not kept.is_fresh(now):
            kept = await read_robots(await self._database(), origin)
            if kept is None or not kept.is_fresh(now):
                raise Unclear(f"robots.txt of {origin} is to be fetched")
            parser = ProtegoRobotParser(for_agent(kept.body, agent), None)
            self._robots[origin] = kept, parser
        return parser

    async def _ask(self, watched: Watched, asked: list[tuple[Request, float]]) -> list[Response]:
        """The answers, one after the other, while the spider and each host are ours."""
        held: dict[str, Lease] = {}
        free_at: dict[str, float] = {}
        watched.fetcher.forget()
        try:
            answers = []
            for request, delay in asked:
                host = urlsplit(request.url).hostname or ""
                if host not in held:
                    await self._call(self._take, held, watched.kind.name, host)
                    free_at[host] = time.monotonic() + held[host].wait
                await _wait(free_at[host] - time.monotonic())
                if not (held[""].is_ours() and held[host].is_ours()):
                    raise Unclear("a lease ran out")
                held[host].asked(delay)
                free_at[host] = time.monotonic() + delay
                answers.append(await watched.fetcher.fetch(request))
        except (SpiderBusy, HostBusy) as error:
            raise Unclear(str(error)) from error
        else:
            return answers
        finally:
            await asyncio.shield(self._call(self._leases.release, list(reversed(held.values()))))

    def _take(self, held: dict[str, Lease], spider: str, host: str) -> None:
        """Takes a host, and the spider unless held. Raises SpiderBusy, HostBusy."""
        for name, key in (("", spider_key(spider)), (host, host_key(host))):
            if name not in held:
                held[name] = self._leases.take(key)

    async def _read(self, spider: NewsSpider, lists: ConditionalLists, response: Response) -> None:
        """Reads a changed list. Raises Unclear if it may show something new."""
        if response.status != 200:
            raise Unclear(f"{response.url}: HTTP {response.status}")
        assert response.request
        cursor = response.request.cb_kwargs["cursor"]
        try:
            page = spider.read_list(readable(response), cursor)
        except PageError as error:
            raise Unclear(f"{response.url}: {error}") from error
        if not page.entries or page.others or cursor.get("counting"):
            raise Unclear(f"{response.url} shows no articles, or leads to other lists")
        selector = self._selector(spider)
        if await selector.choose(page.entries) or not selector.all_known(page.entries):
            raise Unclear(f"{response.url} shows something new")
        lists.read(response, page, selector.open_entries(page.entries))
        lists.judge(response, selector.dates_of(page.entries).values(), news=False)

    async def _record(
        self, key: Mapping[str, Any], lists: ConditionalLists, run: str, spider: NewsSpider
    ) -> None:
        """Records that the lists were read, and those that changed without news."""
        if keep := lists.to_keep(Ledger()):
            await write_validators(await self._database(), key, keep, {})
        names = [None, *(each.url for each in spider.source.lists)]
        await self._call(self._note_read, {**key, "list": {"$in": names}})
        self._polls[run] = self._polls.get(run, 0) + 1

    def _note_read(self, lists: Mapping[str, Any]) -> None:
        assert self._blocking is not None
        self._blocking[database_name()]["lists"].update_many(lists, {"$set": {"read": self._clock()}})


async def _wait(seconds: float) -> None:
    if seconds > LONGEST:
        raise Unclear(f"its host may be asked in {seconds:.0f} s")
    await asyncio.sleep(max(0.0, seconds))


def _own(settings: BaseSettings) -> list[Any]:
    """What a request and its answer depend on, and a poll does not know of."""
    tables = ("DEFAULT_REQUEST_HEADERS", "DOWNLOADER_MIDDLEWARES", "DOWNLOAD_HANDLERS")
    known = {COOKIES: None}
    return [settings.getdict(name) | known for name in tables]
