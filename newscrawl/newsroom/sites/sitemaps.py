"""A site that robots.txt leads into: two sitemaps, an index of gzip children, one with the news extension."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime, timedelta
from html import escape

from newscrawl.newsroom.response import ReplicaResponse, html, validated
from newscrawl.newsroom.sites.site_articles import (
    SiteArticle,
    SiteData,
    draft,
    fixed_slots,
    newest_first,
    recent_slots,
)

HOST = "sitemaps.newsroom.example"
TITLE = "The Morning Ledger"
ROBOTS = f"""User-agent: *
Disallow: /internal/

Sitemap: https://{HOST}/sitemap-index.xml
Sitemap: https://{HOST}/news-sitemap.xml
"""
_OLD = fixed_slots(datetime(2024, 3, 1, 7, tzinfo=UTC), 12, 5)  # 1 March to 25 April 2024
_LOST = fixed_slots(datetime(2024, 6, 3, 7, tzinfo=UTC), 3, 5)  # only in the child that is corrupt
LOST_MONTH = "2024-06"
NEWS_DAYS = 2  #: a news sitemap holds two days, as Google asks
_CHILD = re.compile(r"/sitemaps/(\d{4}-\d\d)\.xml\.gz")
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def articles(site_data: SiteData) -> list[SiteArticle]:
    """Newest first: 40 of these hours and 12 of spring 2024; without faults 3 of June 2024 too.

    Without the articles that robots.txt forbids, and those that only the corrupt sitemap names.
    """
    return [article for article in _all(site_data) if not (site_data.faults and article.kind == "lost")]


def _all(site_data: SiteData) -> list[SiteArticle]:
    return newest_first([_article(site_data, slot) for slot in [*recent_slots(site_data), *_OLD, *_LOST]])


def _article(site_data: SiteData, slot: int) -> SiteArticle:
    told = draft(site_data, "sitemaps", slot, english=True)
    return SiteArticle(
        site="sitemaps",
        slot=slot,
        url=f"https://{HOST}/news/{told.at:%Y/%m}/{slot}",
        title=told.text.title,
        at=told.at,
        outlet=TITLE,
        author=told.text.author,
        digest=told.text.digest,
        paragraphs=told.text.paragraphs,
        language="en",
        section="news",
        kind="lost" if slot in _LOST else "",
    )


def forbidden(site_data: SiteData) -> list[str]:
    """Addresses in the news sitemap that robots.txt forbids."""
    return [f"https://{HOST}/internal/{_all(site_data)[0].slot}"]


def answer(site_data: SiteData, host: str, path: str) -> ReplicaResponse:
    """The site's response to a path; forbidden paths are served too, so that the log shows who requests them."""
    everything = _all(site_data)
    if path == "/robots.txt":
        return ReplicaResponse(ROBOTS.encode(), content_type="text/plain; charset=utf-8")
    if path == "/":
        return html(_frame(TITLE, "", f"<h1>{TITLE}</h1><p>{len(everything)} articles.</p>"))
    if path in _WHOLE:
        return _xml(_WHOLE[path](site_data, everything), everything[0].at)
    if match := _CHILD.fullmatch(path):
        return _child(site_data, everything, match[1])
    if path.startswith("/internal/"):
        return html(_page(everything[0]))
    found = next((a for a in everything if a.url == f"https://{HOST}{path}"), None)
    return validated(html(_page(found)), found.at) if found else _missing()


def _months(everything: list[SiteArticle]) -> dict[str, list[SiteArticle]]:
    """Month of Beijing's clock: its articles, newest first."""
    months: dict[str, list[SiteArticle]] = {}
    for article in everything:
        months.setdefault(f"{article.at:%Y-%m}", []).append(article)
    return months


def _xml(text: str, changed: datetime) -> ReplicaResponse:
    return validated(ReplicaResponse(text.encode(), content_type="application/xml; charset=utf-8"), changed)


def _index(site_data: SiteData, everything: list[SiteArticle]) -> str:
    children = "".join(
        f"<sitemap><loc>https://{HOST}/sitemaps/{month}.xml.gz</loc>"
        f"<lastmod>{of_month[0].at.isoformat()}</lastmod></sitemap>\n"
        for month, of_month in _months(everything).items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_NAMES}>\n{children}</sitemapindex>\n'


def _child(site_data: SiteData, everything: list[SiteArticle], month: str) -> ReplicaResponse:
    """A month's sitemap as a gzip file; the corrupt one's first block has a type that deflate does not know."""
    of_month = _months(everything).get(month)
    if of_month is None:
        return _missing()
    urls = "".join(f"<url><loc>{a.url}</loc><lastmod>{a.at.isoformat()}</lastmod></url>\n" for a in of_month)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMES}>\n{urls}</urlset>\n'
    body = gzip.compress(text.encode(), mtime=0)
    if site_data.faults and month == LOST_MONTH:
        body = body[:10] + b"\x07" + body[11:]
    return validated(ReplicaResponse(body, content_type="application/gzip"), of_month[0].at)


def _news_sitemap(site_data: SiteData, everything: list[SiteArticle]) -> str:
    fresh = [a for a in everything if site_data.now - a.at < timedelta(days=NEWS_DAYS)]
    places = [(a.url, a) for a in fresh] + [(url, everything[0]) for url in forbidden(site_data)]
    urls = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication><news:name>{TITLE}</news:name>"
        f"<news:language>{a.language}</news:language></news:publication>"
        f"<news:publication_date>{a.at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(a.title)}</news:title></news:news></url>\n"
        for url, a in places
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_NAMES} {_NEWS}>\n{urls}</urlset>\n'


def _page(article: SiteArticle) -> str:
    head = f"""<link rel="canonical" href="{article.url}">
<meta property="og:type" content="article"><meta property="og:site_name" content="{TITLE}">
<meta property="og:title" content="{escape(article.title)}">
<meta property="article:published_time" content="{article.at.isoformat()}">
<meta name="author" content="{article.author}">"""
    words = "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in article.paragraphs)
    body = f"""<article><h1>{escape(article.title)}</h1><address>By {article.author}</address>
<time datetime="{article.at.isoformat()}">{article.at:%d %B %Y}</time>
{words}
</article>"""
    return _frame(f"{article.title} – {TITLE}", head, body)


def _frame(title: str, head: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
{head}</head><body><header><a href="/">{TITLE}</a></header>
{body}
</body></html>"""


def _missing() -> ReplicaResponse:
    return html(_frame("Not found", "", "<h1>404 Not found</h1>"), status=404)


def lists(site_data: SiteData) -> list[str]:
    """The sitemaps that robots.txt names."""
    return [f"https://{HOST}/sitemap-index.xml", f"https://{HOST}/news-sitemap.xml"]


_WHOLE = {"/sitemap-index.xml": _index, "/news-sitemap.xml": _news_sitemap}
