"""docs/data.md, the validator and Post say the same, and each documented query reads its index."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from newscrawl.export.jekyll.import_posts import Imported
from newscrawl.jobs.state import JobState
from newscrawl.model.post import Post, to_values
from newscrawl.model.rights import Rights
from newscrawl.read import Query, plans
from newscrawl.read.backfill import Backfill
from newscrawl.read.crawl_status import state
from newscrawl.read.delays import with_news
from newscrawl.read.plan import Find
from newscrawl.read.post_references import filters_for
from newscrawl.read.query import query_of
from newscrawl.store import client, migrate, schema
from newscrawl.store.indexes import INDEXES
from newscrawl.store.withdrawals import gone_filter, there_filter
from tests.store.posts import START, make_post

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")

_OF_PYTHON = {str: "string", int: "int", bool: "bool", datetime: "date", dict: "object"}
Fields = dict[str, str]


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table below a heading, without its head."""
    part = re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def documented(collection: str) -> Fields:
    return {cells[0].strip("`"): cells[1] for cells in rows(f"`{collection}`")}


def of_dataclass(kind: type, prefix: str = "") -> Fields:
    """Path -> type of all fields of a dataclass, nested ones too."""
    hints = typing.get_type_hints(kind)
    fields: Fields = {}
    for field in dataclasses.fields(kind):
        name = "_id" if (prefix, field.name) == ("", "id") else field.name
        fields |= of_hint(f"{prefix}{name}", hints[field.name])
    return fields


def of_hint(path: str, hint: Any) -> Fields:
    arms = [arm for arm in typing.get_args(hint) if arm is not type(None)]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        fields = of_hint(path, arms[0])
        return {**fields, path: f"{fields[path]} or null"}
    if typing.get_origin(hint) is list:
        return {path: "array", **of_hint(f"{path}[]", arms[0])}
    if typing.get_origin(hint) is typing.Literal:
        return {path: "string"}
    if dataclasses.is_dataclass(hint):
        return {path: "object", **of_dataclass(typing.cast(type, hint), f"{path}.")}
    return {path: _OF_PYTHON[typing.get_origin(hint) or hint]}


def of_validator(shape: dict[str, Any], path: str = "") -> Fields:
    """Path -> type of all that a $jsonSchema knows."""
    if "anyOf" in shape:
        inner, _ = shape["anyOf"]
        fields = of_validator(inner, path)
        return {**fields, path: f"{fields[path]} or null"}
    kinds = shape.get("bsonType", "string")  # an enum has strings only
    kinds = [kinds] if isinstance(kinds, str) else kinds
    named = [kind for kind in kinds if kind not in {"long", "null"}]
    fields = {path: " or ".join(named + ["null"] * ("null" in kinds))} if path else {}
    if "items" in shape:
        fields |= of_validator(shape["items"], f"{path}[]")
    for name, inner in shape.get("properties", {}).items():
        fields |= of_validator(inner, f"{path}.{name}" if path else name)
    return fields


def test_posts_are_the_same_in_page_validator_and_class() -> None:
    page, shapes = documented("posts"), of_validator(schema.VALIDATORS["posts"])
    # A post of the store always has these; they are None only before.
    stored = of_dataclass(Post) | {"first_seen": "date", "last_seen": "date"}
    stored = {name: kind for name, kind in stored.items() if "story.bands" not in name}  # in `story_marks`
    assert page == stored
    assert shapes == stored


def test_jobs_are_the_same_in_page_and_class() -> None:
    told = {path: kind for path, kind in of_dataclass(JobState).items() if not path.startswith("last_run.")}
    assert documented("jobs") == {"_id": "string", "host": "string", "home": "string", **told}


@pytest.mark.parametrize("collection", ["revisions", "rejects", "runs"])
def test_what_the_validator_holds_is_on_the_page(collection: str) -> None:
    page = documented(collection)
    shapes = of_validator(schema.VALIDATORS[collection])
    assert page.items() >= shapes.items()


