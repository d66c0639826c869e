"""Addresses in one form."""

from __future__ import annotations

import random
import re

import pytest
from scrapy import Request

from newscrawl.errors import UsageError
from newscrawl.text.urls import canonical_url, check_address, identity, is_web_address, joined

SAME = {
    "https://example.com": "https://example.com/",
    " https://example.com/a ": "https://example.com/a",
    "HTTPS://Example.COM/A": "https://example.com/A",
    "https://example.com:443/a": "https://example.com/a",
    "http://example.com:80/a": "http://example.com/a",
    "http://example.com:/a": "http://example.com/a",
    "http://example.com:8080/a": "http://example.com:8080/a",
    "https://example.com./a": "https://example.com/a",
    "https://user:secret@example.com/a": "https://example.com/a",
    "https://example.com/a#top": "https://example.com/a",
    "https://example.com/a?": "https://example.com/a",
    "https://example.com/a?b=2&a=1": "https://example.com/a?a=1&b=2",
    "https://example.com/a?a=&b": "https://example.com/a?a=&b=",
    "https://example.com/a?utm_source=x&utm_medium=y&id=1": "https://example.com/a?id=1",
    "https://example.com/a?spm=1.2.3&from=timeline&isappinstalled=0": "https://example.com/a",
    "https://example.com/a?UTM_Source=x&fbclid=y&gclid=z": "https://example.com/a",
    "https://example.com/a?id=1&id=2": "https://example.com/a?id=1&id=2",
    "https://example.com/a?id=2&id=1": "https://example.com/a?id=2&id=1",
    "https://example.com/新闻?q=北方": "https://example.com/%E6%96%B0%E9%97%BB?q=%E5%8C%97%E6%96%B9",
    "https://example.com/%E6%96%B0": "https://example.com/%E6%96%B0",
    "https://example.com/a b": "https://example.com/a%20b",
    "http://finance.eastmoney.com/a/202603083665282988.html": "http://finance.eastmoney.com/a/202603083665282988.html",
    "https://m.example.com/a": "https://m.example.com/a",
    "http://[::1]:80/a": "http://[::1]/a",
    # RFC 3986 6.2.2: the case of escapes, unreserved characters, dot segments
    "https://example.com/a%e4%bd%a0": "https://example.com/a%E4%BD%A0",
    "https://example.com/%7Euser/%41%2d%5F": "https://example.com/~user/A-_",
    "https://example.com/a%2fb%3f": "https://example.com/a%2Fb%3F",
    "https://example.com/a/./b/../c.html": "https://example.com/a/c.html",
    "https://example.com/../a/..": "https://example.com/",
    "https://example.com/a/%2e%2E/b/.": "https://example.com/b/",
    "https://example.com/a//b": "https://example.com/a//b",
    "https://example.com/a..b/.c": "https://example.com/a..b/.c",
    "https://example.com/a?&a=1&&": "https://example.com/a?a=1",
    "https://example.com/a?q=%7e%e4": "https://example.com/a?q=~%E4",
    "https://example.com/a?id=1&amp;page=2": "https://example.com/a?id=1&page=2",
    "https://example.com/a?id=1&amp;utm_source=x": "https://example.com/a?id=1",
    "https://example.com/a?amplitude=1": "https://example.com/a?amplitude=1",
    "https://example.com/a?q=x%20y": "https://example.com/a?q=x+y",
    "https://example.com/a?q=%B1%B1%BE%A9": "https://example.com/a?q=%B1%B1%BE%A9",  # GBK stays GBK
    # sessions
    "https://example.com/a;jsessionid=ABC123": "https://example.com/a",
    "https://example.com/x;JSESSIONID=A1.n2/a.html;jsessionid=A1?id=1": "https://example.com/x/a.html?id=1",
    "https://example.com/a;v=1": "https://example.com/a;v=1",
    "https://example.com/(S(lit3py55t21z5v55vlm25s55))/a.aspx": "https://example.com/a.aspx",
    "https://example.com/a?PHPSESSID=x&ASPSESSIONIDQQ=y&CFID=1&CFTOKEN=2": "https://example.com/a",
    "https://example.com/a?sid=0123456789abcdef0123456789abcdef": "https://example.com/a",
    "https://example.com/a?sid=123&s=budget": "https://example.com/a?s=budget&sid=123",
    # the public lists
    "https://example.com/a?id=1&srsltid=x": "https://example.com/a?id=1",
    "https://example.com/a?id=1&_hsenc=x&_hsmi=2&hsCtaTracking=3": "https://example.com/a?id=1",
    "https://example.com/a?id=1&ysclid=x&_openstat=y": "https://example.com/a?id=1",
    "https://example.com/a?gbraid=1&wbraid=2&gad_source=1&ttclid=x": "https://example.com/a",
    "https://example.com/a?itm_source=x&otm_a=y&bsft_eid=z&oly_enc_id=1": "https://example.com/a",
    "https://example.com/a?mc_tc=1&s_cid=2&ns_campaign=3&xtor=4": "https://example.com/a",
    "https://example.com/a?hmsr=1&pgv_ref=2&_trans_=3": "https://example.com/a",
    "https://example.com/a?ref=other.example.org": "https://example.com/a",
    "https://example.com/a?ref=main": "https://example.com/a?ref=main",
    "https://mp.weixin.qq.com/s?__biz=M==&mid=2&idx=1&sn=3&chksm=4&lang=zh_CN": (
        "https://mp.weixin.qq.com/s?__biz=M%3D%3D&idx=1&mid=2&sn=3"
    ),
    # what names an article is kept
    "https://example.com/a?source=1&page=2&p=3&si=4&t=5": "https://example.com/a?p=3&page=2&si=4&source=1&t=5",
}


