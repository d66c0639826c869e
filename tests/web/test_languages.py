"""The languages of the pages: which one a reader gets, and that nothing on them is left in another one."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from lxml.html import document_fromstring

from newscrawl.web import languages
from newscrawl.web.filters import tag_name
from newscrawl.web.languages import available, language, negotiate
from newscrawl.web.site_options import SiteOptions
from tests.web.newsstand import CHANGED_ID, NOW, RICH_ID
from tests.web.serving import ask, serving

WEB = Path(languages.__file__).parent
OTHERS = [code for code in available() if code != "en"]
PATHS = [
    "/", "/category", "/outlet", "/outlet/xinhuashe", "/tag/北方网新闻", "/archive", "/archive/2026-03-08",
    "/search", "/search?q=吞吐量", "/search?q=无此词语", "/status", f"/post/{RICH_ID}",
    f"/post/{CHANGED_ID}/history", "/nothing",
]  # fmt: skip
#: Names and texts of the news itself, in the language of the news.
OF_THE_NEWS = "//*[@lang and not(self::html)]|//*[@class='body']|//a[starts-with(@href, '/post/')]|//q|//dd"


def written() -> list[Message]:
    """The English messages of the code and the templates."""
    catalog = Catalog()
    keywords = {"msgid": None, "gettext": None, "ngettext": (1, 2), "_": None}
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"extensions": "jinja2.ext.i18n", "trimmed": "true"}},
        keywords=keywords,
    )
    for _, _, message, _, _ in found:
        catalog.add(message)
    return [message for message in catalog if message.id]


def translated(code: str) -> dict[str | tuple[str, ...], Message]:
    catalog = read_po(BytesIO((WEB / "locale" / f"{code}.po").read_bytes()))
    return {_key(message): message for message in catalog if message.id}


def _key(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def fields(text: str) -> set[str]:
    """The names that are filled in: `%(title)s`, `{offset}`."""
    named = {name for _, name, _, _ in Formatter().parse(text) if name}
    return named | set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_and_none_is_left_over(code: str) -> None:
    wanted, known = {_key(message) for message in written()}, translated(code)
    assert len(wanted) > 100
    assert wanted - known.keys() == set(), f"add them to locale/{code}.po"
    assert known.keys() - wanted == set(), f"remove them from locale/{code}.po"


@pytest.mark.parametrize("code", OTHERS)
def test_translations_are_whole(code: str) -> None:
    for key, message in translated(code).items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        english = key if isinstance(key, str) else key[-1]
        for form in forms:
            assert form.strip(), english
            assert not message.fuzzy, english
            assert fields(form) == fields(english)
            assert re.findall(r"<[^>]+>", form) == re.findall(r"<[^>]+>", english)


@pytest.mark.parametrize(
    ("accept", "code"),
    [
        ("", "zh-Hans"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK;q=0.5, en;q=0.1", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-SG", "zh-Hans"),
        ("en;q=0.1, zh;q=0.2", "zh-Hans"),
        ("fr-FR, de;q=0.5", "en"),
        ("fr, *;q=0.1", "zh-Hans"),
        ("zh;q=0, en", "en"),
        ("*", "zh-Hans"),
        ("EN", "en"),
        ("\x00;q=2, , ;;, en;q=abc", "zh-Hans"),
        ("x" * 10_000, "zh-Hans"),
        (",".join(["fr"] * 5000) + ",zh", "en"),
    ],
)
def test_a_reader_gets_a_language_that_the_browser_wants(accept: str, code: str) -> None:
    assert negotiate(accept, available(), "zh-Hans") == code


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_in_one_language(pages: str, path: str, code: str) -> None:
    reply = ask(pages, path, Accept_Language=code)
    tree = document_fromstring(reply.text)
    assert tree.get("lang") == reply.headers["content-language"] == code
    assert "accept-language" in reply.headers["vary"]
    for part in tree.xpath(OF_THE_NEWS):
        part.drop_tree()
    texts = [
        *tree.itertext(),
        *tree.xpath("//@aria-label|//@placeholder"),
    ]
    han = {text.strip() for text in texts if re.search("[\u4e00-\u9fff]", text)}
    if code == "en":
        # names of the news in attributes cannot carry a language
        assert {text for text in han if not re.search("[A-Za-z]", text)} <= {
            "北方网新闻",
            "吞吐量",
            "无此词语",
        }
    else:
        assert han


def test_programs_get_the_same_in_any_language(pages: str) -> None:
    for path in ("/api/v1/posts", "/feed.atom", "/openapi.json", "/robots.txt"):
        one, other = (ask(pages, path, Accept_Language=code) for code in ("en", "zh-Hant"))
        assert one.body == other.body
        assert "content-language" not in one.headers


def test_each_language_is_cached_for_itself(stocked: str) -> None:
    with serving(stocked, SiteOptions(fresh=60, now=lambda: NOW)) as address:
        pages = {code: ask(address, "/", Accept_Language=code) for code in available()}
        again = {code: ask(address, "/", Accept_Language=code) for code in available()}
    assert len({reply.body for reply in pages.values()}) == len(available())
    assert {code: reply.headers["etag"] for code, reply in again.items()} == {
        code: reply.headers["etag"] for code, reply in pages.items()
    }


def test_a_site_may_have_one_language(stocked: str) -> None:
    with serving(stocked, SiteOptions(fresh=0, now=lambda: NOW, language="en")) as address:
        reply = ask(address, "/archive", Accept_Language="zh-CN")
    assert (reply.headers["content-language"], reply.headers["vary"]) == ("en", "accept-encoding")
    assert "dates in Beijing time" in reply.text


def test_dates_and_numbers_are_those_of_the_language() -> None:
    english, chinese = language("en"), language("zh-Hant")
    assert [english.full_date(NOW), chinese.full_date(NOW)] == [
        "Sunday, March 8, 2026",
        "2026年3月8日 星期日",
    ]
    assert [english.short_date(NOW), chinese.short_date(NOW, year=True)] == ["Mar 8", "2026年3月8日"]
    assert [english.number(12345), english.percent(1), english.percent(0.985)] == ["12,345", "100%", "98.5%"]


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("北方网", "en", "zh"), ("北方网", "zh-Hans", None), ("TechWeb", "zh-Hans", None),
        ("テレビ朝日", "en", "ja"), ("연합뉴스", "zh-Hant", "ko"), ("Reuters", "en", None),
    ],
)  # fmt: skip
def test_names_in_other_scripts_say_so(name: str, code: str, expected: str | None) -> None:
    assert language(code).of_name(name) == expected


def test_tags_read_well() -> None:
    assert [tag_name(tag) for tag in ("每日经济新闻新闻", "北方网新闻", "新闻")] == [
        "每日经济新闻",
        "北方网新闻",
        "新闻",
    ]
