"""HostTerms: what robots.txt, /.well-known/tdmrep.json and headers say of the use of articles.

A robots.txt is taken as the crawl has it (newscrawl.crawl.middlewares.robots), without a request. tdmrep.json
is requested before the first article of a host is read, once a day: it is kept in MongoDB beside robots.txt.
What cannot be fetched or read counts as not looked at, so that no post may be mined for its sake.

TDMRep: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/, section 6.1.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from newscrawl.model.rights import Looked, Stated, Statement
from newscrawl.store.robots_cache import LONGEST, KeptRobots
from newscrawl.text.robots_groups import RobotsGroups, matches, path_of, read_robots
from newscrawl.text.usage_terms import terms

if TYPE_CHECKING:
    from scrapy.http import Response

    from newscrawl.store.request_memory import RequestMemory

logger = logging.getLogger(__name__)

FILE: Final = "/.well-known/tdmrep.json"
HEADERS: Final = ("tdm-reservation", "tdm-policy", "x-robots-tag", "content-usage", "content-signal")
_MOST_BYTES = 500_000  # of tdmrep.json
_MOST_RULES = 5_000

Rule = tuple[str, str, str]  #: location, reservation, policy
Fetch = Callable[[str], Awaitable["Response"]]


@dataclass(frozen=True, slots=True)
class _Robots:
    groups: RobotsGroups
    at: datetime


@dataclass(frozen=True, slots=True)
class _TdmRep:
    rules: tuple[Rule, ...]
    at: datetime


class HostTerms:
    """What the hosts of one run say, each asked once."""

    def __init__(
        self,
        fetch: Fetch | None,
        memory: Callable[[], RequestMemory | None],
        clock: Callable[[], datetime],
        place: Callable[[str], str] = lambda origin: origin,
    ) -> None:
        """fetch: gives the answer of a URL; None: tdmrep.json is not requested. place: under which name the
        file of an origin is kept."""
        self._fetch = fetch
        self._memory = memory
        self._clock = clock
        self._place = place
        self._robots: dict[str, _Robots] = {}  #: by host and port, as Scrapy keeps its parsers
        self._tdmrep: dict[str, _TdmRep | None] = {}  #: by origin; None: it could not be read
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def note_robots(self, host: str, body: bytes, at: datetime) -> None:
        """Takes a host's robots.txt, as it was fetched at a time; empty if there was none."""
        self._robots[host] = _Robots(read_robots(body), at)

    async def around(self, response: Response) -> Stated:
        """What is said of the page of a response, beside what the page says itself."""
        looked: list[Looked] = ["header"]
        said = list(header_terms(response))
        if robots := self._robots.get(urlsplit(response.url).netloc):
            looked.append("robots.txt")
            said += [replace(one, at=robots.at) for one in robots.groups.statements(response.url)]
        if (tdmrep := await self._tdmrep_of(response.url)) is not None:
            looked.append("tdmrep.json")
            said += [replace(one, at=tdmrep.at) for one in _by_rules(tdmrep.rules, response.url)]
        return Stated(tuple(looked), tuple(said))

    async def _tdmrep_of(self, url: str) -> _TdmRep | None:
        if self._fetch is None:
            return None
        origin = "://".join(urlsplit(url)[:2])
        async with self._turns[origin]:
            if origin not in self._tdmrep:
                self._tdmrep[origin] = await self._kept_or_fetched(origin)
        return self._tdmrep[origin]

    async def _kept_or_fetched(self, origin: str) -> _TdmRep | None:
        memory, name, now = self._memory(), f"{self._place(origin)} tdmrep.json", self._clock()
        kept = await memory.robots(name) if memory else None
        if kept is None or not kept.is_fresh(now):
            body = await self._fetched(origin)
            if body is None:
                return None
            kept = KeptRobots(body, now, now + LONGEST)
            if memory:
                await memory.keep_robots(name, kept)
        try:
            return _TdmRep(tuple(read_tdmrep(kept.body)), kept.fetched)
        except ValueError as error:
            logger.warning("%s%s cannot be read: %s", origin, FILE, error)
            return None

    async def _fetched(self, origin: str) -> bytes | None:
        """The file; empty if the host has none; None: it could not be fetched."""
        assert self._fetch is not None
        try:
            response = await self._fetch(origin + FILE)
        except Exception as error:  # noqa: BLE001  # Scrapy's, a middleware's: the article is read all the same
            logger.info("%s%s could not be fetched: %s", origin, FILE, type(error).__name__)
            return None
        if response.status >= 500 or response.status == 429:
            return None
        is_file = response.status == 200 and response.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
        return response.body[:_MOST_BYTES] if is_file else b""


def header_terms(response: Response) -> Iterator[Statement]:
    """What the headers of an answer say."""
    for name in HEADERS:
        for value in response.headers.getlist(name):
            yield from terms("header", name, value.decode("latin-1"), response.url)


def read_tdmrep(body: bytes) -> Iterator[Rule]:
    """The rules of a tdmrep.json, in its order; none of an empty one. A single rule without brackets is read.

    Raises ValueError if it is not JSON.
    """
    if not body.strip():
        return
    try:
        found: Any = json.loads(body.decode("utf-8-sig", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    for rule in (found if isinstance(found, list) else [found])[:_MOST_RULES]:
        if isinstance(rule, dict) and isinstance(rule.get("location"), str) and "tdm-reservation" in rule:
            policy = rule.get("tdm-policy")
            said = json.dumps(rule["tdm-reservation"]).strip('"')
            yield rule["location"], said, policy if isinstance(policy, str) else ""


def _by_rules(rules: tuple[Rule, ...], url: str) -> Iterator[Statement]:
    """What the first rule that matches says."""
    path = path_of(url)
    for location, reservation, policy in rules:
        if matches(location if location.startswith(("/", "*")) else f"/{location}", path):
            yield from terms("tdmrep.json", "tdm-reservation", reservation, url)
            yield from terms("tdmrep.json", "tdm-policy", policy, url)
            return
