"""Broken pages: whatever bytes come, extract_article returns an Article or raises PageError.

Each case changes a frozen page in a way that a seed decides, so every run sees the same pages.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from newscrawl import extract_article
from newscrawl.errors import PageError

pytestmark = pytest.mark.slow

URL = "https://example.org/2024/05/01/a.html"
PAGES = sorted((Path(__file__).parents[1] / "pages").glob("*/*.html"))
SEEDS = range(40)  # of each change
TAG = re.compile(rb"<[^<>]{1,300}>")
ODD_NAMES = (b'la"', b"a:b", b"xml:lang", b"1a", b"a'b", b"p=", b"\xc3\xa9t\xc3\xa9", b"a\x00b", b"o:p", b"-")
ODD_TEXTS = (
    *(b"\x00", b"\x0c", b"\x1b[31m", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"&#0;", b"&#xD800;"),
    *(b"&#x110000;", b"&#99999999999;", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<?php ?>"),
    *(
        b"9" * 5_000,
        b"1e999999",
        b"[" * 3_000,
        b'{"a":' * 3_000,
        b"99999-99-99",
        b"2024-13-45T99:99:99+99:99",
    ),
    *(b"http://[::1", b"http://a:99999999/", b"javascript:", b"//", b"\xe2\x80\xae", b"\xf0\x9f\x87\xa8"),
)

Change = Callable[[bytes, random.Random], bytes]


def cut(page: bytes, chance: random.Random) -> bytes:
    return page[: chance.randrange(len(page))]


def cut_within(page: bytes, chance: random.Random) -> bytes:
    begin, end = sorted(chance.randrange(len(page)) for _ in range(2))
    return page[:begin] + page[end:]


def flip_bytes(page: bytes, chance: random.Random) -> bytes:
    changed = bytearray(page)
    for _ in range(chance.randrange(1, 200)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def swap_tags(page: bytes, chance: random.Random) -> bytes:
    tags = TAG.findall(page)
    return TAG.sub(lambda tag: chance.choice(tags) if chance.random() < 0.1 else tag[0], page)


def rename_tags(page: bytes, chance: random.Random) -> bytes:
    def renamed(tag: re.Match[bytes]) -> bytes:
        return b"<" + chance.choice(ODD_NAMES) + b">" if chance.random() < 0.05 else tag[0]

    return TAG.sub(renamed, page)


def insert_odd_texts(page: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(page))
        page = page[:at] + chance.choice(ODD_TEXTS) + page[at:]
    return page


def replace_values(page: bytes, chance: random.Random) -> bytes:
    """Odd texts for strings and numbers of attributes and JSON."""

    def replaced(value: re.Match[bytes]) -> bytes:
        return b'"' + chance.choice(ODD_TEXTS) + b'"' if chance.random() < 0.1 else value[0]

    return re.sub(rb'"[^"<>]{0,200}"', replaced, page)


def nest(page: bytes, chance: random.Random) -> bytes:
    at, tag = (
        chance.randrange(len(page)),
        chance.choice([b"div", b"b", b"table><tr><td", b"ul><li", b"a href=x"]),
    )
    return page[:at] + b"<%b>" % tag * chance.choice([50, 300, 1_500, 5_000]) + page[at:]


def repeat(page: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(page))
    part = page[begin : begin + chance.randrange(1, 300)]
    return page[:begin] + part * chance.choice([2, 20, 400]) + page[begin:]


CHANGES: list[Change] = [
    *(cut, cut_within, flip_bytes, swap_tags, rename_tags, insert_odd_texts, replace_values, nest, repeat)
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_broken_page_is_read_or_refused(change: Change) -> None:
    for seed in SEEDS:
        chance = random.Random(f"{change.__name__} {seed}")
        page = change(chance.choice(PAGES).read_bytes(), chance)
        with suppress(PageError):
            extract_article(page, url=URL)
