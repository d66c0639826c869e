"""Bylines and the people in them."""

from __future__ import annotations

import random

import pytest

from newscrawl.model.draft import Candidate
from newscrawl.text.people import PEOPLE_LIMIT, people

PEOPLE = {
    "作者：\n宋亚芬                      ": ["宋亚芬"],
    "董雪 王慧慧": ["董雪", "王慧慧"],
    "张 三": ["张三"],
    "张　三、李四": ["张三", "李四"],
    "牛镛、岳弘彬": ["牛镛", "岳弘彬"],
    "牛镛，岳弘彬/王五；赵六": ["牛镛", "岳弘彬", "王五", "赵六"],
    "(责编：牛镛、岳弘彬)": ["牛镛", "岳弘彬"],
    "【编辑：姚昊】": ["姚昊"],
    "责任编辑：杜硕_NB12556": ["杜硕"],
    "责任编辑：史建磊_NBJ11331": ["史建磊"],
    "编辑|禤志杰": ["禤志杰"],
    "编辑丨禤志杰": ["禤志杰"],
    "文/李四": ["李四"],
    "作者 | 张三": ["张三"],
    "本报记者张三": ["张三"],
    "每经记者 张蕊 每经编辑 李四": ["张蕊"],
    "新华社记者 董雪、王慧慧": ["董雪", "王慧慧"],
    "见习记者 王五 通讯员 赵六": ["王五", "赵六"],
    "（实习生 张三）": ["张三"],
    "张三（实习）": ["张三"],
    "张三 摄": ["张三"],
    "记者 张三 编辑：李四": ["张三"],
    "阿布都热依木·买买提": ["阿布都热依木·买买提"],
    "作者：某研究中心部长、研究员林志远": ["林志远"],
    "作者：研究员林志远": ["林志远"],
    "作者：某大学经济学院教授王小明": ["王小明"],
    "教授王小明 博士李大伟": ["王小明", "李大伟"],
    "首席分析师欧阳明": ["欧阳明"],
    "副研究员 张三": ["张三"],
    "作者：老师木": ["老师木"],  # a pen name: what is left is no name
    "院士买买提·艾力": ["买买提·艾力"],
    "By Jane Smith and John Doe": ["Jane Smith", "John Doe"],
    "Elena Oberholzer, Oliver Maksan": ["Elena Oberholzer", "Oliver Maksan"],
    "Povilas Aleksandravičius": ["Povilas Aleksandravičius"],
    "JÖRG ZSCHOCHE": ["JÖRG ZSCHOCHE"],
    "신현주": ["신현주"],
}
NOBODY = [
    "", " ", "作者：", "责任编辑：70", "责任编辑：", "HN666", "12345", "新华网", "作者：新华网",
    "证券时报", "人民日报", "财联社", "东方财富研究中心", "中国证券报客户端", "股票频道",
    "某某证券研究院", "作者：未知", "佚名", "admin", "editor@x.com", "https://x.com/me",
    "这是一句很长很长的话，不是任何人的名字。", "很长的名字" * 9, "甲", "本报编辑部",
    "name", "作者简介", "作者单位：某大学", "据外媒", "新华社发", "中国证券报·中证网讯", "本报北京",
    "受访者供图", "作者：研究员", "某研究中心部长", "作者：教授",
    "上海证券交易所", "中国证监会", "央视网视频", "欧阳卫视", "中新经纬",
]  # fmt: skip


def said(value: str, rule: str = "byline") -> Candidate:
    return Candidate(value, "page", rule)


@pytest.mark.parametrize(("value", "names"), PEOPLE.items())
def test_people(value: str, names: list[str]) -> None:
    assert people([said(value)], {"中新经纬"}) == names


@pytest.mark.parametrize("value", NOBODY)
def test_nobody(value: str) -> None:
    assert people([said(value)], {"中新经纬"}) == []


def test_all_of_one_rule_and_no_other() -> None:
    values = [said("新华网", "a"), said("张三", "b"), said("李四", "b"), said("张三", "b"), said("王五", "c")]
    assert people(values, set()) == ["张三", "李四"]


def test_a_space_parts_chinese_names_only() -> None:
    assert people([said("大渡 美咲")], set(), language="ja") == ["大渡 美咲"]
    assert people([said("董雪 王慧慧")], set(), language="zh-CN") == ["董雪", "王慧慧"]


