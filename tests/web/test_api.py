"""The JSON API against its own description, and against the database."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from newscrawl.model.post import Post
from newscrawl.read import Posts
from newscrawl.web.api import OPERATIONS, post_document
from newscrawl.web.openapi import document
from newscrawl.web.site_options import SiteOptions
from tests.web.newsstand import CHANGED_ID, RICH_ID
from tests.web.serving import ask, serving

pytestmark = pytest.mark.slow

EXAMPLES = 40


def test_pages_of_posts_go_through_all_of_them(pages: str, stocked: str) -> None:
    seen, path = [], "/api/v1/posts?size=30"
    while path:
        reply = ask(pages, path)
        seen += [post["id"] for post in reply.json["posts"]]
        after = reply.json["next"]
        path = f"/api/v1/posts?size=30&after={after}" if after else ""
        assert (f"after={after}" in reply.headers["link"]) if after else "link" not in reply.headers
    with Posts.connect(database=stocked) as posts:
        assert seen == [post.id for post in posts.find()]


def test_a_post_is_whole(pages: str, stocked: str) -> None:
    with Posts.connect(database=stocked) as posts:
        post = posts.get(RICH_ID)
    assert isinstance(post, Post)
    answered = ask(pages, f"/api/v1/posts/{RICH_ID}").json
    assert answered.keys() == post_document(post).keys()
    assert answered["date"] == "2026-03-08T11:30:00Z"
    assert answered["body"]["images"][0] == {
        "url": "http://pictures.example.com/1.jpg",
        "caption": "图为天津港",
    }
    assert ask(pages, f"/api/v1/posts/{CHANGED_ID}").json["revision"] == 3


def test_filters_and_search_find(pages: str) -> None:
    def ids(query: str) -> list[str]:
        return [post["id"] for post in ask(pages, f"/api/v1/{query}").json["posts"]]

    assert ids("posts?security=1.600717") == [RICH_ID]
    assert len(ids("posts?outlet=beifangwang&size=100")) > 15
    assert ids("posts?language=fr") == ["eastmoney:202603083600000911"]
    assert ids("posts?until=2023-01-01T00:00:00Z") == ["eastmoney:202603083600000921"]
    assert len(ids("search?q=吞吐量")) == 3
    everything = len(ids("posts?size=100"))
    assert len(ids("posts?stored_since=1d&size=100")) == everything > len(ids("posts?since=1d&size=100"))
    assert ids("posts?stored_since=2099-01-01T00:00:00Z") == []
    assert ids("search?q=！") == []


def test_counts(pages: str) -> None:
    outlets = ask(pages, "/api/v1/outlets").json["outlets"]
    assert {"北方网", "TechWeb"} <= {outlet["name"] for outlet in outlets}
    assert all(count["posts"] > 0 for count in ask(pages, "/api/v1/categories").json["categories"])


def test_the_state_of_the_crawls(pages: str, stocked: str) -> None:
    state = ask(pages, "/api/v1/status").json
    with Posts.connect(database=stocked) as posts:
        expected = posts.state()
    assert [source["spider"] for source in state["sources"]] == [run.spider for run in expected.sources]
    assert state["fields"][0] == expected.fields[0]._asdict()
    assert len(state["hours"]) == 48


def test_health(pages: str) -> None:
    reply = ask(pages, "/healthz")
    assert (reply.status, reply.json, reply.headers["cache-control"]) == (200, {"status": "ok"}, "no-store")
    nowhere = "mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=200"
    with serving("nothing", SiteOptions(fresh=0, patience=0.2), uri=nowhere) as address:
        reply = ask(address, "/healthz")
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("posts?size=1000", 400, "size"),
        ("posts?categroy=x", 400, "categroy"),
        ("posts?size=1&size=2", 400, "twice"),
        ("posts?since=0d", 400, "since"),
        ("posts?since=2026-03-08T00:00:00+08:00", 400, "%2B"),
        ("posts?after=abc", 404, "after"),
        ("posts/eastmoney:1", 404, "eastmoney:1"),
        ("search", 400, "q is missing"),
        ("nothing", 404, "Not Found"),
    ],
)
def test_errors_are_problem_documents(pages: str, path: str, status: int, word: str) -> None:
    reply = ask(pages, f"/api/v1/{path}")
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["status"] == status
    assert reply.json["type"] == "about:blank"
    assert word in reply.text


def test_the_description_is_what_is_served(pages: str) -> None:
    assert ask(pages, "/openapi.json").json == document()
    assert set(document()["paths"]) == {operation.path for operation in OPERATIONS}


@seeded(20261123)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def _examine(case: Any) -> None:
    case.call_and_validate()


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize("path", [operation.path for operation in OPERATIONS])
def test_schemathesis_finds_nothing(pages: str, path: str, wrong: bool) -> None:
    """With values that the description lets through, and with others; the same in each run."""
    operation = schemathesis.openapi.from_url(f"{pages}/openapi.json")[path]["GET"]
    mode = schemathesis.GenerationMode.NEGATIVE if wrong else schemathesis.GenerationMode.POSITIVE
    if wrong and not (operation.query or operation.path_parameters):
        return  # there is nothing to get wrong
    given(case=operation.as_strategy(generation_mode=mode))(_examine)()
