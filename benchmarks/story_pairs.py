"""Pairs of texts that are one story, or are not, made by rule from texts that are given; seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from newscrawl.newsroom import prose

_BEGIN = datetime(2026, 3, 8, 9, tzinfo=UTC)
_DISCLAIMERS = (
    "免责声明：本文仅代表作者个人观点，与本网无关。其原创性以及文中陈述文字和内容未经本站证实，"
    "请读者仅作参考，并请自行核实相关内容。",
    "声明：转载此文是出于传递更多信息之目的。若有来源标注错误或侵犯了您的合法权益，请作者持权属证明与本网联系。",
    "（市场有风险，投资需谨慎。本文不构成投资建议，据此操作风险自担。）",
    "This article was republished with permission. The views expressed are those of the author alone.",
)
_LEADS = (
    "【编者按】近期相关话题受到市场广泛关注，本网特转载此文，以飨读者。",
    "原标题：市场观察 | 来源：综合 | 阅读提示：全文约需五分钟",
    "财联社电，据媒体报道，",
)
_FULL = str.maketrans("0123456789ABCDEFGHIJ,;:()", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪ，；：（）")
_PARTS = re.compile(r"(?<=[。！？.!?])")


class Pair(NamedTuple):
    """Two texts of one kind of relation."""

    kind: str
    same: bool
    one: str
    other: str


def reposts(texts: list[str], chance: random.Random) -> Iterator[Pair]:
    """Each text with what other outlets make of it."""
    changes: dict[str, Callable[[list[str], random.Random], list[str]]] = {
        "unchanged": lambda parts, _: parts,
        "a third of the paragraphs cut": lambda parts, chance: _cut(parts, 0.67, chance),
        "half of the paragraphs cut": lambda parts, chance: _cut(parts, 0.5, chance),
        "the beginning alone": lambda parts, _: parts[: max(2, len(parts) // 2)],
        "a disclaimer added": lambda parts, chance: [*parts, chance.choice(_DISCLAIMERS)],
        "a lead-in added": lambda parts, chance: [chance.choice(_LEADS), *parts],
        "other width and punctuation": lambda parts, _: [_widened(part) for part in parts],
        "a tenth of the sentences rewritten": lambda parts, chance: _rewritten(parts, 0.1, chance),
        "cut, disclaimer and lead-in": lambda parts, chance: [
            chance.choice(_LEADS),
            *_cut(parts, 0.67, chance),
            chance.choice(_DISCLAIMERS),
        ],
    }
    for text in texts:
        parts = [part for part in text.split("\n\n") if part.strip()]
        if len(parts) < 2:
            parts = _PARTS.split(text)
        for kind, change in changes.items():
            yield Pair(kind, True, text, "\n\n".join(change(parts, chance)))


def strangers(texts: list[str], chance: random.Random, count: int) -> Iterator[Pair]:
    """Texts of different articles."""
    for _ in range(count):
        one, other = chance.sample(texts, 2)
        yield Pair("different articles", False, one, other)


def invented(count: int) -> list[str]:
    """Articles of the newsroom: few forms, so that strangers share many sentences."""
    return [
        "\n\n".join(prose.write(random.Random(number), _BEGIN + timedelta(minutes=number)).paragraphs)
        for number in range(count)
    ]


def same_event(chance: random.Random, count: int) -> Iterator[Pair]:
    """Two reporters at one press conference: the same facts and the same quotation, other sentences."""
    for _ in range(count):
        facts = _facts(chance)
        yield Pair("the same event, other articles", False, _plain(facts), _lively(facts))


def templates(chance: random.Random, count: int) -> Iterator[Pair]:
    """Two days of a report that changes its figures alone."""
    for _ in range(count):
        first, second = chance.sample(range(1, 29), 2)
        yield Pair("two days of one form", False, _closing(first, chance), _closing(second, chance))


def flashes(chance: random.Random, count: int) -> Iterator[Pair]:
    """Two short announcements of one form."""
    for _ in range(count):
        yield Pair("two flashes of one form", False, _flash(chance), _flash(chance))


def _cut(parts: list[str], keep: float, chance: random.Random) -> list[str]:
    kept = sorted(chance.sample(range(len(parts)), max(2, round(len(parts) * keep))))
    return [parts[index] for index in kept]


def _widened(part: str) -> str:
    return part.translate(_FULL).replace("“", "「").replace("”", "」").replace("——", " - ")


def _rewritten(parts: list[str], share: float, chance: random.Random) -> list[str]:
    def other(sentence: str) -> str:
        return f"与此相关的是{sentence[::-1]}" if chance.random() < share else sentence

    return ["".join(map(other, _PARTS.split(part))) for part in parts]


def _facts(chance: random.Random) -> dict[str, str]:
    text = prose.write(chance, _BEGIN)
    return {
        "who": text.author,
        "firm": f"{chance.choice(('恒远', '瑞泽', '东岭'))}{chance.choice(('科技', '重工', '医药'))}",
        "city": chance.choice(("天津", "成都", "厦门", "合肥")),
        "sum": f"{chance.uniform(2, 400):.1f}",
        "year": str(chance.randint(2027, 2032)),
        "jobs": f"{chance.randint(2, 40)}00",
        "quote": f"“我们有信心在{chance.randint(2, 9)}年内把产能提高到目前的{chance.randint(2, 6)}倍”",
    }


def _plain(facts: dict[str, str]) -> str:
    return (
        "{firm}今日在{city}举行新工厂奠基仪式。公司公告显示，该项目总投资{sum}亿元，预计{year}年建成投产。\n\n"
        "{firm}董事长{who}在仪式上表示，{quote}，并称项目将带动当地就业约{jobs}人。\n\n"
        "根据公告，资金来源为自有资金及银行贷款，不涉及增发。分析人士指出，此举有助于公司完善区域布局。\n\n"
        "截至今日收盘，公司股价报收持平，全天成交活跃。公司三季报显示，前三季度营收与利润均保持增长。"
    ).format(**facts)


def _lively(facts: dict[str, str]) -> str:
    return (
        "一锹土落下，掌声响起。在{city}的这片空地上，一座投资{sum}亿元的工厂将拔地而起。\n\n"
        "主人是{firm}。“等这一天等了三年。”现场一位老员工对记者说。按照规划，到{year}年，流水线就会转起来。\n\n"
        "{who}的发言不长，{quote}这句话赢得了最多的掌声。这位董事长会后匆匆离开，没有接受采访。\n\n"
        "对附近的村民来说，更关心的是工作机会：招聘启事已经贴到了村口，{jobs}个岗位，月薪六千起。"
    ).format(**facts)


def _closing(day: int, chance: random.Random) -> str:
    def moved() -> str:
        return f"{chance.choice('涨跌')}{chance.uniform(0.05, 2.9):.2f}%"

    return (
        f"{day}日，A股三大指数收盘涨跌不一。截至收盘，沪指{moved()}，报{chance.uniform(2900, 3400):.2f}点；"
        f"深成指{moved()}，报{chance.uniform(9000, 11000):.2f}点；创业板指{moved()}，"
        f"报{chance.uniform(1800, 2300):.2f}点。\n\n"
        f"盘面上，{chance.choice('煤炭 白酒 银行 半导体'.split())}板块领涨，"
        f"{chance.choice('航运 光伏 券商 医药'.split())}板块领跌。"
        f"两市成交额{chance.uniform(7000, 12000):.0f}亿元，"
        f"较上一交易日{chance.choice(('放量', '缩量'))}{chance.uniform(100, 900):.0f}亿元。\n\n"
        f"北向资金全天净{chance.choice(('买入', '卖出'))}{chance.uniform(1, 90):.2f}亿元，"
        f"其中沪股通净{chance.choice(('买入', '卖出'))}{chance.uniform(1, 50):.2f}亿元，"
        f"深股通净{chance.choice(('买入', '卖出'))}{chance.uniform(1, 50):.2f}亿元。"
    )


def _flash(chance: random.Random) -> str:
    firm = (
        f"{chance.choice('恒远 瑞泽 东岭 华岳 云溪'.split())}{chance.choice('科技 重工 医药 材料'.split())}"
    )
    return (
        f"【{firm}：前三季度净利润同比增长{chance.uniform(1, 90):.2f}%】{firm}公告，前三季度实现营业收入"
        f"{chance.uniform(2, 90):.2f}亿元，同比增长{chance.uniform(1, 40):.2f}%；归属于上市公司股东的净利润"
        f"{chance.uniform(1, 9):.2f}亿元，同比增长{chance.uniform(1, 90):.2f}%。"
    )
