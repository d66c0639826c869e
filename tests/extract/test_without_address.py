"""extract_article in a notebook: without an address, with a response, and how its result is shown."""

from __future__ import annotations

import httpx
import requests

from newscrawl.extract import extract_article

TEXT = (
    "The council said on Monday that the bridge, closed since May, would open again before the winter. " * 2
)
PAGE = (
    "<html lang=en><head><title>The bridge &lt;opens&gt;</title>{head}</head>"
    "<body><article><h1>The bridge &lt;opens&gt;</h1>"
    f"<p>{TEXT}<img src='/b.jpg'></p><p>{TEXT}</p></article></body></html>"
)
BARE = PAGE.format(head="")


def test_without_an_address() -> None:
    article = extract_article(BARE)
    assert article.title == "The bridge <opens>"
    assert "before the winter" in article.text
    assert article.canonical_url == ""
    assert article.images == [], "their addresses are relative to one that nobody knows"


def test_the_address_that_the_page_declares() -> None:
    article = extract_article(PAGE.format(head="<link rel=canonical href='https://example.org/a/1'>"))
    assert article.canonical_url == "https://example.org/a/1"
    assert [image.url for image in article.images] == ["https://example.org/b.jpg"]


def test_a_response_has_address_and_encoding() -> None:
    page = BARE.replace("The bridge", "桥梁").encode("gb18030")
    headers = {"Content-Type": "text/html; charset=gb18030"}
    of_requests = requests.Response()
    of_requests._content, of_requests.url = page, "https://example.org/a/1"
    of_requests.headers.update({name.lower(): value for name, value in headers.items()})
    request = httpx.Request("GET", "https://example.org/a/1")
    for answer in (of_requests, httpx.Response(200, content=page, headers=headers, request=request)):
        article = extract_article(answer)
        assert article.title == "桥梁 <opens>"
        assert article.canonical_url == "https://example.org/a/1"
        assert extract_article(answer, url="https://example.org/b").canonical_url == "https://example.org/b"


def test_a_notebook_shows_it_escaped() -> None:
    shown = extract_article(BARE, url="https://example.org/a?b=1&c=2")._repr_html_()
    assert "The bridge &lt;opens&gt;</a></h4>" in shown
    assert 'href="https://example.org/a?b=1&amp;c=2"' in shown
    assert "<script" not in shown
