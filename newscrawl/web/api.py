"""The JSON API, /api/v1/…; openapi.py describes it from the same table."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from newscrawl.errors import Missing, UsageError
from newscrawl.read import Page
from newscrawl.read.plans import check_place
from newscrawl.web.api_params import FILTERS, PAGING, WORDS, Param, read_params
from newscrawl.web.context import context_of
from newscrawl.web.links import with_query
from newscrawl.web.request_query import has_words
from newscrawl.web.security import NO_CACHE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from newscrawl.model.post import Post
    from newscrawl.read import Headline

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint of the API."""

    path: str
    name: str  #: operationId
    about: str
    answers: str  #: name of the response's schema
    handler: Callable[[Request], Awaitable[Response]]
    params: tuple[Param, ...] = ()
    by_id: bool = False  #: whether the path ends in a post's id


async def posts(request: Request) -> Response:
    """Posts, newest first."""
    values = read_params(request.query_params, (*FILTERS, *PAGING))
    _check_cursor(values.get("after"))
    return _page(request, await context_of(request).posts.page(**values))


async def search(request: Request) -> Response:
    """Posts that match words, best matches first."""
    values = read_params(request.query_params, (WORDS, *FILTERS, *PAGING))
    _check_cursor(values.get("after"))
    words = values.pop("q")
    found = Page([], None)
    if has_words(words):
        found = await context_of(request).posts.search(words, **values)
    return _page(request, found)


async def post(request: Request) -> Response:
    """One full post."""
    read_params(request.query_params, ())
    reference = request.path_params["id"]
    found = await context_of(request).posts.get(reference)
    if found is None:
        raise Missing(f"no post {reference[:200]!r}; {ROOT}/posts lists the ids")
    return _json(post_document(found))


async def outlets(request: Request) -> Response:
    """All outlets, most common first."""
    read_params(request.query_params, ())
    counts = await context_of(request).posts.outlets()
    return _json({"outlets": [count._asdict() for count in counts]})


async def categories(request: Request) -> Response:
    """All categories, most common first."""
    read_params(request.query_params, ())
    counts = await context_of(request).posts.categories()
    return _json({"categories": [count._asdict() for count in counts]})


async def status(request: Request) -> Response:
    """The state of the crawls."""
    read_params(request.query_params, ())
    return _json(_values(await context_of(request).posts.state()))


OPERATIONS = (
    Operation(f"{ROOT}/posts", "listPosts", "Posts, newest first.", "Page", posts, (*FILTERS, *PAGING)),
    Operation(f"{ROOT}/posts/{{id}}", "getPost", "One post, whole.", "Post", post, by_id=True),
    Operation(f"{ROOT}/search", "searchPosts", "Posts that match words, best matches first.", "Page", search,
              (WORDS, *FILTERS, *PAGING)),
    Operation(f"{ROOT}/outlets", "listOutlets", "All outlets, the commonest first.", "Outlets", outlets),
    Operation(f"{ROOT}/status", "getStatus", "Sources with their last runs, recent runs, posts by hour.",
              "State", status),
    Operation(f"{ROOT}/categories", "listCategories", "All categories, the commonest first.", "Categories",
              categories),
)  # fmt: skip


def post_document(post: Post) -> dict[str, Any]:
    """A post as docs/data.md describes it, with `id` for `_id`."""
    document = post.to_document()
    return {"id": document.pop("_id"), **document}


async def health(request: Request) -> Response:
    """`/healthz`: 200 if the database answers, else 503."""
    await context_of(request).posts.count(at_most=1)
    response = _json({"status": "ok"})
    response.headers["cache-control"] = NO_CACHE
    return response


def headline_document(post: Headline) -> dict[str, Any]:
    """A post in a list."""
    return {name: getattr(post, name) for name in post.__slots__}


def _check_cursor(after: str | None) -> None:
    """Raises Missing for a well-formed cursor that no page ever returned."""
    try:
        check_place(after)
    except UsageError as error:
        raise Missing(str(error)) from None


def _page(request: Request, page: Page) -> Response:
    document = {"posts": [headline_document(each) for each in page.posts], "next": page.next}
    response = _json(document)
    if page.next is not None:
        said = {**dict(request.query_params), "after": page.next}
        response.headers["link"] = f'<{with_query(request.url.path, **said)}>; rel="next"'
    return response


def _values(value: Any) -> Any:
    """Dataclasses and named tuples as objects, all the way down."""
    if dataclasses.is_dataclass(value):
        return {each.name: _values(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return {name: _values(one) for name, one in value._asdict().items()}  # type: ignore[attr-defined]
    if isinstance(value, list):
        return [_values(one) for one in value]
    return value


def _json(document: Any) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(text.encode("utf-8", "replace"), media_type="application/json")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
