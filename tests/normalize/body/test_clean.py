"""What of a page's body comes through, as HTML and as text."""

from __future__ import annotations

import random
from html import escape

import lxml.html
import pytest
from lxml import etree
from lxml.html import HtmlElement

from newscrawl.model.post import Body, Image, Security
from newscrawl.normalize.body import clean_body, paragraphs_body

BASE = "https://finance.example.com/a/1.html"


def element(fragment: str) -> HtmlElement:
    return lxml.html.fragment_fromstring(fragment, create_parent="div")


def clean(fragment: str) -> Body:
    return clean_body(element(fragment), base_url=BASE)[0]


# As the seed site published it: paragraphs parted by a line break and a blank, a blank before an end tag.
PLAIN = (
    "<p>八年来，天津市“对口帮扶”承德工作，实施“1+4”框架协议，援助资金16.52亿元；选派人才382人次。</p>\n"
    " <p>7Fresh、京东(京喜)便利店&amp;数字经济，总投资金额约231亿元。 </p>\n"
    " <p>争取更多企业来津投资，a &lt; b。 </p>"
)


def test_plain_paragraphs_come_out_byte_for_byte() -> None:
    assert clean(PLAIN).html == PLAIN


def test_the_attribution_goes_and_takes_nothing_along() -> None:
    assert clean(PLAIN + '<p class="em_media">（文章来源：北方网）</p>').html == PLAIN
    assert clean(PLAIN + '<div class="x em_media">（文章来源：北方网）</div>').html == PLAIN
    assert "北方网" not in clean(PLAIN + '<p class="em_media">（文章来源：<a href="/x">北方网</a>）</p>').text


def test_cleaning_twice_changes_nothing() -> None:
    messy = "loose<br>text<div>one<p>two</p></div><ul><li>a<li>b</ul><table><tr><td>1<td>2</table><h1>T</h1>"
    once = clean(messy).html
    assert clean(once).html == once


def test_the_element_is_not_changed() -> None:
    page = element('<p style="display:none">x</p><p>　　<span>y</span></p>')
    before = lxml.html.tostring(page)
    clean_body(page, base_url=BASE)
    assert lxml.html.tostring(page) == before


def test_the_tail_of_the_element_is_not_its_own() -> None:
    page = lxml.html.fragment_fromstring("<section><div><p>in</p></div>out</section>")
    assert clean_body(page[0], base_url=BASE)[0].text == "in"


STRUCTURE = [
    ("loose <b>text</b><br>x<p>para</p>tail", "<p>loose <b>text</b><br>x</p><p>para</p><p>tail</p>"),
    ("<div>one</div><div>two<span>!</span></div>", "<p>one</p><p>two!</p>"),
    ("<section><div><div>deep</div></div></section>", "<p>deep</p>"),
    ("<p>a<div>b</div>c</p>", "<p>a</p><p>b</p><p>c</p>"),
    ("<center><b>x</b></center>", "<p><b>x</b></p>"),
    ("<h1>T</h1><h2>U</h2><h6>V</h6>", "<h2>T</h2><h2>U</h2><h4>V</h4>"),
    ("<h2><div>T</div></h2>", "<h2>T</h2>"),
    ("<ul><li>a</li><li><p>b</p></li></ul>", "<ul><li>a</li><li><p>b</p></li></ul>"),
    ("<blockquote>q<p>r</p></blockquote>", "<blockquote><p>q</p><p>r</p></blockquote>"),
    ("<dl><dt>a</dt><dd>b</dd></dl>", "<p>a</p><p>b</p>"),
    ("<strong><p>a</p>b</strong>c", "<p>a</p><p>bc</p>"),
    ("<p>x<sup>2</sup><sub>i</sub> <code>y</code></p>", "<p>x<sup>2</sup><sub>i</sub> <code>y</code></p>"),
    ("<p>a<!-- c -->b<?php x ?>c</p>", "<p>abc</p>"),
    ('<p class="x" id="y" style="color:red" onclick="z()" data-a="1">a</p>', "<p>a</p>"),
    ('<p><font size="2" color="red">a</font><span>b</span><o:p>c</o:p></p>', "<p>abc</p>"),
    ("<p></p><p> </p><p>&nbsp;</p><p>　　</p><p><br></p><p><strong></strong></p><p>a</p>", "<p>a</p>"),
    ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    (
        '<table><tbody><tr><th rowspan="2">h</th><td colspan="3" width="9">a<td></tr></tbody></table>',
        '<table><tbody><tr><th rowspan="2">h</th><td colspan="3">a</td><td></td></tr></tbody></table>',
    ),
]


