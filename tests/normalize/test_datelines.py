"""Reporters and agencies that an article's own text names."""

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from newscrawl.model.draft import Candidate, CompleteDraft, Draft, Extraction
from newscrawl.model.post import Crawl
from newscrawl.normalize.datelines import closing_outlet, dateline_outlet, signers
from newscrawl.normalize.steps import complete

TEXT = "<p>三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里。</p>" * 6
HEADS = {
    "新华社北京11月23日电（记者 何予安、陈若川）国家统计局发布数据。": "何予安、陈若川",
    "本报讯（记者张三 通讯员李四）三条线路昨天开通。": "张三、李四",
    "本报北京11月23日讯（记者 张三）": "张三",
    "中新网11月23日电 (记者 王五)今天": "王五",
    "央视网消息（记者 赵六）：今天": "赵六",
    "记者 张三 李四 北京报道": "张三、李四",
    "证券时报记者 张三 李四报道": "张三、李四",
    "新华社记者 何予安": "何予安",
    "本报讯 记者 张三 三条线路昨天开通。": "张三",
    "光明日报北京11月20日电 记者张三：三条线路": "张三",
    "中新网上海11月20日电 (张三 李四)三条线路": "张三、李四",
    "【环球时报驻美国特约记者 张三】三条线路": "张三",
    "【环球时报驻英国特派记者 张三 环球时报特约记者 李四】三条线路": "张三、李四",
    "每经记者 张三 李四 每经编辑 王五": "张三、李四",
    "【示例网】（记者 张三）三条线路": "张三",
    "（中央社記者張曉明台北4日電）三條線路": "張曉明",
    "〔記者張三／台北報導〕三條線路": "張三",
    "21世纪经济报道 记者 张三 李四 广州、深圳报道": "张三、李四",
    "《中国经营报》记者 张三 安庆报道": "张三",
    "记者 张三 纽约报道": "张三",
    "記者 張三／台北報導": "張三",
}
ENDS = {
    "三条线路。（记者 张三）": "张三",
    "三条线路。（本报记者 张三 摄）": "张三",
    "三条线路。（记者 张三）（完）": "张三",
    "三条线路。（何予安）": "何予安",
    "三条线路。（何予安 易陈若）": "何予安、易陈若",
    "三条线路。(文/图 易赛楠 陈若川)": "易赛楠、陈若川",
    "三条线路。（评论员 何予安）": "何予安",
    "三条线路。(新华社记者 买买提·艾力、欧阳修远)": "买买提·艾力、欧阳修远",
}
NOBODY = [
    "（记者注：张三所说的是旧线路）三条线路开通。",
    "本报讯（记者 无国界）三条线路开通。",
    "本报讯（记者 “张三”）三条线路开通。",
    "本报讯（记者 张三李四）三条线路开通。",
    "本报讯（记者" + "张三" * 200 + "）",
    "记者从市教委获悉 今天报道",
    "记者张三采访了李四",
    "本报记者 石家庄报道",
    "【环球时报综合报道】三条线路开通。",
    "（图片由记者 张三）",
    "本报讯 记者 今天 获悉",
    "新华社记者 张三 摄",
    "中新网11月20日电 (完)",
    "中新网11月20日电 (上海 北京)",
    "每经编辑 张三",
    "三条线路。（常委会）",
    "三条线路。（德清县发改局）",
    "三条线路。（高清）",
    "三条线路（何予安）",
    "【环球网综合报道】",
    "（" * 5000,
    "",
]


def body(head: str = "", end: str = "") -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div><p>{head}</p>{TEXT}<p>{end}</p></div>")


def draft_of(extraction: Extraction, site_outlet: str | None = None) -> CompleteDraft:
    draft = Draft(
        id="url:1", url="https://example.com/1", canonical_url="https://example.com/1",
        share_url="https://example.com/1", extraction=extraction, site_outlet=site_outlet,
        crawl=Crawl("t", "r", datetime(2026, 3, 9, tzinfo=UTC)), zone="Asia/Shanghai", language="zh",
    )  # fmt: skip
    return complete(draft, draft.crawl.fetched)


