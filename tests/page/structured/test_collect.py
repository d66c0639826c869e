from urllib.parse import urljoin

import pytest

from newscrawl.page.document.blocks import block_tree
from newscrawl.page.document.parse import parse
from newscrawl.page.structured.collect import Structured, read_structured

URL = "https://news.example.org/a/1.html"


def read(head: str, body: str = "<p>x</p>") -> Structured:
    return read_structured(
        block_tree(parse(f"<html><head>{head}</head><body>{body}</body></html>", url=URL)), URL
    )


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_dates_in_the_order_in_which_they_are_to_be_trusted() -> None:
    said = read(
        '<meta name="pubdate" content="2024-01-09"><meta name="sailthru.date" content="2024-01-04">'
        '<meta property="article:modified_time" content="2024-02-02">'
        '<meta name="last-modified" content="2024-02-03">'
        '<meta property="article:published_time" content="2024-01-02T00:00:00Z">'
        + ld('{"@type": "WebPage", "datePublished": "2024-01-05"}')
        + ld('{"@type": "NewsArticle", "headline": "h", "datePublished": "2024-01-01"}'),
        '<span itemprop="datePublished" content="2024-01-03">x</span>'
        '<i itemprop="dateModified">2024-02-04</i>',
    )
    assert [(one.value[:10], one.rule) for one in said.dates] == [
        ("2024-01-01", "json-ld datePublished"),
        ("2024-01-02", "meta article:published_time"),
        ("2024-01-03", "itemprop datePublished"),
        ("2024-01-05", "json-ld WebPage datePublished"),
        ("2024-01-04", "meta sailthru.date"),
    ]
    assert [one.value for one in said.weak_dates] == ["2024-01-09"]
    assert {one.origin for one in said.dates} == {"structured"}


def test_names_of_metas_that_end_as_those_of_dates_do() -> None:
    names = ("DCSext.articleFirstPublished", "published_at", "example_pixels:uploaded", "og:pubdate")
    given = "".join(f'<meta name="{name}" content="2024-01-0{day}">' for day, name in enumerate(names, 1))
    others = (
        '<meta name="published_time_telegram" content="2024-02-01">'
        '<meta name="unpublished" content="2024-02-02">'
        '<meta name="article:modified" content="2024-02-03"><meta name="release_date" content="2024-02-04">'
        '<meta name="published" content="yes"><meta name="publisher" content="2024-02-05">'
        '<meta name="expires:date" content="2024-02-06"><meta name="pub" content="2024-02-07">'
    )
    said = read(others + given)
    assert [one.value for one in said.weak_dates] == [f"2024-01-0{day}" for day in range(1, 5)]
    assert said.weak_dates[0].rule == "meta dcsext.articlefirstpublished"


def test_baidu_marks_and_json() -> None:
    said = read(
        ld(
            '{"@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",'
            ' "pubDate": "2019-09-07T09:59:22"}'
        ),
        '<span id="pubtime_baidu">2019-09-07 10:00</span><span id="source_baidu">来源：<a>新京报</a></span>'
        '<span id="author_baidu">作者：张三</span><span id="editor_baidu">责编：李四</span>',
    )
    assert [one.value for one in said.dates] == ["2019-09-07T09:59:22", "2019-09-07 10:00"]
    assert [(one.value, one.rule) for one in said.outlets] == [("来源：新京报", "#source_baidu")]
    assert said.authors[0].value == "作者：张三"
    assert said.editors[0].value == "责编：李四"


def test_people_and_organizations_are_kept_apart() -> None:
    said = read(
        '<meta name="author" content="https://example.org/ana">'
        '<meta property="og:site_name" content="The Example">'
        + ld(
            '{"@type": "NewsArticle", "author": [{"@type": "Person", "name": "Ana"},'
            ' {"@type": "Organization", "name": "AFP"}], "publisher": {"name": "Example Ltd"}}'
        ),
    )
    assert [one.value for one in said.authors] == ["Ana"]
    assert [one.value for one in said.publishers] == ["AFP", "Example Ltd", "The Example"]


def test_chinese_government_names() -> None:
    said = read('<meta name="ContentSource" content="新华社"><meta name="ColumnName" content="要闻">')
    assert [one.value for one in said.outlets] == ["新华社"]
    assert [one.value for one in said.columns] == ["要闻"]


def test_breadcrumb_canonical_and_paywall() -> None:
    said = read(
        '<link rel="canonical" href="/a/1">'
        + ld(
            '{"@type": "BreadcrumbList",'
            ' "itemListElement": [{"name": "News"}, {"item": {"name": "City"}}, 3]}'
        )
        + ld('{"@type": "NewsArticle", "isAccessibleForFree": "False", "headline": "h"}')
    )
    assert [one.value for one in said.columns] == ["News", "City"]
    assert said.canonical_url == "https://news.example.org/a/1"
    assert said.paywalled


@pytest.mark.parametrize(
    "href",
    [
        "/", "https://news.example.org", "http://localhost:3000/a/1", "http://10.0.0.5/a/1", "https://cms/a/1",
        "http://web.internal/a/1", "/{{slug}}", "/news/%7B%7Bslug%7D%7D", "/undefined", "/a/null", "/[[url]]",
        "<?= $url ?>",
    ],
)  # fmt: skip
def test_a_canonical_address_that_is_a_slip(href: str) -> None:
    assert read(f'<link rel="canonical" href="{href}">').canonical_url is None
    right = f'<link rel="canonical" href="{href}"><meta property="og:url" content="/a/right">'
    assert read(right).canonical_url == "https://news.example.org/a/right"


@pytest.mark.parametrize(
    "href",
    ["/nullarbor/a", "/a?list[]=1", "https://other.example.net/a", "/undefined-behaviour"],
)
def test_a_canonical_address_that_may_be_right(href: str) -> None:
    assert read(f'<link rel="canonical" href="{href}">').canonical_url == urljoin(URL, href)


def test_a_canonical_link_in_the_text_is_not_the_page_s() -> None:
    link = '<link rel="canonical" href="https://other.example.net/x">'
    assert read("", f"<article><p>x</p>{link}</article>").canonical_url is None
    assert read("", f"<div>{link}</div>").canonical_url == "https://other.example.net/x"


def test_a_page_that_says_nothing() -> None:
    said = read(
        "<meta><meta name='' content='x'><meta name=author>", "<a rel=author></a><i itemprop=headline></i>"
    )
    assert said.dates == said.outlets == said.authors == said.titles == []
    assert not said.paywalled
    assert said.canonical_url is None
