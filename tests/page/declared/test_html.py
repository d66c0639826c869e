import pytest
from lxml.html import HtmlElement

from newscrawl.errors import UsageError
from newscrawl.model.source import PageLayout
from newscrawl.page.declared.html import read_declared
from newscrawl.page.document.parse import parse, text_of
from newscrawl.page.reader import read_fragment, read_page

URL = "https://finance.eastmoney.com/a/202603083665282988.html"

# The desktop layout of 2026: the info line's items are told apart by their labels alone.
PAGE = """<html><head><title>两市成交额破万亿 _ 东方财富网</title></head><body>
<div class="navitem"><a href="/">首页</a> > <a href="/cjyw">财经频道</a></div>
<div id="topbox"><div class="title">两市成交额破万亿</div>
<div class="infos"><div class=" item">2026年03月08日 08:37</div>{author}
<div class="item"> 来源：
中新经纬 </div><a href="#c"><div class="item">
</div></a></div></div>
<div class="txtinfos" id="ContentBody"><p>　　第一段。</p><p>第二段<a href="https://acttg.eastmoney.com/x"><img></a>尾</p>
<p class="em_media">（文章来源：上海<span><a href="https://www.cnstock.com/">证券</a></span>报）</p></div>
<a href="https://acttg.eastmoney.com/outside">ad</a></body></html>"""
AUTHOR = '<div class="item"> 作者：\n宋亚芬 </div>'

VERSION = PageLayout(
    name="2026",
    title=("#topbox .title",),
    body=("#ContentBody",),
    date=(".infos .item",),
    outlet=("p.em_media", ".infos .item"),
    authors=(".infos .item",),
    editors=(".infos .item",),
    columns=(".navitem a::text",),
    digest=("meta[name=description]::attr(content)",),
    drop=("a[href*='acttg.eastmoney.com']",),
)


def root(author: str = AUTHOR) -> HtmlElement:
    return parse(PAGE.replace("{author}", author), url=URL)


def test_every_field_is_said_with_its_rule() -> None:
    extraction = read_declared(root(), URL, (VERSION,))
    assert extraction is not None
    assert extraction.layout == "2026"
    assert [s.value for s in extraction.titles] == ["两市成交额破万亿"]
    assert [s.value for s in extraction.dates] == ["2026年03月08日 08:37"]
    assert [(s.value, s.rule, s.link) for s in extraction.outlets] == [
        ("（文章来源：上海证券报）", "em_media", "https://www.cnstock.com/"),
    ]
    assert [s.value for s in extraction.authors] == ["作者： 宋亚芬"]
    assert extraction.editors == []
    assert [s.value for s in extraction.columns] == ["首页", "财经频道"]
    assert extraction.digests == []
    assert {s.origin for s in (*extraction.titles, *extraction.dates, *extraction.outlets)} == {"page"}


def test_without_an_author_nobody_else_is_taken_for_one() -> None:
    extraction = read_declared(root(author=""), URL, (VERSION,))
    assert extraction is not None
    assert extraction.authors == []


def test_a_selector_that_names_nobody_leaves_it_to_the_next() -> None:
    page = (
        PAGE.replace("{author}", "")
        .replace("上海证券报", "")
        .replace("上海", "")
        .replace("证券", "")
        .replace("报", "")
    )
    extraction = read_declared(parse(page, url=URL), URL, (VERSION,))
    assert extraction is not None
    assert [s.value for s in extraction.outlets][-1] == "来源： 中新经纬"


def test_dropped_elements_leave_the_body_with_their_tail_and_nothing_else() -> None:
    tree = root()
    extraction = read_declared(tree, URL, (VERSION,))
    assert extraction is not None
    assert extraction.body is not None
    assert not extraction.body.xpath(".//img")
    assert "第二段尾" in text_of(extraction.body)
    assert tree.xpath("//a[contains(@href, 'outside')]")


def test_the_first_version_whose_title_and_body_match_is_read() -> None:
    old = PageLayout(name="2019", title=(".newsContent h1",), body=("#ContentBody",))
    no_body = PageLayout(name="none", title=("#topbox .title",), body=("#Missing",))
    extraction = read_declared(root(), URL, (old, no_body, VERSION))
    assert extraction is not None
    assert extraction.layout == "2026"
    assert read_declared(root(), URL, (old, no_body)) is None
    assert read_declared(root(), URL, ()) is None


def test_an_empty_title_is_no_match() -> None:
    version = PageLayout(name="x", title=("#empty",), body=("#ContentBody",))
    assert read_declared(parse("<b id=empty> </b><p id=ContentBody>x", url=URL), URL, (version,)) is None


def test_xpath_and_attributes_and_strings() -> None:
    version = PageLayout(
        name="2019",
        title=("//h1/text()",),
        body=("//*[@id='ContentBody']",),
        outlet=(".source img::attr(alt)",),
        date=("(//span)[1]",),
        digest=("/html/body/div[1]",),
    )
    page = "<h1>题</h1><span>2019-01-02 03:04</span>"
    page += "<p class=source><img alt='证券时报网'></p><p id=ContentBody>文"
    extraction = read_declared(parse(page, url=URL), URL, (version,))
    assert extraction is not None
    assert [s.value for s in extraction.outlets] == ["证券时报网"]
    assert [s.value for s in extraction.dates] == ["2019-01-02 03:04"]


