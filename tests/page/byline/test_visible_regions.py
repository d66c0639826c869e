"""Lines that speak of other articles are none of this one's outlet and people."""

from __future__ import annotations

import pytest

from newscrawl.extract import Article, extract_article

PROSE = "<p>市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。</p>"
HEAD = "<h1>本市新增三条地铁线路</h1><div>2026-11-20 09:30</div>"
HEADLINES = ("房价三个月来首次普遍上涨", "油价今晚迎来年内最大下跌", "港口新航线开通首月运量公布")


def read(body: str) -> Article:
    page = f"<html lang=zh><title>本市新增三条地铁线路</title><body>{body}</body></html>"
    return extract_article(page, url="https://news.example.cn/2026/1120/1.shtml")


def entries(tag: str, line: str) -> str:
    return "".join(f"<{tag}><a href=/{n}.html>{title}</a>{line}</{tag}>" for n, title in enumerate(HEADLINES))


LINKED = "".join(f"<li><a href=/{n}>{text}</a></li>" for n, text in enumerate(("来源：新京报", *HEADLINES)))
LINE = "<p>来源：新京报 作者：张三 编辑：李四</p>"
DECOYS = {
    "links that begin as labels do": f"<div><h3>相关新闻</h3><ul>{LINKED}</ul></div>",
    "a link that goes on": "<p><a href=/a>来源：新京报，房价上涨三成</a></p>",
    "entries of a list": f"<ul>{entries('li', '<span>来源：新京报 作者：张三</span>')}</ul>",
    "short entries": "<ul><li><a href=/a>房价上涨</a> 来源：新京报 责任编辑：李四</li></ul>",
    "entries of elements": f"<div class=list>{entries('div', LINE)}</div>",
    "a column at the side": f"<div class=sidebar>{LINE}</div>",
    "an aside": f"<aside>{LINE}</aside>",
    "a comment": "<div class=comments><p>网友甲</p><p>来源：我家</p><p>作者：张三</p></div>",
    "a footer": "<div class=footer><p>主编：王五</p></div><p>主编：李四 来源：新京报 版权所有</p>",
    "a digest of another article": (
        f"<div>{entries('div', '<p>昨天，多个城市公布了新建住宅的价格，涨幅均在一成以上。（记者 张三）</p>')}"
        "</div>"
    ),
    "a list in the text": f"<ol><li>来源：银行贷款</li><li>用途：三条线路</li></ol>{PROSE}",
    "a caption in the text": f"<p>新华社记者 张三</p>{PROSE * 4}",
    "what nobody sees": f"<div style='display: none'>{LINE}</div>",
    "a photographer": "<p>新华社记者 张三 摄</p><p>摄影：李四</p>",
}
OWN = {
    "in a table's cells": (
        "<h1>本市新增三条地铁线路</h1>"
        "<table><tr><td>来源<td>新京报<tr><td>作者<td>张三<tr><td>编辑<td>李四</table>"
        f"<p>2026-11-20</p>{PROSE * 3}"
    ),
    "in the foot of the text": (
        f"{HEAD}<div>{PROSE * 3}</div><div class=foot-info><a href=#>微信</a>{LINE}</div>"
    ),
    "after the text": f"{HEAD}<div>{PROSE * 3}{LINE}</div>",
    "a link with its label": f"{HEAD}<div>{PROSE * 3}</div><p><a href=/s>来源：新京报</a></p>{LINE}",
    "a long name that is a link": f"{HEAD}<p>来源：<a href=/s>新京报-贝壳财经客户端</a></p>{LINE}{PROSE * 3}",
    "items of a list under the title": (
        "<h1>本市新增三条地铁线路</h1><ul><li>2026-11-20 09:30</li><li>来源：新京报</li><li>作者：张三</li>"
        f"<li>编辑：李四</li></ul>{PROSE * 3}"
    ),
    "above the title": f"<div>{LINE}</div>{HEAD}{PROSE * 3}",
    "before links in the same part": (
        f"{HEAD}<div>{PROSE * 3}</div><div>{LINE}<ul>{entries('li', '')}</ul></div>"
    ),
    "roles without colons": f"{HEAD}<p>新京报记者 张三 编辑 李四</p>{PROSE * 3}",
    "before a statement": (
        f"{HEAD}<div>{PROSE * 3}{LINE}<p>声明：本文内容仅供参考，不构成投资建议，据此操作风险自担。</p></div>"
    ),
    "in brackets at the end": f"{HEAD}{PROSE * 3}<p>（来源：新京报 作者：张三 编辑：李四）</p>",
}


@pytest.mark.parametrize("name", DECOYS)
def test_a_decoy_is_nobodys(name: str) -> None:
    article = read(HEAD + PROSE * 3 + DECOYS[name])
    assert (article.source, article.authors, article.editors) == (None, [], [])


@pytest.mark.parametrize("name", [name for name in DECOYS if "text" not in name and "digest" not in name])
def test_a_decoy_before_the_title_is_nobodys(name: str) -> None:
    article = read(DECOYS[name] + HEAD + PROSE * 3)
    assert (article.source, article.authors, article.editors) == (None, [], [])


@pytest.mark.parametrize("name", OWN)
def test_the_articles_own_line_is_read(name: str) -> None:
    article = read(OWN[name] + DECOYS["entries of a list"])
    assert article.source is not None
    assert article.source.name.startswith("新京报")
    assert (article.authors, article.editors) == (["张三"], ["李四"])


def test_the_title_names_nobody() -> None:
    title = "来源：不明资金流入三条线路"
    page = f"<html lang=zh><title>{title}</title><h1>{title}</h1><div>2026-11-20</div>{PROSE * 3}"
    assert extract_article(page, url="https://news.example.cn/1.html").source is None
