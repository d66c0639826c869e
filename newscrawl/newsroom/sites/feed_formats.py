"""The same articles as RSS 2.0, RSS 1.0, Atom, JSON Feed, and RSS that is not well-formed XML."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from newscrawl.newsroom.sites.site_articles import SiteArticle

_HOME = "https://feeds.newsroom.example"
_TITLE = "The Harbour Herald"
_ABOUT = "News of towns that do not exist"
#: hours from UTC and how RFC 822 writes that zone
_ZONES = ((8, "+0800"), (0, "GMT"), (-5, "EST"), (1, "+0100"), (0, "UT"), (-7, "-0700"))


def updated(article: SiteArticle) -> datetime:
    """When the article was last edited: up to 4 minutes after its publication, never in the future."""
    return article.at + timedelta(minutes=article.slot % 5)


def rfc822(article: SiteArticle) -> str:
    """The publication as RFC 822 dates go, in one of six zones."""
    hours, name = _ZONES[article.slot % len(_ZONES)]
    local = article.at.astimezone(timezone(timedelta(hours=hours)))
    return f"{format_datetime(local).rpartition(' ')[0]} {name}"


def _tracked(article: SiteArticle) -> str:
    return f"{article.url}?utm_source=rss&utm_medium=feed&utm_campaign=all"


def _content(article: SiteArticle) -> str:
    return "".join(f"<p>{escape(text, quote=False)}</p>" for text in article.paragraphs)


def rss(articles: list[SiteArticle]) -> str:
    """RSS 2.0 with the full text; links have tracking parameters, the guid is not an address."""
    items = "".join(_rss_item(article) for article in articles)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>{_TITLE}</title><link>{_HOME}/</link><description>{_ABOUT}</description>
<lastBuildDate>{format_datetime(articles[0].at.astimezone(UTC), usegmt=True)}</lastBuildDate>
{items}</channel></rss>
"""


def _rss_item(article: SiteArticle) -> str:
    return f"""<item><title><![CDATA[{article.title}]]></title>
<link>{escape(_tracked(article))}</link>
<guid isPermaLink="false">harbour-{article.slot}</guid>
<dc:creator><![CDATA[{article.author}]]></dc:creator>
<category>{article.section}</category>
<pubDate>{rfc822(article)}</pubDate>
<description>{escape(article.digest)}</description>
<content:encoded><![CDATA[{_content(article)}]]></content:encoded></item>
"""


def broken_rss(articles: list[SiteArticle]) -> str:
    """RSS with bare ampersands, a control character and tags that are never closed."""
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{_tracked(a)}</link>"
        f"<category>news & views<category/><pubDate>{rfc822(a)}</pubDate>"
        f"<description>{escape(a.digest)}\x0b<br></description></item>\n"
        for a in articles
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{_TITLE}</title><link>{_HOME}/</link><description>news & views</description>
{items}</channel>
"""


def atom(articles: list[SiteArticle]) -> str:
    """Atom: `published` and a later `updated`; each entry links to its page and to its AMP twin."""
    entries = "".join(_entry(article) for article in articles)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>{_TITLE}</title><id>tag:feeds.newsroom.example,2025:all</id>
<link rel="self" href="{_HOME}/atom.xml"/><link rel="alternate" href="{_HOME}/"/>
<updated>{updated(articles[0]).isoformat()}</updated>
{entries}</feed>
"""


def _entry(article: SiteArticle) -> str:
    path = article.url.removeprefix(_HOME)
    utc = article.at.astimezone(UTC)
    return f"""<entry xml:lang="{article.language}"><title type="text">{escape(article.title)}</title>
<id>tag:feeds.newsroom.example,2025:{article.slot}</id>
<link rel="related" type="text/html" href="{_HOME}/amp{path}"/>
<link rel="alternate" type="text/html" href="{article.url}"/>
<updated>{updated(article).isoformat()}</updated><published>{utc:%Y-%m-%dT%H:%M:%SZ}</published>
<author><name>{escape(article.author)}</name></author><category term="{article.section}"/>
<summary>{escape(article.digest)}</summary><content type="html">{escape(_content(article))}</content></entry>
"""


def rdf(articles: list[SiteArticle]) -> str:
    """RSS 1.0 with dc:date; its links are the AMP pages."""
    pages = [f"{_HOME}/amp{article.url.removeprefix(_HOME)}" for article in articles]
    order = "".join(f'<rdf:li rdf:resource="{page}"/>' for page in pages)
    items = "".join(
        f'<item rdf:about="{page}"><title>{escape(a.title)}</title><link>{page}</link>'
        f"<dc:date>{a.at.isoformat()}</dc:date><dc:creator>{escape(a.author)}</dc:creator>"
        f"<dc:subject>{a.section}</dc:subject><description>{escape(a.digest)}</description></item>\n"
        for a, page in zip(articles, pages, strict=True)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{_HOME}/rdf.xml"><title>{_TITLE}</title><link>{_HOME}/</link><description>{_ABOUT}</description>
<items><rdf:Seq>{order}</rdf:Seq></items></channel>
{items}</rdf:RDF>
"""


def json_feed(articles: list[SiteArticle]) -> str:
    """JSON Feed 1.1; its addresses are those of the mobile host."""
    items = [
        {
            "id": f"harbour-{a.slot}",
            "url": a.url.replace("https://", "https://m."),
            "title": a.title,
            "content_html": _content(a),
            "summary": a.digest,
            "date_published": a.at.isoformat(),
            "date_modified": updated(a).isoformat(),
            "authors": [{"name": a.author}],
            "tags": [a.section],
            "language": a.language,
        }
        for a in articles
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": _TITLE, "home_page_url": f"{_HOME}/"}
    return json.dumps({**head, "feed_url": f"{_HOME}/feed.json", "items": items}, ensure_ascii=False)
