"""Whether a post may be mined: each sign in each place, alone and against one that contradicts it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse, Response, TextResponse

from newscrawl import Posts
from newscrawl.crawl.host_terms import FILE, HostTerms, read_tdmrep
from newscrawl.crawl.worker.messages import PageTask
from newscrawl.crawl.worker.parse import read
from newscrawl.model.draft import Entry
from newscrawl.model.post import Crawl, Post
from newscrawl.model.rights import Rights
from newscrawl.model.source import PageLayout, Source
from newscrawl.store import client
from newscrawl.store.record import post_record
from newscrawl.store.request_memory import RequestMemory
from newscrawl.store.schema import ensure_schema
from newscrawl.store.writer import PostWriter
from tests.crawl.harbour import HOST, Harbour, harbour_in

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://example.org/news/2026/bridge.html"
LAYOUT = PageLayout(name="2026", title=("h1",), body=("#text",), date=("time",), outlet=(".by",))
SOURCES = {
    "declared": Source(title="Example", domain="example.org", language="en", zone="UTC", layouts=(LAYOUT,)),
    "undeclared": Source(title="Example", domain="example.org", language="en", zone="UTC"),
}
TEXT = "".join(
    f"<p>Paragraph {n}: the new bridge was opened on Wednesday, and people walked along the river.</p>"
    for n in range(6)
)


@dataclass(frozen=True)
class Site:
    """What a site says, by place; `tdmrep` None: it has no such file."""

    robots: bytes = b"User-agent: *\nAllow: /\n"
    tdmrep: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    head: str = ""
    foot: str = "<p>Imprint</p>"
    feed: str | None = None

    def with_(self, other: Site) -> Site:
        """Both at once; a site has one robots.txt and one tdmrep.json, so these are joined."""
        said = {
            one.name: getattr(other, one.name)
            for one in fields(self)
            if getattr(other, one.name) != getattr(Site(), one.name)
        }
        if "robots" in said and self.robots != Site().robots:
            is_wide = other.robots.startswith(b"\xff\xfe")
            text = other.robots.decode("utf-16" if is_wide else "utf-8")
            said["robots"] = f"{self.robots.decode()}\n{text}".encode("utf-16" if is_wide else "utf-8")
        if "tdmrep" in said and self.tdmrep is not None:
            said["tdmrep"] = self.tdmrep
        for name in ("headers", "head", "foot"):
            if name in said and getattr(self, name) != getattr(Site(), name):
                said[name] = getattr(self, name) + said[name]
        return replace(self, **said)

    @property
    def page(self) -> bytes:
        return (
            f'<html lang="en"><head><title>The new bridge is open</title>{self.head}</head><body>'
            f"<h1>The new bridge is open</h1><p>by <span class=by>Example Press</span>"
            f" <time datetime='2026-11-19T08:00:00Z'>19 November 2026, 08:00 UTC</time></p>"
            f"<div id=text>{TEXT}</div><div class=footer>{self.foot}</div></body></html>"
        ).encode()

    def answer(self, address: str) -> Response:
        assert address == f"https://example.org{FILE}"
        if self.tdmrep is None:
            return TextResponse(address, status=404, body=b"no such page")
        return TextResponse(address, body=self.tdmrep)

    def hosts(self, memory: RequestMemory | None = None) -> HostTerms:
        async def fetch(address: str) -> Response:
            return self.answer(address)

        hosts = HostTerms(fetch, lambda: memory, lambda: NOW)
        hosts.note_robots("example.org", self.robots, NOW - timedelta(hours=3))
        return hosts


def post_of(site: Site, source: Source, hosts: HostTerms | None = None) -> Post:
    """The post that a crawl makes of the site's page."""
    response = HtmlResponse(URL, body=site.page)
    for name, value in site.headers:
        response.headers.appendlist(name, value)
    around = asyncio.run((hosts or site.hosts()).around(response))
    entry = Entry(id="example:1", url=URL, canonical_url=URL, share_url=URL, copyright=site.feed)
    task = PageTask(entry, URL, "text/html; charset=utf-8", site.page, Crawl("example", "run", NOW), around)
    post = read(task, source).item
    assert isinstance(post, Post)
    return post


