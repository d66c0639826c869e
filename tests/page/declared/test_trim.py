"""What stands around a text inside its own element goes; what is part of it stays."""

import pytest
from lxml.html import fragment_fromstring

from newscrawl.extract import extract_article
from newscrawl.model.source import PageLayout
from newscrawl.page.declared.trim import trim_edges
from newscrawl.page.document.parse import text_of

FIRST = "<p>三条线路将于年底开通，覆盖六个区。</p>"
LAST = "<p>市交通委员会表示，票价不变。</p>"


def edges(before: str = "", after: str = "") -> tuple[str, list[str]]:
    body = fragment_fromstring(f"<div>{before}{FIRST}{LAST}{after}</div>")
    gone = trim_edges(body)
    return text_of(body), gone


@pytest.mark.parametrize(
    "line",
    [
        "<p>（原标题：地铁三线年底通车）</p>",
        "<p>原标题：地铁三线年底通车</p>",
        "<div><p>本文原标题：《地铁三线年底通车》</p></div>",
        "<p> </p><p>（原题为《地铁三线年底通车》）</p>",
    ],
)
def test_the_headline_as_it_was_goes_before_the_text_and_after_it(line: str) -> None:
    assert edges(before=line)[0] == edges(after=line)[0] == edges()[0]


@pytest.mark.parametrize(
    "line",
    [
        "<p>免责声明：本文仅代表作者观点，与本网无关。</p>",
        "<p>(本文来自示例新闻，更多原创资讯请下载“示例新闻”APP)</p>",
        "<p><a href=/>返回示例网，查看更多</a></p><p>责任编辑：</p>",
        "<p>【1】【2】【3】【4】</p>",
        "<p>扫描二维码关注公众号</p><p></p>",
        "<h3>延伸阅读</h3><ul><li><a href=/1>地铁四线开工</a></li><li><a href=/2>公交线路调整</a></li></ul>",
        "<p>点击进入专题：</p><p><a href=/z>聚焦轨道交通</a></p>",
    ],
)
def test_what_follows_a_text_goes(line: str) -> None:
    assert edges(after=line)[0] == edges()[0]


def test_the_lines_after_a_text_are_told() -> None:
    assert edges(after="<p>责任编辑：许闻</p><p>（编辑 何予）</p>")[1] == [
        "责任编辑：许闻",
        "（编辑 何予）",
    ]
    assert edges(after="<p>值班编辑：陈若</p><p>责编：许闻</p>")[1] == ["值班编辑：陈若", "责编：许闻"]


@pytest.mark.parametrize(
    "line",
    [
        "<p>原标题党盛行的账号已被处置，平台说。</p>",
        "<p>责任编辑部的会议开到深夜。</p>",
        "<p><a href=/1>详见公告原文</a></p>",
        "<ul><li><a href=/1>附件一</a></li><li><a href=/2>附件二</a></li></ul>",
        f"<p>声明：{'各方就此达成一致，' * 20}</p>",
    ],
)
def test_what_is_part_of_the_text_stays(line: str) -> None:
    text, gone = edges(after=line)
    assert text != edges()[0]
    assert gone == []


def test_inside_a_text_nothing_goes() -> None:
    inside = "<p>原标题：这是引用</p><p>声明：双方同意。</p>"
    body = fragment_fromstring(f"<div>{FIRST}{inside}{LAST}</div>")
    before = text_of(body)
    assert trim_edges(body) == []
    assert text_of(body) == before


def test_of_a_body_that_is_nothing_else_nothing_is_left() -> None:
    body = fragment_fromstring("<div><p>原标题：甲</p><p>责任编辑：乙某</p></div>")
    assert trim_edges(body) == ["责任编辑：乙某"]
    assert text_of(body) == ""


def test_a_declared_page() -> None:
    page = f"""<html><h1>地铁三线年底通车</h1><i>2026-03-08 09:15</i><b>示例日报</b>
    <div id=text><p>（原标题：三线）</p>{FIRST}{LAST}
    <p>来源：示例日报　作者：何予</p><p>责任编辑：许闻</p></div></html>"""
    layout = PageLayout(name="2026", title=("h1",), body=("#text",), date=("i",), outlet=("b",))
    read = extract_article(page, url="https://example.org/a", layouts=(layout,))
    assert read.text == "三条线路将于年底开通，覆盖六个区。\n\n市交通委员会表示，票价不变。"
    assert (read.authors, read.editors) == (["何予"], ["许闻"])
    assert read.language == "zh"  # by its script: the page does not say, and nothing else of it was read
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2026-03-08T09:15:00+08:00"


def test_lines_that_an_empty_element_parts_are_paragraphs() -> None:
    lines = [f"第{number}条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。" for number in "一二三四"]
    inside = "<br><div class=gap></div>".join(lines)
    page = f"<html lang=zh><h1>地铁四线年底通车</h1><p>2026-03-08 09:15</p><div id=t>{inside}</div></html>"
    assert extract_article(page, url="https://news.example.cn/a").text == "\n\n".join(lines)


def test_the_title_in_its_own_text_goes() -> None:
    body = fragment_fromstring(
        f"<article><h1>地铁三线年底通车</h1>{FIRST}<p>地铁三线年底通车</p>{LAST}</article>"
    )
    trim_edges(body, "地铁三线年底通车")
    assert text_of(body) == "三条线路将于年底开通，覆盖六个区。地铁三线年底通车市交通委员会表示，票价不变。"


@pytest.mark.parametrize(
    "end",
    [
        "<br>责任编辑：张三<br>校对：李四",
        "<br/>（责任编辑：张三）<br/><b>校对</b>：李四<br/>",
        "<br>编辑 | 张三<br>校对 | 李四<br><br>",
    ],
)
def test_lines_that_breaks_part_inside_one_element_go(end: str) -> None:
    text = "市交通委员会表示，票价不变。"
    for page in (f"<div><p>三条线路将于年底开通。</p><p>{text}{end}</p></div>", f"<div>{text}{end}</div>"):
        body = fragment_fromstring(page)
        gone = trim_edges(body)
        assert len(gone) == 2
        assert text_of(body).endswith(text)


def test_other_lines_that_breaks_part_stay() -> None:
    body = fragment_fromstring("<div><p>三条线路。<br>六个区。<br>票价不变，责任编辑：张三说。</p></div>")
    assert trim_edges(body) == []
    assert text_of(body).endswith("张三说。")
    picture = fragment_fromstring("<div>三条线路。<br>责任编辑：张三<img src=/a.png></div>")
    assert trim_edges(picture) == []
    assert trim_edges(fragment_fromstring("<div>责任编辑：张三</div>")) == []