def test_the_run_of_an_import_has_every_field_of_a_run() -> None:
    page = {path for path in documented("runs") if not re.search(r"[.\[]", path)}
    assert Imported("import-1", START).document(Path("_posts"), None).keys() == page


def test_every_row_says_when_the_field_is_absent_and_gives_an_example() -> None:
    for collection in ("posts", "revisions", "rejects", "runs", "jobs"):
        for field, kind, meaning, absent, _ in rows(f"`{collection}`"):
            assert meaning, field
            assert absent.startswith(("null", "`[]`", "`{}`", '`""`', "never")) or field.endswith("[]`"), (
                field
            )
            assert kind.endswith("or null") == absent.startswith("null"), field


def test_the_page_has_every_index_and_no_other() -> None:
    page = [tuple(cell.strip("`") for cell in cells[:3]) for cells in rows("Indexes")]
    made = [
        (
            collection,
            index.document["name"],
            ", ".join(f"{field}: {way}" for field, way in index.document["key"].items()),
        )
        for collection, models in INDEXES.items()
        for index in models
    ]
    assert page == made


def asked(plan: Any, *answers: list[dict[str, Any]]) -> Find:
    """What a plan asks after these answers."""
    ask = next(plan)
    for answer in answers:
        ask = plan.send(answer)
    return typing.cast(Find, ask)


def listing(**fields: Any) -> Find:
    return Find("posts", query_of(Query(**fields), {}).to_filter(languages=["zh", "zh-CN"]), None, NEWEST, 20)


NEWEST = [("date", -1), ("_id", 1)]
SINCE = START + timedelta(minutes=3)
NEW, REVISED = Backfill(SINCE, "82").finds()
REVISED_LATER = Backfill(SINCE, "82").finds()[1]
REVISED_LATER.changes([make_post(1).to_document() | {"updated": SINCE}])
BY_ID, BY_ADDRESS = filters_for("eastmoney:1"), filters_for("https://finance.eastmoney.com/a/7.html")

QUERIES: dict[str, tuple[Find, set[str]]] = {
    "latest": (listing(), {"date"}),
    "since and until": (listing(since=SINCE, until=SINCE + timedelta(days=1)), {"date"}),
    "next page": (asked(plans.page(Query(), plans.place_after(make_post(5)), 20)), {"date"}),
    "category": (listing(category="beifangwang"), {"category"}),
    "tag": (listing(tag="北方网新闻"), {"tag"}),
    "outlet": (listing(outlet="beifangwang"), {"outlet"}),
    "security": (listing(security="600160"), {"security"}),
    "security of a market": (listing(security="1.600160"), {"security"}),
    "language": (listing(language="en"), {"language"}),
    "languages": (listing(language="zh"), {"language"}),
    "story": (listing(story="eastmoney:1"), {"story"}),
    "may be mined": (listing(tdm="allowed"), {"tdm_allowed"}),
    "free to read": (listing(access="free"), {"free"}),
    "category since": (listing(category="beifangwang", since=SINCE), {"category", "date"}),
    "category and outlet": (listing(category="beifangwang", outlet="beifangwang"), {"category", "outlet"}),
    "tag, security, until": (
        listing(tag="北方网新闻", security="600160", until=SINCE),
        {"tag", "security", "date"},
    ),
    "by _id": (Find("posts", BY_ID[0], limit=1), {"_id_"}),
    "by address": (Find("posts", BY_ADDRESS[-1], limit=1), {"canonical_url", "_id_"}),
    "stored since": (NEW.find(), {"first_seen"}),
    "revised since": (REVISED.find(), {"updated"}),
    "revised since, next": (REVISED_LATER.find(), {"updated"}),
    "history": (
        Find("revisions", {"post": "eastmoney:1"}, sort=[("revision", -1)]),
        {"post"},
    ),
    "why no post": (Find("rejects", {"post": "eastmoney:1"}), {"post"}),
    "latest rejects": (Find("rejects", {}, sort=[("last_seen", -1)], limit=20), {"last_seen"}),
    "last run": (Find("runs", {"spider": "eastmoney"}, sort=[("started", -1)], limit=1), {"spider"}),
    "last run with arguments": (
        Find("runs", {"spider": "site", "arguments": {"url": "a"}}, sort=[("started", -1)], limit=1),
        {"arguments", "spider"},  # with few runs, either serves
    ),
    "how soon news is stored": (Find("runs", with_news(datetime.now(UTC) - timedelta(days=1))), {"delays"}),
    "latest runs": (asked(state(SINCE), []), {"started"}),
    "to be migrated": (
        Find("posts", {"schema_version": {"$lt": 2}}, sort=[("schema_version", 1)]),
        {"version"},
    ),
    "due for a look": (Find("posts", there_filter("eastmoney", START + timedelta(hours=2))), {"spider"}),
    "gone, due for a look": (Find("posts", gone_filter("eastmoney", START + timedelta(hours=2))), {"gone"}),
    "newest version": (Find("revisions", {}, sort=migrate.NEWEST, limit=1), {"version"}),
}


