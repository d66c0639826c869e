"""Lists of posts: home, category, outlet, tag, security, search."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from newscrawl.read import Query
from newscrawl.search import words_of
from newscrawl.web.context import WebContext, context_of
from newscrawl.web.filters import tag_name
from newscrawl.web.languages import msgid
from newscrawl.web.links import part, with_query
from newscrawl.web.request_query import PAGE, WORDS_LIMIT, cursor, has_words, is_slug, query_value

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from newscrawl.read import Headline

LATEST = 13  #: posts at the top of the home page
SECTIONS = 12  #: tags below them
OF_EACH = 5  #: posts of each tag
_SAMPLE = 3  # pages of 100 posts from which the most frequent tags are taken
_CODE = re.compile(r"(?:\d{1,3}\.)?[A-Za-z0-9.^_-]{1,20}")


class ListKind(Enum):
    """What the posts of a list have in common; the value is the name of the filter."""

    CATEGORY = "category"
    OUTLET = "outlet"
    TAG = "tag"
    SECURITY = "security"

    @property
    def is_slug(self) -> bool:
        """Whether it is written as a slug, has a display name, and has a feed at the same path."""
        return self in (ListKind.CATEGORY, ListKind.OUTLET)


_LABELS = {
    ListKind.CATEGORY: msgid("Category"),
    ListKind.OUTLET: msgid("Outlet"),
    ListKind.TAG: msgid("Tag"),
    ListKind.SECURITY: msgid("Security"),
}


class ListSection(NamedTuple):
    """The latest posts of a tag."""

    tag: str
    posts: list[Headline]
    more: str


async def home(request: Request) -> Response:
    """The latest posts, then the latest five of each of the most frequent tags."""
    context = context_of(request)
    recent = await _recent(context)
    tags = Counter(tag for post in recent for tag in post.tags)
    frequent = [tag for tag, _ in tags.most_common(SECTIONS)]
    sections = await asyncio.gather(*(_section(context, tag, recent) for tag in frequent))
    values = {"latest": recent[:LATEST], "sections": sections, "canonical": "/", "feed": "/feed"}
    return context.page(request, "home.html", values)


async def _recent(context: WebContext) -> list[Headline]:
    recent: list[Headline] = []
    after = None
    for _ in range(_SAMPLE):
        page = await context.posts.page(after=after, size=100)
        recent += page.posts
        after = page.next
        if after is None:
            break
    return recent


async def _section(context: WebContext, tag: str, recent: list[Headline]) -> ListSection:
    posts = [post for post in recent if tag in post.tags][:OF_EACH]
    if len(posts) < OF_EACH:
        posts = (await context.posts.page(size=OF_EACH, tag=tag)).posts
    shared = {post.categories[0] if post.categories else None for post in posts}
    slug = shared.pop() if len(shared) == 1 else None
    return ListSection(tag, posts, f"/category/{slug}" if slug else f"/tag/{part(tag)}")


async def category(request: Request) -> Response:
    """`/category/beifangwang`; redirects from `….html`, to which the seed site links."""
    slug = request.path_params["slug"]
    if slug.endswith(".html") and is_slug(slug.removesuffix(".html")):
        return RedirectResponse(f"/category/{slug.removesuffix('.html')}", 301)
    _require(is_slug(slug))
    return await _listing(request, ListKind.CATEGORY, slug, f"/category/{slug}")


async def outlet(request: Request) -> Response:
    """`/outlet/beifangwang`"""
    slug = request.path_params["slug"]
    _require(is_slug(slug))
    return await _listing(request, ListKind.OUTLET, slug, f"/outlet/{slug}")


async def tag(request: Request) -> Response:
    """`/tag/北方网新闻`"""
    name = request.path_params["tag"]
    return await _listing(request, ListKind.TAG, name, f"/tag/{part(name)}")


async def security(request: Request) -> Response:
    """`/security/1.600160`, or the code alone."""
    code = request.path_params["code"]
    _require(_CODE.fullmatch(code) is not None)
    return await _listing(request, ListKind.SECURITY, code, f"/security/{part(code)}")


async def categories(request: Request) -> Response:
    """All categories."""
    context = context_of(request)
    counts = await context.posts.categories()
    values = {
        "heading": context.language_of(request).gettext("Categories"),
        "counts": counts,
        "path": "/category",
    }
    return context.page(request, "counts.html", {**values, "canonical": "/category"})


async def outlets(request: Request) -> Response:
    """All outlets."""
    context = context_of(request)
    counts = await context.posts.outlets()
    values = {
        "heading": context.language_of(request).gettext("Outlets"),
        "counts": counts,
        "path": "/outlet",
    }
    return context.page(request, "counts.html", {**values, "canonical": "/outlet"})


async def search(request: Request) -> Response:
    """`/search?q=…`, best matches first."""
    context = context_of(request)
    q, after = query_value(request, "q", WORDS_LIMIT), cursor(request)
    wanted = words_of(q) if q and has_words(q) else None
    page = await context.posts.search(q, after=after, size=PAGE) if q and wanted else None
    values: dict[str, Any] = {"q": q, "posts": page.posts if page else [], "later": after is not None}
    values["wanted"] = wanted
    values["older"] = with_query("/search", q=q, after=page.next) if page and page.next else None
    values["newest"] = with_query("/search", q=q) if after else None
    return context.page(request, "search.html", {**values, "canonical": "/search"})


async def _listing(request: Request, kind: ListKind, name: str, path: str) -> Response:
    """A page of posts grouped by day; 404 if no post matches at all."""
    context, after = context_of(request), cursor(request)
    language = context.language_of(request)
    wanted: dict[str, Any] = {kind.value: name}
    page = await context.posts.page(Query(**wanted), after=after, size=PAGE)
    if not page.posts and after is None:
        raise HTTPException(404)
    values = {
        "kind": language.gettext(_LABELS[kind]),
        "heading": await _name(context, kind, name, page.posts),
        "note": None,
        "groups": context.by_day(page.posts, language),
        "later": after is not None,
        "older": with_query(path, after=page.next) if page.next else None,
        "newest": path if after else None,
        "canonical": path,
        "feed": path if kind.is_slug else None,
    }
    return context.page(request, "list.html", {**values, "feed_title": values["heading"]})


async def _name(context: WebContext, kind: ListKind, name: str, posts: list[Headline]) -> str:
    """The display name of a slug; anything else as it is."""
    if kind is ListKind.TAG:
        return tag_name(name)
    if not kind.is_slug:
        return name
    outlet = next((post.outlet for post in posts if post.outlet_slug == name and post.outlet), None)
    return outlet or (await context.posts.names([name])).get(name, name)


def _require(found: bool) -> None:
    if not found:
        raise HTTPException(404)
