"""Pages whose text is not free to read: what they do not show is not taken from their data."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from newscrawl.page import read_page
from newscrawl.page.context import context_from
from newscrawl.page.document import vocabulary
from newscrawl.page.document.parse import text_of
from newscrawl.page.page_kind import is_walled

URL = "https://example.org/2026/11/bridge-opens"
TEXT = "The council said the bridge opens before winter, after nine years of work on both banks. " * 12
TEASER = "The council said the bridge opens before winter."


def page(wall: str = "", *, free: str = "true", carried: str = "articleBody") -> str:
    article = {"@type": "NewsArticle", "headline": "Bridge opens before winter", "isAccessibleForFree": free}
    state = {"contentHtml": f"<p>{TEXT}</p><p>{TEXT}</p>"}
    if carried == "articleBody":
        article["articleBody"] = TEXT
    else:
        wall += f"<script>window.state = {json.dumps(state)}</script>"
    return (
        f"<html lang=en><head><title>Bridge opens before winter</title><script type='application/ld+json'>"
        f"{json.dumps(article)}</script></head><body><h1>Bridge opens before winter</h1><p>{TEASER}</p>"
        f"{wall}</body></html>"
    )


def read(html: str) -> str:
    extraction = read_page(html, url=URL)
    return text_of(extraction.body) if extraction.body is not None else ""


@pytest.mark.parametrize("carried", ["articleBody", "state"])
def test_of_a_free_page_the_data_is_read(carried: str) -> None:
    assert len(read(page(carried=carried))) > 900


@pytest.mark.parametrize("carried", ["articleBody", "state"])
@pytest.mark.parametrize(
    ("wall", "free"), [("", "false"), ("<p>Subscribe now to continue reading</p>", "true")]
)
def test_behind_a_wall_the_teaser_is_all_there_is(carried: str, wall: str, free: str) -> None:
    assert len(read(page(wall, free=free, carried=carried))) < 200


@pytest.mark.parametrize(
    "line",
    [
        "Log in or create an account to continue",
        "This story is only available to subscribers",
        "Subscriber-only content",
        "Already a subscriber?",
        "登录后查看全文",
        "订阅后即可阅读全文",
        "本文为付费内容",
        "会员专享",
        "还有 70% 的内容，订阅后解锁",
        "Nur für Abonnenten",
        "Jetzt abonnieren und weiterlesen",
        "Cet article est réservé aux abonnés",
        "Abonnez-vous pour lire la suite",
        "Contenido exclusivo para suscriptores",
        "Articolo riservato agli abbonati",
        "この記事は会員限定です",
    ],
)
def test_lines_that_ask_for_money_or_a_name(line: str) -> None:
    assert is_walled(context_from(page(f"<div>{line}</div>"), url=URL))


@pytest.mark.parametrize(
    "line",
    [
        "Sign in",
        "Subscribe to our newsletter",
        "登录",
        "注册会员",
        "The members voted to continue",
        "公司会员数量突破100万",
        "Abonnez-vous à notre newsletter",
        "付费用户同比增长20%",
    ],
)
def test_lines_that_every_site_has(line: str) -> None:
    assert not is_walled(context_from(page(f"<div>{line}</div>"), url=URL))


def printed(parsed: Any, chance: random.Random) -> str:
    """Some text that a parsed pattern is found in."""
    text = ""
    for operator, value in parsed:
        name = str(operator)
        if name == "LITERAL":
            text += chr(value)
        elif name == "BRANCH":
            text += printed(chance.choice(value[1]), chance)
        elif name == "SUBPATTERN":
            text += printed(value[3], chance)
        elif name == "MAX_REPEAT":
            least, most, inner = value
            times = chance.randint(least, min(most, least + 3))
            text += "".join(printed(inner, chance) for _ in range(times))
        elif name == "IN":
            kind, one = chance.choice(value)
            text += (
                chr(one)
                if str(kind) == "LITERAL"
                else {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "7"}[str(one)]
            )
        elif name == "ANY":
            text += "x"
        else:
            assert name == "AT", name
    return text


@pytest.mark.parametrize(("letters", "pattern"), vocabulary.gated("paywall"))
def test_the_letters_before_a_pattern_are_in_all_that_it_finds(
    letters: tuple[str, ...], pattern: re.Pattern[str]
) -> None:
    chance = random.Random(pattern.pattern)
    parsed = re._parser.parse(pattern.pattern)
    for _ in range(500):
        text = printed(parsed, chance)
        assert any(some in text for some in letters), text
        assert text == text.lower()


def test_no_wall_is_made_of_two_lines() -> None:
    lines = "<div>还有</div><div>70% 的读者订阅</div><div>Log in</div><div>to continue</div>"
    assert not is_walled(context_from(page(lines), url=URL))
