from pathlib import Path

import pytest

from newscrawl.errors import PageError
from newscrawl.model.source import PageLayout
from newscrawl.page import read_page

URL = "https://news.example.cn/2026/0308/1.shtml"

#: A Chinese news site's structure: title, info line, text, editor, related links.
CHINESE = (Path(__file__).parent / "body" / "pages" / "city.html").read_text(encoding="utf-8")


def test_a_page_of_which_nothing_is_declared() -> None:
    extraction = read_page(CHINESE.encode(), url=URL)
    assert extraction.titles[0].value == "本市新增三条地铁线路"
    assert extraction.dates[0].value == "2026-03-08 09:15:00"
    assert extraction.outlets[0].value.startswith("来源：")
    assert "示例日报" in extraction.outlets[0].value
    assert extraction.outlets[0].link == "https://www.example-ribao.cn/"
    assert extraction.authors[0].value == "作者：张三"
    assert extraction.editors[0].value == "责任编辑：李四"
    assert [said.value for said in extraction.columns] == ["新闻中心", "城市"]
    assert extraction.digests[0].value == "三条线路年底开通。"
    assert extraction.language == "zh"


def test_the_body_is_cut_out_of_the_page() -> None:
    extraction = read_page(CHINESE.encode(), url=URL)
    assert extraction.body is not None
    text = "".join(extraction.body.itertext())
    assert text.count("　　") == 3
    assert "相关新闻" not in text
    assert "责任编辑" not in text
    assert extraction.body_rule == "block classifier"


def test_a_page_without_a_matching_version_is_read_all_the_same() -> None:
    version = PageLayout(name="gone", title=("#none",), body=("#none",))
    extraction = read_page(CHINESE, url=URL, layouts=(version,))
    assert extraction.layout is None
    assert extraction.titles[0].rule == "h1"


def test_what_a_version_leaves_open_is_filled() -> None:
    version = PageLayout(name="half", title=("h1",), body=(".article-content",))
    extraction = read_page(CHINESE, url=URL, layouts=(version,))
    assert extraction.layout == "half"
    assert extraction.body_rule == ".article-content"
    assert extraction.dates[0].value == "2026-03-08 09:15:00"
    assert "示例日报" in extraction.outlets[0].value


@pytest.mark.parametrize(
    "body", ["<html></html>", "<p></p>", "<title>x</title>", "a", "<" * 500, "<table>" * 900]
)
def test_poor_pages_give_a_poor_reading(body: str) -> None:
    extraction = read_page(body, url=URL)
    assert extraction.outlets == []


def test_nothing_is_a_page_error() -> None:
    with pytest.raises(PageError):
        read_page(b"", url=URL)