def rights_of(site: Site, source: Source = SOURCES["declared"], hosts: HostTerms | None = None) -> Rights:
    rights = post_of(site, source, hosts).rights
    assert rights is not None
    return rights


def robots(text: str) -> Site:
    return Site(robots=text.encode())


def jsonld(text: str) -> Site:
    return Site(
        head='<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The new bridge",'
        f"{text}}}</script>"
    )


AGENTS = (
    *("GPTBot", "CCBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "PerplexityBot", "Bytespider"),
    *("Applebot-Extended", "meta-externalagent", "Amazonbot", "cohere-ai", "Diffbot"),
)
RESERVES: dict[str, Site] = {
    **{f"robots {name}": robots(f"User-agent: {name}\nDisallow: /\n") for name in AGENTS},
    "robots, small letters and a version": robots("user-agent: gptbot/1.2\ndisallow: /news/"),
    "robots, one of several": robots("User-agent: Googlebot\nUser-agent: CCBot\nDisallow: /news/*.html$"),
    "robots, behind a delay": robots("User-agent: CCBot\nCrawl-delay: 9\nDisallow: /"),
    "robots, all but us": robots("User-agent: newscrawl\nAllow: /\n\nUser-agent: *\nDisallow: /"),
    "robots, in UTF-16": Site(robots="User-agent: GPTBot\nDisallow: /\n".encode("utf-16")),
    "robots, escaped": robots("User-agent: GPTBot\nDisallow: /%6eews/"),
    "robots, old line ends": robots("User-agent: GPTBot\rDisallow: /\r"),
    "robots Content-Signal": robots("User-Agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"),
    "robots Content-Signal ai-input": robots("User-Agent: *\nContent-signal: ai-input=no,ai-train=yes"),
    "robots Content-Signal before any group": robots("Content-Signal: ai-train=no\nUser-agent: *\nAllow: /"),
    "robots Content-Usage": robots("User-Agent: *\nAllow: /\nContent-Usage: train-ai=n\n"),
    "robots Content-Usage of a path": robots(
        "User-Agent: *\nContent-Usage: train-ai=y\nContent-Usage: /news/ train-ai=n"
    ),
    "robots Content-Usage, two of one path": robots(
        "User-Agent: *\nContent-Usage: / train-ai=y\nContent-Usage: / train-ai=n\n"
    ),
    "robots Content-Usage of an older draft": robots("User-Agent: *\nContent-Usage: bots=n"),
    "header TDM-Reservation": Site(headers=(("TDM-Reservation", "1"),)),
    "header noai": Site(headers=(("X-Robots-Tag", "noai"),)),
    "header noimageai": Site(headers=(("X-Robots-Tag", "max-snippet:5, noimageai"),)),
    "header noai for one": Site(headers=(("X-Robots-Tag", "googlebot: NOAI, nofollow"),)),
    "header noai, the second": Site(headers=(("X-Robots-Tag", "nofollow"), ("X-Robots-Tag", "noai"))),
    "header noml": Site(headers=(("X-Robots-Tag", "noml"),)),
    "header Content-Usage": Site(headers=(("Content-Usage", "train-ai=n"),)),
    "header Content-Usage, large": Site(headers=(("Content-Usage", "search=y, train-ai=N;x=1"),)),
    "header Content-Signal": Site(headers=(("Content-Signal", "ai-train=no, search=yes"),)),
    "meta tdm-reservation": Site(head='<meta name="tdm-reservation" content="1">'),
    "meta tdm-reservation, in words": Site(head='<meta name="TDM-Reservation" content=" true ">'),
    "meta noai": Site(head='<meta name="robots" content="index, noai, noimageai">'),
    "meta NOAI": Site(head='<META NAME="ROBOTS" CONTENT="NOAI">'),
    "meta for one crawler": Site(head='<meta name="GPTBot" content="noai">'),
    "meta http-equiv": Site(head='<meta http-equiv="X-Robots-Tag" content="noimageai">'),
    "meta property": Site(head='<meta property="tdm-reservation" content="1">'),
    "meta in the body": Site(foot='<p>Imprint</p><meta name="robots" content="noai">'),
    "meta content-usage": Site(head='<meta http-equiv="Content-Usage" content="train-ai=n">'),
    "meta rights": Site(head='<meta name="dcterms.rights" content="Text and data mining is prohibited.">'),
    "tdmrep": Site(tdmrep=b'[{"location": "/", "tdm-reservation": 1}]'),
    "tdmrep, text": Site(tdmrep=b'\xef\xbb\xbf[{"location": "/", "tdm-reservation": "1"}]'),
    "tdmrep, true": Site(tdmrep=b'[{"location": "/", "tdm-reservation": true}]'),
    "tdmrep, no brackets": Site(tdmrep=b'{"location": "/", "tdm-reservation": 1}'),
    "tdmrep, a pattern": Site(tdmrep=b'[{"location": "/news/*/bridge.html$", "tdm-reservation": 1}]'),
    "tdmrep, no slash": Site(tdmrep=b'[{"location": "news/", "tdm-reservation": 1}]'),
    "tdmrep, the first of two": Site(
        tdmrep=b'[{"location": "/a/", "tdm-reservation": 0}, {"location": "/news/", "tdm-reservation": 1},'
        b' {"location": "/", "tdm-reservation": 0}]'
    ),
    "text": Site(foot="<p>© 2026 Example. All rights, text and data mining included, are reserved.</p>"),
    "text, AI": Site(foot="<p>© 2026 Example B.V. <b>Training AI</b> on our articles is prohibited.</p>"),
    "text, Chinese": Site(foot="<p>版权所有 示例网 未经许可不得用于人工智能训练</p>"),
    "json-ld": jsonld('"copyrightNotice": "© Example. Data mining of this article is not permitted."'),
    "feed": Site(feed="© 2026 Example. Use for text and data mining is forbidden."),
}
ALLOWS: dict[str, Site] = {
    "robots": robots("User-agent: *\nContent-Signal: search=yes, ai-train=yes, ai-input=yes\n"),
    "header": Site(headers=(("TDM-Reservation", "0"), ("Content-Usage", "train-ai=y"))),
    "meta": Site(head='<meta name="tdm-reservation" content="0"><meta name="robots" content="all">'),
    "tdmrep": Site(tdmrep=b'[{"location": "/", "tdm-reservation": 0}]'),
    "licence": Site(head='<link rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">'),
}
#: Nothing of it reserves anything.
SILENT: dict[str, Site] = {
    "nothing": Site(),
    "no robots.txt": Site(robots=b""),
    "a rule for search engines": robots("User-agent: Googlebot\nDisallow: /news/"),
    "other paths": robots("User-agent: GPTBot\nDisallow: /private/\nAllow: /"),
    "allowed by a longer path": robots("User-agent: GPTBot\nDisallow: /\nAllow: /news/"),
    "an empty rule": robots("User-agent: GPTBot\nDisallow:"),
    "a signal on search": robots("User-agent: *\nContent-Signal: search=yes"),
    "an error of TDMRep": Site(headers=(("TDM-Reservation", "2"),)),
    "other robots tags": Site(head='<meta name="robots" content="noindex, noarchive, max-snippet:-1">'),
    "another place of TDMRep": Site(tdmrep=b'[{"location": "/images/", "tdm-reservation": 1}]'),
    "a soft 404": Site(tdmrep=b"<!DOCTYPE html><html>Not found</html>"),
    "a copyright": Site(foot="<p>© 2026 Example Media. All rights reserved.</p>"),
    "an empty policy": Site(tdmrep=b""),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("site", RESERVES.values(), ids=RESERVES)
def test_each_sign_reserves(site: Site, source: Source) -> None:
    rights = rights_of(site, source)
    assert (rights.tdm, rights.tdm_allowed) == ("reserved", False)
    said = [one for one in rights.statements if one.means == "reserved"]
    assert all(one.at is not None and one.value for one in said)


@pytest.mark.parametrize(("reserving", "allowing"), list(product(RESERVES, ALLOWS)))
def test_the_stricter_of_two_statements_counts_and_both_are_kept(reserving: str, allowing: str) -> None:
    site = ALLOWS[allowing].with_(RESERVES[reserving])
    if ALLOWS[allowing].tdmrep and RESERVES[reserving].tdmrep:
        site = replace(site, tdmrep=RESERVES[reserving].tdmrep)
    rights = rights_of(site)
    assert (rights.tdm, rights.tdm_allowed) == ("reserved", False)
    if allowing != "licence" and not (ALLOWS[allowing].tdmrep and RESERVES[reserving].tdmrep):
        assert any(one.means == "allowed" for one in rights.statements)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("site", SILENT.values(), ids=SILENT)
def test_what_reserves_nothing(site: Site, source: Source) -> None:
    rights = rights_of(site, source)
    assert (rights.tdm, rights.tdm_allowed) == ("unspecified", True)
    assert set(rights.looked) >= {"robots.txt", "tdmrep.json", "header", "page"}


@pytest.mark.parametrize("site", [ALLOWS[name] for name in ALLOWS if name != "licence"])
def test_what_allows(site: Site) -> None:
    assert (rights_of(site).tdm, rights_of(site).tdm_allowed) == ("allowed", True)


def failing(site: Site = Site(), robots: bytes | None = b"", answer: Response | None = None) -> HostTerms:
    async def fetch(address: str) -> Response:
        if answer is None:
            raise OSError("the connection broke")
        return answer

    hosts = HostTerms(fetch, lambda: None, lambda: NOW)
    if robots is not None:
        hosts.note_robots("example.org", robots, NOW)
    return hosts


NOT_THERE = TextResponse(f"https://example.org{FILE}", status=404)
NOT_LOOKED = {
    "robots.txt": failing(robots=None, answer=NOT_THERE),
    "tdmrep.json, which failed": failing(),
    "tdmrep.json, with 503": failing(answer=NOT_THERE.replace(status=503)),
    "tdmrep.json, with 429": failing(answer=NOT_THERE.replace(status=429)),
    "tdmrep.json, broken": failing(answer=NOT_THERE.replace(status=200, body=b'[{"location": "/", "tdm')),
    "tdmrep.json, nested": failing(answer=NOT_THERE.replace(status=200, body=b"[" * 100_000)),
    "another host's robots.txt": failing(robots=None, answer=NOT_THERE),
}
NOT_LOOKED["another host's robots.txt"].note_robots("www.example.org", b"", NOW)


@pytest.mark.parametrize("hosts", NOT_LOOKED.values(), ids=NOT_LOOKED)
def test_what_was_not_looked_at_allows_nothing(hosts: HostTerms) -> None:
    rights = rights_of(Site(), hosts=hosts)
    assert (rights.tdm, rights.tdm_allowed) == ("unspecified", False)


def test_without_tdmrep_nothing_may_be_mined() -> None:
    hosts = HostTerms(None, lambda: None, lambda: NOW)
    hosts.note_robots("example.org", b"", NOW)
    assert not rights_of(Site(), hosts=hosts).tdm_allowed


def test_a_statement_says_where_and_when() -> None:
    site = RESERVES["robots GPTBot"].with_(RESERVES["header noai"]).with_(RESERVES["tdmrep"])
    said = {one.place: (one.signal, one.value, one.at) for one in rights_of(site).statements}
    assert said["robots.txt"] == ("user-agent", "gptbot", NOW - timedelta(hours=3))
    assert said["header"] == ("noai", "noai", NOW)
    assert said["tdmrep.json"] == ("tdm-reservation", "1", NOW)


def test_the_policy_is_an_address() -> None:
    site = Site(tdmrep=b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "/policies/1"}]')
    assert rights_of(site).tdm_policy == "https://example.org/policies/1"
    unsafe = Site(headers=(("TDM-Policy", "javascript:alert(1)"),))
    assert rights_of(unsafe).tdm_policy is None


def test_rules_of_tdmrep_without_a_location_are_left_out() -> None:
    assert (
        list(read_tdmrep(b'[{"tdm-reservation": 1}, 7, null, {"location": 3, "tdm-reservation": 1}]')) == []
    )


# --- kept over processes


@pytest.fixture
def asked() -> list[str]:
    return []


def test_tdmrep_is_requested_once_a_host_and_day(database: str, asked: list[str]) -> None:
    async def crawl(at: datetime) -> None:
        async with await client.connect_async("writer") as connection:
            memory = RequestMemory(lambda: connection[database])

            async def fetch(address: str) -> Response:
                asked.append(address)
                return TextResponse(address, body=b'[{"location": "/", "tdm-reservation": 1}]')

            hosts = HostTerms(fetch, lambda: memory, lambda: at)
            pages = [HtmlResponse(f"https://example.org/{n}", body=b"<p>") for n in range(3)]
            for stated in await asyncio.gather(*(hosts.around(page) for page in pages)):
                assert [one.means for one in stated.statements] == ["reserved"]

    for hours, requests in ((0, 1), (23, 1), (24, 2)):
        asyncio.run(crawl(NOW + timedelta(hours=hours)))
        assert asked == [f"https://example.org{FILE}"] * requests


def test_no_reserved_post_is_found_as_allowed(database: str) -> None:
    """All of the above in one database, with a post from before rights were read."""
    expected = {}
    posts = []
    kinds = {"reserved": RESERVES, "allowed": ALLOWS, "silent": SILENT}
    cases: list[tuple[str, Site, HostTerms | None]] = [
        (f"{kind} {name}", site, None) for kind, sites in kinds.items() for name, site in sites.items()
    ]
    cases += [(f"unlooked {name}", Site(), hosts) for name, hosts in NOT_LOOKED.items()]
    for number, (name, site, hosts) in enumerate(cases):
        post = post_of(site, SOURCES["declared"], hosts)
        post.id = f"example:{number}"
        post.url = post.canonical_url = post.share_url = f"https://example.org/{number}"
        expected[post.id] = name
        posts.append(post)
    before = replace(post_of(Site(), SOURCES["declared"]), id="example:before", rights=None)
    before.canonical_url = "https://example.org/before"

    async def store() -> None:
        async with await client.connect_async("writer") as connection:
            await ensure_schema(connection[database])
            writer = PostWriter(connection[database])
            results = await writer.write([post_record(one, NOW) for one in [*posts, before]])
            assert {result.outcome for result in results} == {"stored"}

    asyncio.run(store())
    with Posts.connect(database=database) as archive:
        allowed = {expected[post.id] for post in archive.find(tdm="allowed")}
        reserved = {expected[post.id] for post in archive.find(tdm="reserved")}
    assert reserved == {name for name in expected.values() if name.startswith("reserved")}
    assert allowed == {name for name in expected.values() if name.startswith(("allowed", "silent"))}


# --- a whole crawl


@pytest.fixture
def harbour(tmp_path: Path, database: str) -> Iterator[Harbour]:
    with harbour_in(tmp_path) as site:
        site.numbers = [1, 2, 3]
        yield site


@pytest.mark.slow
def test_a_crawl_stores_what_all_places_say(harbour: Harbour, database: str) -> None:
    harbour.pages["/robots.txt"] = b"User-agent: CCBot\nDisallow: /a/2\n"
    harbour.headers["/a/3"] = {"X-Robots-Tag": "noai"}
    harbour.crawl()
    assert harbour.asked.count(FILE) == 1
    with Posts.connect(database=database) as archive:
        posts = {post.canonical_url.rpartition("/")[2]: post for post in archive.find()}
        tdm = {name: post.rights and post.rights.tdm for name, post in posts.items()}
        assert tdm == {"1": "unspecified", "2": "reserved", "3": "reserved"}
        assert [post.canonical_url for post in archive.find(tdm="allowed")] == [f"http://{HOST}/a/1"]
    harbour.crawl()
    assert FILE not in harbour.asked


@pytest.mark.slow
def test_a_new_reservation_is_a_revision_and_a_reread_keeps_it(harbour: Harbour, database: str) -> None:
    harbour.crawl()
    again = ("--since", "2019-01-01", "-s", "NEWSCRAWL_CONDITIONAL=False")
    harbour.crawl(*again)
    with Posts.connect(database=database) as archive:
        assert {post.revision for post in archive.find()} == {1}
    harbour.headers["/a/1"] = {"TDM-Reservation": "1"}
    document = harbour.crawl(*again)
    assert document["counts"]["updated"] == 1
    done = harbour.command("reread", "--json", "-n", "1")
    assert done.returncode == 0, done.stderr
    with Posts.connect(database=database) as archive:
        [post] = archive.find(tdm="reserved")
        assert post.revision == 2
        assert post.canonical_url == f"http://{HOST}/a/1"
        assert len(list(archive.find(tdm="allowed"))) == 2
    harbour.headers.clear()
    harbour.crawl(*again)
    with Posts.connect(database=database) as archive:
        assert len(list(archive.find(tdm="allowed"))) == 3
