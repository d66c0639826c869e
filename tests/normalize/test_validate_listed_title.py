"""Which part of a list's title is on a page, in scripts of all kinds."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from newscrawl.errors import Unusable
from newscrawl.model.draft import Candidate, CompleteDraft, Draft, Entry, Extraction
from newscrawl.model.post import Crawl
from newscrawl.normalize.steps import build_post, complete
from newscrawl.normalize.validate import DOUBTFUL, UNLIKE, UNRELATED, is_doubtful, share_of_title

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)
URL = "https://example.org/a"
WALL = "Accessum vetitum est. Quaeso exspecta dum navigatrum tuum probatur."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Council approves new bridge", "The councillors said the bridge was approved on Monday."),
        ("央行宣布下调存款准备金率", "中国人民银行今日宣布，下调金融机构存款准备金率0.5个百分点。"),
        ("日銀が金利を引き上げ", "日本銀行は金利を引き上げると発表した。"),
        ("Банк повысил ключевую ставку", "Ключевая ставка банка была повышена в пятницу."),
        ("한국은행 기준금리 인상 결정", "한국은행이 기준금리를 인상하기로 결정했다."),
        ("ธนาคารขึ้นดอกเบี้ย", "วันนี้ธนาคารประกาศขึ้นดอกเบี้ย"),
        ("रिज़र्व बैंक ने ब्याज दरें बढ़ाईं", "रिज़र्व बैंक ने शुक्रवार को ब्याज दरें बढ़ाने की घोषणा की।"),
        ("البنك المركزي يرفع أسعار الفائدة", "أعلن البنك المركزي اليوم رفع أسعار الفائدة."),
    ],
)
def test_an_article_has_the_words_of_its_title_and_a_wall_has_none(title: str, text: str) -> None:
    share = share_of_title(title, text)
    assert share is not None
    assert share >= DOUBTFUL
    assert share_of_title(title, WALL) == 0


@pytest.mark.parametrize("title", ["", "News", "Video: 3", "Read more", "快讯"])
def test_a_title_of_few_words_says_nothing(title: str) -> None:
    assert share_of_title(title, "Some text.") is None


def draft(
    listed: str | None,
    *,
    title: str = "Vigilia",
    text: str = WALL,
    date: str | None = None,
    status: int | None = 200,
) -> CompleteDraft:
    extraction = Extraction(
        titles=[Candidate(title, "page", "h1"), Candidate(listed or "", "list", "list title")],
        dates=[
            *([Candidate(date, "page", "time")] if date else []),
            Candidate("2026-03-08 10:00", "list", "list date"),
        ],
        body=lxml.html.fragment_fromstring(f"<p>{text}</p>", create_parent="div") if text else None,
        digests=[Candidate("Rain fell in the north.", "list", "list digest")],
    )
    entry = Entry(id="url:1", url=URL, canonical_url=URL, share_url=URL, title=listed)
    crawl = Crawl("s", "r", NOW, status)
    made = Draft(
        id="url:1",
        extraction=extraction,
        crawl=crawl,
        zone="UTC",
        language="en",
        entry=entry,
        url=URL,
        canonical_url=URL,
        share_url=URL,
    )
    return complete(made, NOW)


def reasons(made: CompleteDraft) -> tuple[str, ...]:
    try:
        build_post(made, NOW)
    except Unusable as error:
        return error.reasons
    return ()


LISTED = "Council approves the harbour bridge"


def test_a_page_without_a_word_of_its_list_s_title_is_rejected() -> None:
    assert reasons(draft(LISTED)) == (UNLIKE,)


@pytest.mark.parametrize(
    "made",
    [
        draft(None),
        draft("Read more"),
        draft(LISTED, title=LISTED),
        draft(LISTED, text="The council approves. The bridge in the harbour is old."),
        draft(LISTED, date="2026-03-08 09:00"),
        draft(LISTED, text=""),
        draft("Read the full story", title="Mayor opens theatre", text="The mayor opens the theatre. " * 40),
        draft(LISTED, status=None),
    ],
    ids=[
        "no title",
        "label",
        "same title",
        "same words",
        "own date",
        "no text",
        "label of a long article",
        "made of the list",
    ],
)
def test_what_may_be_the_article_is_not(made: CompleteDraft) -> None:
    assert reasons(made) == ()


def test_a_dated_page_with_another_title_and_text_is_compared_with_others() -> None:
    dated = "2026-03-08 09:00"
    assert is_doubtful(draft(LISTED, date=dated))
    assert is_doubtful(draft("Read more"))
    assert not is_doubtful(draft(LISTED, title=LISTED, date=dated))
    assert not is_doubtful(draft(LISTED, text="The council approves. The harbour bridge is old."))
    assert UNRELATED < DOUBTFUL