def test_an_outlet_is_known_whatever_its_case() -> None:
    assert people([said("TechWeb, Jane Smith")], {"Techweb"}) == ["Jane Smith"]


def test_a_masthead_is_bounded() -> None:
    names = "、".join(a + b for a in "赵钱孙李周吴郑王" for b in "一二三四五六七八九十")
    assert len(people([said(names), said(names[::-1])], set())) <= PEOPLE_LIMIT


def test_random_text_never_raises() -> None:
    chance = random.Random(4)
    alphabet = "作者编辑记：:（）()【】|、 　\n张三李_NB1/文By and,.\ud800Ａ·"
    for _ in range(3000):
        for name in people(
            [said("".join(chance.choice(alphabet) for _ in range(chance.randrange(60))))], set()
        ):
            assert name == name.strip()
            assert not name.isdigit()


def test_an_agency_of_the_registry_signs_only_as_printed() -> None:
    assert people([said("By Reuters")], set(), language="en") == []
    assert people([said("By Reuters")], set(), language="en", as_printed=True) == ["Reuters"]


BYLINES = {
    "By ANA BELL, Political Editor and BO COLE for The Example": ["ANA BELL", "BO COLE"],
    "Ana Bell And Bo Cole For The Mail": ["Ana Bell", "Bo Cole"],
    "Ana Bell, AP Sports Writer": ["Ana Bell"],
    "Anne Belle avec AFP": ["Anne Belle"],
    "FOCUS-Experte Anton Bell": ["Anton Bell"],
    "Analysis by Ana Bell, CNN Editor-at-large": ["Ana Bell"],
    "Ana Bell, iStockphoto": ["Ana Bell"],
    "Example News - Ana Bell": ["Ana Bell"],
    "Ana Bell - Example News": ["Ana Bell"],
    "Ana Bell | Example.com": ["Ana Bell"],
    "Ana Bell-Cole": ["Ana Bell-Cole"],
    "Center for Public Integrity": ["Center for Public Integrity"],
    "Example GmbH, Munich, Germany": [],
    "ex-example.de, Munich, Germany": ["Munich", "Germany"],
}


@pytest.mark.parametrize(("value", "names"), BYLINES.items())
def test_bylines_in_other_languages(value: str, names: list[str]) -> None:
    said = [Candidate(value, "structured", "json-ld author")]
    assert people(said, {"Example News"}, language="en", as_printed=True) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ada Lindqvist, MD", ["Ada Lindqvist"]),
        ("Ada Lindqvist, Shipping Expert", ["Ada Lindqvist"]),
        ("Ada Lindqvist, Bo Cole, dpa", ["Ada Lindqvist", "Bo Cole", "dpa"]),
        ("DT, AB", ["DT", "AB"]),
        ("Ada Lindqvist - Harbour Editorial Team", ["Ada Lindqvist"]),
        ("Ada (Berg) Lindqvist", ["Ada (Berg) Lindqvist"]),
        ("Ada Lindqvist (Harbour Post)", ["Ada Lindqvist"]),
        ('"Ada Lindqvist"', ["Ada Lindqvist"]),
        ("Ada María L.", ["Ada María L."]),
        ("Bio", []),
        ("View more posts", []),
        ("Insights from", []),
        ("Updated by Bo Cole", []),
        ("page.head.extra.author", []),
    ],
)
def test_what_stands_beside_a_name(value: str, names: list[str]) -> None:
    assert people([Candidate(value, "page", "byline")], set(), language="en", as_printed=True) == names


def test_a_person_of_the_outlet_s_name_signs_where_nobody_else_does() -> None:
    named = [Candidate("Ada Lindqvist", "structured", "json-ld author")]
    assert people(named, {"Ada Lindqvist"}, language="en") == ["Ada Lindqvist"]
    other = [*named, Candidate("Bo Cole", "page", "byline")]
    assert people(other, {"Ada Lindqvist"}, language="en") == ["Bo Cole"]
    house = [Candidate("Harbour News", "structured", "json-ld author")]
    assert people(house, {"Harbour News"}, language="en") == []
    assert people(house, {"Harbour News"}, language="en", as_printed=True) == ["Harbour News"]
