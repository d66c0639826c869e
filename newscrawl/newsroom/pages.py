"""Article pages in East Money's two layouts, and pages that are not articles."""

from __future__ import annotations

from html import escape

from newscrawl.newsroom.articles import ReplicaStory
from newscrawl.newsroom.markup import body_html

_CHANNELS = "财经 焦点 股票 新股 期指 期权 行情 数据 全球 美股 港股 期货 外汇 银行 基金 理财 保险 债券 视频 股吧".split()
_DISCLAIMER = "东方财富发布此内容旨在传播更多信息，与本站立场无关，不构成投资建议。据此操作，风险自担。"
_INVENTED = "<!-- newscrawl's newsroom: this news is invented; its companies and people do not exist -->"


def article_page(story: ReplicaStory, version: int = 1) -> str:
    """The page of an article, in the layout of its time, including faults that leave no article."""
    if story.fault_name == "error_page":
        return _error_page()
    body = body_html(story, version)
    if story.fault_name == "no_body":
        body = '<div class="video"><video src="https://video.example/1.mp4" controls></video></div>'
    return _layout_2019(story, body) if story.at.year <= 2022 else _layout_2026(story, body)


def _layout_2026(story: ReplicaStory, body: str) -> str:
    title = escape(story.title)
    author = (
        f'<div class="item">\n作者：\n{story.author}                                </div>'
        if len(story.title) % 2
        else ""
    )
    return f"""<!DOCTYPE html>
{_INVENTED}
<html lang="en">
<head>
<meta charset="UTF-8">
<title>{title} _ 东方财富网</title>
<meta name="description" content="【{title}】{escape(story.digest)}" />
<script type="text/javascript">
var __WAPURL = "https://wap.eastmoney.com/a/{story.number}.html";
var _NewsId = '{story.number}';
{_script(60)}
</script>
<base target="_blank" />
</head>
<body>
<div class="main">
<div class="headwrap">{_navigation(120)}
<div class="navitem"><a href="https://www.eastmoney.com/">首页</a> > <a href="https://finance.eastmoney.com/">财经频道</a> > <span>正文</span></div>
</div>
<div class="contentwrap">
<div id="topbox" class="topbox">
<div class="title">{title}</div>
<div class="tipbox"><div class="infos">
<div class=" item">{story.at:%Y年%m月%d日 %H:%M}</div>
{author}
<div class="item">
来源：
{escape(story.outlet)}                                </div>
<a href="#gubaComment" target="_self"><div class="item">

</div></a>
</div></div>
</div>
<div class="contentbox"><div class="mainleft"><div class="zwinfos">
<div class="txtinfos" id="ContentBody" style="margin-top:0;">
<!--文章主体-->
{body}                        </div>
<div class="zwothers">
<div class="sourcebox"><span>文章来源：{escape(story.outlet)}</span><span class="flr">责任编辑：70</span></div>
<div class="sublab">原标题：{title}</div>
<div class="sm"><div class="sublab fll"><strong>郑重声明：</strong>{_DISCLAIMER}</div></div>
</div></div>
<div class="pinglunbox"><div id="gubaComment">网友评论 2025-01-01 08:00</div></div>
</div>
<div class="mainright">{_related()}</div></div></div></div>
{_navigation(80)}
</body></html>"""


def _layout_2019(story: ReplicaStory, body: str) -> str:
    title = escape(story.title)
    return f"""<!DOCTYPE html>
{_INVENTED}
<html>
<head>
<meta charset="utf-8">
<title>{title} _ 东方财富网</title>
<script>var newsid = "{story.number}"; {_script(40)}</script>
</head>
<body>
{_navigation(90)}
<div id="Column_Navigation"><a href="//www.eastmoney.com/">首页</a> &gt; <a href="//finance.eastmoney.com/">财经频道</a> &gt; <a href="//finance.eastmoney.com/news/cgnjj.html">国内经济</a> &gt; 正文</div>
<div class="newsContent">
<h1>{title}</h1>
<div class="Info">
<div class="time-source">
<div class="time">{story.at:%Y年%m月%d日 %H:%M}</div>
<div class="source data-source" data-source="{escape(story.outlet)}">来源：{escape(story.outlet)}</div>
<div class="author">作者：{story.author}</div>
</div></div>
<div class="b-review">{escape(story.digest)}</div>
<div id="ContentBody" class="Body">
{body}
<p class="res-edit">（责任编辑：DF{story.number[-3:]}）</p>
</div>
<div class="Disclaimer">郑重声明：{_DISCLAIMER}</div>
</div>
<div class="rightside">{_related()}</div>
{_navigation(60)}
</body></html>"""


def _error_page() -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>页面不存在 _ 东方财富网</title></head>
<body>{_navigation(40)}<div class="notice"><h1>您访问的页面不存在</h1><p>页面可能已被删除，3 秒后返回首页。</p></div></body></html>"""


def _navigation(count: int) -> str:
    """Links as above and below every page: about 90 bytes each."""
    links = (
        f'<li><a target="_blank" href="http://{n:03d}.eastmoney.com/list_{n}.html">{_CHANNELS[n % len(_CHANNELS)]}{n}</a></li>'
        for n in range(count)
    )
    return '<div class="globalNav"><ul>' + "\n".join(links) + "</ul></div>"


def _related() -> str:
    """Related news with dates that are not the article's."""
    items = (
        f'<li><a href="//finance.eastmoney.com/a/2024{n:02d}0130000000{n:02d}.html">{sector}板块异动拉升</a>'
        f"<span>2024-{n:02d}-01 09:3{n}</span></li>"
        for n, sector in enumerate(("光伏", "煤炭", "白酒", "银行", "军工"), start=1)
    )
    return f'<div class="related"><h3>相关阅读</h3><ul>{"".join(items)}</ul><p>来源：东方财富网</p></div>'


def _script(lines: int) -> str:
    return "\n".join(
        f"function track_{n}(e) {{ return window['_em_{n}'] && window['_em_{n}'].push(e); }}"
        for n in range(lines)
    )
