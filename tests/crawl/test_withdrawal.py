"""Which answers say that a stored article is gone, and which say nothing about it."""

from __future__ import annotations

from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from newscrawl.crawl.withdrawal import gone_status, is_still_article, leads_away
from newscrawl.model.draft import Candidate, Entry, Extraction
from newscrawl.model.source import Source
from newscrawl.page import read_fragment

DECLARED = Source(title="Harbour", domain="harbour.example", articles=r"/\d{4}/\d\d/\d+\.html")
UNDECLARED = Source(title="Harbour", domain="harbour.example")
ARTICLE = "https://www.harbour.example/news/2026/03/170001.html"
LISTS = ("https://www.harbour.example/list.php?column=3", "https://www.harbour.example/town")


def entry(url: str = ARTICLE, **values: Any) -> Entry:
    return Entry(id="harbour:1", url=url, canonical_url=url, share_url=url, **values)


def response(status: int, url: str = ARTICLE, reasons: tuple[object, ...] = ()) -> HtmlResponse:
    request = Request(url, meta={"redirect_reasons": list(reasons)} if reasons else {})
    return HtmlResponse(url, status=status, request=request, body=b"<p>x</p>")


@pytest.mark.parametrize(
    "target",
    [
        "https://www.harbour.example/",
        "https://www.harbour.example",
        "http://harbour.example/",
        "https://m.harbour.example/index.html",
        "https://www.harbour.example/index.php#top",
        "https://www.harbour.example/?utm_source=gone",
        "https://www.harbour.example/default.aspx",
        "https://www.harbour.example/news",
        "https://www.harbour.example/news/",
        "https://www.harbour.example/news/index.shtml",
        "https://www.harbour.example/news/2026/",
        "https://www.harbour.example/news/2026/03/",
        "https://www.harbour.example/town",  # a list of the run
        "https://www.harbour.example/list.php?column=3",
    ],
)
@pytest.mark.parametrize("source", [DECLARED, UNDECLARED], ids=["declared", "undeclared"])
def test_the_home_page_and_sections_are_no_article(source: Source, target: str) -> None:
    assert leads_away(entry(), target, source, LISTS)


@pytest.mark.parametrize(
    "target",
    [
        ARTICLE,
        "http://www.harbour.example/news/2026/03/170001.html?from=list",  # the article itself
        "https://www.harbour.example/town/2026/03/170002.html",  # another article
        "https://www.harbour.example/new-bridge-opens-in-spring-after-all",  # an article of another form
        "https://www.harbour.example/?p=17",
        "https://www.harbour.example/?return=%2Fnews%2F2026%2F03%2F170001.html",
        "https://www.harbour.example/login",
        "https://www.harbour.example/news/login",
        "https://www.harbour.example/consent/",
        "https://www.harbour.example/subscribe",
        "https://www.harbour.example/captcha.html",
        "https://www.harbour.example/maintenance",
        "https://www.harbour.example/error.html",
        "https://www.harbour.example/404.html",
        "https://www.harbour.example/geoblock/",
        "https://www.harbour.example/checkpoint",
        "https://www.harbour.example/are-you-human",
        "https://www.harbour.example/age-verification/",
        "https://www.harbour.example/under-maintenance",
        "https://www.harbour.example/wartung.html",
        "https://www.harbour.example/page-not-found",
        "https://www.harbour.example/error404",
        "https://www.harbour.example/access-denied",
        "https://www.harbour.example/cookie_consent",
        "https://www.harbour.example/unsupported-browser",
        "https://www.harbour.example/plus",
        "https://www.harbour.example/sorry",
        "https://www.harbour.example/2026/03/",  # no folder of the article
    ],
)
@pytest.mark.parametrize("source", [DECLARED, UNDECLARED], ids=["declared", "undeclared"])
def test_articles_walls_and_addresses_with_a_query_are_not_sections(source: Source, target: str) -> None:
    assert not leads_away(entry(), target, source, LISTS)


