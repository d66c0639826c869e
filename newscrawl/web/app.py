"""The ASGI application: routes, templates, the database connection, the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from newscrawl.web import api, archive_pages, list_pages, post_pages, static
from newscrawl.web.cache import ResponseCache
from newscrawl.web.context import WebContext
from newscrawl.web.database_restart import DatabaseRestart
from newscrawl.web.feed_pages import feed_routes
from newscrawl.web.gateway import Gateway
from newscrawl.web.openapi import openapi
from newscrawl.web.opensearch import opensearch
from newscrawl.web.problems import failed, handlers
from newscrawl.web.site_options import SiteOptions
from newscrawl.web.status_page import status

if TYPE_CHECKING:
    from newscrawl.read import AsyncPosts


def make_app(
    open_posts: Callable[[], AsyncPosts],
    site: SiteOptions | None = None,
    restart: Callable[[], object] | None = None,
    names: frozenset[str] | None = None,
) -> Gateway:
    """The pages and the API as an ASGI application.

    open_posts: opens the posts; called in the serving event loop, and closed with it.
    restart: starts the database if it died; called in a thread, not too often; None never restarts it.
    names: Host names to accept besides those of loopback (security.names_of); None accepts any.
    """
    site = site or SiteOptions()
    posts = open_posts()
    context = WebContext.of(posts, site)
    database = DatabaseRestart(restart or (lambda: None))

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        database.close()
        await posts.close()

    app = Starlette(routes=_routes(), exception_handlers=handlers(), lifespan=life)
    app.router.redirect_slashes = False  # a redirect would repeat whatever host a request names
    app.state.context = context
    app.state.database = database
    return Gateway(
        app,
        partial(failed, context),
        context.language_for,
        site.patience,
        ResponseCache(site.fresh),
        names,
    )


def _routes() -> list[Route]:
    pages = [
        Route("/", list_pages.home),
        Route("/category", list_pages.categories),
        Route("/category/{slug}", list_pages.category),
        Route("/outlet", list_pages.outlets),
        Route("/outlet/{slug}", list_pages.outlet),
        Route("/tag/{tag:path}", list_pages.tag),
        Route("/security/{code}", list_pages.security),
        Route("/post/{id:path}/history", post_pages.history),
        Route("/post/{id:path}", post_pages.post),
        Route("/search", list_pages.search),
        Route("/archive", archive_pages.archive),
        Route("/archive/{day}", archive_pages.day),
        Route("/status", status),
    ]
    others = [
        Route("/openapi.json", openapi),
        Route("/healthz", api.health),
        Route("/robots.txt", static.robots),
        Route("/favicon.ico", static.favicon),
        Route("/opensearch.xml", opensearch),
        Route("/static/{name}", static.static),
    ]
    programs = [
        Route(operation.path.replace("{id}", "{id:path}"), operation.handler) for operation in api.OPERATIONS
    ]
    return [
        *feed_routes(),
        *pages,
        *programs,
        *others,
    ]  # feeds first: their paths would also match categories
