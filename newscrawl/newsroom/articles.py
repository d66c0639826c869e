"""The newsroom's articles: one per slot of 12 minutes, always the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

from newscrawl.newsroom.faults import Fault, fault_of
from newscrawl.newsroom.prose import MARKED, write

BEIJING = timezone(timedelta(hours=8))
SLOT = 12 * 60  #: seconds
REPOSTS = 12  #: in the slots that this divides an outlet reprints the article of the slot before
ARCHIVE = "345"  #: the column that holds articles of 2020–2022, in the older layout
COLUMNS = ("350", "351", "344", "1207")
FEEDS = ("37", "38", "39", "45", "102")
#: Outlets that the newsroom's articles are credited to, as East Money spells them in mediaName.
OUTLETS = (
    "北方网 证券时报网 上海证券报 中国证券报 证券日报 财联社 第一财经 央视新闻客户端 新华社 人民日报 经济日报 "
    "每日经济新闻 界面新闻 中新经纬 澎湃新闻 重庆日报 厦门日报 长江日报 成都商报 南方都市报 新京报 北京商报 "
    "经济观察报 华夏时报 时代周报 证券市场周刊 中国基金报 国际金融报 期货日报 科创板日报 上海证券报·中国证券网 "
    "东方财富研究中心 东方财富Choice数据 智通财经网 格隆汇 观察者网 环球时报 参考消息网 中国新闻网 解放日报 "
    "大众日报 湖北日报 四川日报 长沙晚报 乐居财经 朝阳资本论 银柿财经 中国银行保险报 IT之家 36氪"
).split()
#: Names that once led to invalid page addresses: spaces, brackets, one name in two letter cases.
AWKWARD = ("21世纪经济报道 21财经APP", "安信国际证券(香港)", "TechWeb", "Techweb")
_AWKWARD_TITLE = '"双碳"目标下: 储能\\算力如何破局? --- 业内人士这样说'
_OUTLET_OF = {
    "long_name": AWKWARD[0],
    "bracketed": AWKWARD[1],
    "upper_case": AWKWARD[2],
    "lower_case": AWKWARD[3],
    "split_outlet": "上海证券报",
    "tail_outlet": "央视新闻客户端",
}


@dataclass(frozen=True, slots=True)
class ReplicaStory:
    """One article, from which pages and list items are made."""

    number: str  #: 18 digits
    title: str
    at: datetime  #: publication, Beijing's clock
    outlet: str
    author: str
    digest: str
    paragraphs: tuple[str, ...]  #: HTML inside <p>, without indents; may be empty
    columns: tuple[str, ...] = ()  #: of getNewsByColumns
    feeds: tuple[str, ...] = ()  #: of Choice: `102`, `45`, `37`, `38`, `39`
    is_flash: bool = False
    marked: tuple[tuple[str, str, str], ...] = ()  #: market, code, name
    fault: Fault | None = None
    raw_body: str | None = None  #: the whole body's HTML, its outlet line included, instead of paragraphs
    code: str = field(default="")  #: infoCode
    url: str | None = None  #: what the rolling feed gives as url_w; None: the address of its column

    @property
    def fault_name(self) -> str:
        return self.fault.name if self.fault else ""

    @property
    def is_blog(self) -> bool:
        return self.fault_name in ("blog", "forbidden")

    @property
    def path(self) -> str:
        return f"/a/{self.number}.html"

    @property
    def shown_at(self) -> str:
        """The time as lists print it."""
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class Issue(list[ReplicaStory]):
    """The articles of one moment, which knows what it was made from: other sites' articles follow from it."""

    def __init__(self, stories: Iterable[ReplicaStory], now: datetime, seed: int, *, faults: bool) -> None:
        super().__init__(stories)
        self.now, self.seed, self.faults = now, seed, faults


def latest(now: datetime, count: int, seed: int, *, faults: bool) -> Issue:
    """The articles of the last `count` slots up to `now`, newest first."""
    last = int(now.timestamp()) // SLOT - 1
    stories = [story_of(slot, seed, faults=faults) for slot in range(last, last - count, -1)]
    newest_first = sorted(stories, key=lambda story: story.at, reverse=True)
    return Issue(newest_first, now, seed, faults=faults)


def story_of(slot: int, seed: int, *, faults: bool = True) -> ReplicaStory:
    """The article of one slot."""
    chance = random.Random(f"{seed}:{slot}")  # noqa: S311  invented news, no secrets
    fault = fault_of(slot) if faults else None
    at = datetime.fromtimestamp(slot * SLOT + chance.randrange(SLOT), UTC).astimezone(BEIJING)
    is_old = fault is None and chance.random() < 0.15
    if is_old:
        at -= timedelta(days=365 * chance.randint(4, 6))
    text = write(chance, at)
    columns, feeds, is_flash = _places(chance, fault, is_old)
    number = f"{at:%Y%m%d}{3_000_000_000 + slot % 6_999_999_999:010d}"
    outlet = _OUTLET_OF.get(fault.name, "") if fault else ""
    story = ReplicaStory(
        number=number,
        title=_AWKWARD_TITLE if fault and fault.name == "awkward_title" else text.title,
        at=at,
        outlet=outlet or chance.choice(OUTLETS),
        author=text.author,
        digest=text.digest,
        paragraphs=text.paragraphs,
        columns=columns,
        feeds=feeds,
        is_flash=is_flash,
        marked=tuple(chance.sample(MARKED, chance.randint(0, 3))),
        fault=fault,
        code=f"NW{number}",
    )
    is_repost = slot % REPOSTS == 0 and fault is None and not is_old and not is_flash
    return _reposted(story, story_of(slot - 1, seed, faults=faults)) if is_repost else story


def _reposted(story: ReplicaStory, original: ReplicaStory) -> ReplicaStory:
    """The article of the previous slot, reposted by another outlet without its end."""
    if original.fault or original.columns == (ARCHIVE,) or len(original.paragraphs) < 3:
        return story
    paragraphs = original.paragraphs[:-1]
    return replace(story, title=f"【转载】{original.title}", digest=original.digest, paragraphs=paragraphs)


def _places(
    chance: random.Random, fault: Fault | None, is_old: bool
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Columns, feeds, and whether it is a flash: most articles are in one list, some in two."""
    if is_old:
        return (ARCHIVE,), (), False
    feed, column, twice = chance.choice(FEEDS), chance.choice(COLUMNS), chance.random() < 0.4
    if fault:
        feeds = ("37",) if fault.where == "choice" else ()
        return (column,) if fault.where == "column" else (), feeds, fault.where == "flash"
    where = chance.choice(("column", "column", "flash", "choice"))
    if where == "choice":
        return (), (feed,), False
    if where == "flash":
        return (), ("102",) if twice else (), True
    return (column, ARCHIVE) if chance.random() < 0.2 else (column,), (feed,) if twice else (), twice
