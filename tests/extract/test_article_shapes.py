"""Shapes of articles that extractors stumble over: what is kept of each, and what is not."""

from newscrawl.extract import Article, extract_article

PROSE = "示例网记者从市交通委员会获悉，今年年底前将有三条地铁线路开通运营，总里程达到一百二十公里。"
ENGLISH = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
RELATED = (
    "<div class=related><h3>相关阅读</h3><ul>"
    + "".join(f"<li><a href=/{n}.html>另一篇关于城市交通建设的报道之{n}</a></li>" for n in range(6))
    + "</ul></div>"
)
SHARE = "<div class=share>分享到：<a href=#>微信</a></div><p>打开微信，扫一扫，分享至朋友圈</p>"
COMMENTS = (
    "<div class=comments><h3>网友评论</h3>"
    + "<p>某某：支持支持，希望早日开通，方便大家上下班。</p>" * 4
    + "</div>"
)
INFO = "<div class=info>2026年03月08日 09:15 来源：示例日报 责任编辑：李四</div>"


def read(body: str, lang: str = "zh") -> Article:
    page = f"<html lang={lang}><head><title>本市新增三条地铁线路</title></head><body>{body}</body></html>"
    return extract_article(page, url="https://news.example.cn/2026/0308/1.shtml")


def test_a_flash_is_its_one_sentence_and_not_the_disclaimer() -> None:
    flash = "示例网3月8日电，沪指收盘涨0.49%，报3300.12点，成交额超过万亿元。"
    disclaimer = "<p>郑重声明：本网站发布此信息的目的在于传播更多信息，与本站立场无关，不构成投资建议。</p>"
    text = read(
        f"<h1>沪指涨0.49%</h1>{INFO}<div class=content><p>{flash}</p></div>{disclaimer}{SHARE}{RELATED}"
    ).text
    assert text == flash


def test_comments_links_and_share_prompts_stay_out() -> None:
    body = f"<h1>本市新增三条地铁线路</h1>{INFO}<div class=content><p>{PROSE}</p><p>{PROSE}</p></div>"
    text = read(body + SHARE + RELATED + COMMENTS).text
    assert text == f"{PROSE}\n\n{PROSE}"


def test_the_original_title_is_no_part_of_the_text() -> None:
    original = "<p>（原标题：旧题在此，与新题不同）</p>"
    body = f"<h1>新题</h1>{INFO}<div class=content>{original}<p>{PROSE}</p><p>{PROSE}</p></div>"
    assert read(body).text == f"{PROSE}\n\n{PROSE}"


def test_headings_lists_and_tables_are_kept_as_such() -> None:
    body = f"""<h1>The bridge opens</h1><article><p>{ENGLISH * 2}</p><h2>What it costs</h2>
    <p>{ENGLISH * 2}</p>
    <ul><li>Three million this year, said the mayor.</li><li>Two million in the next, said others.</li></ul>
    <p>{ENGLISH}</p><table><tr><th>Year</th><th>Cost in millions</th></tr>
    <tr><td>2026</td><td>3.0 million</td></tr></table><p>{ENGLISH * 2}</p></article>"""
    html = read(body, "en").html
    assert "<h2>What it costs</h2>" in html
    assert html.count("<li>") == 2
    assert html.count("<td>") + html.count("<th>") == 4


def test_a_live_blog_keeps_its_entries_in_order() -> None:
    entries = "".join(f"<div class=entry><h3>1{n}:05</h3><p>Entry {n}. {ENGLISH}</p></div>" for n in range(5))
    text = read(f"<h1>The vote as it happens</h1><article>{entries}</article>", "en").text
    assert [text.index(f"Entry {n}.") for n in range(5)] == sorted(
        text.index(f"Entry {n}.") for n in range(5)
    )


def test_a_gallery_keeps_its_pictures_with_their_captions() -> None:
    figures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>Boats at sunrise, number {n}.</figcaption></figure>"
        for n in range(4)
    )
    article = read(
        f"<h1>The lake in pictures</h1><article><p>{ENGLISH * 2}</p>{figures}<p>{ENGLISH}</p></article>", "en"
    )
    assert ENGLISH.strip() in article.text
    assert [image.url.rpartition("/")[2] for image in article.images] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