@pytest.mark.parametrize(("given", "expected"), STRUCTURE)
def test_structure(given: str, expected: str) -> None:
    assert clean(given).html == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<p>a\n  b</p><p>c&nbsp;d</p>", "a b\n\nc d"),
        ("<p>a<br>b<br><br>c</p>", "a\nb\n\nc"),
        ("a<br/><br/>b", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", "- a\n- b\n\nc"),
        ("<table><tr><th>n</th><th>v</th></tr><tr><td>a</td><td>1</td></tr></table>", "n | v\na | 1"),
        ("<table><tr><td><p>a</p><p>b</p><p>c</p></td></tr></table>", "a\n\nb\n\nc"),
        ("<table><tr><td>x<table><tr><td>1<td>2</table></table>", "x\n\n1 | 2"),
        ("<h2>T</h2>text", "T\n\ntext"),
        ("<div>a</div>b<div>c</div>", "a\n\nb\n\nc"),
        (
            "<p>\n 　　缩进</p><p><b>　</b>\n单</p><p>&nbsp;&nbsp; 空</p><p>中　　间</p>",
            "缩进\n\n单\n\n空\n\n中间",
        ),
        ("<pre>a\nb</pre>", "a\nb"),
    ],
)
def test_text(given: str, expected: str) -> None:
    assert clean(given).text == expected


def test_chars_count_what_is_no_white_space() -> None:
    assert clean("<p>一 二\n三</p><p>four</p>").chars == 7


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">spam</p>',
        '<p style="DISPLAY : NONE !important">spam</p>',
        '<p style="visibility:hidden">spam</p>',
        '<p style="font-size:1px;color:#fff">spam</p>',
        '<p style="height:1px;overflow:hidden">spam</p>',
        '<div style="width: 0px"><p>spam</p></div>',
        '<span style="opacity:0">spam</span>',
        '<span style="font-size:0">spam</span>',
        '<p style="text-indent:-9999px">spam</p>',
        '<p style="position:absolute;left:-2000px">spam</p>',
        "<p hidden>spam</p>",
        "<script>spam()</script>",
        "<style>.spam{}</style>",
        "<form><p>spam</p><input value=spam></form>",
        "<iframe src='https://spam.example'>spam</iframe>",
        "<object>spam</object><video>spam</video><svg><text>spam</text></svg>",
        "<noscript><style>spam</style></noscript>",
        '<div class="ad_context_1">spam</div>',
        '<div id="ad_context">spam</div>',
        '<a href="https://acttg.eastmoney.com/pub/x">spam</a>',
        '<a href="//acttg.eastmoney.com/pub/x"><img src="https://np-newspic.dfcfw.com/spam.jpg"></a>',
        '<span id="quote_1.601099">spam</span><span id="bkquote_90.BK0800">spam</span>',
        '<p><img src="https://webquotepic.eastmoney.com/GetPic.aspx?id=spam"></p>',
        '<p><img src="http://webquoteklinepic.eastmoney.com/GetPic.aspx?nid=spam"></p>',
        '<p><img src="https://np-newspic.dfcfw.com/spam.jpg" class="em_handle_adv_close"></p>',
        '<img src="/spam.gif" width="1" height="1">',
    ],
)
def test_what_is_not_the_articles(hidden: str) -> None:
    body = clean(f"<p>before</p>{hidden}<p>after</p>")
    assert body.html == "<p>before</p><p>after</p>"
    assert body.text == "before\n\nafter"
    assert body.images == []


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="font-size:10px">x</p>',
        '<p style="font-size:1.2em">x</p>',
        '<p style="line-height:1px">x</p>',
        '<p style="border-width:1px">x</p>',
        '<p style="height:100px">x</p>',
        '<p style="opacity:0.9">x</p>',
        '<p class="advice head">x</p>',
        '<p class="loading-shadow">x</p>',
    ],
)
def test_what_only_looks_hidden(shown: str) -> None:
    assert clean(shown).html == "<p>x</p>"


def test_the_greater_part_folded_away_is_the_article() -> None:
    folded = "".join(f"<p>正文第{n}段，内容很长，占了全文的大部分。</p>" for n in range(40))
    assert clean(f'<p>开头</p><div style="display:none">{folded}</div>').chars > 600


