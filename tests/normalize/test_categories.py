"""Categories and tags of a draft."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.model.draft import Candidate, CompleteDraft, Draft, Extraction
from newscrawl.model.post import Crawl
from newscrawl.normalize.steps import complete


def categorized(
    outlet: str | None = None, columns: tuple[str, ...] = (), *, title: str | None = None, **more: Any
) -> CompleteDraft:
    draft = Draft(
        id="eastmoney:1",
        url="https://example.com/1",
        canonical_url="https://example.com/1",
        share_url="https://example.com/1",
        extraction=Extraction(
            titles=[Candidate(title, "page", "h1")] if title else [],
            outlets=[Candidate(outlet, "page", "em_media")] if outlet else [],
            columns=[Candidate(column, "page", ".crumbs") for column in columns],
        ),
        crawl=Crawl("t", "r", datetime(2026, 3, 9, tzinfo=UTC)),
        **{"zone": "Asia/Shanghai", "language": "zh", **more},
    )
    return complete(draft, draft.crawl.fetched)


def test_the_outlet_comes_first_then_the_columns() -> None:
    draft = categorized("（文章来源：北方网）", ("首页", "财经导读", "国内经济"), listed_tags=["要闻"])
    assert draft.categories == ["beifangwang", "caijingdaodu", "guoneijingji"]
    assert draft.tags == ["北方网新闻", "要闻"]
    assert draft.crawl.origins["categories"] == "outlet"


def test_without_an_outlet_the_columns_alone() -> None:
    draft = categorized(None, ("财经",), listed_tags=["要闻", " ", "要闻"])
    assert draft.categories == ["caijing"]
    assert draft.tags == ["要闻"]
    assert draft.crawl.origins["categories"] == ".crumbs"


def test_the_sites_own_outlet_is_the_last_resort() -> None:
    draft = categorized(None, (), site_outlet="东方财富网")
    assert draft.categories == ["dongfangcaifuwang"]
    assert draft.tags == ["东方财富网新闻"]


def test_nothing_said_nothing_categorized() -> None:
    draft = categorized()
    assert draft.categories == []
    assert draft.tags == []
    assert "categories" not in draft.crawl.origins


@pytest.mark.parametrize(
    ("crumbs", "expected"),
    [
        (("首页 > 财经 > 要闻 > 正文",), ["caijing", "yaowen"]),
        (("当前位置：首页", "股票频道", "正文"), ["gupiaopindao"]),
        (("您的位置： 财经频道",), ["caijingpindao"]),
        (("东方财富网", "东方财富网首页", "财经", "财经"), ["caijing"]),
        ((" › 天津要闻 » ",), ["tianjinyaowen"]),
        (("", "  ", ">", "12345", "—"), []),
        (("这是一个很长很长的句子它不是一个栏目的名字而是选择器抓错了的一段正文文字",), []),
        (("TechWeb", "Techweb"), ["techweb"]),
    ],
)
def test_crumbs_of_the_site_are_left_out(crumbs: tuple[str, ...], expected: list[str]) -> None:
    draft = categorized(None, crumbs, site_outlet="东方财富网")
    assert draft.categories == ["dongfangcaifuwang", *expected]


def test_other_languages_tag_the_outlets_name() -> None:
    assert categorized("Reuters", (), language="en").tags == ["Reuters"]


def test_names_are_kept_as_they_are_printed() -> None:
    draft = categorized("（文章来源：北方网）", ("宏观", "股票 > 港股", "宏观"))
    names = {"beifangwang": "北方网", "hongguan": "宏观", "gupiao": "股票", "ganggu": "港股"}
    assert draft.category_names == names
    assert draft.categories == list(names)


@pytest.mark.parametrize(
    ("title", "crumbs", "expected"),
    [
        ("央行开展逆回购", ("首页 > 宏观 > 央行开展逆回购",), ["hongguan"]),
        ("央行开展逆回购", ("宏观", "央行开展 逆回购"), ["hongguan"]),  # other white space
        ("央行开展五千亿元逆回购操作", ("宏观", "央行开展五千亿元…"), ["hongguan"]),  # cut off
        ("Fed holds rates", ("Markets", "FED HOLDS RATES"), ["markets"]),
        ("Fed holds rates", ("Markets", "Fed holds ra..."), ["markets"]),
        ("央行开展逆回购", ("宏观", "正文：央行开展逆回购"), ["hongguan"]),  # labelled as the text
        ("宏观", ("宏观",), []),
        ("宏观经济一周", ("宏观",), ["hongguan"]),  # a column whose name begins the headline stays
    ],
)
def test_a_headline_in_the_breadcrumb_is_not_a_category(
    title: str, crumbs: tuple[str, ...], expected: list[str]
) -> None:
    assert categorized(None, crumbs, title=title).categories == expected
