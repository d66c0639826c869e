"""`newscrawl retry`: what became no post is asked for again; no crawl takes that for its predecessor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newscrawl.locks import SpiderLock
from newscrawl.model.ledger import OUTCOMES
from newscrawl.newsroom.faults import CYCLE
from newscrawl.store import client
from tests import warm
from tests.crawl.crawls import EVERY_TIME, READ_HERE, crawl, documents
from tests.crawl.test_strange_sites import HOST, NOTHING, Answer, feed, page, site
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

SPIDER = """
from newscrawl.model.source import Feed, PageLayout, Source
from newscrawl.crawl.spider import NewsSpider

class {name}Spider(NewsSpider):
    name = "{name}"
    source = Source(
        title="Odd", domain="example.com", language="en", zone="UTC",
        lists=(Feed("http://odd.example.com/rss.xml"),),
        layouts=(PageLayout(name="1", title=("h1",), body=("{body}",), date=("time",)),),
    )
"""
RIGHT, WRONG = "article", ".share"


def retry(spider: str, newsroom: str, *words: str, **environment: str) -> tuple[int, dict[str, Any] | None]:
    """Exit code and run document of a retry; None where there was nothing to ask for."""
    done = newscrawl("retry", spider, "--newsroom", newsroom, "--json", *words, **environment)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@dataclass
class Town:
    """A site with a feed of articles, and a spider of it in a folder of its own."""

    folder: Path
    address: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)

    def show(self, *numbers: int) -> list[str]:
        """Puts articles into the feed, and their pages there; their paths."""
        paths = [f"/a/town-{number}.html" for number in numbers]
        self.pages["/rss.xml"] = feed(*paths)
        for number, path in zip(numbers, paths, strict=True):
            status, kind, body = page(f"Town {number}", f"http://{HOST}{path}")
            self.pages[path] = status, kind, body.replace("<article>", '<p class="share">Share</p><article>')
        return paths

    def declare(self, body: str, name: str = "town") -> None:
        (self.folder / "own" / f"{name}.py").write_text(SPIDER.format(name=name, body=body), "utf-8")

    def crawl(self, *words: str) -> tuple[int, Any]:
        return crawl("town", self.address, *words, PYTHONPATH=str(self.folder))

    def retry(self, *words: str) -> tuple[int, Any]:
        return retry("town", self.address, *READ_HERE, *words, PYTHONPATH=str(self.folder))

    def said(self, *words: str) -> tuple[int, str, str]:
        """Exit code and output of a retry for people."""
        command = ("retry", "town", "--newsroom", self.address, *words)
        done = newscrawl(*command, PYTHONPATH=str(self.folder))
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def town(tmp_path: Path, database: str) -> Iterator[Town]:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").touch()
    (tmp_path / "sitecustomize.py").write_text(
        "import newscrawl.settings as settings; settings.SPIDER_MODULES = ['spiders', 'own']\n"
    )
    town = Town(tmp_path)
    town.declare(RIGHT)
    with site(lambda path: town.pages.get(path, NOTHING)) as (town.address, _):
        yield town


def test_a_selector_that_was_wrong_and_is_mended(town: Town, database: str) -> None:
    town.declare(WRONG)
    town.show(1, 2, 3)
    code, run = town.crawl()
    assert (code, run["counts"]["rejected"]) == (1, 3), run
    town.pages["/rss.xml"] = NOTHING  # a retry asks for no list
    code, run = town.retry()
    assert code == 1
    assert run
    assert run["problems"] == ["none of 3 pages became a post; most often: body too short"]
    assert [reject["seen"] for reject in documents(database, "rejects").values()] == [2, 2, 2]
    town.declare(RIGHT)
    code, run = town.retry()
    assert code == 0
    assert run
    assert (run["counts"]["stored"], run["counts"]["lists"], run["problems"]) == (3, 0, [])
    assert run["counts"]["pages"] == sum(run["counts"][outcome] for outcome in OUTCOMES)
    assert documents(database, "rejects") == {}
    posts = documents(database).values()
    assert {post["title"] for post in posts} == {
        f"The council of Town {n} met about its harbour" for n in (1, 2, 3)
    }
    kept = documents(database, "runs")[run["_id"]]
    assert (kept["arguments"], kept["complete"], kept["counts"]) == ({"retry": "all"}, False, run["counts"])
    assert kept["finished"]


def test_a_page_that_is_gone_at_first_and_one_that_stays_gone(town: Town, database: str) -> None:
    good, gone, broken = town.show(1, 2, 3)
    pages = dict(town.pages)
    town.pages |= {good: NOTHING, gone: NOTHING, broken: (500, "text/plain", "broken")}
    town.crawl("-s", "RETRY_TIMES=0")
    assert len(documents(database, "rejects")) == 3
    town.pages |= {good: pages[good], broken: pages[broken]}
    code, run = town.retry()
    assert code == 0, "what is bad as before is no problem where something came of the others"
    assert run
    assert (run["counts"]["stored"], run["counts"]["rejected"], run["counts"]["bad_again"]) == (2, 1, 1)
    [reject] = documents(database, "rejects").values()
    assert (reject["url"], reject["seen"], reject["reasons"]) == (f"http://{HOST}{gone}", 2, ["HTTP 404"])
    assert reject["listed"]["title"] == "The council of a town, number 1"


def test_the_list_s_words_are_used_where_the_page_lacks_them(town: Town, database: str) -> None:
    [path] = town.show(1)
    whole = town.pages[path]
    town.pages[path] = NOTHING
    town.crawl()
    bare = whole[2].replace("<time", "<i").replace("</time", "</i").replace("title>", "b>")
    town.pages[path] = (*whole[:2], bare.replace("h1>", "b>"))
    assert town.retry()[0] == 0
    [post] = documents(database).values()
    assert post["title"] == "The council of a town, number 0"
    assert (post["date_info"]["origin"], post["crawl"]["origins"]["title"]) == ("list", "list title")


def test_several_rejects_of_one_article_are_one_page(town: Town, database: str) -> None:
    [path] = town.show(1)
    whole = town.pages[path]
    for wrong in (NOTHING, (500, "text/plain", "broken")):
        town.pages[path] = wrong
        town.crawl("-s", "RETRY_TIMES=0", *EVERY_TIME)
    assert len(documents(database, "rejects")) == 2
    town.pages[path] = whole
    code, run = town.retry()
    assert run
    assert (code, run["counts"]["pages"], run["counts"]["stored"]) == (0, 1, 1)
    assert documents(database, "rejects") == {}


def test_which_are_asked_for(town: Town, database: str) -> None:
    gone, broken, forbidden = paths = town.show(1, 2, 3)
    town.pages[gone] = NOTHING
    town.pages[broken] = (500, "text/plain", "broken")
    town.pages["/robots.txt"] = (200, "text/plain", f"User-agent: *\nDisallow: {forbidden}\n")
    town.crawl("-s", "RETRY_TIMES=0")
    ids = {
        reject["url"].removeprefix(f"http://{HOST}"): reject
        for reject in documents(database, "rejects").values()
    }

    def asked(*words: str) -> list[tuple[str, str]]:
        before = {reject["_id"]: reject["seen"] for reject in documents(database, "rejects").values()}
        code, run = town.retry(*words, "-s", "RETRY_TIMES=0")
        assert code == 1
        assert run
        seen = documents(database, "rejects")
        moved = [one for one in seen.values() if one["seen"] > before[one["_id"]]]
        return [(run["arguments"]["retry"], one["url"].removeprefix(f"http://{HOST}")) for one in moved]

    assert asked("--reason", "http 5") == [('reason "http 5"', broken)]
    assert asked("--reason", "robots.txt") == [('reason "robots.txt"', forbidden)], "robots.txt is obeyed"
    assert asked("--limit", "1") == [("limit 1", forbidden)], "what was seen last comes first"
    assert asked(ids[gone]["post"]) == [(ids[gone]["post"], gone)]
    assert asked(ids[broken]["_id"])[0][1] == broken
    assert asked(f"http://{HOST}{gone}", "--since", "1h")[0][1] == gone
    assert {path for _, path in asked()} == set(paths)


def test_a_dry_run_asks_and_writes_nothing(town: Town, database: str) -> None:
    town.declare(WRONG)
    town.show(1)
    town.crawl()
    town.declare(RIGHT)
    kept = [documents(database, name) for name in ("posts", "rejects", "runs")]
    with SpiderLock("town"):
        code, run = town.retry("--dry-run")
    assert run
    assert (code, [post["title"] for post in run["would_store"]]) == (
        0,
        ["The council of Town 1 met about its harbour"],
    )
    assert [documents(database, name) for name in ("posts", "rejects", "runs")] == kept


def test_nothing_to_do_and_what_is_left_out(town: Town, database: str) -> None:
    assert town.said() == (0, "town: nothing to retry\n", "")
    assert town.retry() == (0, None)
    paths = town.show(1, 2)
    town.crawl()
    town.pages[paths[0]] = (500, "text/plain", "broken")  # a young post is asked for once more
    town.crawl("-s", "RETRY_TIMES=0", *EVERY_TIME)
    assert len(documents(database, "rejects")) == 1
    told = "left out: 1, a post by now\ntown: nothing to retry\n"
    assert town.said() == (0, told, "")
    assert len(documents(database, "rejects")) == 1


def test_the_rejects_of_another_spider_stay(town: Town, database: str) -> None:
    town.declare(WRONG, "city")
    town.show(1)
    crawl("city", town.address, PYTHONPATH=str(town.folder))
    [reject] = documents(database, "rejects").values()
    assert town.retry() == (0, None)
    code, _, told = town.said(reject["post"])
    assert (code, told.count("\n")) == (2, 1)
    assert f"it belongs to city: newscrawl retry city {reject['post']}" in told
    assert documents(database, "rejects") == {reject["_id"]: reject}


def test_one_run_of_a_spider_at_a_time(town: Town, database: str) -> None:
    with SpiderLock("town"):
        code, _, told = town.said()
    assert (code, "town is being crawled already" in told) == (3, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["eastmony"], "no spider 'eastmony'; did you mean eastmoney"),
        (["eastmoney", "--since", "yesterdayish"], "Invalid time 'yesterdayish'. Use 45m"),
        (["eastmoney", "--since", "2999-01-01"], "which is in the future"),
        (["eastmoney", "--reason", " "], "--reason is empty; give it a value, or leave it out"),
        (
            ["eastmoney", "eastmoney:1"],
            "'eastmoney:1' is not a reject of eastmoney; newscrawl rejects eastmoney",
        ),
        (["eastmoney", "--newsroom", "somewhere"], "newsroom 'somewhere' is not an address"),
        (["eastmoney", "-L", "LOUD"], "unknown log level 'LOUD'; use one of"),
        (["site"], "spider site cannot retry single pages: it needs an argument that names its site"),
    ],
)
def test_wrong_words_exit_2_with_one_line(words: list[str], told: str, database: str) -> None:
    done = newscrawl("retry", *words, NEWSCRAWL_CONTACT="https://example.org/")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


BROKEN = """
import newscrawl.page
from newscrawl.errors import PageError

