"""Short parts of a text: its last sentence, lists, tables and quotes, wherever they stand in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from lxml.html import HtmlElement

from newscrawl import extract_article
from newscrawl.devtools.fixtures import Frozen, frozen_pages
from newscrawl.page.document.parse import parse

URL = "https://news.example.org/a/1.html"
ROOT = Path(__file__).parents[2] / "pages"
EN = [
    "The council approved the plan on Monday, officials said, and work on the bridge begins in spring.",
    "Residents had asked for a decision for several years, as the old crossing was closed to lorries.",
    "The cost is put at four million, half of which the state pays; the town takes up a loan.",
    "Opponents said that the money was better spent on the school, whose roof has leaked for a year.",
]
ZH = [
    "据介绍，新桥全长九百米，设双向四车道，计划于明年春天开工，业内人士表示，此举有助于缓解两岸交通压力。",
    "记者在现场看到，旧桥两处桥墩已出现裂缝，货车自今年夏天起绕行上游，单程多走二十公里，市民反映强烈。",
    "工程总投资约四亿元，其中一半由省级财政承担，其余部分由市里通过专项债券筹集，二十年内分期偿还。",
    "有居民认为，资金应当优先用于修缮学校，屋顶去年漏雨至今未修，并表示将依法申请信息公开。",
]
ENDS = ["无人受伤。", "庭审仍在继续。", "此案仍在调查中。", "该片将于12月24日上映。", "会议由市长主持。"]
PARTS = {
    "en": [
        ("<p>Nobody was hurt.</p>", ["Nobody was hurt."]),
        ("<h2>What it costs</h2><p>Four million.</p>", ["What it costs", "Four million."]),
        (
            "<table><tr><th>Item</th><th>Cost</th></tr><tr><td>Steel</td><td>2 million</td></tr></table>",
            ["Item | Cost", "Steel | 2 million"],
        ),
        ("<ul><li>Steel from the north</li><li>Paint</li></ul>", ["- Steel from the north", "- Paint"]),
        ("<ol><li>The piers are cleaned.</li><li>Then the deck is laid.</li></ol>", ["piers", "deck"]),
        ("<dl><dt>Cost</dt><dd>four million</dd><dt>Size</dt><dd>90 metres</dd></dl>", ["Cost", "90 metres"]),
        ("<blockquote><p>We will go to court.</p></blockquote>", ["We will go to court."]),
        ("<pre><code>def f(x):\n    return x</code></pre>", ["    return x"]),
        ("<details><summary>More</summary><p>Four million in all.</p></details>", ["Four million in all."]),
    ],
    "zh": [
        *[(f"<p>　　{end}</p>", [end]) for end in ENDS],
        ("<p><strong>费用几何</strong></p><p>共四百万元。</p>", ["费用几何", "共四百万元。"]),
        ("<h2>费用几何</h2><p>共四百万元。</p>", ["费用几何", "共四百万元。"]),
        (
            "<table><tr><th>项目</th><th>费用</th></tr><tr><td>钢材</td><td>200万元</td></tr></table>",
            ["钢材 | 200万元"],
        ),
        ("<ul><li>北方的钢材</li><li>油漆</li></ul>", ["- 北方的钢材", "- 油漆"]),
        ("<dl><dt>费用</dt><dd>四百万元</dd></dl>", ["费用", "四百万元"]),
        ("<blockquote><p>我们将上诉。</p></blockquote>", ["我们将上诉。"]),
    ],
}  # fmt: skip
FOREIGN = [
    ("en", "<ul><li><a href=/b>Bridge opens</a></li><li><a href=/c>School shut</a></li></ul>"),
    ("en", "<ul class=share><li>Copy the address</li><li>Print</li></ul>"),
    ("en", "<h3>More on the bridge</h3><p><a href=/b>Bridge opens before the winter</a></p>"),
    ("zh", "<p>（责任编辑：张三）</p>"),
    ("zh", "<p>未经授权不得转载。</p>"),
    ("zh", "<p>本文不构成投资建议。</p>"),
    ("zh", "<p>更多内容请关注本报公众号。</p>"),
    ("zh", "<p>欢迎订阅。</p>"),
    ("zh", "<p>点击下载客户端。</p>"),
    ("zh", "<p>文中图片由受访者供图。</p>"),
    ("zh", "<p>如有侵权，请联系删除。</p>"),
    ("zh", "<p class=tips>看完了。</p>"),
]
SHAPES = [
    "<article>{}</article>",
    "<div class=detail><div class=content>{}</div></div>",
    "<div class=rm_txt><div class=rm_txt_con>{}</div></div>",
]


def page(language: str, shape: str, parts: list[str]) -> str:
    title = "新桥明年春天开工" if language == "zh" else "Council approves a bridge over the river"
    inner = shape.format(f"<h1>{title}</h1>{''.join(parts)}")
    return (
        f"<html lang={language}><head><meta charset=utf-8><title>{title} - Example</title></head><body>"
        f"<nav><a href=/a>News</a><a href=/b>Sport</a></nav><main>{inner}</main><footer>© Example</footer>"
    )


def paragraphs(language: str) -> list[str]:
    return [f"<p>{text}</p>" for text in (ZH if language == "zh" else EN)]


@pytest.mark.parametrize("place", [0, 2, 4], ids=["begin", "middle", "end"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("language", "part", "texts"),
    [(language, *part) for language, parts in PARTS.items() for part in parts],
)
def test_short_parts_are_kept(language: str, part: str, texts: list[str], shape: str, place: int) -> None:
    around = paragraphs(language)
    found = extract_article(page(language, shape, [*around[:place], part, *around[place:]]), url=URL).text
    assert [text for text in [*texts, *(ZH if language == "zh" else EN)] if text not in found] == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("language", "part"), FOREIGN)
def test_what_the_site_adds_is_left_out(language: str, part: str, shape: str) -> None:
    found = extract_article(page(language, shape, [*paragraphs(language), part]), url=URL).text
    assert found.split("\n\n") == (ZH if language == "zh" else EN)


def test_a_part_behind_a_picture_is_kept() -> None:
    parts = [*paragraphs("zh"), "<p><img src=/a.jpg></p>", f"<p>{ENDS[0]}</p>"]
    article = extract_article(page("zh", SHAPES[0], parts), url=URL)
    assert article.text.endswith(ENDS[0])
    assert [image.url for image in article.images] == ["https://news.example.org/a.jpg"]


@pytest.mark.parametrize(
    "picture",
    [
        "<figure><img alt=''><noscript><img src=/b.jpg></noscript></figure>",
        "<figure><noscript><img src=/b.jpg></noscript></figure>",
        "<figure><img src=/b.jpg><noscript><img src=/b-large.jpg></noscript></figure>",
        "<p><img src=data:image/gif;base64,R0 class=lazy><noscript><img src=/b.jpg></noscript></p>",
        "<img data-src=/b.jpg><noscript><img src=/b.jpg></noscript>",
        "<amp-img src=/b.jpg width=600 height=400></amp-img>",
        "<picture><source srcset='/b.jpg 800w'><img></picture>",
        "<figure><picture><source data-srcset='/b.jpg 2x'><img src=data:,></picture></figure>",
        "<div class=image><figure><a href=/b><img data-lazy-src=/b.jpg src=/blank.gif></a></figure></div>",
    ],
)
def test_a_picture_that_a_script_would_load_is_kept(picture: str) -> None:
    around = paragraphs("en")
    article = extract_article(page("en", SHAPES[0], [*around[:2], picture, *around[2:]]), url=URL)
    assert [image.url for image in article.images] == ["https://news.example.org/b.jpg"]
    assert article.text.startswith("\n\n".join(EN[:2]))


def test_a_pixel_in_noscript_is_no_picture() -> None:
    pixel = "<noscript><img height=1 width=1 src=https://count.example.com/tr?id=1>Enable scripts.</noscript>"
    article = extract_article(
        page("en", SHAPES[0], [*paragraphs("en")[:2], pixel, *paragraphs("en")[2:]]), url=URL
    )
    assert article.images == []
    assert "Enable" not in article.text


# --- the frozen pages of the fleet, read as if their sites were unknown


def _last_paragraph(root: HtmlElement, text: str) -> HtmlElement | None:
    """The element that holds the last line of the declared text, and nothing else."""
    last = "".join(text.rsplit("\n", maxsplit=1)[-1].split())
    found = [
        element
        for element in root.iter("p", "div", "span")
        if "".join("".join(element.itertext()).split()) == last
    ]
    return next((one for one in reversed(found) if one.getparent().tag != "p"), None)


def _with_last_sentence(frozen: Frozen, sentence: str) -> str | None:
    """The page with a short sentence below its text, in an element like that of the last paragraph."""
    root = parse(frozen.page, url=frozen.url, content_type=frozen.content_type)
    last = _last_paragraph(root, frozen.gives["text"])
    if last is None:
        return None
    more = last.makeelement(last.tag, {name: value for name, value in last.items() if name != "id"})
    more.text, more.tail, last.tail = f"　　{sentence}", last.tail, None
    last.addnext(more)
    return etree.tostring(root, encoding="unicode", method="html")


CHINESE = [one for one in frozen_pages(ROOT) if (one.gives.get("language") or "").startswith("zh")]


@pytest.mark.parametrize("frozen", CHINESE, ids=lambda page: f"{page.spider}-{page.version}")
def test_the_last_sentence_of_a_frozen_page_is_kept(frozen: Frozen) -> None:
    for sentence in ENDS:
        changed = _with_last_sentence(frozen, sentence)
        if changed is None:  # its text is in the page's data alone
            return
        assert sentence in extract_article(changed, url=frozen.url).text
