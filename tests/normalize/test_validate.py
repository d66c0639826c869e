"""Which drafts become posts, and why the others do not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from newscrawl.errors import Unusable
from newscrawl.model.draft import Candidate, Draft, Extraction
from newscrawl.model.post import Crawl, Post
from newscrawl.normalize.steps import build_post, complete, reject_of
from newscrawl.normalize.title import TITLE_LIMIT, clean_title
from newscrawl.normalize.validate import PAGE_LIMIT

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)
URL = "https://finance.example.com/a/202603083665282988.html"


def draft_of(
    title: str | None = "大厂纷纷布局",
    date: str | None = "2026年03月08日 08:37",
    body: str | None = "<p>　　近期，“养虾人”们十分上头。</p>",
    digest: str | None = None,
    **more: Any,
) -> Draft:
    extraction = Extraction(
        titles=[Candidate(title, "page", "h1")] if title is not None else [],
        dates=[Candidate(date, "page", ".time")] if date is not None else [],
        outlets=[Candidate("（文章来源：中新经纬）", "page", "em_media")],
        authors=[Candidate("作者：宋亚芬", "page", ".author")],
        columns=[Candidate("财经导读", "page", ".crumbs")],
        digests=[Candidate(digest, "list", "summary")] if digest is not None else [],
        body=None if body is None else lxml.html.fragment_fromstring(body, create_parent="div"),
        layout="2026",
    )
    fields: dict[str, Any] = {
        "id": "eastmoney:202603083665282988",
        "url": URL,
        "canonical_url": URL,
        "share_url": URL,
        "zone": "Asia/Shanghai",
        "language": "zh",
    }
    return Draft(extraction=extraction, crawl=Crawl("eastmoney", "run1", NOW), **{**fields, **more})


def post_from(draft: Draft) -> Post:
    return build_post(complete(draft, NOW), NOW)


def reasons(draft: Draft) -> tuple[str, ...]:
    with pytest.raises(Unusable) as caught:
        post_from(draft)
    return caught.value.reasons


def test_a_whole_draft_becomes_a_post() -> None:
    draft = draft_of()
    post = post_from(draft)
    assert post.id == "eastmoney:202603083665282988"
    assert post.title == "大厂纷纷布局"
    assert post.date == datetime(2026, 3, 8, 0, 37, tzinfo=UTC)
    assert post.categories == ["zhongxinjingwei", "caijingdaodu"]
    assert post.tags == ["中新经纬新闻"]
    assert post.source is not None
    assert post.source.name == "中新经纬"
    assert post.authors == ["宋亚芬"]
    assert post.body.html == "<p>近期，“养虾人”们十分上头。</p>"
    assert post.first_seen == post.last_seen == post.updated == NOW
    assert (post.revision, post.story, post.layout) == (1, None, "post")
    assert post.crawl.page_version == "2026"
    assert post.crawl.origins["title"] == "h1"
    assert Post.from_document(post.to_document()) == post


def test_the_same_draft_twice_is_the_same_post() -> None:
    assert post_from(draft_of()).content_hash == post_from(draft_of()).content_hash


def test_a_flash_needs_no_body() -> None:
    post = post_from(draft_of(body=None, digest="【快讯】涨停。"))
    assert post.body.html == "<p>涨停。</p>"
    assert post.digest == "涨停。"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": None}, ("no title",)),
        ({"title": " 　\n"}, ("no title",)),
        ({"title": "404 Not Found"}, ("error page",)),
        ({"date": None}, ("no date",)),
        ({"date": "昨天 12:30"}, None),
        ({"date": "未知"}, ("unreadable date",)),
        ({"date": "2027-01-01 00:00"}, ("unreadable date",)),
        ({"body": None}, ("no body",)),
        ({"body": "<p>　　</p>"}, ("no body",)),
        ({"body": "<p>短</p>"}, ("body too short",)),
        ({"body": "<p>短</p>", "digest": "短讯"}, None),
        ({"body": '<p><img src="/a.jpg"></p>'}, None),
        ({"url": "ftp://example.com/a"}, ("bad url",)),
        ({"share_url": "javascript:alert(1)"}, ("bad url",)),
        ({"canonical_url": "http://[broken"}, ("bad url",)),
        ({"title": "", "date": None, "body": None, "url": ""}, ("no title", "no date", "no body", "bad url")),
    ],
)
def test_reasons(change: dict[str, Any], expected: tuple[str, ...] | None) -> None:
    draft = draft_of(**change)
    if expected is None:
        assert post_from(draft)
    else:
        assert reasons(draft) == expected


def test_the_error_says_which_and_what_to_do() -> None:
    with pytest.raises(Unusable, match=r"eastmoney:202603083665282988 .* no date; .*newscrawl try"):
        post_from(draft_of(date=None))


def test_a_reject_keeps_what_was_found() -> None:
    draft = draft_of(date="未知", page="<html>" + "x" * PAGE_LIMIT)
    reject = reject_of(complete(draft, NOW), reasons(draft))
    assert (reject.id, reject.url, reject.reasons) == (draft.id, URL, ("unreadable date",))
    assert (reject.spider, reject.run, reject.fetched) == ("eastmoney", "run1", NOW)
    assert reject.page is not None
    assert len(reject.page) == PAGE_LIMIT
    assert reject.values == {
        "title": "大厂纷纷布局",
        "date": "未知",
        "outlet": "中新经纬",
        "body": "近期，“养虾人”们十分上头。",
    }


def test_a_reject_of_nothing() -> None:
    draft = draft_of(title=None, date=None, body=None, page=b"\xff<html>")
    draft.extraction.outlets.clear()
    reject = reject_of(complete(draft, NOW), reasons(draft))
    assert reject.values == {}
    assert reject.page == "\ufffd<html>"
    draft.page = "<html>北方网</html>".encode("gb18030")
    assert reject_of(complete(draft, NOW), ("no title",)).page == "<html>北方网</html>"


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("AI终于学会自己干活了！ _ 东方财富网", "AI终于学会自己干活了！"),
        ("AI终于学会自己干活了！_东方财富网", "AI终于学会自己干活了！"),
        ("标题 - 北方网", "标题"),
        ("标题 - 新华网", "标题 - 新华网"),
        ("东方财富网", "东方财富网"),
        ("访东方财富网", "访东方财富网"),
        ("G7-领导人", "G7-领导人"),
        ("助脱贫 引项目　京津冀\n 协同", "助脱贫 引项目 京津冀 协同"),
        ('说"好" &amp;quot;坏&amp;quot; &lt;b&gt;', '说"好" "坏"'),
        ("a < b & c > d", "a < b & c > d"),
        ("AT&T 涨 5%", "AT&T 涨 5%"),
        ("<em>红</em>字标题", "红字标题"),
        ("零\u200b宽\ufeff字\x00符", "零宽字符"),
        ("", None),
        ("　", None),
    ],
)
def test_titles(value: str, title: str | None) -> None:
    assert clean_title(value, "北方网") == title


def test_a_title_is_bounded() -> None:
    assert len(clean_title("字" * 100_000) or "") == TITLE_LIMIT
    assert clean_title("<" * 100_000 + "&" * 1000)
