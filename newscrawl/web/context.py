"""WebContext: the posts, the site options and the templates from which pages are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from newscrawl.web import display_times
from newscrawl.web.filters import filters
from newscrawl.web.languages import Language, available, language, languages, negotiate
from newscrawl.web.security import policy
from newscrawl.web.site_options import DEFAULT_TITLE, SiteOptions
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
    languages: Mapping[str, Language]  #: that the site has, by code
    templates: Mapping[str, Environment]  #: likewise

    @classmethod
    def of(cls, posts: AsyncPosts, site: SiteOptions) -> WebContext:
        """In the site's one language, or in all."""
        spoken = languages([site.language] if site.language else available())
        return cls(posts, site, spoken, {code: make_templates(site, one) for code, one in spoken.items()})

    @property
    def title(self) -> str:
        """The title of feeds, which are in no language of their own."""
        site = self.site
        if site.title != DEFAULT_TITLE:
            return site.title
        return language(site.language or site.default_language).gettext(DEFAULT_TITLE)

    def language_for(self, accept: str) -> str:
        """The code of the language for an Accept-Language header."""
        return self.site.language or negotiate(accept, self.languages, self.site.default_language)

    def language_of(self, request: Request) -> Language:
        """The language of the page that answers a request."""
        return self.languages[request.scope["language"]]

    def page(
        self, request: Request, template: str, values: Mapping[str, Any], hosts: Iterable[str] = ()
    ) -> HTMLResponse:
        """A page, which may load pictures from `hosts`."""
        language = self.language_of(request)
        html = self.render(template, {"here": request.url.path, **values}, language)
        headers = self.language_headers(language)
        if hosts:
            headers["content-security-policy"] = policy(hosts)
        return HTMLResponse(html, headers=headers)

    def language_headers(self, language: Language) -> dict[str, str]:
        """Headers of a page in a language."""
        vary = {} if self.site.language else {"vary": "accept-language"}
        return {"content-language": language.code, **vary}

    def render(self, template: str, values: Mapping[str, Any], language: Language) -> str:
        """A page's HTML; `values` has at least `here`, the page's path. Valid as UTF-8."""
        now, zone = self.site.now(), self.site.zone
        today = display_times.day_heading(now, zone, language)
        head = {"today": today, "today_machine": f"{now.astimezone(zone):%Y-%m-%d}"}
        html = self.templates[language.code].get_template(template).render({**_BLANK, **head, **values})
        return html.encode("utf-8", "replace").decode("utf-8")

    def by_day(
        self, posts: Iterable[Headline], language: Language, *, linked: bool = True
    ) -> list[DayOfPosts]:
        """Posts in their order, grouped by day in the site's time zone."""
        days: dict[str, DayOfPosts] = {}
        for post in posts:
            day = f"{post.date.astimezone(self.site.zone).date().isoformat()}"
            if day not in days:
                path = f"/archive/{day}" if linked else None
                heading = display_times.day_heading(post.date, self.site.zone, language)
                days[day] = DayOfPosts(day, heading, path, [])
            days[day].posts.append(post)
        return list(days.values())


def make_templates(site: SiteOptions, language: Language) -> Environment:
    """The templates in a language, compiled once. Everything is escaped; an undefined name is an error."""
    templates = Environment(
        loader=PackageLoader("newscrawl.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_translations(language.translations, newstyle=True)  # type: ignore[attr-defined]
    templates.filters.update(filters(site, language))
    title = language.gettext(site.title) if site.title == DEFAULT_TITLE else site.title
    templates.globals.update(site=site, site_title=title, language=language, static=static_path)
    return templates


def context_of(request: Request) -> WebContext:
    """The context of the application that serves the request."""
    context: WebContext = request.app.state.context
    return context
