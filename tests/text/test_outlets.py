"""The registry of outlets: sound in itself, and what its spellings mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from newscrawl.errors import NewscrawlError
from newscrawl.store import client
from newscrawl.text.outlets import folded, known_outlets, outlet_named, read_registry
from newscrawl.text.slugs import slug
from tests.store.posts import make_post
from tests.warm import run as newscrawl


def test_the_registry_is_sound_and_large() -> None:
    outlets = known_outlets()
    assert len(outlets) >= 790
    assert len({outlet.slug.lower() for outlet in outlets}) == len(outlets)
    spellings = [folded(name) for outlet in outlets for name in (outlet.name, *outlet.aliases)]
    assert len(set(spellings)) == len(spellings)
    assert all(len(spelling) >= 2 for spelling in spellings)
    assert all(outlet.slug == slug(outlet.name) for outlet in outlets), "a slug is the name's"


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("证券时报网", "证券时报"),
        ("上海证券报·中国证券网", "上海证券报"),
        ("上海证券报 中国证券网", "上海证券报"),
        ("央视新闻客户端", "央视新闻"),
        ("ＣＣＴＶ新闻", "央视新闻"),
        ("21世纪经济报道 21财经APP", "21世纪经济报道"),
        ("光明网－《光明日报》", "光明日报"),
        ("北方网", "北方网"),
        ("the guardian", "The Guardian"),
        ("bbc", "BBC News"),
        # a paper's app, account, site
        ("新京报客户端", "新京报"),
        ("新京报微信公众号", "新京报"),
        ("人民日报官方微博", "人民日报"),
        ("经济参考报网站", "经济参考报"),
        ("财新APP", "财新网"),
        ("蓝鲸财经", "蓝鲸新闻"),
        ("新黄河客户端", "新黄河"),
        ("济南时报·新黄河", "新黄河"),
        ("橙柿互动", "都市快报"),
        ("读创/深圳商报", "深圳商报"),
        ("凤凰卫视", "凤凰卫视"),
        ("国新办", "国务院新闻办公室"),
        ("中金所", "中国金融期货交易所"),
        ("中信建投", "中信建投证券"),
        ("国泰君安", "国泰海通证券"),
        ("The New York Times", "纽约时报"),
        ("Handelsblatt", "德国商报"),
        ("日経新聞", "日本经济新闻"),
        ("聯合新聞網", "联合新闻网"),
    ],
)
def test_spellings_of_one_outlet(spelling: str, name: str) -> None:
    found = outlet_named(spelling)
    assert found
    assert found.name == name


@pytest.mark.parametrize(
    "spelling", ["", "客户端", "微博", "某某客户端", "某某新闻网", "网", "证券", "·", "北方"]
)
def test_what_the_registry_does_not_know(spelling: str) -> None:
    assert outlet_named(spelling) is None


GOOD = '"甲报" = { slug = "jiabao", domain = "a.cn", kind = "outlet", aliases = ["甲"] }\n'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"乙报" = { slug = "jiabao", domain = "b", kind = "outlet", aliases = [] }', "slug of '甲报'"),
        (
            '"乙报" = { slug = "yibao", domain = "b", kind = "outlet", aliases = ["甲 报"] }',
            "is '甲报' already",
        ),
        ('"乙报" = { slug = "YiBao", domain = "b", kind = "outlet", aliases = [] }', "must be of a-z"),
        (
            '"乙报" = { slug = "yibao", domain = "b", kind = "paper", aliases = [] }',
            "kind 'paper' is none of",
        ),
        ('"乙报" = { slug = "yibao", kind = "outlet", aliases = [] }', "'domain' is missing"),
        ('"乙报" = {', "is not valid TOML"),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str) -> None:
    with pytest.raises(NewscrawlError) as wrong:
        read_registry(GOOD + line)
    assert told in str(wrong.value)


def test_the_file_is_part_of_the_package() -> None:
    assert (files("newscrawl.text") / "outlets.toml").is_file()


@pytest.mark.no_schema
def test_the_command_lists_what_the_registry_lacks(database: str) -> None:
    empty = newscrawl("outlets")
    assert (empty.returncode, empty.stdout) == (0, "no posts yet\n")
    names = ("北方网", "某某新闻网", "某某新闻网", "乙方观察")
    with client.connect("writer") as writer:
        for number, name in enumerate(names):
            document = make_post(number).to_document()
            document["source"] = {**document["source"], "name": name, "slug": slug(name)}
            document["date"] = datetime(2026, 11, 1, tzinfo=UTC)
            writer[database]["posts"].insert_one(document)
    listed = json.loads(newscrawl("outlets", "--json").stdout)
    assert [(row["outlet"], row["posts"]) for row in listed] == [("某某新闻网", 2), ("乙方观察", 1)]
    known = json.loads(newscrawl("outlets", "--known", "--json").stdout)
    assert {row["outlet"]: row["posts"] for row in known}["北方网"] == 1