@pytest.mark.parametrize(("url", "expected"), SAME.items())
def test_one_form(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/a/b",
        "javascript:alert(1)",
        "ftp://example.com/a",
        "http://",
        "http://[broken",
        "http:///a",
        "mailto:a@b",
    ],
)
def test_what_is_no_address_comes_back_as_it_is(url: str) -> None:
    assert canonical_url(url) == url


def test_queries_of_other_encodings_stay_apart() -> None:
    assert identity("https://example.com/s?q=%B1%B1") != identity("https://example.com/s?q=%C4%E3")


def test_identity() -> None:
    one = identity("https://example.com/a?utm_source=x#y")
    assert re.fullmatch(r"url:[0-9a-f]{32}", one)
    assert one == identity("http://EXAMPLE.com:80/a")
    assert one != identity("https://example.com/b")
    assert one != identity("https://example.com/A")


def test_random_text_never_raises_and_canonical_is_stable() -> None:
    chance = random.Random(5)
    alphabet = "htps:/.?&=#%@[]:0189abcé新 \ud800\n\\"
    for _ in range(3000):
        url = "http" + "".join(chance.choice(alphabet) for _ in range(chance.randrange(40)))
        once = canonical_url(url)
        assert canonical_url(once) == once, url
        identity(url)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" HTTP://Example.com/a ", "http://Example.com/a"),
        ("https://中文.com/新闻?b", "https://中文.com/新闻?b"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_that_somebody_typed(typed: str, address: str) -> None:
    assert check_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "example.com", "//example.com", "ftp://example.com/", "https://", "http://a b/", "http://[::1"],
)
def test_what_no_server_can_be_asked_for(typed: str) -> None:
    with pytest.raises(UsageError, match=r"not an? .*address.* https://example\.org/"):
        check_address(typed)


WEB = [
    "https://example.org", "http://中文.中国/a", "http://中文.中国:8080/a", "https://exa_mple.org/", "https://e.org./x",
    "http://127.0.0.1:8000/", "http://[::1]:80/", "https://user:pw@e.org/", "HTTP://E.org/", "https://e.org:/",
    "https://e.org/%ZZ", f"https://{'a' * 63}.org/", "http://xn--a/", "https://e.org/a b", "https://-e-.org/",
]  # fmt: skip
NOT_WEB = [
    "", "//", "/a", "a", "http://", "http:///x", "https://e.org:99999/", "https://e.org:abc/", "https://e.org:-1/",
    "https://e.org:0/", "http://[bad/", "http://[::1/", "http://[]/", "feed:https://e.org/", "feed://e.org/",
    "javascript:void(0)", "mailto:a@e.org", "ftp://e.org/", "http://exa mple.org/", "https://..../", "https://.e.org/",
    "https://a..b/", f"https://{'a' * 64}.org/", f"https://{'.'.join(['a' * 60] * 5)}/", "https:feed.xml", "http://%00/",
    "http://e.org%2fx/", "http://<a>/", "https://a,b.org/", "http://\u2100.org/", "http://@/", "http://:80/",
    "https://e.org:\u0663/", "http://e.org\\@x/", "https://e.org/\ud83d", "data:,x", "https://e.org:8 0/",
]  # fmt: skip


@pytest.mark.parametrize("url", WEB)
def test_what_a_server_could_be_asked_for(url: str) -> None:
    assert is_web_address(url)
    assert joined("https://example.com/a/", url) is not None
    assert Request(canonical_url(url)).url


@pytest.mark.parametrize("url", NOT_WEB)
def test_what_no_server_could_be_asked_for(url: str) -> None:
    assert not is_web_address(url)
    assert joined("mailto:x", url) is None
    assert isinstance(canonical_url(url), str)
    assert identity(url).startswith("url:")
