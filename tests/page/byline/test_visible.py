import pytest

from newscrawl.page.byline.visible import VisibleByline, read_visible_byline
from newscrawl.page.context import context_from

URL = "https://news.example.cn/1.html"
TEXT = "<p>市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。</p>"


def signs(body: str, *, chinese: bool = True) -> VisibleByline:
    context = context_from(f"<h1>本市新增三条地铁线路</h1>{body}", url=URL)
    return read_visible_byline(context.tree, context.title.node, URL, chinese=chinese)


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        ("<p>2024-05-05 来源：新华网</p>", "来源：新华网"),
        ("<p><b>来源：</b><a href='/x'>新华网</a> <a href='/y'>举报</a></p>", "来源：新华网"),
        ("<div><span>来源：</span></div><div>新华网</div>", "来源：新华网"),
        ("<p>来源 | 证券时报 作者 | 张三</p>", "来源 | 证券时报"),
        ("<p>稿源：北方网　编辑：李四</p>", "稿源：北方网"),
        ("<p>2024-05-05 10:00 <span class='source'>新华网</span></p>", "新华网"),
        (
            TEXT + "<p>这是文章的最后一段，写得比较长，说明了后续安排与时间。（来源：新华网）</p>",
            "（来源：新华网）",
        ),
    ],
)
def test_the_outlet_in_all_its_places(line: str, outlet: str) -> None:
    assert signs(line + TEXT).outlets[0].value == outlet


@pytest.mark.parametrize(
    "label",
    (
        "字体放大 字体缩小 放大 缩小 打印本页 关闭窗口 收藏 收藏本文 分享到 分享到微信 听新闻 手机看 手机版"
        " 扫一扫看 我要纠错 无障碍 长辈版 繁體 点赞 转发 复制链接 举报 投诉 保存 推荐"
        " 返回顶部 论坛 字号 浏览次数 阅读量 评论数"
    ).split(),
)
def test_labels_of_share_bars_are_no_outlets(label: str) -> None:
    beside = signs(f"<p>2026年11月30日 | <a href='#'>{label}</a> | <a href='#'>字体缩小</a></p>{TEXT}")
    assert (beside.beside, beside.outlets) == ([], [])
    classed = signs(f"<p>2026年11月30日 <span class='source'>{label}</span></p>{TEXT}")
    assert (classed.outlets, classed.bylines) == ([], [])
    assert signs(f"<p>2026年11月30日 <span class='author'>{label}</span></p>{TEXT}").bylines == []


def test_decoys_are_no_outlets() -> None:
    assert signs("<p>图片来源：视觉中国</p><p>资金主要来源于：银行贷款</p>" + TEXT).outlets == []


def test_a_name_beside_the_date() -> None:
    found = signs(
        "<div><span>2019-09-26 10:56:28</span> <a href='http://stcn.com/'>证券时报网</a></div>" + TEXT
    )
    assert [(said.value, said.link) for said in found.beside] == [("证券时报网", "http://stcn.com/")]


@pytest.mark.parametrize(
    "decoy", ["评论", "更新时间", "发表于", "Facebook", "新浪微博", "中华人民共和国监察法"]
)
def test_what_else_stands_beside_a_date(decoy: str) -> None:
    line = f"<div><span>2019-09-26 10:56:28</span> <span>{decoy}</span></div>"
    assert signs(line + TEXT).beside == []


def test_people() -> None:
    found = signs("<p>作者：张三 责任编辑：李四</p>" + TEXT + "<p>（记者 王五）</p><p>【编辑：赵六】</p>")
    assert [said.value for said in found.authors] == ["作者：张三", "（记者 王五）"]
    assert [said.value for said in found.editors] == ["责任编辑：李四", "【编辑：赵六】"]


def test_the_nearest_line_after_the_title_comes_first() -> None:
    found = signs("<p>来源：甲报</p>" + TEXT + "<p>来源：乙报</p>")
    assert [said.value for said in found.outlets] == ["来源：甲报", "来源：乙报"]


def test_bylines() -> None:
    found = signs(
        '<div class="byline">By <a href="/a">Ana Bell</a> and <a href="/b">Bo Cole</a></div>', chinese=False
    )
    assert [said.value for said in found.bylines] == ["Ana Bell", "Bo Cole"]
    assert signs("<p>By Ana Bell</p>", chinese=False).bylines[0].value == "Ana Bell"
    assert signs("<p class=author>Name *</p><p>By 2024 all will be well?</p>", chinese=False).bylines == []


def test_the_breadcrumb() -> None:
    context = context_from(
        "<div>您的位置：<a href=/>首页</a> &gt; <a href=/n>新闻</a> &gt; 正文</div><h1>本市新增地铁</h1>",
        url=URL,
    )
    found = read_visible_byline(context.tree, context.title.node, URL, chinese=True)
    assert [said.value for said in found.columns] == ["新闻"]


@pytest.mark.parametrize(
    ("above", "outlet"),
    [
        ("新华社", "新华社"),
        ("石佳文/中国青年报", "中国青年报"),
        ("某某工作室", None),
        ("新华社今日发布多条消息", None),
    ],
)
def test_an_outlet_by_itself_above_the_date(above: str, outlet: str | None) -> None:
    read = signs(f"<p>{above}</p><p>2026-09-24 09:10 <i>字号</i></p><p>正文。</p>")
    assert [said.value for said in read.beside if said.value == outlet] == ([outlet] if outlet else [])


def test_a_sentence_in_an_element_classed_source_is_no_outlet() -> None:
    page = (
        "<h1>手机发布</h1><p><a class=source>甲公司发布新手机：配6种颜色</a><a class=source>示例科技</a></p>"
    )
    assert [said.value for said in signs(page).outlets] == ["示例科技"]


def test_of_the_boxes_about_authors_only_the_nearest_name_is_read() -> None:
    page = """<div><a class=author-name>云溪手记</a><i class=author-count>总篇数919篇</i>
    <div class=author-bio>暂无简介</div></div><p>正文一段。</p><a class=author-name>另一专栏</a>"""
    assert [said.value for said in signs(page).bylines] == ["云溪手记"]


@pytest.mark.parametrize("beside", ["更新时间", "发布于", "来源", "微博", "Facebook"])
def test_a_label_beside_the_date_is_no_outlet(beside: str) -> None:
    assert signs(f"<div><i>{beside}</i> <i>2012年12月10日 10:41</i></div><p>正文一段。</p>").beside == []
