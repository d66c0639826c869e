"""The application: routes, templates, the database's life, the front door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from newscrawl.web import api, days, lists, reading, static
from newscrawl.web.desk import Desk, make_templates
from newscrawl.web.feeds import feed_routes
from newscrawl.web.front import Front
from newscrawl.web.keeper import Keeper
from newscrawl.web.openapi import openapi
from newscrawl.web.problems import failed, handlers
from newscrawl.web.shelf import Shelf
from newscrawl.web.site import Site
from newscrawl.web.status import status

if TYPE_CHECKING:
    from newscrawl.read import AsyncPosts


def make_app(
    open_posts: Callable[[], AsyncPosts],
    site: Site | None = None,
    mend: Callable[[], object] | None = None,
    names: frozenset[str] | None = None,
) -> Front:
    """The pages and the API as an ASGI application.

    open_posts: gives the posts; called in the loop that serves, closed with it. mend: starts the database
    where it died; called in a thread, not too often; None: nobody does. names: by which requests may call
    it beside loopback's own (hosts.names_of); None: by any.
    """
    site = site or Site()
    posts = open_posts()
    desk = Desk(posts, site, make_templates(site))
    keeper = Keeper(mend or (lambda: None))

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        keeper.close()
        await posts.close()

    app = Starlette(routes=_routes(), exception_handlers=handlers(), lifespan=life)
    app.router.redirect_slashes = False  # it would repeat whatever host a request names
    app.state.desk = desk
    app.state.keeper = keeper
    return Front(app, partial(failed, desk), site.patience, Shelf(site.fresh), names)


def _routes() -> list[Route]:
    pages = [
        Route("/", lists.home),
        Route("/category", lists.categories),
        Route("/category/{slug}", lists.category),
        Route("/outlet", lists.outlets),
        Route("/outlet/{slug}", lists.outlet),
        Route("/tag/{tag:path}", lists.tag),
        Route("/security/{code}", lists.security),
        Route("/post/{id:path}/history", reading.history),
        Route("/post/{id:path}", reading.post),
        Route("/search", lists.search),
        Route("/archive", days.archive),
        Route("/archive/{day}", days.day),
        Route("/status", status),
    ]
    others = [
        Route("/openapi.json", openapi),
        Route("/robots.txt", static.robots),
        Route("/static/{name}", static.static),
    ]
    programs = [
        Route(operation.path.replace("{id}", "{id:path}"), operation.handler) for operation in api.OPERATIONS
    ]
    return [*feed_routes(), *pages, *programs, *others]  # a feed's path would be a category's, too
