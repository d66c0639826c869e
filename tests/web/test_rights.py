"""What a source says of the use of a post: on its page, and in the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newscrawl.model.post import to_values
from newscrawl.model.rights import NEEDED, Rights, Stated, Statement
from newscrawl.store import client
from newscrawl.text.usage_terms import rights_of
from tests.web.newsstand import RICH_ID
from tests.web.serving import ask

EVERYWHERE = Stated(tuple(sorted(NEEDED)))  # type: ignore[arg-type]
FREE = Statement("meta", "article:content_tier", "free", "free")
NOAI = Statement("header", "noai", "noai", "reserved")
LINE = Statement("text", "copyright", "© 2026 <b>Example</b>")


def put(database: str, rights: Rights | None) -> None:
    values = None if rights is None else to_values(rights)
    with client.connect("writer") as writer:
        writer[database].posts.update_one({"_id": RICH_ID}, {"$set": {"rights": values}})


@pytest.fixture(autouse=True)
def _put_back(stocked: str) -> Iterator[None]:
    yield
    put(stocked, None)


def ids(pages: str, query: str) -> set[str]:
    return {post["id"] for post in ask(pages, f"/api/v1/posts?size=100&{query}").json["posts"]}


def test_a_post_from_before_says_nothing_and_is_not_found(pages: str) -> None:
    assert "权利声明" not in ask(pages, f"/post/{RICH_ID}").text
    assert ids(pages, "tdm=allowed") == ids(pages, "access=free") == ids(pages, "access=unknown") == set()


def test_what_reserves_nothing_is_found_as_allowed(pages: str, stocked: str) -> None:
    put(stocked, rights_of([EVERYWHERE, Stated((), (FREE, LINE))]))
    page = ask(pages, f"/post/{RICH_ID}").text
    assert "权利声明</dt><dd>可免费阅读；© 2026 &lt;b&gt;Example" in page
    assert ids(pages, "tdm=allowed") == ids(pages, "access=free") == {RICH_ID}
    assert ids(pages, "tdm=reserved") == set()
    post = ask(pages, f"/api/v1/posts/{RICH_ID}").json
    assert post["rights"]["tdm_allowed"] is True
    assert post["rights"]["statements"][0]["place"] == "meta"


def test_what_is_reserved_is_not(pages: str, stocked: str) -> None:
    put(stocked, rights_of([EVERYWHERE, Stated((), (NOAI,))]))
    assert "保留文本与数据挖掘权利" in ask(pages, f"/post/{RICH_ID}").text
    assert ids(pages, "tdm=allowed") == set()
    assert ids(pages, "tdm=reserved") == {RICH_ID}


@pytest.mark.parametrize("query", ["tdm=yes", "tdm=", "access=gratis"])
def test_other_values_are_refused(pages: str, query: str) -> None:
    reply = ask(pages, f"/api/v1/posts?{query}")
    assert reply.status == 400
    assert query.partition("=")[0] in reply.json["detail"]