def test_stock_links_become_text_and_securities() -> None:
    body, securities = clean_body(
        element(
            '<p>靠近<span id="stock_1.601099"><a href="http://quote.example.com/1.601099" class="keytip" '
            'data-code="1,601099">太平洋</a></span><span id="quote_1.601099"></span>和'
            '<span href="http://x" class="em_stock_key_common" data-code="90,BK1189">腾讯云</span>、'
            '<span id="bk_90.BK0800"><a class="keytip" data-code="90,BK0800">人工智能</a></span>、'
            '<a href="http://quote.eastmoney.com/unify/r/116.00700">腾讯</a>、'
            '<a class="keytip" data-code="1,601099">太平洋</a>、<a data-code="junk" href="/k">其他</a></p>'
        ),
        base_url=BASE,
    )
    assert body.html == (
        '<p>靠近太平洋和腾讯云、人工智能、腾讯、太平洋、<a href="https://finance.example.com/k">其他</a></p>'
    )
    assert securities == [
        Security("1", "601099", "太平洋"),
        Security("90", "BK1189", "腾讯云"),
        Security("90", "BK0800", "人工智能"),
        Security("116", "00700", "腾讯"),
    ]


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ('<img src="b.png">', "https://finance.example.com/a/b.png"),
        ('<img src="//img.example.com/b.png">', "https://img.example.com/b.png"),
        ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', "https://finance.example.com/a.jpg"),
        ('<img src="/blank.gif" data-original="/a.jpg">', "https://finance.example.com/a.jpg"),
        ('<img data-src="loading" src="/a.jpg">', "https://finance.example.com/a.jpg"),
        ('<img srcset="/s.jpg 300w, /l.jpg 900w">', "https://finance.example.com/l.jpg"),
        (
            '<picture><source srcset="/x.webp"><img src="/a.jpg"></picture>',
            "https://finance.example.com/a.jpg",
        ),
    ],
)
def test_images_are_absolute_and_not_placeholders(image: str, address: str) -> None:
    body = clean(f"<p>{image}</p>")
    assert body.images == [Image(address)]
    assert body.html == f'<p><img src="{address}"></p>'


def test_an_alternative_text_stays() -> None:
    assert clean('<p><img src="/a.jpg" alt="A &quot;b&quot;" width="9"></p>').html == (
        '<p><img src="https://finance.example.com/a.jpg" alt="A &quot;b&quot;"></p>'
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<figure><img src="/a.jpg"><figcaption>港口 <b>全景</b></figcaption></figure><p>text</p>',
        '<p><img src="/a.jpg"></p><p>▲港口 全景</p><p>text</p>',
        '<p><img src="/a.jpg"></p>\n<p>图：港口 全景</p><p>text</p>',
        '<div><img src="/a.jpg"></div><div>图片来源：港口 全景</div><p>text</p>',
    ],
)
def test_captions_go_to_their_picture_and_not_into_the_text(markup: str) -> None:
    body = clean(markup)
    assert body.text == "text"
    caption = body.images[0].caption
    assert caption is not None
    assert caption.endswith("港口 全景")
    assert caption in lxml.html.fromstring(f"<div>{body.html}</div>").text_content()


@pytest.mark.parametrize(
    "paragraph", ["图书市场回暖。", "这是正文。", "▲" + "很长的正文" * 20, "图表显示，港口吞吐量增长。"]
)
def test_a_paragraph_below_a_picture_is_mostly_text(paragraph: str) -> None:
    body = clean(f'<p><img src="/a.jpg"></p><p>{paragraph}</p>')
    assert body.text == paragraph
    assert body.images[0].caption is None


