"""A site with nothing but a home page: no feed, no sitemap, no robots.txt."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from newscrawl.newsroom.response import ReplicaResponse, html
from newscrawl.newsroom.sites.site_articles import (
    SiteArticle,
    SiteData,
    draft,
    fixed_slots,
    newest_first,
    recent_slots,
)
from newscrawl.newsroom.sites.traditional import big5, traditional

HOST = "plain.newsroom.example"
TITLE = "滨海时报网"
SECTIONS = {"politics": "政务", "economy": "经济", "culture": "文化"}
PAGE = 12  #: articles on a list page
_LIST = re.compile(r"/([a-z]+)/(?:index_([2-9]|[1-9]\d)\.html)?")
_OLD = fixed_slots(datetime(2025, 6, 2, 3, tzinfo=UTC), 8, 3)  # the first two carry the faults
_TOP = 24  # articles on the home page
_MENU = "".join(f'<li><a href="/{key}/">{name}</a></li>' for key, name in SECTIONS.items())


def articles(site_data: SiteData) -> list[SiteArticle]:
    """Newest first: 40 of these hours and 8 of June 2025; of those, one in Big5, one wrongly declared."""
    return newest_first([_article(site_data, slot) for slot in [*recent_slots(site_data), *_OLD]])


def _article(site_data: SiteData, slot: int) -> SiteArticle:
    told = draft(site_data, "homepage", slot)
    section = tuple(SECTIONS)[slot % 3]
    kind = {_OLD[0]: "big5_undeclared", _OLD[1]: "gbk_as_utf8"}.get(slot, "") if site_data.faults else ""
    plain = SiteArticle(
        site="homepage",
        slot=slot,
        url=f"http://{HOST}/{section}/{told.at:%Y%m%d}/{slot}.html",
        title=told.text.title,
        at=told.at.replace(second=0),  # the page shows minutes
        outlet=told.outlet,
        author=told.text.author,
        digest=told.text.digest,
        paragraphs=told.text.paragraphs,
        section=section,
        kind=kind,
    )
    return _in_traditional(plain) if kind == "big5_undeclared" else plain


def _in_traditional(article: SiteArticle) -> SiteArticle:
    return replace(
        article,
        title=traditional(article.title),
        outlet=traditional(article.outlet),
        author=traditional(article.author),
        digest=traditional(article.digest),
        paragraphs=tuple(map(traditional, article.paragraphs)),
        language="zh-Hant",
    )


def answer(site_data: SiteData, host: str, path: str) -> ReplicaResponse:
    """The site's response to a path; its login and consent pages have status 200."""
    everything = articles(site_data)
    if path in _STILL:
        return html(_frame(*_STILL[path]))
    if path == "/":
        return html(_frame(TITLE, _items(everything[:_TOP])))
    if (match := _LIST.fullmatch(path)) and match[1] in SECTIONS:
        return _list_page(everything, match[1], int(match[2] or 1))
    found = next((a for a in everything if a.url == f"http://{HOST}{path}"), None)
    return _page(found) if found else html(_frame("404", "<h1>404 页面不存在</h1>"), status=404)


def _list_page(everything: list[SiteArticle], section: str, page: int) -> ReplicaResponse:
    mine = [article for article in everything if article.section == section]
    shown = mine[(page - 1) * PAGE : page * PAGE]
    if not shown:
        return html(_frame("404", "<h1>404 页面不存在</h1>"), status=404)
    name = SECTIONS[section]
    after = f'<a href="/{section}/index_{page + 1}.html">下一页</a>' if mine[page * PAGE :] else ""
    body = f'<h1>{name}</h1>{_items(shown)}<div class="pages">{after}</div>'
    return html(_frame(f"{name}_{TITLE}", body))


def _items(shown: list[SiteArticle]) -> str:
    items = "".join(
        f'<li><a href="{a.url.removeprefix(f"http://{HOST}")}">{escape(a.title)}</a>'
        f"<span>{a.at:%m-%d %H:%M}</span></li>\n"
        for a in shown
    )
    return f'<ul class="news">{items}</ul>'


def _page(article: SiteArticle) -> ReplicaResponse:
    """The article's page: no structured data, one line of information."""
    words = "".join(f"<p>　　{escape(text, quote=False)}</p>\n" for text in article.paragraphs)
    name = SECTIONS[article.section]
    body = f"""<div class="path"><a href="/">首页</a> &gt; <a href="/{article.section}/">{name}</a> &gt; 正文</div>
<h1>{escape(article.title)}</h1>
<div class="line">来源：{escape(article.outlet)}　作者：{article.author}　时间：{article.at:%Y-%m-%d %H:%M}</div>
<div class="text">{words}</div>"""
    page = _frame(f"{article.title}_{TITLE}", body)
    if article.kind == "big5_undeclared":
        return ReplicaResponse(big5(page.replace('<meta charset="utf-8">', "")), content_type="text/html")
    if article.kind == "gbk_as_utf8":
        return ReplicaResponse(page.encode("gbk"))
    return html(page)


def _frame(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)}</title></head>
<body><nav><ul><li><a href="/">首页</a></li>{_MENU}<li><a href="/login">登录</a></li></ul></nav>
{body}
<footer><a href="/about.html">关于我们</a> <a href="/consent">隐私设置</a> <a href="/login">登录</a>
<a href="javascript:void(0)">返回顶部</a> <a href="mailto:desk@{HOST}">联系我们</a></footer></body></html>"""


_STILL = {
    "/about.html": (
        f"关于我们_{TITLE}",
        f"<h1>关于我们</h1><p>{TITLE}是一家不存在的新闻网站，它的新闻、公司和人物都是编造的，只为测试而写。</p>",
    ),
    "/login": (
        f"登录_{TITLE}",
        '<h1>请登录后继续阅读</h1><form action="/login" method="post"><label>用户名<input name="user"></label>'
        '<label>密码<input type="password" name="word"></label><button>登录</button></form>',
    ),
    "/consent": (
        f"隐私设置_{TITLE}",
        "<h1>我们重视您的隐私</h1><p>继续之前，请选择是否接受 Cookie。</p><button>全部接受</button><button>拒绝</button>",
    ),
}


def lists(site_data: SiteData) -> list[str]:
    """The home page; everything else is found from there."""
    return [f"http://{HOST}/"]
