"""Whole crawls: counts, layouts, repeats, paging, broken lists, wrong words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl.locks import SpiderLock
from newscrawl.model.ledger import OUTCOMES
from newscrawl.newsroom.faults import CYCLE
from tests import warm
from tests.crawl.crawls import EVERY_TIME, SINCE, SPIDERS, Crawled, crawl, credited, documents
from tests.warm import run as newscrawl

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_the_runs_are_good_and_their_counts_add_up(crawled: Crawled) -> None:
    for spider in SPIDERS:
        assert crawled.exits[spider] == 0, crawled.runs[spider]["problems"]
        counts = crawled.runs[spider]["counts"]
        assert counts["pages"] == sum(counts[outcome] for outcome in OUTCOMES) > 0
        assert counts["failed"] == 0, counts["reasons"]
        assert crawled.runs[spider]["complete"]


def test_every_article_that_was_listed_is_a_post_or_a_reject(crawled: Crawled) -> None:
    rejected = {reject["post"] for reject in crawled.rejects}
    for story in crawled.stories:
        number = f"eastmoney:{story.number}"
        listed = story.columns or story.feeds or story.is_flash
        assert (number in crawled.posts) != (number in rejected) or not listed, story


def test_the_run_is_kept_as_it_was_told(crawled: Crawled) -> None:
    kept = documents(crawled.database, "runs")
    for run in crawled.runs.values():
        assert kept[run["_id"]]["counts"] == run["counts"]
        assert kept[run["_id"]]["finished"] is not None


def test_each_category_has_its_printed_name(crawled: Crawled) -> None:
    names = documents(crawled.database, "names")
    assert {slug for post in crawled.posts.values() for slug in post["categories"]} <= set(names)
    for post in crawled.posts.values():
        if post["source"]:
            assert names[post["source"]["slug"]]["name"] == post["source"]["name"]


def test_posts_say_what_the_articles_say(crawled: Crawled) -> None:
    plain = [story for story in crawled.stories if story.fault is None and story.columns]
    assert len(plain) > 20
    for story in plain:
        post = crawled.post(story)
        assert post["title"] == story.title
        assert post["date"] == story.at
        assert post["date_info"]["offset"] == "+08:00"
        assert post["date_info"]["precision"] == "second"
        assert post["source"]["name"] == credited(story.outlet)
        assert post["tags"][0] == f"{credited(story.outlet)}新闻"
        assert post["source"]["slug"] == post["categories"][0]
        assert set(post["authors"]) <= {story.author}
        assert "　" not in post["body"]["html"]
        assert "文章来源" not in post["body"]["html"]
        codes = {f"{security['market']},{security['code']}" for security in post["securities"]}
        assert codes == {f"{market},{code}" for market, code, _ in story.marked}


def test_flashes_carry_the_lists_securities_and_digest(crawled: Crawled) -> None:
    flashes = [s for s in crawled.stories if s.fault is None and s.is_flash and not s.columns and s.marked]
    assert flashes
    for story in flashes:
        post = crawled.post(story)
        assert post["crawl"]["spider"] == "eastmoney_flash"
        assert post["digest"] == story.digest
        codes = {(security["market"], security["code"]) for security in post["securities"]}
        assert codes == {(market, code) for market, code, _ in story.marked}


def test_both_layouts_are_read(crawled: Crawled) -> None:
    versions = {}
    for story in crawled.stories:
        if story.fault is None and story.columns:
            versions.setdefault(crawled.post(story)["crawl"]["page_version"], []).append(story.at.year)
    assert set(versions) == {"2026", "2019"}
    assert max(versions["2019"]) <= 2022 < min(versions["2026"])


def test_one_article_is_one_post_whatever_brought_it(crawled: Crawled) -> None:
    twice = [s for s in crawled.stories if s.columns and s.feeds and s.fault is None]
    assert twice
    for story in twice:
        assert crawled.post(story)["crawl"]["spider"] == "eastmoney"
    assert crawled.runs["eastmoney_choice"]["counts"]["known"] >= len(twice)


def test_a_second_crawl_stores_nothing_and_updates_the_changed_one(database: str) -> None:
    with warm.newsroom(["--articles", str(CYCLE), "--seed", "5"]) as newsroom:
        first_exit, first = crawl("eastmoney_choice", newsroom)
        before = documents(database)
        second_exit, second = crawl("eastmoney_choice", newsroom, *EVERY_TIME)
        after = documents(database)
        _, third = crawl("eastmoney_choice", newsroom, *EVERY_TIME)
    assert (first_exit, second_exit) == (0, 0)
    assert first["counts"]["stored"] == len(before) == len(after)
    assert second["counts"]["stored"] == 0
    assert second["counts"]["updated"] == 1
    assert (third["counts"]["stored"], third["counts"]["updated"]) == (0, 0)
    changed = [number for number in before if before[number]["content_hash"] != after[number]["content_hash"]]
    assert len(changed) == 1
    assert after[changed[0]]["revision"] == 2
    assert "修订后的口径" in after[changed[0]]["body"]["text"]
    old = documents(database, "revisions")[f"{changed[0]}@1"]
    assert old["content_hash"] == before[changed[0]]["content_hash"]
    for number in before.keys() - changed:
        moved = {field for field in before[number] if before[number][field] != after[number][field]}
        assert moved <= {"last_seen"}


def test_a_settled_article_is_not_asked_for_again(quiet_newsroom: str, database: str) -> None:
    crawl("eastmoney", quiet_newsroom, *SINCE)
    _, again = crawl("eastmoney", quiet_newsroom, *SINCE, *EVERY_TIME)
    counts = again["counts"]
    assert counts["stored"] == counts["updated"] == counts["rejected"] == 0
    assert counts["unchanged"] > 0
    assert counts["known"] > 0
    young = [p for p in documents(database).values() if p["last_seen"] != p["first_seen"]]
    assert len(young) == counts["unchanged"]


def test_after_a_whole_run_only_the_lists_first_pages_are_read(database: str) -> None:
    with warm.newsroom(["--articles", "400", "--no-faults"]) as newsroom:
        _, first = crawl("eastmoney", newsroom)
        _, second = crawl("eastmoney", newsroom)
        _, limited = crawl("eastmoney", newsroom, "--limit", "1", *EVERY_TIME)
        _, walked = crawl("eastmoney", newsroom, *EVERY_TIME)
    assert first["complete"]
    assert second["complete"]
    assert first["counts"]["lists"] > 10 >= second["counts"]["lists"]
    assert not limited["complete"], "what the limit kept out is still to be had"
    assert walked["counts"]["lists"] == first["counts"]["lists"]


def test_since_limit_and_dry_run(quiet_newsroom: str, database: str) -> None:
    code, run = crawl("eastmoney", quiet_newsroom, "--since", "10h", "--limit", "7", "--dry-run")
    assert code == 0
    assert len(run["would_store"]) == 7
    assert documents(database) == {}
    assert documents(database, "runs") == {}
    code, run = crawl("eastmoney", quiet_newsroom, "--limit", "5")
    assert (code, run["counts"]["stored"], run["complete"]) == (0, 5, False)


def test_columns_are_an_argument(quiet_newsroom: str, database: str) -> None:
    _, run = crawl("eastmoney", quiet_newsroom, "-a", "columns=350")
    assert run["arguments"] == {"columns": "350"}
    assert run["counts"]["lists"] >= 1


def test_scrapy_crawl_is_the_same_run(quiet_newsroom: str, database: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "eastmoney", "-a", "since=2d", "-a", "limit=9"],
        cwd=ROOT,
        env={**os.environ, "NEWSCRAWL_NEWSROOM": quiet_newsroom},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(documents(database)) == 9


def test_scrapys_feeds_have_posts_as_the_contract_says(
    quiet_newsroom: str, database: str, tmp_path: Path
) -> None:
    words = ["-a", "limit=3", "-s", "NEWSCRAWL_DRY_RUN=True", "-O", "posts.jsonl", "-O", "posts.json"]
    place = {"NEWSCRAWL_NEWSROOM": quiet_newsroom, "SCRAPY_SETTINGS_MODULE": "newscrawl.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "enorth", *words],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, **place},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    lines = (tmp_path / "posts.jsonl").read_bytes().splitlines()
    posts = [json.loads(line) for line in lines]
    assert len(posts) == 3
    assert json.loads((tmp_path / "posts.json").read_bytes()) == posts
    assert posts[0]["title"].encode() in lines[0], "as UTF-8, not as escapes"
    assert all(post["date"].endswith("Z") and "_id" in post for post in posts)


def test_scrapy_crawl_fails_loudly_too(quiet_newsroom: str, database: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "eastmoney", "-a", "columns=1298"],
        cwd=ROOT,
        env={**os.environ, "NEWSCRAWL_NEWSROOM": quiet_newsroom},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "HTML instead of JSON" in done.stderr


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("1297", "error code 0: 系统繁忙"),
        ("1298", "HTML instead of JSON"),
        ("1299", "truncated JSON"),
        ("9999", "the lists were read and held no article"),
    ],
)
def test_a_broken_list_fails_the_run_and_is_named(
    quiet_newsroom: str, database: str, column: str, told: str
) -> None:
    code, run = crawl("eastmoney", quiet_newsroom, "-a", f"columns={column}")
    assert code == 1
    assert any(told in problem for problem in run["problems"]), run["problems"]
    assert not run["complete"]


def test_one_broken_list_of_two_degrades_the_run_and_loses_nothing(
    quiet_newsroom: str, database: str
) -> None:
    code, run = crawl("eastmoney", quiet_newsroom, "-a", "columns=1298,350")
    assert code == 1
    assert run["counts"]["stored"] > 0
    assert run["counts"]["list_failures"] == {"HTML instead of JSON": 1}


def test_what_failed_is_found_again_by_the_next_run(database: str) -> None:
    with warm.newsroom(["--articles", str(CYCLE), "--seed", "9"]) as newsroom:
        _, first = crawl("eastmoney", newsroom, "-s", "RETRY_TIMES=0")
        _, second = crawl("eastmoney", newsroom)
        _, third = crawl("eastmoney", newsroom)
    assert first["counts"]["failed"] == 3, "500, 503 and a connection that was cut"
    assert not first["complete"]
    assert second["counts"]["failed"] == 0
    assert second["counts"]["stored"] == 3
    assert third["complete"]
    reasons = [reason for reject in documents(database, "rejects").values() for reason in reject["reasons"]]
    assert not [reason for reason in reasons if reason.startswith("failed")]


def test_a_site_that_is_away_fails_the_run(database: str) -> None:
    code, run = crawl("eastmoney", "http://127.0.0.1:9", "-s", "RETRY_TIMES=0", "-a", "columns=350")
    assert code == 1
    assert any("no list could be read" in problem for problem in run["problems"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["crawl", "eastmony"], "no spider 'eastmony'; did you mean eastmoney"),
        (["crawl", "eastmoney", "--since", "yesterdayish"], "yesterdayish"),
        (["crawl", "eastmoney", "--since", "2999-01-01"], "which is in the future"),
        (["crawl", "eastmoney", "-a", "colums=350"], "no argument 'colums'; it takes columns, limit, since"),
        (["crawl", "eastmoney", "-a", "limit=many"], "limit 'many' is not a number"),
        (["crawl", "eastmoney", "-a", "since="], "Invalid time ''. Use 45m, 3h, 2d"),
        (
            ["crawl", "eastmoney", "-a", "columns=350;351"],
            "columns '350;351' are not comma-separated numbers",
        ),
        (["crawl", "eastmoney", "-a", "columns="], "columns '' are not comma-separated numbers"),
        (["crawl", "eastmoney", "--since", ""], "--since is empty; give it a value, or leave it out"),
        (["try", "http://example.org/", "--newsroom", ""], "--newsroom is empty"),
        (["check", "eastmoney", "--newsroom", ""], "--newsroom is empty"),
        (["crawl", "eastmoney", "--newsroom", " "], "--newsroom is empty; give it a value, or leave it out"),
        (["crawl", "eastmoney", "--newsroom", "http://[bad"], "newsroom 'http://[bad' is not an address"),
        (["crawl", "eastmoney", "--newsroom", "http://h:99999"], "newsroom 'http://h:99999' is not an"),
        (["crawl", "eastmoney", "-a", "since"], "'since' is not NAME=VALUE"),
        (["crawl", "eastmoney", "--newsroom", "somewhere"], "newsroom 'somewhere' is not an address"),
        (["crawl", "eastmoney", "-L", "LOUD"], "unknown log level 'LOUD'; use one of"),
        (["crawl", "eastmoney", "--dry-run", "-s", "LOG_LEVEL=LOUD"], "Scrapy refuses a setting"),
        (["crawl", "eastmoney", "--dry-run", "-s", "JOBDIR=x"], "JOBDIR='x' is not supported"),
        (["crawl", "eastmoney", "--dry-run", "-s", "ITEM_PIPELINES={}"], "ITEM_PIPELINES is empty: without"),
        (
            ["crawl", "eastmoney", "--dry-run", "-s", 'ITEM_PIPELINES={"a.B":1}'],
            "ITEM_PIPELINES is {'a.B': 1}",
        ),
        (["crawl", "eastmoney", "--dry-run", "-s", "ITEM_PIPELINES=none"], "is not a JSON dictionary"),
        (["crawl", "eastmoney", "--dry-run", "-s", "LOG_FILE=/dev/null/x"], "Scrapy refuses a setting"),
        (["try", "http://example.com/", "--newsroom", "somewhere"], "newsroom 'somewhere' is not an address"),
        (["try", "ftp://example.com/x"], "write it as https://example.org/"),
        (["try", "http://[::1"], "write it as https://example.org/"),
        (
            ["try", "no-such-file.html", "--url", "https://finance.eastmoney.com/a/1.html"],
            "neither a file nor",
        ),
        (["try", "README.md"], "--url https://"),
        (["new", "class", "https://example.org/"], "'class': it is a Python keyword"),
        (["try", "docs"], "'docs' is a folder; name a saved page in it"),
        (["try", ""], "'' is neither a file nor an address"),
        (["try", "README.md", "--url", "nonsense"], "'nonsense' is not an http address"),
        (["try", "https://example.com/", "--spider", "nope"], "no spider 'nope'"),
        (["crawl", "site", "-a", "url=http://example.org:99999/"], "Port out of range"),
        (["freeze", "eastmoney", "https://example.org:99999/"], "Port out of range"),
        (
            ["freeze", "eastmoney", "README.md", "--folder", "no-such-folder"],
            "folder no-such-folder does not exist",
        ),
        (["--database", "a/b", "db", "status"], "invalid database name 'a/b'"),
        (["newsroom", "--posts", "no-such-folder"], "is not a folder"),
        (
            ["demo", "--into", "README.md/site"],
            "cannot create folder README.md/site/_posts: Not a directory; name another",
        ),
        (
            ["crawl", "eastmoney", "--dry-run", "-s", "DOWNLOAD_DELAY=soon"],
            "DOWNLOAD_DELAY='soon' is not a number",
        ),
        (["crawl", "eastmoney", "--dry-run", "-s", "RETRY_TIMES=a"], "RETRY_TIMES='a' is not a number"),
        (["crawl", "eastmoney", "--dry-run", "-s", "ROBOTSTXT_OBEY=x"], "ROBOTSTXT_OBEY='x' is neither"),
    ],
)
def test_wrong_words_exit_2_with_one_line(words: list[str], told: str) -> None:
    done = newscrawl(*words, NEWSCRAWL_CONTACT="https://example.org/")
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""


def test_an_unreachable_database_exits_2_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCRAWL_DATABASE", "newscrawl_unreached")
    uri = "mongodb://writer:sesame@127.0.0.1:9/?serverSelectionTimeoutMS=300"
    done = newscrawl("crawl", "eastmoney", MONGODB_URI=uri, NEWSCRAWL_CONTACT="https://example.org/")
    assert done.returncode == 2
    assert "MONGODB_URI" in done.stderr
    assert "sesame" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [(["eastmony"], "no spider 'eastmony'"), (["eastmoney", "-a", "colums=1"], "no argument 'colums'")],
)
def test_wrong_words_to_scrapy_are_told_without_a_stack(words: list[str], told: str) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_scrapy_without_mongodb_is_told_without_a_stack() -> None:
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "eastmoney",
        "-s",
        "NEWSCRAWL_NEWSROOM=http://127.0.0.1:9",
    ]
    place = {**os.environ, "MONGODB_URI": "mongodb://127.0.0.1:9/"}
    done = subprocess.run(
        command, cwd=ROOT, env=place, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "MongoDB at mongodb://127.0.0.1:9/ (MONGODB_URI) cannot be used" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_site_without_robots_is_told_without_a_stack() -> None:
    done = newscrawl("try", "http://example.org/", "--newsroom", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "did not respond: robots.txt could not be fetched: the connection was refused" in done.stderr


def test_a_site_that_is_away_is_told_in_words_and_once(database: str) -> None:
    done = newscrawl("crawl", "eastmoney", "-a", "columns=350", "--newsroom", "http://127.0.0.1:9")
    assert done.returncode == 1
    problem = "problem: 1 list given up: robots.txt could not be fetched: the connection was refused"
    assert problem in done.stdout.splitlines()
    assert done.stderr == ""


def test_one_crawl_of_a_spider_at_a_time(quiet_newsroom: str, database: str) -> None:
    with SpiderLock("eastmoney"):
        done = newscrawl("crawl", "eastmoney", "--newsroom", quiet_newsroom)
        skipped = newscrawl("crawl", "eastmoney", "--newsroom", quiet_newsroom, "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"eastmoney is being crawled already (pid {os.getpid()}" in done.stderr
    assert (skipped.returncode, skipped.stderr) == (3, done.stderr)
    [reason] = [value for key, value in json.loads(skipped.stdout).items() if key == "skipped"]
    assert f"newscrawl: {reason}\n" in done.stderr
    assert crawl("eastmoney", quiet_newsroom, "--limit", "1")[0] == 0


def test_one_crawl_of_a_spider_at_a_time_by_scrapy_too(quiet_newsroom: str, database: str) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "eastmoney", "-a", "limit=1"]
    place = {**os.environ, "NEWSCRAWL_NEWSROOM": quiet_newsroom}

    def scrapy(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=ROOT, env=place, capture_output=True, text=True, timeout=60, check=False
        )

    with SpiderLock("eastmoney"):
        busy, dry = scrapy(), scrapy("-s", "NEWSCRAWL_DRY_RUN=1")
    assert busy.returncode == 3
    assert f"eastmoney is being crawled already (pid {os.getpid()}" in busy.stderr
    assert dry.returncode == 0
    assert scrapy().returncode == 0


def test_a_page_that_is_not_there_is_not_frozen(quiet_newsroom: str, tmp_path: Path) -> None:
    url = "https://finance.eastmoney.com/a/209901013000000000.html"
    done = newscrawl("freeze", "eastmoney", url, "--newsroom", quiet_newsroom, "--folder", str(tmp_path))
    assert done.returncode == 1
    assert "responded with HTTP 404; nothing was saved" in done.stderr
    assert not any(tmp_path.iterdir())


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"newscrawl \d+\.\d+\.\d+\n", newscrawl("--version").stdout)


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-"])
def test_a_crawl_without_one_of_its_streams(closed: str, quiet_newsroom: str, database: str) -> None:
    line = (
        f"exec {sys.executable} -m newscrawl crawl eastmoney --limit 1 --newsroom {quiet_newsroom} {closed}"
    )
    assert subprocess.run(line, shell=True, capture_output=True, timeout=60, check=False).returncode == 0
    assert len(documents(database)) == 1


def test_output_that_finds_no_room_is_told_in_a_line() -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "newscrawl", "sources"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("newscrawl: [Errno 28] No space left on device")
    assert "Traceback" not in done.stderr


def test_sources() -> None:
    listed = json.loads(newscrawl("sources", "--json").stdout)
    assert {source["spider"] for source in listed} >= set(SPIDERS)


def test_try_shows_every_field_and_its_rule(quiet_newsroom: str, crawled: Crawled) -> None:
    story = next(s for s in crawled.stories if s.fault is None and s.columns)
    url = f"https://finance.eastmoney.com{story.path}"
    done = newscrawl("try", url, "--newsroom", crawled.newsroom, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["would"], told["spider"]) == (0, "store", "eastmoney")
    assert told["post"]["title"] == story.title
    assert told["origins"]["source"] == "em_media"
    gone = crawled.with_fault("gone")[0]
    done = newscrawl("try", f"https://finance.eastmoney.com{gone.path}", "--newsroom", crawled.newsroom)
    assert done.returncode == 1
    assert "would be rejected: HTTP 404" in done.stdout
