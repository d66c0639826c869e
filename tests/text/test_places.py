"""Places in bylines: of each city that the list has, and of names that look like one."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from newscrawl.text.people import names_in
from newscrawl.text.places import is_place, without_report
from newscrawl.text.surnames import is_persons

TABLE = tomllib.loads((files("newscrawl.text") / "places.toml").read_text(encoding="utf-8"))
CITIES = [name for line in TABLE["cities"].values() for name in line.split()]


def test_the_list_has_chinas_cities_and_no_name_twice() -> None:
    provinces = [key for key in TABLE["cities"] if key not in ("abroad", "traditional")]
    assert len(provinces) >= 29
    assert len(CITIES) == len(set(CITIES)) >= 900
    assert {
        "安庆",
        "石家庄",
        "黔东南",
        "乌鲁木齐",
        "三沙",
        "张家口",
        "纽约",
        "伦敦",
        "东京",
        "华盛顿",
    } <= set(CITIES)


def test_no_city_is_taken_for_a_reporter() -> None:
    confusable = [city for city in CITIES if is_persons(city)]
    assert len(confusable) > 150  # 安庆, 金华, 张掖 … begin as names do
    for city in confusable:
        assert names_in(f"记者 张三 李四 {city}报道") == ("张三", "李四")
        assert names_in(f"记者何予安{city}报道") == ("何予安",)
        assert names_in(f"本报记者 {city}报道") == ()


@pytest.mark.parametrize(
    "name", ["安庆", "安庆市", "安徽安庆", "安徽省安庆市", "美国纽约", "延边州", "雄安新区"]
)
def test_places(name: str) -> None:
    assert is_place(name)


@pytest.mark.parametrize("name", ["", "市", "张三", "安", "安庆人", "三省", "新区"])
def test_what_is_no_place(name: str) -> None:
    assert not is_place(name)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("记者 张三 李四", "记者 张三 李四"),
        ("张三报道", "张三"),
        ("张三 现场报道", "张三"),
        ("张三 某某村报道", "张三"),
        ("张三 北京11月20日电", "张三"),
        ("张三 某地电", "张三 某地电"),
        ("报道", ""),
        ("", ""),
    ],
)
def test_the_end_of_a_byline(text: str, rest: str) -> None:
    assert without_report(text) == rest


@pytest.mark.slow
def test_hostile_text_neither_breaks_nor_hangs() -> None:
    for text in ("北京" * 5000 + "报道", "、" * 5000 + "报道", "市" * 5000, "北京市" * 2000):
        without_report(text)
        is_place(text[:5000])