@pytest.fixture(scope="module")
def filled(mongo_home: Path) -> Iterator[str]:
    """A database with enough of everything that the planner has a choice."""
    name = f"newscrawl_contract_{os.getpid()}"  # each worker of xdist has its own
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(mongo_home))
        patch.delenv("MONGODB_URI", raising=False)
        asyncio.run(_make(name))
        with client.connect("writer") as writer:
            _fill(writer[name])
            yield name
            writer.drop_database(name)


def _fill(database: Database[dict[str, Any]]) -> None:
    posts = [make_post(number).to_document() for number in range(300)]
    stored = [post | {"first_seen": START, "last_seen": START} for post in posts]
    rights = to_values(Rights(access="free", tdm_allowed=True))
    database.posts.insert_many({**post, "rights": None if n % 9 else rights} for n, post in enumerate(stored))
    database.revisions.insert_many(
        {**post, "_id": f"{post['_id']}@1", "post": post["_id"]} for post in stored
    )
    database.runs.insert_many({"spider": "eastmoney", "started": datetime.now(UTC)} for _ in range(50))


async def _make(name: str) -> None:
    async with await client.connect_async("writer") as connection:
        await schema.ensure_schema(connection[name])


def stages(plan: Any) -> Iterator[tuple[str, str | None]]:
    """Stage and index of every step of a winning plan."""
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"], "_id_" if plan["stage"] == "IDHACK" else plan.get("indexName")
        for part in plan.values():
            yield from stages(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from stages(part)


@pytest.mark.parametrize("name", QUERIES)
def test_a_documented_query_reads_its_index_and_sorts_nothing(filled: str, name: str) -> None:
    find, wanted = QUERIES[name]
    with client.connect("reader") as reader:
        cursor = reader[filled][find.collection].find(find.filter, sort=find.sort, limit=find.limit)
        steps = list(stages(cursor.explain()["queryPlanner"]["winningPlan"]))
    assert not {stage for stage, _ in steps} & {"COLLSCAN", "SORT"}, steps
    used = {index for _, index in steps if index}
    assert used
    assert used <= wanted


def test_every_index_for_readers_serves_a_query() -> None:
    served = {(find.collection, index) for find, wanted in QUERIES.values() for index in wanted}
    of_the_store = {
        ("story_marks", "bands"),
        ("story_marks", "stored"),
        ("posts", "search"),
        ("lists", "spider"),
        ("lists", "read"),
    }
    of_the_store |= {("jobs", "due"), ("jobs", "lease"), ("leases", "until"), ("heartbeats", "at")}
    of_the_store |= {("validators", "spider"), ("validators", "confirmed"), ("robots", "fetched")}
    of_the_store |= {("posts", "page"), ("forgotten", "keys")}
    of_the_store |= {("webhook_queue", "post"), ("webhook_queue", "made"), ("dead_letters", "webhook")}
    made = {(name, index.document["name"]) for name, models in INDEXES.items() for index in models}
    assert made - served - of_the_store == {("revisions", "version")} - served
