"""Posts with one text under several titles are rejected, the first of them too; others are only held."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.crawl import repeated_texts
from newscrawl.crawl.repeated_texts import REPEATED, RepeatedTexts
from newscrawl.model.draft import Entry
from newscrawl.model.post import Body, Crawl, DateInfo, Post

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


def entry(number: int, title: str) -> Entry:
    url = f"https://example.org/{number}"
    return Entry(id=f"url:{number}", url=url, canonical_url=url, share_url=url, title=title)


def post(number: int, text: str, title: str = "Wall", rule: str = "h1") -> Post:
    url = f"https://example.org/{number}"
    return Post(
        id=f"url:{number}",
        title=title,
        date=NOW,
        date_info=DateInfo("3h", "+00:00", "minute", "list"),
        categories=[],
        tags=[],
        body=Body(text=text, html="", chars=len(text)),
        url=url,
        canonical_url=url,
        share_url=url,
        content_hash="0" * 32,
        crawl=Crawl("s", "r", NOW, origins={"title": rule}),
    )


def taken(texts: RepeatedTexts, number: int, title: str, text: str) -> tuple[bool, list[str]]:
    texts.doubt(f"url:{number}", entry(number, title))
    settled, rejects = texts.take(post(number, text))
    assert {reject.reasons for reject in rejects} <= {(REPEATED,)}
    return settled, [reject.id for reject in rejects]


def test_a_post_without_doubt_passes() -> None:
    assert RepeatedTexts().take(post(1, "Vigilia")) == (False, [])


def test_the_second_copy_rejects_the_first_and_all_that_follow() -> None:
    texts = RepeatedTexts()
    assert taken(texts, 1, "Rain in the north", "Vigilia. Ref. 12.8d from 10.0.0.1") == (True, [])
    assert taken(texts, 2, "Sun in the south", "VIGILIA. Ref. 13.9e from 10.0.0.2") == (
        True,
        ["url:1", "url:2"],
    )
    assert taken(texts, 3, "Wind in the west", "Vigilia. Ref. 14.1f from 10.0.0.3") == (True, ["url:3"])
    assert texts.release() == []


def test_what_stays_alone_is_released_at_the_end() -> None:
    texts = RepeatedTexts()
    taken(texts, 1, "Rain in the north", "A poem.")
    taken(texts, 2, "Sun in the south", "A quiz.")
    assert [held.id for held in texts.release()] == ["url:1", "url:2"]
    assert texts.release() == []


def test_one_article_at_two_addresses_is_no_wall() -> None:
    texts = RepeatedTexts()
    taken(texts, 1, "Rain in the north", "A poem.")
    assert taken(texts, 2, "Rain in the north", "A poem.") == (True, [])
    assert taken(texts, 2, "Rain in the north", "A poem.") == (True, [])
    assert [held.id for held in texts.release()] == ["url:1", "url:2"]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_texts, "MOST_HELD", 1)
    texts = RepeatedTexts()
    taken(texts, 1, "Rain in the north", "A poem.")
    assert taken(texts, 2, "Sun in the south", "A quiz.") == (False, [])


@pytest.mark.parametrize(
    ("shown", "rule", "held"),
    [
        ("Weather in Port Ansel today", "h1", True),  # the page itself has the headline: the numbers are news
        ("Weather in Port Ansel today", "list title", False),  # the headline is the list's alone
        ("One moment, please", "h1", False),
    ],
)
def test_numbers_are_news_on_a_page_with_its_headline(shown: str, rule: str, held: bool) -> None:
    texts = RepeatedTexts()
    ends = []
    for number, degrees in ((1, "11 / 17"), (2, "9 / 14")):
        texts.doubt(f"url:{number}", entry(number, f"Weather in Port Ansel today, no. {number}"))
        ends.append(texts.take(post(number, f"Low and high: {degrees}.", shown, rule))[1])
    assert (ends == [[], []]) is held
    assert len(texts.release()) == 2 * held


def test_one_text_without_any_difference_is_a_wall_under_any_headline() -> None:
    texts = RepeatedTexts()
    for number in (1, 2):
        texts.doubt(f"url:{number}", entry(number, f"Weather in Port Ansel today, no. {number}"))
        rejects = texts.take(post(number, "For 1 euro a month.", "Weather in Port Ansel today"))[1]
    assert len(rejects) == 2
