"""What sources print about an outlet, and whom it credits."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from newscrawl import extract_article
from newscrawl.model.draft import Candidate, Draft, Extraction
from newscrawl.model.post import Crawl
from newscrawl.normalize.attribution import (
    choose_outlet,
    credited_outlet,
    flash_tail,
    outlet_of,
)
from newscrawl.normalize.steps import complete


def page(value: str, rule: str = ".infos .item", link: str | None = None) -> Candidate:
    return Candidate(value, "page", rule, link)


NAMES = {
    "（文章来源：北方网）": "北方网",
    "(文章来源:北方网)": "北方网",
    "来源：中新经纬": "中新经纬",
    "来源：\n中新经纬                                ": "中新经纬",
    "  来源 :  中新经纬  ": "中新经纬",
    "文章来源:央视新闻": "央视新闻",
    "本文来源：澎湃新闻": "澎湃新闻",
    "稿源：新华社": "新华社",
    "出处：快科技  作者：宪瑞  编辑：宪瑞": "快科技",
    "来源 新华网": "新华网",
    "来源|广州参考、广州南沙发布、羊城晚报": "广州参考",
    "来源丨每日经济新闻": "每日经济新闻",
    "中新经纬": "中新经纬",
    "（央视新闻客户端）": "央视新闻客户端",
    "【央视财经】": "央视财经",
    "来源：《证券日报》": "证券日报",
    "来源：新京报  作者：张三": "新京报",
    "来源：新京报 责任编辑：李四": "新京报",
    "来源：新京报 2019-09-07 09:59": "新京报",
    "来源：新华社2026年3月8日": "新华社",
    "2019-09-07 09:59:22 来源: 新京报": "新京报",
    "2026年03月08日 08:37　来源：北方网　编辑：王五": "北方网",
    "来源：山西日报 责任编辑：杜硕_NB12556": "山西日报",
    "来源：每日经济新闻_NN7379": "每日经济新闻",
    "来源：新华网|": "新华网",
    "来源：新华网（记者 李明）": "新华网",
    "来源：新华社记者 李明": "新华社",
    "界面新闻（ID：jiemian）": "界面新闻",
    "来源：参考消息、海外网等": "参考消息",
    "来源：安信国际证券(香港)": "安信国际证券(香港)",
    "来源：安信国际证券（香港）": "安信国际证券(香港)",
    "来源：21世纪经济报道 21财经APP": "21世纪经济报道 21财经APP",
    "来源：ＴｅｃｈＷｅｂ": "TechWeb",
    "证券时报·e公司": "证券时报·e公司",
    "（来源：中国证券报·中证网）": "中国证券报·中证网",
    "来源：东方财富Choice数据": "东方财富Choice数据",
    "新浪财经-自媒体综合": "新浪财经-自媒体综合",
    "来源：EETOP": "EETOP",
    "FX168": "FX168",
    "Source: Reuters": "Reuters",
    "来源：新华网\n分享到\n微信": "新华网",
    "CCTV国际时讯": "CCTV国际时讯",
    "来源：经济参考报": "经济参考报",
    "（文章来源：经济日报-中国经济网）": "经济日报-中国经济网",
    "（文章来源：安信国际证券(香港)）": "安信国际证券(香港)",
    "(甲)乙(丙)": "(甲)乙(丙)",
}

NOBODY = [
    "", " ", "　　", "来源：", "（文章来源：）", "12345", "来源：70", "HN666", "来源：HN666",
    "http://a.com/x", "来源：https://www.x.com/a", "www.x.com", "图片来源：摄图网", "资料来源：Wind",
    "数据来源：东方财富Choice数据", "本站原创", "来源：网络", "来源：未知", "来源：佚名",
    "来源于网络", "据新华社报道，美国总统周二表示。", "这件事情发生在去年！大家都知道",
    "来源：" + "很长的名字" * 9, "----", "（）", "null", "a@b.com",
]  # fmt: skip


@pytest.mark.parametrize(("said", "name"), NAMES.items())
def test_names(said: str, name: str) -> None:
    outlet = credited_outlet(page(said))
    assert outlet is not None
    assert outlet.name == name


@pytest.mark.parametrize("said", NOBODY)
def test_what_names_nobody(said: str) -> None:
    assert credited_outlet(page(said)) is None


def test_a_link_inside_the_name_leaves_no_gap() -> None:
    outlet = credited_outlet(
        page("（文章来源：上海\n   证券\n  报）", "p.em_media", "https://quote.example.com/1")
    )
    assert outlet is not None
    assert (outlet.name, outlet.slug, outlet.url) == (
        "上海证券报",
        "shanghaizhengquanbao",
        "https://quote.example.com/1",
    )


def test_a_bracketed_attribution_is_kept_as_printed() -> None:
    outlet = credited_outlet(page("　（文章来源：北方网）\n", "em_media"))
    assert outlet is not None
    assert (outlet.raw, outlet.origin) == ("（文章来源：北方网）", "em_media")


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        (page("北方网", "p.em_media"), "em_media"),
        (page("北方网"), "info_line"),
        (page("（北方网）", "tail"), "tail"),
        (Candidate("北方网", "list", "mediaName"), "list"),
        (Candidate("北方网", "structured", "json-ld"), "structured"),
    ],
)
def test_where_it_was_said(said: Candidate, origin: str) -> None:
    outlet = credited_outlet(said)
    assert outlet is not None
    assert outlet.origin == origin


def test_a_script_is_no_address() -> None:
    outlet = credited_outlet(page("北方网", link="javascript:void(0)"))
    assert outlet is not None
    assert outlet.url is None


def test_the_first_that_names_somebody_is_chosen() -> None:
    outlet = choose_outlet([page("图片来源：摄图网"), page("来源：新华社"), page("北方网")], "东方财富网")
    assert outlet is not None
    assert outlet.name == "新华社"


def test_the_site_where_nobody_is_named() -> None:
    outlet = choose_outlet([page("本站原创")], "东方财富网")
    assert outlet is not None
    assert (outlet.name, outlet.slug, outlet.origin) == ("东方财富网", "dongfangcaifuwang", "site")
    assert choose_outlet([], None) is None


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("增至7.09万亿元，增长384.9%。（央视新闻客户端）", "（央视新闻客户端）"),
        ("全部竞相表演。(中国基金报)  ", "(中国基金报)"),
        ("指数走强。【财联社】", "【财联社】"),
        ("指数走强。（新华08）", "（新华08）"),
        ("指数走强。（安信国际证券(香港)）", "（安信国际证券(香港)）"),
        ("跌1.2%（-3.4%）", None),
        ("营收增长（单位：亿元）", None),
        ("全文结束（完）", None),
        ("来自前线（记者 张三）", None),
        ("（央视新闻）在句首", None),
        ("没有括号", None),
        ("", None),
        ("（" * 10_000, None),
    ],
)
def test_the_tail_of_a_flash(text: str, tail: str | None) -> None:
    said = flash_tail(text)
    assert (said and said.value) == tail


def draft_of(extraction: Extraction, **more: Any) -> Draft:
    return Draft(
        id="eastmoney:1",
        url="https://example.com/1",
        canonical_url="https://example.com/1",
        share_url="https://example.com/1",
        extraction=extraction,
        crawl=Crawl("t", "r", datetime(2026, 3, 9, tzinfo=UTC)),
        **{"zone": "Asia/Shanghai", "language": "zh", **more},
    )


def test_a_flashs_tail_stands_before_the_list() -> None:
    digests = [Candidate("广东外贸成绩斐然。（央视新闻客户端）", "list", "summary")]
    extraction = Extraction(outlets=[Candidate("东方财富网", "list", "mediaName")], digests=digests)
    outlet = outlet_of(draft_of(extraction))
    assert outlet is not None
    assert (outlet.name, outlet.origin, outlet.raw) == (
        "央视新闻",
        "tail",
        "（央视新闻客户端）",
    )
    extraction.body = lxml.html.fromstring("<div><p>x</p></div>")
    outlet = outlet_of(draft_of(extraction))
    assert outlet is not None
    assert outlet.origin == "list"


def test_outlets_are_no_authors() -> None:
    extraction = Extraction(
        outlets=[page("来源：中新经纬")],
        authors=[page("作者：中新经纬、宋亚芬 证券时报网", "author")],
        editors=[page("责任编辑：70", "editor")],
    )
    draft = complete(draft_of(extraction, site_outlet="东方财富网"), datetime(2026, 3, 9, tzinfo=UTC))
    assert draft.source is not None
    assert draft.source.name == "中新经纬"
    assert draft.authors == ["宋亚芬"]
    assert draft.editors == []
    assert draft.crawl.origins == {"source": "info_line", "authors": "author", "categories": "outlet"}


def test_random_text_never_raises() -> None:
    chance = random.Random(3)
    alphabet = "来源：:作者编辑记（）()【】|、 　\n网报社新华_NB123http://.\ud800Ａ·"
    for _ in range(3000):
        text = "".join(chance.choice(alphabet) for _ in range(chance.randrange(60)))
        outlet = credited_outlet(page(text))
        if outlet:
            assert outlet.name.strip() == outlet.name != ""
            assert len(outlet.name) <= 40
        flash_tail(text)


@pytest.mark.parametrize(
    ("name", "rule", "taken"),
    [
        ("咏仪", "beside date", False),
        ("张三丰", "source class", False),
        ("叨叨姐", "beside date", False),
        ("红网", "beside date", True),
        ("某某网", "beside date", True),
        ("某某观察", "beside date", True),
        ("叨叨姐", "source class", True),
        ("咏仪", "info line", True),
    ],
)
def test_a_name_without_a_label_may_be_a_persons(name: str, rule: str, taken: bool) -> None:
    assert (credited_outlet(Candidate(name, "page", rule)) is not None) is taken


def test_a_headline_that_is_printed_again_beside_the_date_is_no_outlet() -> None:
    page = """<html lang=zh><h1>中华人民共和国监察法</h1><p>2018-05-17 <i>中华人民共和国监察法</i></p>
    <p>为了推进全面依法治国，实现国家监察全面覆盖，制定本法。</p></html>"""
    assert extract_article(page, url="https://law.example.cn/a").source is None
