"""Posts made by a seeded generator, with what would break YAML, Markdown, Liquid or a file name."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from html import escape

from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Post

WORDS = [
    "茅台飙900亿", "*ST康美", '他说"不"', "it's", "back\\slash", "a: b", "# 1", "- x", "---", "...",
    "{{ x }}", "{% raw %}", "{% endraw %}", "{{{", "\u2028", "\x85", "\t", "\n", "\x1b[2J", "\x00",
    "\ufeff", "😀", "é", "<b>", "&amp;", "S&P500", "&copy", "]", "[返回首页](//x/)", "|", "~~", "$$",
    "_", "`code`", "1. 一", "+8%", "：", "｜", "】", "【快讯】", "null", "no", "2026", "\ud800", "\u202e",
    "%", "'", '"', "\\", "\\n", "<http://evil.test/>", "（文章来源：别人）", "*", ">", "!", "=",
]  # fmt: skip
OFFSETS = ["+08:00", "+00:00", "-05:00", "+05:30", "-09:30", "+14:00"]


def post_of(seed: int) -> Post:
    """One hostile post; the same for the same seed."""
    rng = random.Random(seed)
    digits = f"20220226{seed:010}"
    body = _body(rng)
    at = datetime(2022, 2, 26, 16, 34, 18, tzinfo=UTC) + timedelta(minutes=rng.randrange(900_000))
    flash = rng.random() < 0.3
    return Post(
        id=rng.choice([f"eastmoney:{digits}", f"url:{seed:032x}"]),
        title=_text(rng),
        date=at,
        date_info=DateInfo("printed", rng.choice(OFFSETS), "second", "page"),
        categories=[
            rng.choice(["beifangwang", "the-paper", "36ke", "2026", "no"]),
            *(["emnews"] if flash else []),
        ],
        tags=[rng.choice(["北方网新闻", "The Paper新闻", "2026", "a: b", '他"报'])]
        + (["东财滚动新闻"] if flash else []),
        source=_source(rng),
        digest=_text(rng) if flash else None,
        body=body,
        url=f"https://finance.eastmoney.com/a/{digits}.html",
        canonical_url=f"https://finance.eastmoney.com/a/{digits}.html",
        share_url=rng.choice(
            [
                f"http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW{digits}",
                f"https://finance.eastmoney.com/a/{digits}.html?a=1&b={{{{2}}}}>",
            ]
        ),
        content_hash="0" * 32,
        crawl=Crawl("test", "run", at),
    )


def one_line(text: str) -> str:
    """As the forms keep a text that they fold into one line."""
    return " ".join(text.split())


def _text(rng: random.Random) -> str:
    return "".join(rng.choices(WORDS, k=rng.randint(1, 8))).strip() or "题"


def _source(rng: random.Random) -> Attribution | None:
    name = rng.choice(["北方网", "S&P <全球>", "The {{Paper}}", "上海证券报"])
    raw = rng.choice([f"（文章来源：{name}）", f"来源：{name}"])
    return rng.choice([None, Attribution(name, "x", raw, "em_media")])


def _body(rng: random.Random) -> Body:
    paragraphs = [one_line(_text(rng)) for _ in range(rng.randint(1, 5))]
    tag = rng.choice(["p", "pre", "h2"])
    between = rng.choice(["\n ", "", "\n\n", "\n"])
    html = between.join(f"<{tag}>{escape(text, quote=False)}</{tag}>" for text in paragraphs)
    text = "\n\n".join(paragraphs)
    return Body(html, text, len("".join(text.split())))
