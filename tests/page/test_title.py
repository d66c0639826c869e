import pytest

from newscrawl.page.document.blocks import block_tree
from newscrawl.page.document.parse import parse
from newscrawl.page.structured.collect import read_structured
from newscrawl.page.title import choose_title, similarity
from newscrawl.page.title_sites import without_site

URL = "https://www.example-post.de/a/1.html"


def title(page: str, url: str = URL) -> tuple[str, str]:
    tree = block_tree(parse(page, url=url))
    said = choose_title(tree, read_structured(tree, url), url).candidates
    return (said[0].value, said[0].rule) if said else ("", "")


def ld(headline: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"}}</script>'


LONG = "Who is the man that nobody knows and everybody likes?"
CASES = {
    "the only h1 is of the same matter": (
        "<title>Using Cranes To Load Ships | Example Post</title>"
        "<h1>How Cranes Changed the Way Harbours Load</h1>" + ld("Using Cranes To Load Ships"),
        "How Cranes Changed the Way Harbours Load",
    ),
    "the only h1 is a correction of the headline": (
        "<h1>10 Free Accounting Tools for Your Small Business</h1>"
        + ld("10 Free Accounting Tools for Small Businesses"),
        "10 Free Accounting Tools for Small Businesses",
    ),
    "the only h1 is a section's": (
        "<title>How to sleep through the night</title><h1>Baby care</h1>",
        "How to sleep through the night",
    ),
    "the only h1 stands behind the text": (
        "<title>What people love about bridges</title>"
        + "<p>"
        + "People love bridges, since they lead somewhere, and one may stand on them and look. " * 3
        + "</p>"
        + "<p>"
        + "They also love to cross them, and to come back by another one in the evening sun. " * 3
        + "</p>"
        + "<h1>What they love is that people love bridges that lead somewhere</h1>",
        "What people love about bridges",
    ),
    "a date and a byline in the h1": (
        "<title>Quay opens in autumn | Harbour Times</title>"
        "<h1>Quay opens in autumn <small>Posted on July 1, 2024 by Ada Lindqvist</small></h1>",
        "Quay opens in autumn",
    ),
    "a date before the h1's text": ("<h1><span>Dec 18 2025</span> The quay opens</h1>", "The quay opens"),
    "a year that belongs to the title": (
        "<h1>Best bridges <span>of May 2025</span></h1>",
        "Best bridges of May 2025",
    ),
    "a tag that the h1 is about": (
        '<meta property="og:title" content="30 Years of &lt;br&gt; Tags">'
        "<h1>30 Years of &lt;br&gt; Tags</h1>",
        "30 Years of <br> Tags",
    ),
    "tags that were escaped twice": ("<h1>The &lt;em&gt;quay&lt;/em&gt; opens</h1>", "The quay opens"),
    "the site's name is cut off": (
        "<title>Rain over the city | Example Post</title><h1>Rain over the city</h1>",
        "Rain over the city",
    ),
    "an h1 with the site's name is none": (
        "<title>Rain over the city - Example Post</title><h1>Example Post</h1><h2>Rain over the city</h2>",
        "Rain over the city",
    ),
    "a structured headline says more than the h1": (
        "<h1>Orders for death</h1>" + ld("Veterans: Orders for death"),
        "Veterans: Orders for death",
    ),
    "a cut-off one says less": (f"<h1>{LONG}</h1>" + ld(LONG[:32] + "…"), LONG),
    "a kicker inside the h1": (
        '<meta property="og:title" content="Great tasks"><h1>Tunisia <span>Great tasks</span></h1>',
        "Great tasks",
    ),
    "a kicker inside the h1, and no other title": (
        '<h1><span class="kicker">Tunisia</span> <span>Great tasks</span></h1>',
        "Great tasks",
    ),
    "a kicker that another title joins with a colon": (
        '<meta property="og:title" content="Tunisia: Great tasks"><h1><i>Tunisia</i> <b>Great tasks</b></h1>',
        "Tunisia: Great tasks",
    ),
    "a subtitle inside the h1": (
        "<h1><span>Rain over the city</span> <small>What is known of it</small></h1>"
        + ld("Rain over the city"),
        "Rain over the city",
    ),
    "a subtitle inside the h1, and no more than a <title>": (
        "<title>Rain over the city - Example Post</title><h1><b>Rain over the city</b><i>So far</i></h1>",
        "Rain over the city",
    ),
    "an info line inside the h1, and no more than a <title>": (
        "<title>市民公园二期今日开放 - 本地要闻 - 滨城新闻网</title><h1>市民公园二期今日开放<br>"
        "<span>2026-11-30 17:00:00   来源：滨城日报   评论：0 点击：</span><span>12</span></h1>",
        "市民公园二期今日开放",
    ),
    "hidden words inside the h1": (
        "<h1><span class='sr-only'>Opinion</span><svg><title>Icon</title></svg> Rain in town</h1>",
        "Rain in town",
    ),
    "the site's name in the h1": (
        '<meta property="og:title" content="Rain over the city"><h1>Rain over the city | Example Post</h1>',
        "Rain over the city",
    ),
    "an h1 that leads home": (
        "<title>Four Winds Daily » Rain over the city</title><h1><a href=/>Four Winds Daily</a></h1>"
        "<h2><a href=/a/1.html>Rain over the city</a></h2>",
        "Rain over the city",
    ),
    "a subtitle above the info line": (
        "<title>本市新增三条地铁线路 - 示例网</title><h2>本市新增三条地铁线路</h2>"
        "<h3>市民出行将更加方便快捷</h3><p>发布时间：2019-05-18 来源：示例学会</p>",
        "本市新增三条地铁线路",
    ),
    "a digital newspaper": (
        "<title>示例日报数字报</title><td><founder-title>本市新增三条地铁线路</founder-title></td>",
        "本市新增三条地铁线路",
    ),
    "entities that were escaped twice": (
        '<meta property="og:title" content="Rain &amp;amp; wind: &amp;#8216;no&amp;#8217;">',
        "Rain & wind: ‘no’",
    ),
    "the template names the site alone": (
        "<title>示例日报</title><h2>本市新增三条地铁线路</h2><p>2026-05-04 10:30</p>",
        "本市新增三条地铁线路",
    ),
    "the template names a kind of page": (
        "<title>新闻详情</title><div class=article-title>本市新增三条地铁线路</div><p>2026-05-04 10:30</p>",
        "本市新增三条地铁线路",
    ),
    "a house behind a hyphen": (
        "<title>本市新增三条地铁线路 - 示例市广播电视台</title><p>2026-05-04</p>",
        "本市新增三条地铁线路",
    ),
    "a name behind a wide colon": (
        '<meta property="og:site_name" content="例新聞の網"><title>新路線が開業：例新聞の網</title>',
        "新路線が開業",
    ),
    "a line broken between words": ("<h1>Rain over<br>the city</h1>", "Rain over the city"),
    "a line broken between characters": ("<h1>本市新增<br>三条线路</h1>", "本市新增三条线路"),
    "a badge": ("<h1>本市新增三条地铁线路<i>原创</i></h1>", "本市新增三条地铁线路"),
    "spaces without width": ("<h1>Rain over the ci\u200bty</h1>", "Rain over the city"),
    "no heading at all": ("<title>本市新增地铁线路_示例网</title><div>x</div>", "本市新增地铁线路"),
    "the title in plain markup": (
        "<title>监察法全文公布实施-纪检</title><td><span>监察法全文公布实施</span></td>",
        "监察法全文公布实施",
    ),
    "a low heading above the info line, while <title> names the section": (
        "<title>新闻动态--示例学会官网</title><h5>学术年会在重庆成功举行</h5>"
        "<p>发布时间：2019-05-18 来源：示例学会</p>",
        "学术年会在重庆成功举行",
    ),
    "nothing": ("<p>nothing</p>", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_title_by_agreement(case: str) -> None:
    page, wanted = CASES[case]
    assert title(page)[0] == wanted


@pytest.mark.parametrize(
    ("text", "names", "wanted"),
    [
        ("Rain over the city | Example Post", ["examplepost"], "Rain over the city"),
        ("Rain over the city | News | Example Post", ["examplepost"], "Rain over the city | News"),
        ("Example Post: Rain over the city", ["examplepost"], "Example Post: Rain over the city"),
        ("Example Post » Rain over the city", ["examplepost"], "Rain over the city"),
        ("Well-known co-operation", ["operation"], "Well-known co-operation"),
        ("标题在这里-示例网", ["示例网"], "标题在这里"),
        ("标题在这里_要闻_示例网", ["示例网"], "标题在这里_要闻"),
        ("‘It rains’ - he said", ["example"], "‘It rains’ - he said"),
        ("Example Post", ["examplepost"], "Example Post"),
        ("", [], ""),
    ],
)
def test_only_the_site_is_cut_off(text: str, names: list[str], wanted: str) -> None:
    assert without_site(text, names) == wanted


def test_similarity() -> None:
    assert similarity("Rain over the city", "RAIN over the city!") == 1
    assert similarity("Rain over the city", "Something else") < 0.3
    assert similarity("", "x") == 0