def test_one_line_with_several_labels_is_cut_at_them() -> None:
    version = PageLayout(
        name="line", title=("h1",), body=("article",), date=(".info",), outlet=(".info",), editors=(".info",)
    )
    page = "<h1>题</h1><p class=info>2022-02-26 16:34:00\u3000来源：北方网 责任编辑：李四</p><article>文"
    extraction = read_declared(parse(page, url=URL), URL, (version,))
    assert extraction is not None
    assert [s.value for s in extraction.dates] == ["2022-02-26 16:34:00"]
    assert [s.value for s in extraction.outlets] == ["来源：北方网"]
    assert [s.value for s in extraction.editors] == ["责任编辑：李四"]


@pytest.mark.parametrize("selector", ["div[", "//div[", "", "a::nothing", ":nosuch(1)"])
def test_a_broken_selector_names_its_version(selector: str) -> None:
    version = PageLayout(name="broken one", title=(selector,), body=("p",))
    with pytest.raises(UsageError, match="broken one"):
        read_declared(root(), URL, (version,))


def test_a_string_in_place_of_a_tuple_is_refused() -> None:
    version = PageLayout(name="s", title="h1", body=("p",))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="write"):
        read_declared(root(), URL, (version,))


def test_read_page_reads_versions_from_bytes() -> None:
    extraction = read_page(
        PAGE.encode("gb18030"), url=URL, content_type="text/html; charset=utf-8", layouts=(VERSION,)
    )
    assert extraction.layout == "2026"
    assert extraction.titles[0].value == "两市成交额破万亿"


def test_a_fragment_gives_its_outlet_and_stays_whole() -> None:
    html = '<p>一</p>\n<p class="em_media">（文章来源：上海<a href="//www.cnstock.com">证券</a>报）</p>'
    extraction = read_fragment(html, url=URL)
    assert [(s.value, s.rule) for s in extraction.outlets] == [("（文章来源：上海证券报）", "em_media")]
    assert extraction.body is not None
    assert len(extraction.body) == 2
    assert extraction.body[0].tail == "\n"


@pytest.mark.parametrize(
    ("inside", "authors"),
    [
        ("<span>记者 王五</span><span>赵六</span>", "记者 王五、赵六"),
        ("<a>王五</a><a>赵六</a><a>钱七</a>", "王五、赵六、钱七"),
        ("<span>王五</span> <span>赵六</span>", "王五 赵六"),
        ("\n<span>王五</span><span>赵六</span>\n", "王五、赵六"),
        ("<span>王</span><span>五</span>", "王五"),
        ("<span>作者：</span><span>王五</span>", "作者：王五"),
        ("记者<b>王五</b><i>赵六</i>", "记者王五赵六"),
        ("<a>Jane Smith</a><a>John Doe</a>", "Jane Smith、John Doe"),
    ],
)
def test_names_side_by_side_do_not_run_together(inside: str, authors: str) -> None:
    version = PageLayout("now", ("h1",), (".text",), authors=(".by",))
    page = f"<h1>地铁</h1><div class=by>{inside}</div><div class=text><p>三条线路开通。</p></div>"
    extraction = read_declared(parse(page, url="https://example.com/1"), "https://example.com/1", (version,))
    assert extraction is not None
    assert [said.value for said in extraction.authors] == [authors]


def test_what_leads_the_text_is_put_before_it() -> None:
    page = (
        "<html><body><h1>标题</h1><div class=img><img src=/a.jpg><p>图片来源：图库</p></div><div class=img>"
        "<img src=/b.jpg></div><div class=text>开头<p>第一段。</p><div class=img><img src=/c.jpg></div></div>"
    )
    version = PageLayout(name="v", title=("h1",), body=(".text",), lead=(".img", "body"))
    extraction = read_page(page, url="https://e.org/1", layouts=(version,))
    assert extraction.body is not None
    assert [image.get("src") for image in extraction.body.iter("img")] == ["/a.jpg", "/b.jpg", "/c.jpg"]
    assert "".join(extraction.body.itertext()) == "图片来源：图库开头第一段。"


NOISE = "2026-11-30 17:00&nbsp;来源：滨城日报 点击：12"


@pytest.mark.parametrize(
    ("heading", "shown", "title"),
    [
        (f"老城区供热改造<br><span>{NOISE}</span>", "老城区供热改造 - 要闻", "老城区供热改造"),  # of PHPCMS
        ("Ferry starts <small>2026/03/08 by Ann Bell</small>", "Ferry starts | Ledger", "Ferry starts"),
        # the date belongs to the title
        ("Ferries of 2026-03-08", "Ferries of 2026-03-08 | Ledger", "Ferries of 2026-03-08"),
        ("Ferries of 2026-03-08", "The Ledger", "Ferries of 2026-03-08"),
        ("Ferry budget 2026.5 percent higher", "Ferry budget", "Ferry budget 2026.5 percent higher"),
    ],
)
def test_an_info_line_in_the_heading_is_not_the_title(heading: str, shown: str, title: str) -> None:
    page = f"<html><head><title>{shown}</title></head><body><h1>{heading}</h1><p class=b>x</p></body></html>"
    layout = PageLayout(name="1", title=("h1",), body=(".b",))
    extraction = read_declared(parse(page, url=URL), URL, (layout,))
    assert extraction is not None
    assert extraction.titles[0].value == title
