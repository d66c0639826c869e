"""Feeds of all posts, of a category, or of an outlet: Atom, RSS, JSON Feed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from newscrawl.export.feeds import MEDIA_TYPES, WRITERS, FeedInfo
from newscrawl.web.bodies import clean
from newscrawl.web.context import WebContext, context_of
from newscrawl.web.links import post_path
from newscrawl.web.request_query import is_slug

if TYPE_CHECKING:
    from starlette.requests import Request

    from newscrawl.model.post import Post

ENTRIES = 30
_FORMS = {"atom": "atom", "rss": "rss", "json": "jsonfeed"}  # by suffix


def feed_routes() -> list[Route]:
    """`/feed.atom`, `/category/beifangwang.rss`, `/outlet/beifangwang.json` …"""
    heads = ("/feed", "/category/{category}", "/outlet/{outlet}")
    return [Route(f"{head}.{suffix}", feed) for head in heads for suffix in _FORMS]


async def feed(request: Request) -> Response:
    """The latest posts with their full texts. Not found if there are none."""
    context, filters = context_of(request), dict(request.path_params)
    if not all(map(is_slug, filters.values())):
        raise HTTPException(404)
    posts = [_cleaned(post) async for post in context.posts.find(limit=ENTRIES, **filters)]
    if filters and not posts:
        raise HTTPException(404)
    form = _FORMS[request.url.path.rpartition(".")[2]]
    body = WRITERS[form](posts, _info(context, request.url.path, posts if filters else [], **filters))
    return Response(body, headers={"content-type": MEDIA_TYPES[form]})


def _info(context: WebContext, path: str, posts: list[Post], **filters: Any) -> FeedInfo:
    """The feed's own title and addresses; its page is the one with the same path."""
    address, title = context.site.address, context.title
    for slug in filters.values():
        sources = (post.source for post in posts)
        name = next((source.name for source in sources if source and source.slug == slug), slug)
        title = f"{title} · {name}"
    page = path.rpartition(".")[0] if filters else "/"
    return FeedInfo(
        title=title,
        home=f"{address}{page}",
        address=f"{address}{path}",
        link=lambda post: f"{address}{post_path(post.id)}",
    )


def _cleaned(post: Post) -> Post:
    """The post with its body sanitized again."""
    return replace(post, body=replace(post.body, html=clean(post.body.html)))
