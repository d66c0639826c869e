"""A draft's digest, content and securities."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from newscrawl.model.draft import Candidate, CompleteDraft, Draft, Extraction
from newscrawl.model.post import Crawl, Security
from newscrawl.normalize.body.clean import DIGEST_LIMIT, digest_text
from newscrawl.normalize.steps import complete


def with_body(body: str | None, *digests: str, securities: tuple[Security, ...] = ()) -> CompleteDraft:
    draft = Draft(
        id="eastmoney:1",
        url="https://example.com/a/1",
        canonical_url="https://example.com/a/1",
        share_url="https://example.com/a/1",
        extraction=Extraction(
            digests=[Candidate(digest, "list", "summary") for digest in digests],
            body=None if body is None else lxml.html.fragment_fromstring(body, create_parent="div"),
            body_rule="#ContentBody",
        ),
        crawl=Crawl("t", "r", datetime(2026, 3, 9, tzinfo=UTC)),
        zone="Asia/Shanghai",
        language="zh",
        listed_securities=list(securities),
    )
    return complete(draft, draft.crawl.fetched)


def test_the_body_is_the_content() -> None:
    draft = with_body("<p>　　正文<a href='/b'>链接</a></p>", "【标题】摘要")
    assert draft.content is not None
    assert draft.content.html == '<p>正文<a href="https://example.com/b">链接</a></p>'
    assert draft.digest == "摘要"
    assert draft.crawl.origins == {"digest": "summary", "body": "#ContentBody"}


def test_without_a_body_the_digest_is() -> None:
    draft = with_body(None, " ", "【入世20年】进出口 < 10万亿元。（央视新闻客户端）")
    assert draft.content is not None
    assert draft.content.html == "<p>进出口 &lt; 10万亿元。（央视新闻客户端）</p>"
    assert draft.content.text == draft.digest == "进出口 < 10万亿元。（央视新闻客户端）"
    assert draft.crawl.origins["body"] == "digest"


def test_an_empty_body_is_none() -> None:
    draft = with_body("<p>　　</p><script>x</script>", "摘要")
    assert draft.content is not None
    assert draft.content.text == "摘要"


def test_a_body_of_pictures_is_one() -> None:
    draft = with_body('<p><img src="/a.jpg"></p>', "摘要")
    assert draft.content is not None
    assert draft.content.images


def test_nothing_stays_nothing() -> None:
    draft = with_body(None, "", "<br>")
    assert draft.content is None
    assert draft.digest is None
    assert draft.crawl.origins == {}


def test_the_lists_securities_come_first_and_each_once() -> None:
    draft = with_body(
        '<p><a data-code="1,600160">巨化股份</a><a data-code="0,000001">平安银行</a></p>',
        securities=(Security("116", "00700"), Security("1", "600160")),
    )
    assert draft.securities == [
        Security("116", "00700"),
        Security("1", "600160", "巨化股份"),
        Security("0", "000001", "平安银行"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("【标题】摘要", "摘要"),
        ("【只有标题】", "【只有标题】"),
        ("摘要【中间】后", "摘要【中间】后"),
        ("<p>一&amp;二</p><p>三</p>", "一&二\n三"),
        ("a<br/>b", "a\nb"),
        ("涨幅<5%且>3%", "涨幅<5%且>3%"),
        ("　　缩进　 文字 ", "缩进 文字"),
        ("", None),
        ("<p></p>", None),
    ],
)
def test_digests_are_plain_text(value: str, text: str | None) -> None:
    assert digest_text(value) == text


def test_a_digest_is_bounded() -> None:
    assert len(digest_text("字" * 100_000) or "") == DIGEST_LIMIT
    assert digest_text("<" * 100_000) is not None
    assert digest_text("【" * 100_000) is not None
