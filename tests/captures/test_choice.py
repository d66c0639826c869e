"""What is judged by address, date and bytes, before anything is parsed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newscrawl.captures.choice import Choice, Chooser, chosen_kinds
from newscrawl.captures.http_capture import Capture
from newscrawl.errors import NotAPage, UsageError
from tests.captures.warcs import CAPTURED, article, frozen, url_of

EVERY = chosen_kinds(None)


def _capture(body: bytes, content_type: str = "text/html", status: int = 200) -> Capture:
    return Capture(url_of(1), status, (("content-type", content_type),), body, CAPTURED)


def _why_not(choice: Choice, capture: Capture) -> str | None:
    chooser = Chooser(choice, EVERY)
    try:
        chooser.check_page(capture, chooser.kind_of(capture.url, capture.fetched))
    except NotAPage as reason:
        return str(reason)
    return None


def test_each_frozen_page_is_told_by_its_address() -> None:
    chooser = Chooser(Choice(), EVERY)
    pages = frozen()
    assert len(pages) > 60
    for one in pages:
        kind = chooser.kind_of(one.url, CAPTURED)
        assert kind is not None
        assert kind.name == one.spider


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.bbc.com/news", "no declared source's article"),
        ("https://bbc.com.example.org/news/articles/c4gq7xk2m8no", "no declared source's article"),
        ("dns:example.org", "not a page"),
    ],
)
def test_other_addresses_are_left_out(url: str, reason: str) -> None:
    with pytest.raises(NotAPage, match=reason):
        Chooser(Choice(), EVERY).kind_of(url, CAPTURED)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://harbour.example.org/", "a home page"),
        ("https://harbour.example.org/2020/02/quay.jpg", "not a page"),
        ("https://harbour.example.org/login", "not an article's address"),
        ("https://harbour.example.org/category/quays", "not an article's address"),
        ("https://harbour.example.org/2020/02/quay-vote", None),
        ("https://harbour.example.org/tag.html", "not an article's address"),
    ],
)
def test_with_any_addresses_are_judged_by_their_shape(url: str, reason: str | None) -> None:
    assert _why_not(Choice(any=True), replace(_capture(article(1)), url=url)) == reason


@pytest.mark.parametrize(
    ("choice", "capture", "reason"),
    [
        (Choice(any=True), _capture(article(1)), None),
        (Choice(any=True), _capture(article(1), status=404), "HTTP 404"),
        (Choice(any=True), _capture(article(1), "application/pdf"), "not HTML"),
        (Choice(any=True), _capture(b"<p>short"), "a very short page"),
        (Choice(any=True, domains=("example.org",)), _capture(article(1)), None),
        (Choice(any=True, domains=("ample.org",)), _capture(article(1)), "another domain"),
        (
            Choice(any=True, since=CAPTURED + timedelta(days=1)),
            _capture(article(1)),
            "captured before --since",
        ),
        (Choice(any=True, languages=("en",)), _capture(article(1)), None),
        (Choice(any=True, languages=("en-GB",)), _capture(article(1)), None),
        (Choice(any=True, languages=("de",)), _capture(article(1)), "another language"),
        (Choice(any=True, languages=("zh",)), _capture(article(1)), "another language"),
        (Choice(any=True, languages=("zh",)), _capture(article(1, text="港务局周二表决" * 40)), None),
        (Choice(any=True, languages=("de", "zh")), _capture(article(1, text="港务局周二表决" * 40)), None),
    ],
)
def test_pages_are_judged_before_they_are_parsed(
    choice: Choice, capture: Capture, reason: str | None
) -> None:
    assert _why_not(choice, capture) == reason


def test_sources_are_named() -> None:
    assert [kind.name for kind in chosen_kinds(("dw", "bbc", "dw"))] == ["dw", "bbc"]
    with pytest.raises(UsageError, match="no spider 'bcc'; did you mean bbc"):
        chosen_kinds(("bcc",))
    with pytest.raises(UsageError, match="'site' does not declare which addresses"):
        chosen_kinds(("site",))


def test_the_same_choice_has_the_same_words() -> None:
    one = Choice(("dw", "bbc"), languages=("en", "de"), since=CAPTURED)
    other = Choice(("bbc", "dw"), languages=("de", "en"), since=CAPTURED)
    assert str(one) == str(other)
    assert str(one) != str(replace(one, any=True))
