"""A time of change is not that of publication, wherever its label stands."""

from __future__ import annotations

import pytest

from newscrawl.extract import extract_article

PROSE = {
    "zh": "<p>市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。</p>" * 3,
    "en": "<p>The council said on Monday that the bridge, closed since May, would open again soon.</p>" * 4,
}
TITLE = {"zh": "本市新增三条地铁线路", "en": "The bridge opens again"}
A, B = "2026-03-08 08:37", "2026-03-09 10:00"
META = '<meta property="article:{}" content="2026-03-{}:00+08:00">'
CHINESE = {
    "one line": f"<div>发布时间：{A} 更新时间：{B}</div>",
    "one line, the change first": f"<div>更新时间：{B} 发布时间：{A}</div>",
    "side by side": f"<div><span>更新时间：{B}</span><span>发布时间：{A}</span></div>",
    "two lines": f"<div>更新时间：{B}</div><div>发布时间：{A}</div>",
    "label and date apart": f"<div><b>更新时间</b><i>{B}</i></div><div><b>发布时间</b><i>{A}</i></div>",
    "cells": f"<table><tr><td>更新时间<td>{B}<tr><td>发布时间<td>{A}</table>",
    "labels behind": f"<div>{B} 更新</div><div>{A} 发布</div>",
    "labels behind in one line": f"<div>{B} 更新 {A} 发布</div>",
    "no label for publication": f"<div>最后更新于 {B}</div><div>{A}</div>",
    "the change at the end": f"<div>{A} 来源：新华网</div>{PROSE['zh']}<p>最后更新于 {B}</p>",
    "times": f"<p>更新于 <time datetime='2026-03-09T10:00:00+08:00'>{B}</time></p><p>{A}</p>",
    "a meta of publication": META.format("published_time", "08T08:37") + f"<div>更新时间：{B}</div>",
    "a meta of a change": META.format("modified_time", "09T10:00") + f"<div>{A}</div>",
    "links with dates": f"<div>{A}</div><ul>"
    + "".join(f"<li><a href=/{n}>另一条新闻的标题之{n}</a> 2026-03-1{n} 10:00</li>" for n in range(9))
    + "</ul>",
}
ENGLISH = {
    "two lines": "<p>Updated March 9, 2026 10:00 AM</p><p>Published March 8, 2026 8:37 AM</p>",
    "one line": "<p>Updated March 9, 2026 10:00 AM | Published March 8, 2026 8:37 AM</p>",
    "one line, publication first": "<p>Published March 8, 2026 8:37 AM | Updated March 9, 2026 10:00 AM</p>",
    "last modified": "<p>Last modified on Mon 9 Mar 2026 10.00 GMT</p><p>Sun 8 Mar 2026 08.37 GMT</p>",
    "French": "<p>Modifié le 9 mars 2026 à 10:00 – Publié le 8 mars 2026 à 8h37</p>",
    "French, short": "<p>Màj le 9 mars 2026 à 10:00</p><p>Le 8 mars 2026 à 8h37</p>",
    "edited": "<p>Edited March 9, 2026 10:00 AM</p><p>March 8, 2026 8:37 AM</p>",
    "times": (
        "<p>Updated <time datetime='2026-03-09T10:00Z'>9 Mar</time></p>"
        "<p>Published <time datetime='2026-03-08T08:37Z'>8 Mar</time></p>"
    ),
    "times in one line": (
        "<p><time datetime='2026-03-08T08:37Z'>8 Mar</time>"
        " (Updated: <time datetime='2026-03-09T10:00Z'>9 Mar</time>)</p>"
    ),
}
PAGES = [("zh", name, page) for name, page in CHINESE.items()] + [
    ("en", name, page) for name, page in ENGLISH.items()
]


@pytest.mark.parametrize(("language", "name", "head"), PAGES, ids=[f"{one[0]} {one[1]}" for one in PAGES])
def test_the_day_of_publication(language: str, name: str, head: str) -> None:
    meta = head.startswith("<meta") and head.partition(">")[0] + ">"
    title = TITLE[language]
    page = (
        f"<html lang={language}><head><title>{title}</title>{meta or ''}</head><body><h1>{title}</h1>"
        f"{head.removeprefix(meta or '')}<div>{PROSE[language]}</div></body></html>"
    )
    at = extract_article(page, url="https://news.example.com/bridge.html").published_at
    assert at is not None
    assert (at.day, at.hour, at.minute) == (8, 8, 37)


def test_the_pages_clock_in_words_is_the_same_time_as_the_structured_one() -> None:
    stated = '{"@type": "NewsArticle", "headline": "地铁线路", "datePublished": "2026-03-08T07:05:00Z"}'
    page = (
        f"<html lang=zh><script type='application/ld+json'>{stated}</script><h1>{TITLE['zh']}</h1>"
        f"<div>2026年3月8日 下午3:05</div>{PROSE['zh']}</html>"
    )
    at = extract_article(page, url="https://news.example.cn/1.html").published_at
    assert at is not None
    assert at.isoformat() == "2026-03-08T15:05:00+08:00"