@pytest.mark.parametrize(("head", "names"), HEADS.items())
def test_a_dateline_names_its_reporters(head: str, names: str) -> None:
    assert signers(body(head)) == [Candidate(names, "page", "dateline")]


@pytest.mark.parametrize(("end", "names"), ENDS.items())
def test_a_signature_stands_at_the_end(end: str, names: str) -> None:
    assert signers(body(end=end)) == [Candidate(names, "page", "signature")]


@pytest.mark.parametrize("text", NOBODY)
def test_what_names_nobody(text: str) -> None:
    assert signers(body(text)) == []
    assert signers(body(end=text)) == []


def test_the_dateline_names_the_agency_that_the_registry_has() -> None:
    agency = dateline_outlet(body("新华社北京11月23日电（记者 何予安）今天"))
    assert agency == Candidate("新华社", "page", "dateline")
    assert dateline_outlet(body("本报北京11月23日电 今天")) is None
    assert dateline_outlet(body("新华社报道组今天出发")) is None
    assert dateline_outlet(body(end="新华社北京11月23日电")) is None


@pytest.mark.parametrize(
    ("head", "outlet", "rule"),
    [
        ("新华社华盛顿11月23日电 今天", "新华社", "dateline"),
        ("据新华社北京11月23日电 今天", "新华社", "dateline"),
        ("北京商报讯（记者 何予安）今天", "北京商报", "dateline"),
        ("《科创板日报》20日讯 今天", "科创板日报", "dateline"),
        ("【环球网综合报道】今天", "环球网", "dateline"),
        ("央视网消息：今天", "央视网", "dateline"),
        ("证券时报记者 何予安", "证券时报记者 何予安", None),
        ("据央视新闻客户端11月23日消息，今天", "央视新闻客户端", "reported"),
        ("据《华尔街日报》报道，今天", "华尔街日报", "reported"),
    ],
)
def test_the_outlets_that_a_text_begins_with(head: str, outlet: str, rule: str | None) -> None:
    found = dateline_outlet(body(head))
    assert found is not None
    assert (found.value, found.rule) == (outlet if rule else "证券时报", rule or "dateline")


@pytest.mark.parametrize(
    ("end", "outlet"),
    [
        ("三条线路。（据新华社电）", "新华社"),
        ("三条线路。（据新华社）", "新华社"),
        ("三条线路。（央视新闻客户端）", "央视新闻客户端"),
        ("（综合新华社、人民日报报道）", "新华社"),
        ("（新华社记者 何予安）", "新华社"),
        ("三条线路。（新华社记者 何予安 摄）", None),
        ("三条线路（地铁）", None),
        ("三条线路。（完）", None),
        ("新华社（北京）三条线路", None),
        ("（" * 3000, None),
    ],
)
def test_the_outlet_that_a_text_ends_with(end: str, outlet: str | None) -> None:
    found = closing_outlet(body(end=end))
    assert (found and found.value) == outlet


def test_the_end_names_the_outlet_where_nothing_else_does() -> None:
    draft = draft_of(Extraction(body=body(end="三条线路。（据新华社电）")), "北方网")
    assert draft.source is not None
    assert draft.source.name == "新华社"


def test_what_a_site_goes_by_is_not_its_outlet() -> None:
    text = body("据路透社报道，三条线路今天开通。")
    own, nobodys = draft_of(Extraction(body=text), "北方网"), draft_of(Extraction(body=text))
    assert own.source is not None
    assert nobodys.source is not None
    assert (own.source.name, nobodys.source.name) == ("北方网", "路透")


def test_text_is_asked_only_where_nothing_better_names_anybody() -> None:
    text = body("新华社北京11月23日电（记者 何予安）今天")
    draft = draft_of(Extraction(body=text), "北方网")
    assert draft.source is not None
    assert (draft.source.name, draft.authors) == ("新华社", ["何予安"])
    assert draft.crawl.origins["authors"] == "dateline"
    said = Extraction(
        body=text,
        outlets=[Candidate("来源：人民网", "page", "info line")],
        authors=[Candidate("作者：张三", "page", "info line")],
    )
    draft = draft_of(said, "北方网")
    assert draft.source is not None
    assert (draft.source.name, draft.authors) == ("人民网", ["张三"])
