"""Articles that a page holds in its data: blocks, Markdown and plain text; answers are no article."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import pytest

from newscrawl import extract_article

URL = "https://news.example.org/a/1.html"
TITLE = "Bridge opens before winter"
TEXTS = [
    f"{number}: the council said on Monday that the bridge, closed since May, would open before the winter."
    for number in ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")
]
ZH_TEXTS = [
    "据介绍，新桥全长九百米，设双向四车道，计划于明年春天开工，此举有助于缓解两岸交通压力。",
    "记者在现场看到，旧桥两处桥墩已出现裂缝，货车自今年夏天起绕行上游，单程多走二十公里。",
    "工程总投资约四亿元，其中一半由省级财政承担，其余由市里筹集，新桥建成后旧桥将拆除。",
    "新桥开工前，市里将再次听取两岸居民的意见，相关方案将于年底前公布。",
]


def page(script: str, title: str = TITLE, language: str = "en") -> str:
    return (
        f"<html lang={language}><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><div id=root></div>{script}</body></html>"
    )


def read(data: Any, wrapping: str = "<script type=application/json>{}</script>", **about: str) -> list[str]:
    html = page(wrapping.format(json.dumps(data, ensure_ascii=False)), **about)
    return extract_article(html, url=URL).text.split("\n\n")


def document(text: str) -> dict[str, Any]:
    return {
        "type": "paragraph",
        "content": [{"type": "text", "text": text[:9]}, {"type": "text", "text": text[9:]}],
    }


SHAPES = {
    "strings": {"body": TEXTS},
    "typed blocks": {"blocks": [{"type": "p", "text": text} for text in TEXTS]},
    "Editor.js": {"blocks": [{"type": "paragraph", "data": {"text": text}} for text in TEXTS]},
    "ProseMirror": {"doc": {"type": "doc", "content": [document(text) for text in TEXTS]}},
    "Portable Text": {"body": [{"_type": "block", "children": [{"text": text}]} for text in TEXTS]},
    "Gutenberg values": {"components": [{"kind": "text", "value": text} for text in TEXTS]},
    "plain text": {"content": "\n\n".join(TEXTS)},
    "Markdown": {"markdown": "\n\n".join(TEXTS)},
    "beside others": {"post": {"body": TEXTS}, "related": [{"text": f"{text} {text}"} for text in TEXTS]},
}
WRAPPINGS = [
    "<script type=application/json>{}</script>",
    "<script>window.__STATE__ = {};</script>",
    "<script>var a = 1; load({})</script>",
]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_paragraphs_in_data_are_the_body(data: Any, wrapping: str) -> None:
    assert read(data, wrapping.replace("{}", "{0}")) == TEXTS


def test_a_short_chinese_article_in_data_is_the_body() -> None:
    about = {"title": "新桥明年春天开工", "language": "zh"}
    texts = [text * 2 for text in ZH_TEXTS]
    assert read({"content": [{"text": text} for text in texts]}, **about) == texts


def test_markdown_keeps_its_structure() -> None:
    lines = [
        TEXTS[0],
        "## What it costs",
        f"> {TEXTS[1]}",
        f"- {TEXTS[2]}",
        f"See **all** of [it](/b). {TEXTS[3]}",
    ]
    markdown = "\n\n".join([*lines, *TEXTS[4:]])
    html = page(f"<script>x={json.dumps({'md': markdown})}</script>")
    found = extract_article(html, url=URL).html
    assert "<h3>What it costs</h3>" in found
    assert f"<blockquote><p>{TEXTS[1]}</p></blockquote>" in found
    assert f"<li>{TEXTS[2]}</li>" in found
    assert (
        f'<p>See <strong>all</strong> of <a href="https://news.example.org/b">it</a>. {TEXTS[3]}</p>' in found
    )


def test_markup_in_plain_text_is_text() -> None:
    data = {"content": [*TEXTS, "The <script>alert(1)</script> was shown, too."]}
    html = page(f"<script type=application/json>{json.dumps(data).replace('<', chr(92) + 'u003c')}</script>")
    article = extract_article(html, url=URL)
    assert "The <script>alert(1)</script> was shown, too." in article.text
    assert "<script" not in article.html


def test_html_in_a_textarea_is_the_body() -> None:
    html = escape("".join(f"<p>{text}</p>" for text in TEXTS))
    article = extract_article(page(f"<textarea class=article-content>{html}</textarea>"), url=URL)
    assert article.text.split("\n\n") == TEXTS


@pytest.mark.parametrize("kind", ["FAQPage", "QAPage", "HowTo"])
def test_answers_in_json_ld_are_no_article(kind: str) -> None:
    answers = [
        {"@type": "Question", "name": f"Why the bridge opens before winter {number}?",
         "acceptedAnswer": {"@type": "Answer", "text": f"<p>{text * 3}</p>"}}
        for number, text in enumerate(TEXTS)
    ]  # fmt: skip
    graph = json.dumps({"@type": kind, "mainEntity": answers})
    article = extract_article(page(f'<script type="application/ld+json">{graph}</script>'), url=URL)
    assert article.text == ""


@pytest.mark.parametrize(
    "data",
    [
        {"items": [{"text": "Theatre closed. Actors leave."} for _ in range(40)]},  # about something else
        {"comments": [{"text": text} for text in TEXTS]},
        {"content": TEXTS[0]},  # too short
        {"content": "bridge winter opens " * 100},  # no sentences
    ],
)
def test_other_data_is_no_article(data: Any) -> None:
    assert read(data) == [""]
