"""Captures to posts: by the layout of their time, by the same steps, relative dates counted from then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newscrawl.captures.http_capture import Capture
from newscrawl.captures.reading import SPREAD, read_any, read_declared, read_noted
from newscrawl.crawl.runner import spider_class
from newscrawl.devtools.fixtures import Frozen
from newscrawl.errors import NotAPage
from newscrawl.model.draft import Entry, Reject
from newscrawl.model.post import Post
from newscrawl.warc.records import Note
from tests.captures.warcs import CAPTURED, article, frozen, url_of


def _capture(body: bytes, url: str = url_of(1)) -> Capture:
    return Capture(url, 200, (("Content-Type", "text/html"), ("ETag", '"7"')), body, CAPTURED)


def _any(body: bytes, url: str = url_of(1)) -> Post:
    item = read_any(_capture(body, url), "run").item
    assert isinstance(item, Post)
    return item


@pytest.mark.parametrize("one", frozen(), ids=lambda one: f"{one.spider}-{one.version}")
def test_a_page_is_read_by_the_layout_of_its_time(one: Frozen) -> None:
    """The frozen pages are of all layouts, old and new."""
    headers = (("Content-Type", one.content_type),) if one.content_type else ()
    capture = Capture(one.url, 200, headers, one.page, one.fetched)
    post = read_declared(spider_class(one.spider), capture, "run").item
    assert isinstance(post, Post), post
    assert post.crawl.page_version == one.version
    assert post.crawl.spider == one.spider
    assert post.id == one.gives["id"]
    if not one.listed:
        assert post.title == one.gives["title"]
        assert post.body.text == one.gives["text"]
        assert f"{post.date:%Y-%m-%dT%H:%M:%SZ}" == one.gives["date"]


def test_a_page_of_any_site() -> None:
    post = _any(article(1))
    assert post.title == "Quay vote number 1 passes"
    assert post.authors == ["Mara Linde"]
    assert f"{post.date:%Y-%m-%d %H:%M}" == "2020-02-01 08:00"
    assert (post.crawl.spider, post.crawl.fetched, post.crawl.status) == ("archive", CAPTURED, 200)
    assert post.crawl.etag == '"7"'
    assert post.language == "en"


def test_relative_dates_count_from_the_capture() -> None:
    body = article(1).replace(b'"datePublished": "2020-02-01T08:00:00Z",', b"")
    body = body.replace(b"<article>", b"<article><p class=date>Published 3 hours ago</p>")
    assert _any(body).date.replace(second=0) == (CAPTURED - timedelta(hours=3)).replace(second=0)


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        (
            "https://www.news.harbour.example.org/2020/02/quay",
            "https://www.news.harbour.example.org/2020/02/quay",
        ),
        ("https://news.harbour.example.org/", url_of(1)),  # all pages of a site give its home page
        ("https://news.harbour.example.org/2020/", url_of(1)),
        ("https://elsewhere.example.com/2020/02/quay", url_of(1)),
        ("", url_of(1)),
    ],
)
def test_the_address_that_a_page_gives_is_believed_on_its_site(stated: str, address: str) -> None:
    assert _any(article(1, canonical=stated)).canonical_url == address


def test_an_amp_page_is_its_article() -> None:
    url = "https://harbour.example.org/2020/02/quay-vote"
    assert _any(article(1, canonical=url), f"{url}/amp").id == _any(article(1), url).id


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x00\x01\x02" * 900, "an unreadable page"),
        (article(1).replace(b'"datePublished": "2020-02-01T08:00:00Z",', b""), "no date"),
        (b'<html><head><title>Log in</title></head><body><form action=/login><input type=password></form>'
         b"<p>Please log in to read on.</p></body></html>" + b" " * 600, "login wall"),
    ],
)  # fmt: skip
def test_what_does_not_read_as_an_article_is_none(body: bytes, reason: str) -> None:
    url = "https://harbour.example.org/quay-vote"
    with pytest.raises(NotAPage, match=reason):
        read_any(_capture(body, url), "run")


def test_half_an_article_is_not_stored() -> None:
    url = "https://harbour.example.org/2020/quay17.html"
    further = b'<a href="quay17_2.html">2</a></article>'
    with pytest.raises(NotAPage, match=SPREAD):
        read_any(_capture(article(1).replace(b"</article>", further), url), "run")


def test_a_declared_article_that_cannot_be_read_is_a_reject() -> None:
    capture = Capture("https://www.bbc.com/news/articles/c4gq7xk2m8no", 200, (), b"<html></html>", CAPTURED)
    reject = read_declared(spider_class("bbc"), capture, "run").item
    assert isinstance(reject, Reject)
    assert reject.id == "bbc:c4gq7xk2m8no"
    assert reject.fetched == CAPTURED


def test_a_note_brings_the_words_of_the_list() -> None:
    url = url_of(1)
    entry = Entry(
        id="url:1", url=url, canonical_url=url, share_url=url, title="Quay vote", outlet="Harbour News",
        columns=("Quays",), authors=("Ann Weir",),
    )  # fmt: skip
    note = Note("bbc", "earlier", CAPTURED, entry)
    further = article(1, text="A last word that only the second page has.")
    post = read_noted(spider_class("bbc"), [_capture(article(1)), _capture(further)], note, "run").item
    assert isinstance(post, Post)
    assert (post.id, post.crawl.spider, post.crawl.run) == ("url:1", "bbc", "run")
    assert "Quays" in post.tags or "quays" in post.categories
    assert "A last word that only the second page has." in post.body.text


def test_an_article_that_its_list_has_whole() -> None:
    entry = Entry(
        id="url:1", url=None, canonical_url=url_of(1), share_url=url_of(1), title="Quay vote",
        date="2020-02-01 08:00", text="<p>The harbour council met and voted for a new quay.</p>",
    )  # fmt: skip
    post = read_noted(spider_class("bbc"), [], Note("bbc", "earlier", CAPTURED, entry), "run").item
    assert isinstance(post, Post)
    assert post.body.text == "The harbour council met and voted for a new quay."
    assert post.crawl.status is None


def test_what_a_capture_s_headers_and_page_say_of_its_use() -> None:
    """Its host was not asked, so it never counts as one that may be mined."""
    headers = (("Content-Type", "text/html"), ("X-ROBOTS-TAG", "noai"), ("License", "not a sign"))
    item = read_any(Capture(url_of(1), 200, headers, article(1), CAPTURED), "run").item
    assert isinstance(item, Post)
    assert item.rights is not None
    assert [(one.place, one.means, one.at) for one in item.rights.statements if one.means] == [
        ("header", "reserved", CAPTURED)
    ]
    silent = _any(article(1)).rights
    assert silent is not None
    assert (silent.tdm, silent.tdm_allowed, silent.looked) == ("unspecified", False, ["header", "page"])
