"""WebContext: the posts, the site options and the templates from which pages are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from newscrawl.web import display_times
from newscrawl.web.filters import filters
from newscrawl.web.security import policy
from newscrawl.web.site_options import SiteOptions
from newscrawl.web.static import static_path

if TYPE_CHECKING:
    from starlette.requests import Request

    from newscrawl.read import AsyncPosts, Headline

_BLANK: dict[str, Any] = {"canonical": None, "feed": None, "feed_title": None}


class DayOfPosts(NamedTuple):
    """Posts under one day's heading."""

    id: str  #: `2026-03-08`, once a page
    heading: str
    path: str | None
    posts: list[Headline]


@dataclass(frozen=True, slots=True)
class WebContext:
    """One per application."""

    posts: AsyncPosts
    site: SiteOptions
    templates: Environment

    def page(
        self, request: Request, template: str, values: Mapping[str, Any], hosts: Iterable[str] = ()
    ) -> HTMLResponse:
        """A page, which may load pictures from `hosts`."""
        html = self.render(template, {"here": request.url.path, **values})
        headers = {"content-security-policy": policy(hosts)} if hosts else {}
        return HTMLResponse(html, headers=headers)

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """A page's HTML; `values` has at least `here`, the page's path. Valid as UTF-8."""
        now = self.site.now()
        today = now.astimezone(self.site.zone)
        head = {"today": display_times.day_heading(now, self.site.zone), "today_machine": f"{today:%Y-%m-%d}"}
        html = self.templates.get_template(template).render({**_BLANK, **head, **values})
        return html.encode("utf-8", "replace").decode("utf-8")

    def by_day(self, posts: Iterable[Headline], *, linked: bool = True) -> list[DayOfPosts]:
        """Posts in their order, grouped by day in the site's time zone."""
        days: dict[str, DayOfPosts] = {}
        for post in posts:
            day = f"{post.date.astimezone(self.site.zone).date().isoformat()}"
            if day not in days:
                path = f"/archive/{day}" if linked else None
                days[day] = DayOfPosts(day, display_times.day_heading(post.date, self.site.zone), path, [])
            days[day].posts.append(post)
        return list(days.values())


def make_templates(site: SiteOptions) -> Environment:
    """The templates, compiled once. Everything is escaped; an undefined name is an error."""
    templates = Environment(
        loader=PackageLoader("newscrawl.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )
    templates.filters.update(filters(site))
    templates.globals.update(site=site, static=static_path)
    return templates


def context_of(request: Request) -> WebContext:
    """The context of the application that serves the request."""
    context: WebContext = request.app.state.context
    return context
