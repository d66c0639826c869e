"""A site with feeds of every kind, in English and Chinese, with AMP and mobile twins of each article."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from newscrawl.newsroom.response import ReplicaResponse, html, validated
from newscrawl.newsroom.sites import feed_formats
from newscrawl.newsroom.sites.site_articles import (
    SiteArticle,
    SiteData,
    draft,
    fixed_slots,
    newest_first,
    recent_slots,
)

HOST = "feeds.newsroom.example"
MOBILE = f"m.{HOST}"
TITLE = "The Harbour Herald"
SECTIONS = ("world", "business", "culture")
_OLD = fixed_slots(datetime(2025, 9, 1, 6, tzinfo=UTC), 4, 5)
_LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}

Writer = Callable[[list[SiteArticle]], str]
#: path: type, writer; each feed has every article of the site
FEEDS: dict[str, tuple[str, Writer]] = {
    "/rss.xml": ("application/rss+xml; charset=utf-8", feed_formats.rss),
    "/atom.xml": ("application/atom+xml; charset=utf-8", feed_formats.atom),
    "/rdf.xml": ("application/rdf+xml; charset=utf-8", feed_formats.rdf),
    "/feed.json": ("application/feed+json; charset=utf-8", feed_formats.json_feed),
    "/broken.xml": ("text/xml; charset=utf-8", feed_formats.broken_rss),
}


def articles(site_data: SiteData) -> list[SiteArticle]:
    """Newest first: 40 of these hours and 4 of September 2025; every third one in Chinese."""
    return newest_first([_article(site_data, slot) for slot in [*recent_slots(site_data), *_OLD]])


def _article(site_data: SiteData, slot: int) -> SiteArticle:
    is_english = slot % 3 != 0
    told = draft(site_data, "feeds", slot, english=is_english)
    section = SECTIONS[slot // 3 % 3]
    return SiteArticle(
        site="feeds",
        slot=slot,
        url=f"https://{HOST}/{section}/{told.at:%Y/%m/%d}/story-{slot}.html",
        title=told.text.title,
        at=told.at,
        outlet=TITLE if is_english else told.outlet,
        author=told.text.author,
        digest=told.text.digest,
        paragraphs=told.text.paragraphs,
        language="en" if is_english else "zh",
        section=section,
    )


def answer(site_data: SiteData, host: str, path: str) -> ReplicaResponse:
    """The response of the site, or of its mobile host, to a path."""
    if path == "/robots.txt":
        return ReplicaResponse(
            b"User-agent: *\nDisallow: /search\n", content_type="text/plain; charset=utf-8"
        )
    everything = articles(site_data)
    if host == MOBILE:
        return _page(everything, path, "m")
    if path == "/":
        return html(_home(everything))
    if path in FEEDS:
        content_type, write = FEEDS[path]
        if not site_data.faults and path == "/broken.xml":
            write = feed_formats.rss
        return validated(
            ReplicaResponse(write(everything).encode(), content_type=content_type), everything[0].at
        )
    is_amp = path.startswith("/amp/")
    return _page(everything, path.removeprefix("/amp") if is_amp else path, "amp" if is_amp else "")


def _page(everything: list[SiteArticle], path: str, twin: str) -> ReplicaResponse:
    found = next((a for a in everything if a.url == f"https://{HOST}{path}"), None)
    if found is None:
        return html("<!DOCTYPE html><title>Not found</title><h1>404 Not found</h1>", status=404)
    return validated(html(_twin(found) if twin else _desktop(found)), found.at)


def _home(everything: list[SiteArticle]) -> str:
    alternates = "".join(
        f'<link rel="alternate" type="{kind.partition(";")[0]}" title="{TITLE}" href="{path}">\n'
        for path, (kind, _) in FEEDS.items()
    )
    items = "".join(
        f'<li><a href="{a.url}?utm_source=home&amp;utm_medium=list">{escape(a.title)}</a></li>\n'
        for a in everything
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>
{alternates}</head><body><h1>{TITLE}</h1><ul>{items}</ul></body></html>"""


def _structured(article: SiteArticle) -> str:
    """JSON-LD of the article. `<` is escaped, so no text can close the script element."""
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.at.isoformat(),
        "dateModified": feed_formats.updated(article).isoformat(),
        "author": {"@type": "Person", "name": article.author},
        "publisher": {"@type": "Organization", "name": TITLE},
        "mainEntityOfPage": article.url,
        "inLanguage": _LANGUAGES[article.language],
        "articleSection": article.section,
    }
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


def _byline(article: SiteArticle) -> str:
    if article.language == "zh":
        return f"来源：{escape(article.outlet)}　作者：{article.author}　{article.at:%Y-%m-%d %H:%M:%S}"
    return f"By {article.author} | {article.at:%d %B %Y, %H:%M} Beijing time"


def _words(article: SiteArticle) -> str:
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in article.paragraphs)


def _desktop(article: SiteArticle) -> str:
    path = article.url.removeprefix(f"https://{HOST}")
    return f"""<!DOCTYPE html>
<html lang="{_LANGUAGES[article.language]}"><head><meta charset="utf-8">
<title>{escape(article.title)} | {TITLE}</title>
<link rel="canonical" href="{article.url}">
<link rel="amphtml" href="https://{HOST}/amp{path}">
<link rel="alternate" media="only screen and (max-width: 640px)" href="https://{MOBILE}{path}">
<script type="application/ld+json">{_structured(article)}</script></head>
<body><header><a href="/">{TITLE}</a></header><main><article><h1>{escape(article.title)}</h1>
<p class="byline">{_byline(article)}</p>
{_words(article)}
</article></main><footer>© {TITLE}</footer></body></html>"""


def _twin(article: SiteArticle) -> str:
    """The AMP or mobile page: the same words, its canonical address is the desktop page's."""
    return f"""<!DOCTYPE html>
<html amp lang="{_LANGUAGES[article.language]}"><head><meta charset="utf-8">
<title>{escape(article.title)}</title><link rel="canonical" href="{article.url}">
<script type="application/ld+json">{_structured(article)}</script></head>
<body><article><h1>{escape(article.title)}</h1><p class="byline">{_byline(article)}</p>
{_words(article)}
</article></body></html>"""


def lists(site_data: SiteData) -> list[str]:
    """Every feed's address."""
    return [f"https://{HOST}{path}" for path in FEEDS]
