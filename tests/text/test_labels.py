import pytest

from newscrawl.text.labels import looks_like_date, split_labelled


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
