"""What is no article is refused with its reason, and no article is."""

import json
import random
import re
from typing import Any

import pytest

from newscrawl.extract import extract_article
from newscrawl.model.source import PageLayout
from newscrawl.page import read_page
from newscrawl.page.context import context_from
from newscrawl.page.document import vocabulary
from newscrawl.page.document.parse import text_of
from newscrawl.page.page_kind import is_walled

URL = "https://news.example.org/2026/03/08/a.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
MENU = "".join(f"<li><a href=/s{n}>Section {n}</a></li>" for n in range(12))
HEADLINES = [f"Minister number {n} speaks about the price of bread in towns" for n in range(14)]
RELATED = "".join(f"<li><a href=/2026/{n}.html>{line}</a></li>" for n, line in enumerate(HEADLINES))


def page(title: str, body: str, head: str = "") -> str:
    top = f"<html><head><title>{title} - Example News</title>{head}</head>"
    return f"{top}<body><ul>{MENU}</ul>{body}</body></html>"


def notice(title: str, text: str) -> str:
    return page(title, f"<h1>{title}</h1><p>{text}</p>")


REFUSED = [
    (notice("404", "We are sorry."), "error page"),
    (notice("Page not found", "The page may have moved. Try our search."), "error page"),
    (notice("The page you are looking for does not exist", "Go home."), "error page"),
    (notice("页面不存在", "请检查网址是否正确，或返回首页。"), "error page"),
    (notice("示例网", "您访问的页面不存在或已被删除，五秒后返回首页。"), "error page"),
    (notice("抱歉，您要访问的文章已被删除", "返回首页"), "error page"),
    (notice("出错了", "系统繁忙，请稍后再试。"), "error page"),
    (notice("502 Bad Gateway", "nginx"), "error page"),
    (notice("Seite nicht gefunden", "Bitte nutzen Sie die Suche."), "error page"),
    (notice("Just a moment...", "Checking your browser before accessing."), "challenge page"),
    (notice("百度安全验证", "网络不给力，请稍后重试"), "challenge page"),
    (notice("验证", "请完成安全验证后继续访问。"), "challenge page"),
    (notice("Access", "Please verify you are a human to continue."), "challenge page"),
    (notice("Sign in", "Email address. Password."), "login wall"),
    (notice("用户登录", "账号 密码 忘记密码"), "login wall"),
    (notice("示例网", "请登录后查看全文。"), "login wall"),
    (notice("Before you continue", "We use cookies and data."), "consent page"),
    (notice("We value your privacy", "We and our partners store information on a device."), "consent page"),
    (page("News", f"<h1>News</h1><ul>{RELATED}</ul>"), "list page"),
    (
        page(
            "Politics",
            "".join(
                f"<div><h3><a href=/{n}>{line}</a></h3><p>{PROSE}</p></div>"
                for n, line in enumerate(HEADLINES)
            ),
        ),
        "list page",
    ),
    ("<html><title>Example</title><body><div id=root></div><script>x()</script></body></html>", "empty page"),
]

LIVE = "".join(f"<h3>1{n}:05</h3><p>{PROSE}</p>" for n in range(6))
GALLERY = "".join(
    f"<figure><img src=/{n}.jpg><figcaption>Boats on the lake, picture {n}.</figcaption></figure>"
    for n in range(8)
)
DATED = "<p class=date>2026-03-08 09:15</p>"
LD = (
    "<script type=application/ld+json>"
    + json.dumps({"@type": "NewsArticle", "headline": "x", "datePublished": "2026-03-08T09:15:00Z"})
    + "</script>"
)
FLASH = "示例网3月8日电，沪指涨0.49%，报3300.12点。"

