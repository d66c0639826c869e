from pathlib import Path

import pytest

from newscrawl.errors import PageError
from newscrawl.model.source import DataLayout, PageLayout
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


# --- what a page says of its use

TERMS = """<html lang="en"><head><title>Bridge opens</title>
<meta property="article:content_tier" content="metered">
<meta name="robots" content="noai"><link rel="license" href="/terms">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bridge opens",
"isAccessibleForFree": "False",
"hasPart": [{"isAccessibleForFree": false, "cssSelector": ".wall"}, {"isAccessibleForFree": true}],
"license": {"@type": "CreativeWork", "url": "https://creativecommons.org/licenses/by/4.0/"},
"copyrightHolder": {"@type": "Organization", "@id": "#us", "name": "Example Media"}}</script></head>
<body><h1>Bridge opens</h1><div id="text"><p>The bridge was opened on Wednesday, after seven years.</p></div>
<div class="paywall"><p>Subscribe to read on.</p></div><div class="paywall-active"></div>
<div id="foot"><ul><li><a rel="nofollow license" href="https://creativecommons.org/licenses/by-nc/2.0/">CC</a></li></ul>
<p>Copyright <span>©</span> 2026 <b>Example Media</b>. All rights reserved.</p><p>未经授权不得转载</p></div>
<script>var a = "© 2026 nobody";</script></body></html>"""
BOTH = {"undeclared": (), "declared": (PageLayout(name="a", title=("h1",), body=("#text",)),)}


@pytest.mark.parametrize("layouts", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_what_a_page_says_of_its_use(layouts: tuple[PageLayout, ...], encoding: str) -> None:
    body = TERMS.encode(encoding)
    kind = f"text/html; charset={encoding}"
    extraction = read_page(body, url=URL, content_type=kind, layouts=layouts)
    assert extraction.terms is not None
    said = {(one.place, one.signal, one.means, one.url) for one in extraction.terms}
    assert said == {
        ("meta", "article:content_tier", "metered", None),
        ("meta", "noai", "reserved", None),
        ("link", "license", None, "https://news.example.cn/terms"),
        ("link", "license", "CC-BY-NC-2.0", "https://creativecommons.org/licenses/by-nc/2.0/"),
        ("json-ld", "license", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("json-ld", "isAccessibleForFree", "paid", None),
        ("json-ld", "copyright holder", None, None),
        ("markup", "paywall class", "paid", None),
        ("text", "copyright", None, None),
        ("text", "reprint", "forbidden", None),
    }
    line = next(one.value for one in extraction.terms if one.place == "text" and one.signal == "copyright")
    assert line == "Copyright © 2026 Example Media. All rights reserved."


def test_the_notice_below_a_declared_text_counts() -> None:
    page = "<h1>Bridge</h1><div id=text><p>It was opened.</p><p>（未经授权，不得转载）</p></div><p>x</p>"
    extraction = read_page(page, url=URL, layouts=BOTH["declared"])
    assert extraction.terms is not None
    assert {one.means for one in extraction.terms} == {"forbidden"}


def test_data_alone_can_say_nothing_of_its_use() -> None:
    layout = DataLayout(name="api", title="title", body="html")
    extraction = read_page('{"title": "Bridge", "html": "<p>It was opened.</p>"}', url=URL, layouts=(layout,))
    assert extraction.terms is None
