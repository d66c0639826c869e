import random

import pytest

from newscrawl.text.labels import looks_like_date, split_byline, split_labelled


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("来源：北方网", [("outlet", "来源：北方网")]),
        ("（文章来源：北方网）", [("outlet", "（文章来源：北方网）")]),
        ("2022-02-26 16:34来源：新华网", [(None, "2022-02-26 16:34"), ("outlet", "来源：新华网")]),
        (
            "时间：2022-02-26 来源：新华网 责任编辑：李四",
            [("date", "时间：2022-02-26"), ("outlet", "来源：新华网"), ("editors", "责任编辑：李四")],
        ),
        ("编辑|王五", [("editors", "编辑|王五")]),
        ("图片来源：视觉中国", [("other", "图片来源：视觉中国")]),
        ("资金主要来源于：贷款", [(None, "资金主要来源于：贷款")]),
        ("北方网", [(None, "北方网")]),
        ("", []),
    ],
)
def test_a_line_in_its_labelled_parts(text: str, parts: list[tuple[str | None, str]]) -> None:
    assert split_labelled(text) == parts


def test_dates_are_told_from_names() -> None:
    assert looks_like_date("2026年03月08日 08:37")
    assert looks_like_date("02-26 16:34")
    assert looks_like_date("5分钟前")
    assert not looks_like_date("21世纪经济报道")
    assert not looks_like_date("中新经纬")


# --- Bylines without colons.
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("记者 张三", ("", [("authors", "记者 张三")])),
        ("记者张三、李四", ("", [("authors", "记者张三、李四")])),
        ("每经记者 张三 每经编辑 李四", ("", [("authors", "每经记者 张三"), ("editors", "每经编辑 李四")])),
        ("编辑张三 校对李四", ("", [("editors", "编辑张三"), ("editors", "校对李四")])),
        (
            "本报讯（记者 张三 通讯员 李四）",
            ("本报讯", [("authors", "（记者 张三"), ("authors", "通讯员 李四）")]),
        ),
        ("来源：新华社 记者 张 三", ("来源：新华社", [("authors", "记者 张 三")])),
        ("记者 张三 安庆报道", ("", [("authors", "记者 张三 安庆报道")])),
        ("记者 张三 2026-11-19 18:40", ("2026-11-19 18:40", [("authors", "记者 张三")])),
        ("新华社 记者 张三 11月19日 18:40", ("新华社 11月19日 18:40", [("authors", "记者 张三")])),
        ("记者 张三 发自纽约", ("", [("authors", "记者 张三 发自纽约")])),
        ("新华社记者 张三 摄", ("", [("other", "新华社记者 张三 摄")])),
        ("制片人 张三 编辑 李四", ("", [("other", "制片人 张三"), ("editors", "编辑 李四")])),
    ],
)
def test_roles_and_their_names(text: str, parts: tuple[str, list[tuple[str, str]]]) -> None:
    assert split_byline(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "", "记者", "记者 今天 获悉", "记者从市教委获悉", "编辑部", "作者简介", "张三 李四",
        "记者手记：在码头等一班船",
        "10月4日，旅游专列开往襄阳。 通讯员刘娟 摄", "记者 张三 今天在北京说", "记者 " + "张三 " * 60,
        "为什么优秀的记者 总是 离开", "校对 中文", "参加采写的还有记者李镕。", "记者 张三。",
    ],
)  # fmt: skip
def test_what_is_no_byline(text: str) -> None:
    assert split_byline(text) is None


def test_random_text_never_raises() -> None:
    chance = random.Random(7)
    alphabet = "记者编辑校对摄张三李四王 　、（）()【】:/北京报道·\n\ud800"
    for _ in range(3000):
        split_byline("".join(chance.choice(alphabet) for _ in range(chance.randrange(50))))
