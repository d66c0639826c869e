"""Signs and lines on the use of articles, and what follows from them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from newscrawl.model.rights import NEEDED, Rights, Stated, Statement, summary_of
from newscrawl.text.usage_terms import NAMES, holder_of, joined, licence_id, notices, rights_of, terms, usage

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0/deed.zh-hans", "CC-BY-NC-ND-4.0"),
        ("//creativecommons.org/licenses/by-sa/3.0/de/", "CC-BY-SA-3.0-DE"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.de", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("CC BY-NC 2.0", "CC-BY-NC-2.0"),
        ("CC0", "CC0-1.0"),
        ("本文采用 CC BY-SA 4.0 许可协议", "CC-BY-SA-4.0"),
        ("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "OGL-UK-3.0"),
        ("https://example.org/terms", None),
        ("All rights reserved", None),
        ("ACC BYTES", None),
    ],
)
def test_ids_of_licences(value: str, name: str | None) -> None:
    assert licence_id(value) == name


@pytest.mark.parametrize(
    ("value", "means"),
    [
        ("train-ai=n", "reserved"),
        ("train-ai=y, search=n", "reserved"),
        ("train-ai=y", "allowed"),
        ("train-ai=Y", None),
        ("train-ai;x=1, train-ai=n;reason=2", "reserved"),
        ("genai=?0", "reserved"),
        ("search=yes", None),
        ("ai-train=yes,ai-input=no", "reserved"),
        ("unheard-of=n", None),
        ("=n,,;", None),
        ("", None),
    ],
)
def test_lists_of_uses(value: str, means: str | None) -> None:
    assert usage(value) == means


@pytest.mark.parametrize(
    ("said", "access"),
    [
        ((("isAccessibleForFree", "True"),), "free"),
        ((("isAccessibleForFree", "http://schema.org/False"),), "paid"),
        ((("isAccessibleForFree", "perhaps"),), "unknown"),
        ((("article:content_tier", "metered"), ("isAccessibleForFree", "true")), "metered"),
        ((("article:content_tier", "free"), ("isAccessibleForFree", "false")), "paid"),
        ((("article:content_tier", "Locked"),), "paid"),
        ((), "unknown"),
    ],
)
def test_access(said: tuple[tuple[str, str], ...], access: str) -> None:
    statements = [one for name, value in said for one in terms("meta", name, value)]
    assert rights_of([Stated(("page",), tuple(statements))]).access == access


LINES = {
    "Copyright © 2020-2026 Example Media Ltd. All rights reserved.": "Example Media Ltd",
    "© 2026 Guardian News &amp; Media".replace("&amp;", "&"): "Guardian News & Media",
    "示例网版权所有 未经授权 不得转载": "示例网",
    "版权所有：新浪公司": "新浪公司",
    "Copyright 1996 - 2026 SINA Corporation, All Rights Reserved": "SINA Corporation",
    "© 2026": None,
}


@pytest.mark.parametrize(("line", "holder"), LINES.items())
def test_copyright_lines(line: str, holder: str | None) -> None:
    rights = rights_of([Stated(("page",), notices("text", line))], NOW)
    assert (rights.copyright, rights.holder) == (line, holder)
    assert rights.statements[0].at == NOW


@pytest.mark.parametrize(
    "line",
    [
        *(
            "禁止转载",
            "未经授权，不得转载",
            "未经书面许可请勿转载或建立镜像",
            "未經許可 不得轉載",
            "谢绝转载",
        ),
        *("本网站内容，未经授权严禁复制", "無断転載を禁じます", "무단 전재 및 재배포 금지"),
        "This material may not be published, broadcast, rewritten or redistributed.",
        "Reproduction in whole or in part without permission is prohibited.",
    ],
)
def test_notices_that_forbid_reprints(line: str) -> None:
    rights = rights_of([Stated(("page",), notices("text", line))])
    assert rights.reprint == line
    assert rights.tdm == "unspecified", "to print an article again is not to mine it"


@pytest.mark.parametrize(
    "line", ["转载请注明出处", "欢迎转载，但须注明来源", "他转载了这条消息", "Photo: © Example"]
)
def test_lines_that_do_not_forbid_them(line: str) -> None:
    assert rights_of([Stated(("page",), notices("text", line))]).reprint is None


def test_a_photo_s_credit_is_not_the_page_s_copyright() -> None:
    assert rights_of([Stated(("page",), notices("text", "Photo: © Ada Quay"))]).copyright is None


def test_of_two_licences_the_stricter_counts_and_one_that_is_not_known_most() -> None:
    free = Statement("link", "license", "x", "CC-BY-4.0", url="https://a.example/")
    strict = Statement("feed", "license", "y", "CC-BY-NC-ND-4.0")
    other = Statement("json-ld", "license", "https://b.example/terms", url="https://b.example/terms")
    assert rights_of([Stated((), (free, strict))]).licence == "CC-BY-NC-ND-4.0"
    assert rights_of([Stated((), (free, other, strict))]).licence_url == "https://b.example/terms"
    assert rights_of([Stated((), (free, other))]).licence is None


def test_what_was_not_looked_at_this_time_stays() -> None:
    everywhere = tuple(sorted(NEEDED))
    robots = Statement("robots.txt", "user-agent", "gptbot", "reserved", NOW)
    meta = Statement("meta", "noai", "noai", "reserved", NOW)
    held = rights_of([Stated(everywhere, (robots, meta))])  # type: ignore[arg-type]
    reread = joined(held, rights_of([Stated(("page",), ())]))
    assert (reread.tdm, [one.place for one in reread.statements]) == ("reserved", ["robots.txt"])
    crawled = joined(held, rights_of([Stated(everywhere, ())]))  # type: ignore[arg-type]
    assert crawled.tdm_allowed
    assert set(reread.looked) == NEEDED


def test_a_page_that_says_very_much_keeps_what_has_consequences() -> None:
    many = [Statement("text", "copyright", f"© 2026 {n}") for n in range(500)]
    rights = rights_of([Stated((), (*many, Statement("meta", "noai", "noai", "reserved")))])
    assert len(rights.statements) == 60
    assert rights.statements[0].signal == "noai"


def test_a_summary_in_words() -> None:
    assert summary_of(None) == ""
    assert "not everything could be looked at" in summary_of(Rights())
    assert summary_of(Rights(access="free", tdm="reserved", licence="CC-BY-4.0", reprint="禁止转载")) == (
        "free to read; text and data mining reserved; licence CC-BY-4.0; reprints forbidden"
    )


@pytest.mark.parametrize(
    "part", ["© 2026 data mining ", "未经授权", "train AI reserved ", "CC-BY-NC-", "转载"]
)
def test_hostile_lines_take_no_time(part: str) -> None:
    line = (part * 2000)[:2000]
    began = time.process_time()
    for name in NAMES:
        list(terms("meta", name, line))
    holder_of(line)
    assert time.process_time() - began < 5, "seconds; a quadratic pattern takes minutes"
