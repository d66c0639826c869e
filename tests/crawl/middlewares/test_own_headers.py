"""Declared headers and cookies go to the source's own hosts, as they are asked for."""

from typing import Any

import pytest
from scrapy import Request

from newscrawl.crawl.middlewares.own_cookies import SourceCookies
from newscrawl.crawl.middlewares.own_headers import ADDED, OwnSite, SourceHeaders
from newscrawl.model.source import Feed, Source


def site(*lists: str) -> OwnSite:
    source = Source(title="Town", domain="example.com", domains=("example.net",))
    return OwnSite.of(source, [Feed(each).url for each in lists])


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://example.com/a", True),
        ("https://www.example.com/a", True),
        ("https://example.net:443/a", True),
        ("https://cdn.example.org:8443/b", True),  # where a list is
        ("https://www.cdn.example.org/b", False),
        ("http://example.com/a", False),  # all lists are asked by https
        ("https://example.com:8080/a", False),
        ("https://badexample.com/a", False),
        ("https://example.com.evil.org/a", False),
        ("https://evil.org/example.com", False),
        ("https://example.com@evil.org/", False),
    ],
)
def test_whose_hosts_are_its_own(url: str, own: bool) -> None:
    lists = ("https://example.com/feed.xml", "https://cdn.example.org:8443/feed.xml")
    asked = Request(url)
    assert site(*lists).has(asked) is own
    SourceHeaders({"X-Key": "k"}, site=site(*lists)).process_request(asked)
    assert ("X-Key" in asked.headers) is own


def test_a_source_of_http_may_be_asked_by_both() -> None:
    mixed = site("http://example.com/feed.xml", "https://example.com/feed.xml")
    assert mixed.has(Request("http://example.com/"))
    assert mixed.has(Request("https://example.com/"))


def test_what_was_added_is_taken_off_on_the_way_to_another_host() -> None:
    headers = SourceHeaders({"X-Key": "k", "Accept": "text/plain"}, site=site("http://example.com/feed.xml"))
    first = Request("http://example.com/", headers={"Accept": "application/json", "X-Own": "1"})
    headers.process_request(first)
    assert first.headers[b"Accept"] == b"application/json", "a request's own stays"
    assert first.meta[ADDED] == ["X-Key"]
    moved = first.replace(url="http://evil.org/")
    headers.process_request(moved)
    assert moved.headers == {b"Accept": [b"application/json"], b"X-Own": [b"1"]}
    back = moved.replace(url="http://example.com/2")
    headers.process_request(back)
    assert back.headers[b"X-Key"] == b"k"
    headers.process_request(back)
    assert back.headers.getlist("X-Key") == [b"k"], "also when it is tried again"


def sent(jar: SourceCookies, url: str) -> Any:
    request = Request(url)
    jar.process_request(request)
    return request.headers.get("Cookie")


def test_cookies_are_for_the_same_hosts() -> None:
    jar = SourceCookies(
        {"consent": "yes"}, site("https://example.com/feed.xml", "https://cdn.example.org/f.xml")
    )
    assert sent(jar, "https://www.example.com/a") == b"consent=yes"
    assert sent(jar, "https://example.com/a") == b"consent=yes"
    assert sent(jar, "https://example.net/a") == b"consent=yes"
    assert sent(jar, "https://cdn.example.org/a") == b"consent=yes"
    for url in (
        "http://example.com/",
        "https://www.cdn.example.org/",
        "https://example.org/",
        "https://evil.org/",
    ):
        assert sent(jar, url) is None
