"""The names of sites and columns at the ends of `<title>`, on pages that say nothing else of themselves."""

from __future__ import annotations

import pytest

from newscrawl.page.title_sites import without_site

TITLE = "市民公园二期今日开放"


@pytest.mark.parametrize(
    "suffix",
    [
        " - 本地要闻 - 滨城新闻网",
        "_本地要闻_滨城新闻网",
        "-滨城新闻网",
        "|滨城日报",
        "_新浪网",
        "--时政--人民网",
        " - 今日头条",
        "_腾讯新闻",
        "_中国政府网_中央人民政府门户网站",
        " – 滨城门户",
        "_滨城在线",
        "-滨城论坛",
        "_国内新闻_大众网",
        "_网易订阅",
        "_教育频道_滨城热线",
        "_社会民生_新闻频道_滨城热线",
        "_澎湃号·政务_澎湃新闻",
        "_滨城网手机版",
    ],
)
def test_portals_and_their_columns_are_cut(suffix: str) -> None:
    assert without_site(TITLE + suffix, []) == TITLE


@pytest.mark.parametrize(
    "title",
    [
        f"{TITLE}-体育",  # no name of a site behind it: it may be the headline's
        "对话新华社-新华社记者谈采访",
        "两会观察_“十五五”怎么干",
        "Who owns the paper - a long story",
    ],
)
def test_what_is_the_headline_s_stays(title: str) -> None:
    assert without_site(title, []) == title


def test_a_column_stays_where_nothing_would_be_left() -> None:
    assert without_site("财经_滨城网", []) == "财经"
    assert without_site("国内_社会_滨城网", []) == "国内_社会"
