"""Pages of which nothing is declared: which sign gives which field."""

from __future__ import annotations

from newscrawl import extract_article

TEXT = "<p>市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。</p>" * 4
URL = "https://news.example.cn/2026/1119/1.html"


def authors(meta: str, line: str) -> list[str]:
    page = (
        f'<html lang="zh"><head><meta name="author" content="{meta}"></head><body>'
        f"<h1>本市新增三条地铁线路</h1><p>2026-11-19 10:00 来源：新华网 {line}</p>{TEXT}</body></html>"
    )
    return extract_article(page, url=URL).authors


def test_an_editor_that_a_meta_names_as_author_is_none() -> None:
    assert authors("孙宗鹤", "责编：孙宗鹤") == []
    assert authors("孙宗鹤", "责任编辑：孙宗鹤、李四") == []


def test_an_author_beside_another_editor_stays() -> None:
    assert authors("孙宗鹤", "责编：李四") == ["孙宗鹤"]
    assert authors("孙宗鹤", "") == ["孙宗鹤"]


PROSE = "<p>The council said on Monday that the bridge, closed since May, would open again soon.</p>" * 4


def signed(head: str, line: str = "") -> list[str]:
    page = f"<html lang=en><head>{head}</head><body><article><h1>Bridge opens</h1>{line}{PROSE}</article>"
    return extract_article(page, url="https://news.example.org/a").authors


def data(author: str, kind: str = "Person", publisher: str = "Harbour Press") -> str:
    named = f'"author": {{"@type": "{kind}", "name": "{author}"}}, "publisher": {{"name": "{publisher}"}}'
    return f'<script type="application/ld+json">{{"@type": "BlogPosting", {named}}}</script>'


def meta(author: str) -> str:
    return f'<meta name="author" content="{author}">'


def test_whom_the_data_names_goes_before_the_byline() -> None:
    assert signed(data("Ada Lindqvist"), "<p>By Bo Cole</p>") == ["Ada Lindqvist"]
    assert signed(meta("Ada Lindqvist"), "<p class=author>Bo Cole</p>") == ["Ada Lindqvist"]


def test_a_byline_goes_before_a_meta_tag_and_a_login() -> None:
    assert signed(meta("Harbour Press"), "<p>By Ada Lindqvist</p>") == ["Ada Lindqvist"]
    assert signed(meta("Bo Cole"), "<p>By Ada Lindqvist, MD</p>") == ["Ada Lindqvist"]
    assert signed(data("ada.lindqvist"), "<p class=author>Ada Lindqvist</p>") == ["Ada Lindqvist"]
    assert signed(data("Ada"), "<p class=author>Ada Lindqvist</p>") == ["Ada Lindqvist"]


def test_a_byline_that_names_more_than_the_data() -> None:
    line = "<p>By Ada Lindqvist and Bo Cole</p>"
    assert signed(data("Ada Lindqvist"), line) == ["Ada Lindqvist", "Bo Cole"]


def test_markup_goes_before_a_meta_tag_without_a_name() -> None:
    line = '<p itemprop="author">Ada Lindqvist</p>'
    assert signed(meta("Institute of the harbour"), line) == ["Ada Lindqvist"]


def test_an_author_after_whom_the_site_is_named() -> None:
    named = data("Ada Lindqvist", publisher="Ada Lindqvist")
    assert signed(named + '<meta property="og:site_name" content="Ada Lindqvist">') == ["Ada Lindqvist"]


def test_an_outlet_signs_where_nobody_else_does() -> None:
    own = data("Harbour Press", "Organization")
    assert signed(own) == ["Harbour Press"]
    assert signed(own, "<p>By Ada Lindqvist</p>") == ["Ada Lindqvist"]
