"""A page read with and without declarations: each kind of loss is reported, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.crawl.spider import NewsSpider
from newscrawl.devtools.compare_readings import losses
from newscrawl.devtools.try_page import Fetched
from newscrawl.model.source import PageLayout, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PARAGRAPH = (
    "<p>上周五，市商务局发布通知，要求各县区在月底之前完成冬季蔬菜储备的核查工作，并将结果逐级上报{}。</p>"
)
BLOCKS = "".join(f'<div class="block">{PARAGRAPH.format(n) * 2}</div>' for n in range(4))
PAGE = f"""<html lang="zh"><head><title>全市冬季蔬菜储备核查有序推进</title></head><body>
<div class="head"><h1>全市冬季蔬菜储备核查有序推进</h1>
<div class="info"><span class="time">2026年11月19日 12:00</span>
<span class="day">2026年11月19日</span>
<span class="source">来源：光明日报</span> <span class="author">作者：王小明</span></div></div>
<div class="article"><p><img src="/a.jpg"></p>{BLOCKS}</div></body></html>"""
WHOLE = {"title": ("h1",), "body": ("div.article",)}


def spider(**selectors: tuple[str, ...]) -> type[NewsSpider]:
    layout = PageLayout(name="2026", **(WHOLE | selectors))  # type: ignore[arg-type]

    class Mine(NewsSpider):
        name = "mine"
        source = Source(title="江城晚报", domain="jiangcheng.cn", outlet="江城晚报", layouts=(layout,))

    return Mine


def lost(page: str = PAGE, /, **selectors: tuple[str, ...]) -> list[str]:
    fetched = Fetched(page.encode(), "http://www.jiangcheng.cn/c1.html", "text/html; charset=utf-8")
    return losses(fetched, spider(**selectors), NOW)


def test_a_sound_declaration_loses_nothing() -> None:
    assert lost() == []
    assert lost(date=(".time",), outlet=(".source",), authors=(".author",)) == []


@pytest.mark.parametrize(
    ("selectors", "word"),
    [
        ({"body": ("div.block",)}, "the body has"),
        ({"drop": ("img",)}, "no image, 1 without"),
        ({"date": (".day",), "outlet": (".source",), "authors": (".day",)}, "the date has no time"),
        ({"date": (".time",), "outlet": (".source",)}, "no author, 王小明 without"),
        ({"drop": ("p",)}, "the page is rejected"),
    ],
)
def test_what_a_declaration_loses_is_reported(selectors: dict[str, tuple[str, ...]], word: str) -> None:
    assert any(word in loss for loss in lost(**selectors)), lost(**selectors)


def test_a_title_with_more_than_the_headline_is_reported() -> None:
    page = PAGE.replace('<div class="head"><h1>', '<div class="head"><div class="top">要闻 江城民生频道 <h1>')
    page = page.replace("</h1>", "</h1></div>")
    assert "the title is '要闻 江城民生频道 全市冬季蔬菜储备核查有序推进'" in lost(page, title=(".top",))[0]


def test_an_editor_that_is_read_as_an_author_is_not_lost() -> None:
    page = PAGE.replace("作者：王小明", "责任编辑：王小明")
    page = page.replace("<head>", '<head><meta name="author" content="王小明">')
    assert lost(page, date=(".time",), outlet=(".source",), editors=(".author",)) == []


def test_a_page_that_only_declarations_can_read_loses_nothing() -> None:
    assert lost('{"data": "<p>no page</p>"}') == []