def broken(*_, **__):
    raise PageError("a reader that is broken")

newscrawl.page.read_page = newscrawl.page.read_fragment = broken
"""


def told_of(post: dict[str, Any]) -> dict[str, Any]:
    """Of a post what its source said, whenever that was read."""
    when = ("first_seen", "last_seen", "story", "crawl", "search_pending")
    rest = {name: value for name, value in post.items() if name not in when}
    return rest | {name: post["crawl"][name] for name in ("status", "origins", "page_version")}


@pytest.mark.parametrize("spider", ["eastmoney", "eastmoney_flash", "eastmoney_choice"])
def test_a_retry_makes_the_posts_that_a_crawl_makes(
    spider: str, quiet_newsroom: str, database: str, tmp_path: Path
) -> None:
    crawl(spider, quiet_newsroom)
    right = {number: told_of(post) for number, post in documents(database).items()}
    assert len(right) > 10
    with client.connect("writer") as writer:
        writer.drop_database(database)
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    here = ("-s", "NEWSCRAWL_READER=here")  # where the broken reader is
    _, run = crawl(spider, quiet_newsroom, *here, PYTHONPATH=str(tmp_path))
    assert run["counts"]["rejected"] == len(right)
    code, _ = retry(spider, quiet_newsroom)
    assert code == 0
    assert {number: told_of(post) for number, post in documents(database).items()} == right
    assert documents(database, "rejects") == {}


def test_what_failed_is_had_without_a_list(database: str) -> None:
    with warm.newsroom(["--articles", str(CYCLE), "--seed", "9"]) as newsroom:
        _, first = crawl("eastmoney", newsroom, "-s", "RETRY_TIMES=0")
        code, run = retry("eastmoney", newsroom, "--reason", "failed:")
    assert run
    assert (first["counts"]["failed"], code, run["counts"]["pages"], run["counts"]["stored"]) == (3, 0, 3, 3)
    reasons = [reason for reject in documents(database, "rejects").values() for reason in reject["reasons"]]
    assert reasons
    assert not [reason for reason in reasons if reason.startswith("failed")]


def make_reject(database: str, spider: str, url: str, post: str) -> None:
    """A reject as an older newscrawl kept it: without what its list said."""
    with client.connect("writer") as writer:
        run = writer[database]["runs"].find_one(sort=[("started", -1)])
        assert run
        common = {"spider": spider, "run": run["_id"], "fetched": run["started"], "page": None, "values": {}}
        seen = {"seen": 1, "first_seen": run["started"], "last_seen": run["started"]}
        document = {"_id": f"{post}#000000000000", "post": post, "url": url, "reasons": ["HTTP 404"]}
        writer[database]["rejects"].insert_one({**document, **common, **seen})
        writer[database]["posts"].delete_one({"_id": post})


def test_the_next_crawl_does_not_take_it_for_its_predecessor(database: str) -> None:
    with warm.newsroom(["--articles", "400", "--no-faults"]) as newsroom:
        _, whole = crawl("eastmoney", newsroom)
        never = "https://finance.eastmoney.com/a/209901013000000000.html"
        make_reject(database, "eastmoney", never, "eastmoney:209901013000000000")
        code, bad = retry("eastmoney", newsroom)
        status = newscrawl("status", "--json")
        _, after_bad = crawl("eastmoney", newsroom)
        crawl("eastmoney", newsroom, "--limit", "1", *EVERY_TIME)
        post = next(iter(documents(database).values()))
        make_reject(database, "eastmoney", post["url"], post["_id"])
        good_code, good = retry("eastmoney", newsroom, post["_id"])
        _, after_limit = crawl("eastmoney", newsroom, *EVERY_TIME)
    assert bad
    assert (code, bad["complete"]) == (1, False)
    [told] = json.loads(status.stdout)["spiders"]
    assert (status.returncode, told["outcomes"]["stored"]) == (0, whole["counts"]["stored"]), "of the crawl"
    assert whole["counts"]["lists"] > 10 >= after_bad["counts"]["lists"], "the whole run is continued"
    assert good
    assert (good_code, good["counts"]["stored"]) == (0, 1)
    assert after_limit["counts"]["lists"] == whole["counts"]["lists"], "what the limit kept out is had"
