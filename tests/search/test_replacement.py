"""Which new states of a page are still the stored article."""

from __future__ import annotations

import pytest

from newscrawl.search.replacement import is_other_article

TITLE = "Council votes for a second bridge"
TEXT = (
    "The council voted on Monday evening for a second bridge over the river. The mayor said that work would"
    " begin in spring and take two years. The loan of forty million is to be paid back by 2040.\n\n"
    "Lorries will have to take the road along the harbour until then, and the old bridge, in which cracks"
    " were found last summer, stays closed to them. Opponents want a ferry; they collected three thousand"
    " names."
)
ZH_TITLE = "央行今日开展五千亿元逆回购操作"
ZH_TEXT = (
    "央行今日开展了五千亿元的逆回购操作，利率与上次持平，市场反应平稳，流动性充裕。分析人士认为这一操作在预期之内，"
    "后续仍要看资金面的变化，短期利率或保持稳定。此外当日还有一笔到期，净投放为三千亿元，各期限利率变动不大。"
)
WALLS = [
    (
        "Just a moment...",
        "Checking your browser before accessing the site. Please enable cookies and JavaScript.",
    ),
    ("Before you continue", "We and our partners use cookies to store information on your device. " * 12),
    ("访问验证", "您的访问过于频繁，请输入验证码后继续访问本网站，如有疑问请联系客服处理。"),
    (
        "Site under maintenance",
        "We will be back soon. Thank you for your patience while we improve our service.",
    ),
    (
        "example.org is for sale",
        "Buy this domain today. Related searches: loans, insurance, hotels, lawyers." * 5,
    ),
    ("", ""),
]


def other(new_title: str, new_text: str, title: str = TITLE, text: str = TEXT) -> bool:
    return is_other_article(title=title, text=text, new_title=new_title, new_text=new_text)


@pytest.mark.parametrize(("title", "text"), WALLS)
def test_a_wall_is_not_the_article(title: str, text: str) -> None:
    assert other(title, text)
    assert other(title, text, ZH_TITLE, ZH_TEXT)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param(TITLE, TEXT, id="unchanged"),
        pytest.param("Mayor: bridge will cost sixty million", TEXT, id="another headline"),
        pytest.param(
            "LIVE: third day of protests", f"{WALLS[1][1]}\n\n{TEXT}", id="a live blog grows on top"
        ),
        pytest.param(
            TITLE, "A wholly new text of some other words, written over the night, " * 8, id="rewritten"
        ),
        pytest.param("Council votes for bridge", TEXT[:300], id="cut to the first half"),
        pytest.param(
            "Harbour road closed", TEXT[len(TEXT) // 2 :] + " More will follow tomorrow.", id="the rest"
        ),
    ],
)
def test_a_change_of_the_article_is_the_article(title: str, text: str) -> None:
    assert not other(title, text)


def test_chinese_changes_are_the_article() -> None:
    assert not other("央行逆回购五千亿 利率持平", "全新的另一篇文字，" * 20, ZH_TITLE, ZH_TEXT)
    assert not other("最新：资金面保持平稳", "更新：" + ZH_TEXT, ZH_TITLE, ZH_TEXT)
    assert other(
        "某地今日大雨", "气象台发布暴雨预警，多条道路积水，市民出行受到影响。" * 3, ZH_TITLE, ZH_TEXT
    )


def test_a_text_that_shrinks_to_a_fraction_is_not_taken() -> None:
    assert other(TITLE, TEXT[:100]), "a teaser in front of a paywall"
    assert other(TITLE, "")


def test_a_flash_says_too_little_to_be_compared() -> None:
    assert not other("更正", "新", "第1篇", "旧")
    assert not other(TITLE, "The council has voted for a second bridge.", TITLE, "Vote on bridge under way.")