def test_a_single_word_is_a_section_only_where_the_source_declares_its_articles() -> None:
    assert leads_away(entry(), "https://www.harbour.example/sport/", DECLARED, ())
    assert not leads_away(entry(), "https://www.harbour.example/bridge-opens", UNDECLARED, ())


def test_a_folder_of_the_article_is_a_section_whatever_its_name() -> None:
    for source in (DECLARED, UNDECLARED):
        article = entry("https://www.harbour.example/premium/2026/03/170001.html")
        assert leads_away(article, "https://www.harbour.example/premium/", source, ())


@pytest.mark.parametrize(
    ("article", "target"),
    [
        ("https://harbour.example/story/17/print", "https://harbour.example/story/17"),
        ("https://harbour.example/story/17/amp/", "https://harbour.example/story/17/"),
        (
            "https://harbour.example/a-bridge-for-the-town/amp",
            "https://harbour.example/a-bridge-for-the-town",
        ),
        ("https://harbour.example/2026/03/08/a-b-c-d/2", "https://harbour.example/2026/03/08/a-b-c-d"),
    ],
)
def test_the_article_without_its_last_part_is_not_a_section(article: str, target: str) -> None:
    assert not leads_away(entry(article), target, UNDECLARED, ())


@pytest.mark.parametrize("status", [404, 410])
def test_404_and_410_say_that_it_is_gone(status: int) -> None:
    assert gone_status(response(status), entry(), DECLARED, ()) == status


@pytest.mark.parametrize(
    "status", [200, 304, 400, 401, 403, 405, 408, 418, 425, 429, 451, 500, 502, 503, 504]
)
def test_no_other_status_says_so(status: int) -> None:
    assert gone_status(response(status), entry(), DECLARED, ()) is None


HOME = "https://www.harbour.example/"


@pytest.mark.parametrize("reason", [301, 302, 303, 307, 308])
def test_a_redirect_home_says_so_with_its_own_status(reason: int) -> None:
    assert gone_status(response(200, HOME, (reason,)), entry(), DECLARED, ()) == reason
    assert gone_status(response(200, HOME, (reason, 301)), entry(), DECLARED, ()) == reason
    assert gone_status(response(404, f"{HOME}gone", (reason,)), entry(), DECLARED, ()) == 404


def test_what_says_nothing_about_the_article_does_not_count() -> None:
    assert gone_status(response(200, HOME), entry(), DECLARED, ()) is None  # not by a redirect
    assert gone_status(response(503, HOME, (302,)), entry(), DECLARED, ()) is None
    assert gone_status(response(200, HOME, ("meta refresh",)), entry(), DECLARED, ()) is None
    elsewhere = "https://consent.portal.example/"
    assert gone_status(response(200, elsewhere, (302,)), entry(), DECLARED, ()) is None
    assert gone_status(response(404, elsewhere, (302,)), entry(), DECLARED, ()) is None


def test_an_article_that_its_list_holds_whole_is_not_gone() -> None:
    assert gone_status(response(404), entry(page_optional=True), DECLARED, ()) is None


TITLE = "Council votes for the bridge"
TEXT = "The council voted on Monday for a new bridge over the harbour, to be built by spring. " * 6


def page(title: str, text: str) -> Extraction:
    extraction = read_fragment(f"<p>{text}</p>", url=ARTICLE)
    extraction.titles = [Candidate(title, "page", "h1")]
    return extraction


def test_a_page_without_the_stored_article_is_not_the_article() -> None:
    assert is_still_article(page("Council votes for the bridge", TEXT), TITLE, TEXT)
    assert is_still_article(page("Council votes for a bridge, and a road", TEXT + "More."), TITLE, TEXT)
    assert not is_still_article(page("Just a moment...", "Checking your browser."), TITLE, TEXT)
    assert not is_still_article(page("News today", "Ferries sail again after the storm. " * 20), TITLE, TEXT)