ARTICLES = [
    page("Bridge opens", f"<h1>Bridge opens</h1>{DATED}<p>{PROSE * 6}</p><ul>{RELATED}</ul>"),
    page(
        "沪指涨0.49%",
        f"<h1>沪指涨0.49%</h1><div>2026年03月08日 09:15 来源：示例日报</div><p>{FLASH}</p><ul>{RELATED}</ul>",
    ),
    page("沪指涨0.49%", f"<h1>沪指涨0.49%</h1><p>{FLASH}</p><p>登录 注册</p>"),
    page("Live: the vote", f"<h1>Live: the vote</h1>{DATED}{LIVE}<ul>{RELATED}</ul>"),
    page("The lake in pictures", f"<h1>The lake in pictures</h1>{DATED}{GALLERY}<ul>{RELATED}</ul>", LD),
    page("404: the story of an error", f"<h1>404: the story of an error</h1>{DATED}<p>{PROSE * 8}</p>"),
    page("Page not found: why links rot", f"<h1>Page not found: why links rot</h1>{DATED}<p>{PROSE * 2}</p>"),
    page("Log in with your face", f"<h1>Log in with your face</h1>{DATED}<p>{PROSE}</p>"),
    page("Just a moment of joy", f"<h1>Just a moment of joy</h1>{DATED}<p>{PROSE}</p>"),
    page(
        "网站登录密码泄露调查",
        f"<h1>网站登录密码泄露调查</h1><p>2026-03-08 09:15 来源：示例日报</p><p>{FLASH}</p>",
    ),
    page("Paid", f"<h1>Inside the ministry</h1><p>{PROSE}</p><p>Subscribe to continue reading.</p>", LD),
]


@pytest.mark.parametrize(("html", "reason"), REFUSED)
def test_what_is_no_article_is_refused(html: str, reason: str) -> None:
    assert read_page(html, url=URL).refused == reason


@pytest.mark.parametrize("html", ARTICLES)
def test_articles_are_not(html: str) -> None:
    assert read_page(html, url=URL).refused is None


def test_a_front_page_with_some_prose_is_a_list() -> None:
    html = page("Example News", f"<p>{PROSE}</p><ul>{RELATED}</ul>")
    assert read_page(html, url="https://news.example.org/").refused == "list page"


def test_a_declared_page_is_judged_by_its_title() -> None:
    version = PageLayout(name="v", title=("h1",), body=("p",))
    assert read_page(notice("页面不存在", "返回"), url=URL, layouts=(version,)).refused == "error page"
    assert read_page(ARTICLES[0], url=URL, layouts=(version,)).refused is None


def test_the_article_says_why() -> None:
    assert extract_article(notice("404", "We are sorry."), url=URL).refused == "error page"


# --- Pages whose text is not free to read: what they do not show is not taken from their data.
WALLED_URL = "https://example.org/2026/11/bridge-opens"
TEXT = "The council said the bridge opens before winter, after nine years of work on both banks. " * 12
TEASER = "The council said the bridge opens before winter."


def page_with(wall: str = "", *, free: str = "true", carried: str = "articleBody") -> str:
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
    extraction = read_page(html, url=WALLED_URL)
    return text_of(extraction.body) if extraction.body is not None else ""


@pytest.mark.parametrize("carried", ["articleBody", "state"])
def test_of_a_free_page_the_data_is_read(carried: str) -> None:
    assert len(read(page_with(carried=carried))) > 900


@pytest.mark.parametrize("carried", ["articleBody", "state"])
@pytest.mark.parametrize(
    ("wall", "free"), [("", "false"), ("<p>Subscribe now to continue reading</p>", "true")]
)
def test_behind_a_wall_the_teaser_is_all_there_is(carried: str, wall: str, free: str) -> None:
    assert len(read(page_with(wall, free=free, carried=carried))) < 200


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
    assert is_walled(context_from(page_with(f"<div>{line}</div>"), url=WALLED_URL))


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
    assert not is_walled(context_from(page_with(f"<div>{line}</div>"), url=WALLED_URL))


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


@pytest.mark.parametrize(("letters", "pattern"), vocabulary.guarded_patterns("paywall"))
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
    assert not is_walled(context_from(page_with(lines), url=WALLED_URL))