def test_a_caption_two_paragraphs_below_is_none() -> None:
    assert clean('<p><img src="/a.jpg"></p><p>正文</p><p>图：港口</p>').text == "正文\n\n图：港口"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (
            '<a href="/x?a=1&b=2" target="_blank" rel="x">y</a>',
            '<a href="https://finance.example.com/x?a=1&amp;b=2">y</a>',
        ),
        ('<a href="javascript:alert(1)">y</a>', "y"),
        ('<a href=" JaVaScRiPt:alert(1)">y</a>', "y"),
        ('<a href="java\nscript:alert(1)">y</a>', "y"),
        ('<a href="data:text/html,x">y</a>', "y"),
        ('<a href="vbscript:x">y</a>', "y"),
        ('<a href="mailto:a@b.c">y</a>', "y"),
        ('<a href="#top">y</a>', "y"),
        ('<a href="http://">y</a>', "y"),
        ('<a href="http://Der Text oben">y</a>', "y"),
        ('<a href="http://Illegale%20M">y</a>', "y"),
        ('<a href="/a"><a href="/b">y</a></a>', '<a href="https://finance.example.com/b">y</a>'),
        ('<a href="http://[broken">y</a>', "y"),
        ('<a name="x">y</a>', "y"),
        ("<a>y</a>", "y"),
    ],
)
def test_links(link: str, expected: str) -> None:
    assert clean(f"<p>{link}</p>").html == f"<p>{expected}</p>"


ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    '<a href="https://x/&quot; onmouseover=&quot;alert(1)">x</a>',
    '<img src="https://x/a.jpg&quot; onerror=&quot;alert(1)">',
    '<img src="https://x/a.jpg" alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href='https://evil/'><p>x</p>",
    "<template><script>alert(1)</script></template>",
    "<xss style='behavior:url(x)'>x</xss>",
    '<td colspan="2&quot; onclick=&quot;x">y</td>',
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_executable_survives(attack: str) -> None:
    html = clean(f"<p>a</p>{attack}<p>b</p>").html
    tree = lxml.html.fromstring(f"<div>{html}</div>")
    allowed = {"href", "src", "alt", "colspan", "rowspan"}
    for node in tree.iter():
        assert node.tag not in ("script", "style", "iframe", "svg", "math", "base", "template")
        assert set(node.attrib) <= allowed
        assert not any("script:" in value for value in node.attrib.values())


@pytest.mark.slow
def test_deep_nesting_is_read_without_recursion() -> None:
    for tag in ("div", "b", "blockquote", "p", "span", "li", "table"):
        root = etree.fromstring("<div/>", lxml.html.html_parser)[0][0]
        node = root
        for _ in range(10_000):
            node = etree.SubElement(node, tag)
        node.text = "bottom"
        body, _ = clean_body(root, base_url=BASE)
        assert "bottom" in body.text


def test_size_is_bounded() -> None:
    body = clean("<p>x</p>" * 30_000)
    assert 0 < body.html.count("<p>") <= 20_000
    assert len(clean('<img src="/a.jpg">' * 3000).images) <= 500


def test_random_markup_gives_clean_stable_html() -> None:
    chance = random.Random(11)
    pieces = (
        "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href='/x'>", "</a>", "<table><tr><td>",
        "</td></tr></table>", "<ul><li>", "</ul>", "<h2>", "</h2>", "<img src='/i.jpg'>", "<br>",
        "　　", " ", "\n", "字", "text ", "&amp;", "&nbsp;", "<figure>", "</figure>", "<figcaption>",
        "<blockquote>", "</blockquote>", "<span style='display:none'>", "</span>", "<script>",
        "</script>", "<!-- ", " -->", "<",
    )  # fmt: skip
    for _ in range(1500):
        given = "".join(chance.choice(pieces) for _ in range(chance.randrange(30)))
        body = clean(given)
        assert clean(body.html).html == body.html, (given, body.html)
        assert "\n\n\n" not in body.text
        assert body.text == body.text.strip("\n")


def test_plain_text_as_a_body() -> None:
    body = paragraphs_body("a < b & c\n\n  第二段 \r\n")
    assert body.html == f"<p>{escape('a < b & c')}</p>\n<p>第二段</p>"
    assert body.text == "a < b & c\n\n第二段"
    assert body.chars == 8


def test_the_reading_of_a_word_is_not_part_of_the_text() -> None:
    for ruby in (
        "<ruby>漢字<rt>かんじ</rt></ruby>",
        "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>",
        "<ruby><rb>漢</rb><rb>字</rb><rtc><rt>かん</rt><rt>じ</rt></rtc></ruby>",
    ):
        assert clean(f"<p>{ruby}の記事</p>").text == "漢字の記事"


def test_code_keeps_its_indent_and_its_lines() -> None:
    body = clean("<p>So:</p><pre><code>def f(x):\n    if x:\n\treturn 1  \n</code></pre><p>Done.</p>")
    assert body.text == "So:\n\ndef f(x):\n    if x:\n    return 1\n\nDone."
    assert "<pre><code>def f(x):\n    if x:" in body.html
