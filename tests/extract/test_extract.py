from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawl.errors import PageError, UsageError
from newscrawl.extract import extract_article
from newscrawl.model.source import PageLayout
from newscrawl.page.date.zones import zone_of

URL = "https://news.example.cn/2026/0308/1.shtml"
CITY = (Path(__file__).parents[1] / "page" / "body" / "pages" / "city.html").read_bytes()
NOW = datetime(2026, 3, 9, tzinfo=UTC)


def test_every_field_of_a_chinese_page() -> None:
    article = extract_article(CITY, url=URL, fetched_at=NOW)
    assert article.title == "本市新增三条地铁线路"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-08T09:15:00+08:00"
    assert article.date_info is not None
    assert article.date_info.assumed == ["zone"]
    assert article.source is not None
    assert (article.source.name, article.source.url) == ("示例日报", "https://www.example-ribao.cn/")
    assert article.authors == ["张三"]
    assert article.editors == ["李四"]
    assert article.language == "zh"
    assert article.text.count("\n\n") == 2
    assert article.text.startswith("示例日报3月8日讯")
    assert "<p>" in article.html
    assert article.canonical_url == URL
    assert not article.paywalled
    assert article.origins["body"] == "block classifier"
    assert article.origins["title"] == "h1"


def test_a_structured_time_in_utc_is_shown_on_the_page_s_clock() -> None:
    page = """<html lang=en-US><meta property="article:published_time" content="2023-11-09T05:30:59Z">
    <h1>Rain over the city</h1><p class=date>November 8, 2023 at 11:30 p.m.</p></html>"""
    article = extract_article(page, url="https://news.example.com/a", fetched_at=NOW)
    assert article.published_at == datetime(2023, 11, 9, 5, 30, 59, tzinfo=UTC)
    assert article.published_at.isoformat() == "2023-11-08T23:30:59-06:00"
    assert article.date_info is not None
    assert article.date_info.offset == "-06:00"


def test_declared_versions_may_be_given() -> None:
    version = PageLayout(name="v", title=("h1",), body=(".article-content p:first-child",))
    article = extract_article(CITY, url=URL, fetched_at=NOW, layouts=(version,))
    assert "\n" not in article.text


def test_what_a_page_does_not_say_is_none() -> None:
    article = extract_article("<p>x</p>", url="https://example.org/", fetched_at=NOW)
    assert (article.title, article.published_at, article.date_info, article.source) == (
        None,
        None,
        None,
        None,
    )
    assert article.authors == []
    assert article.language is None


@pytest.mark.parametrize("url", ["page.html", "hard::saved.html", "http://[broken", "www.example.org/a"])
def test_an_address_that_is_none_is_no_reason_to_fail(url: str) -> None:
    assert extract_article(CITY, url=url, fetched_at=NOW).title == "本市新增三条地铁线路"


def test_wrong_use_is_told() -> None:
    with pytest.raises(UsageError, match="url is empty"):
        extract_article(CITY, url=" ")
    with pytest.raises(UsageError, match="aware"):
        extract_article(CITY, url=URL, fetched_at=datetime(2026, 3, 9))  # noqa: DTZ001  what is refused
    with pytest.raises(PageError):
        extract_article(b"", url=URL)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff" * 3000,
        b"<" * 3000,
        b"<p>" * 5000,
        b"<a href='http://[x'>x</a>" * 9,
        b"<h1></h1><time datetime=''></time>",
        b"<script type='application/ld+json'>[[[{</script><p>x</p>",
        bytes(range(256)) * 40,
        "<p>\udcff\ud800</p>".encode("utf-8", "surrogatepass"),
        b"<meta content='99999999999999999999-99-99' name=pubdate><p>x</p>",
        b"<table><td>" * 300,
    ],
)
def test_hostile_pages_never_raise_but_page_errors(body: bytes) -> None:
    try:
        article = extract_article(body, url=URL, fetched_at=NOW)
    except PageError:
        return
    assert article.published_at is None or article.published_at.tzinfo is not None


@pytest.mark.parametrize(
    ("url", "language", "zone"),
    [
        ("https://www.spiegel.de/a", "de", "Europe/Berlin"),
        ("https://example.com/a", "zh-CN", "Asia/Shanghai"),
        ("https://example.com.hk/a", "zh-HK", "Asia/Hong_Kong"),
        ("https://example.com/a", "en-GB", "Europe/London"),
        ("https://example.com/a", "en", "UTC"),
        ("https://example.org/a", "fr", "Europe/Paris"),
        ("not an address", None, "UTC"),
    ],
)
def test_the_zone_of_a_page_that_states_none(url: str, language: str | None, zone: str) -> None:
    assert zone_of(url, language) == zone


def test_a_post_of_a_wechat_account() -> None:
    """The account's name is the outlet, and the time stands in a script."""
    page = """<html lang=zh-CN><meta property="og:site_name" content="微信公众平台">
    <h2 id=activity-name>测试手记</h2><a id=js_name> 云溪手记 </a><em id=publish_time>昨天</em>
    <div id=js_content><p>今天凌晨，示例公司举行发布会，发布了新一代产品。</p>
    <p>此次发布的三款产品配置出色，价格也有所下降，预计下月上市。</p></div>
    <script>var nickname = "云溪手记"; var ct = "1581517074";</script></html>"""
    read = extract_article(page, url="https://mp.weixin.qq.com/s/abc", fetched_at=NOW)
    assert read.source is not None
    assert read.source.name == "云溪手记"
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2020-02-12T22:17:54+08:00"


def test_a_chinese_page_that_names_an_outlet_as_its_author() -> None:
    page = """<html lang=zh><meta name=author content=IT之家><h1>传呼机停止服务</h1>
    <p>日本现存的唯一一家提供传呼机服务的运营商正式终止服务，传呼机退出历史舞台。</p></html>"""
    read = extract_article(page, url="https://a.example.cn/b")
    assert (read.source and read.source.name, read.authors) == ("IT之家", [])


def test_the_site_is_no_author_of_its_articles() -> None:
    page = """<html lang=fr><meta name=author content=exemple.fr>
    <meta name=dc.publisher content="Éditions Exemple">
    <meta name=dc.creator content="Éditions Exemple"><h1>Pluie sur la ville</h1>
    <p><a rel=author href=/a>Ana Bel</a></p>
    <p>Il a plu toute la nuit sur la ville, et les rues sont vides.</p></html>"""
    assert extract_article(page, url="https://www.exemple.fr/a").authors == ["Ana Bel"]


@pytest.mark.parametrize(
    "layouts", [(), (PageLayout(name="2026", title=("h1",), body=("main",), outlet=("i",)),)]
)
def test_links_are_relative_to_the_base_of_the_page(layouts: tuple[PageLayout, ...]) -> None:
    words = (
        "The council approved the plan after a long debate, and work on the bridge is to begin next year. "
    )
    page = f"""<html lang=en><head><base href="https://static.example.net/x/">
    <link rel=canonical href="c.html"></head><body><h1>Council approves the bridge</h1>
    <main><p>{words * 3}</p><img src="img/a.jpg">
    <p>See <a href="b.html">the plan</a>. {words * 3}</p></main></body></html>"""
    article = extract_article(page, url=URL, fetched_at=NOW, layouts=layouts)
    assert [image.url for image in article.images] == ["https://static.example.net/x/img/a.jpg"]
    assert 'href="https://static.example.net/x/b.html"' in article.html
    if not layouts:
        assert article.canonical_url == "https://static.example.net/x/c.html"
