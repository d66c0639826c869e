"""北方网's article pages in three generations: A to 2016, B from 2017, C for photographs."""

from __future__ import annotations

from html import escape

from newscrawl.newsroom.sites.site_articles import SiteArticle


def frame(title: str, body: str) -> str:
    """A whole page. Its meta is the only place that names an encoding."""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />
<title>{escape(title)}</title>
</head>
<body>
<div class="top"><a href="http://www.enorth.com.cn/">北方网</a> <a href="http://news.enorth.com.cn/">新闻</a>
<a href="http://economy.enorth.com.cn/">经济</a> <a href="http://news.enorth.com.cn/tj/tjyw/">天津要闻</a></div>
{body}
<div class="foot">北方网 版权所有 1999-2026 <a href="/about/index.shtml">关于我们</a></div>
</body></html>"""


def article_page(article: SiteArticle, page: int) -> str:
    """One page of an article, the first being 1."""
    form = {"A": _oldest, "B": _newer, "C": _photo}[article.kind]
    title = f"{article.title}-{_channel(article)}-北方网"
    return frame(title, form(article, _paragraphs(article, page), _pager(article, page)))


def _channel(article: SiteArticle) -> str:
    return "经济频道" if article.section == "economy" else "天津要闻"


def _paragraphs(article: SiteArticle, page: int) -> str:
    return "\n".join(f"<p>　　{escape(text, quote=False)}</p>" for text in article.on_page(page))


def page_url(article: SiteArticle, page: int) -> str:
    """`_01` is page 2."""
    return article.url if page == 1 else article.url.replace(".shtml", f"_{page - 1:02d}.shtml")


def _pager(article: SiteArticle, page: int) -> str:
    """上一页, the numbers, 下一页; empty if the article has one page."""
    if article.pages == 1:
        return ""
    numbers = [
        f"<span>{n}</span>" if n == page else f'<a href="{page_url(article, n)}">{n}</a>'
        for n in range(1, article.pages + 1)
    ]
    before = [f'<a href="{page_url(article, page - 1)}">上一页</a>'] if page > 1 else []
    after = [f'<a href="{page_url(article, page + 1)}">下一页</a>'] if page < article.pages else []
    return f'<div class="page_num">{" ".join(before + numbers + after)}</div>'


def _oldest(article: SiteArticle, body: str, pager: str) -> str:
    return f"""<table width="960"><tr><td class="zi12">您当前的位置 ：北方网 &gt;&gt; {_channel(article)}</td></tr>
<tr><td class="title heiti zi24 yanse1">{escape(article.title)}</td></tr>
<tr><td class="zi12"><span id="pubtime_baidu">{article.at:%Y-%m-%d %H:%M:%S}</span>
<span id="source_baidu">来源：{escape(article.outlet)}</span> <span id="author_baidu">作者：{article.author}</span>
<span id="editor_baidu">编辑：孙畅</span></td></tr>
<tr><td class="zi14 hanggao24">{body}</td></tr></table>
{pager}"""


def _newer(article: SiteArticle, body: str, pager: str) -> str:
    return f"""<div class="brumb">位置 ：<a href="http://www.enorth.com.cn/">北方网</a> &gt; {_channel(article)} &gt; 正文</div>
<div id="title"><div><h2>{escape(article.title)}<span>扫码阅读手机版</span></h2></div>
<div><p class="col-sm-8 info"><span>来源：{escape(article.outlet)}</span> <span>作者：{article.author}</span>
<span>编辑：孙畅</span> <span>{article.at:%Y-%m-%d %H:%M:%S}</span>&nbsp;&nbsp;</p></div></div>
<div id="article"><div class="abstract">内容提要：{escape(article.digest)}</div>
<div class="content">
{body}
</div></div>
{pager}
<div class="related"><ul><li><a href="http://news.enorth.com.cn/tj/">更多天津新闻</a> 2024-01-02 03:04:05</li></ul></div>"""


def _photo(article: SiteArticle, body: str, pager: str) -> str:
    return f"""<div class="nph_chn">北方网 &gt; 图片 &gt; {_channel(article)}</div>
<div class="nph_set_title"><h1>{escape(article.title)}</h1></div>
<div class="time_source">{article.at:%Y-%m-%d %H:%M:%S} 来源：{escape(article.outlet)} 作者：{article.author}</div>
<div class="nph_cnt"><p><img src="http://pic.enorth.com.cn/0/{article.slot}.jpg" alt="{escape(article.title)}" /></p>
{body}
</div>{pager}"""
