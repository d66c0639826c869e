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
