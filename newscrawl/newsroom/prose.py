"""Invented financial news, sentence by sentence. Companies and people in it do not exist."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

_CITIES = "天津 重庆 成都 厦门 长沙 杭州 合肥 宁波 西安 郑州 济南 武汉 苏州 青岛 昆明 南昌".split()
_NAMES = "恒远 华岳 瑞泽 中科瀚 东岭 启明宏 海川 新禾 金瓯 天衡 北辰光 远景达 云溪 鼎泰和 长风 博雅康".split()
_TRADES = "科技 新能源 生物 重工 食品 物流 材料 传媒 智能 医药 电子 环保".split()
_SECTORS = (
    "光伏 储能 白酒 半导体 煤炭 银行 券商 军工 医药 有色金属 人工智能 低空经济 航运 家电 种业 算力".split()
)
_PEOPLE = "陈若川 林致远 周敏舟 何采薇 郭一鸣 宋知行 沈雨桐 许承泽 梁思齐 孟庭轩".split()
_POSTS = "首席经济学家 研究院院长 策略分析师 董事长 财务总监 行业研究员 产业投资部负责人".split()
_BODIES = "国家统计局 中国人民银行 财政部 工业和信息化部 商务部 海关总署 市发展改革委 市金融监管局".split()
_VERBS = "同比增长 同比下降 环比增长 环比回落".split()
_MOVES = "高开 走强 冲高回落 震荡上行 午后拉升 尾盘跳水 持续走低 低开高走".split()

#: market, code, name as East Money marks them; the names are of kinds and boards, not of companies.
MARKED = (
    ("90", "BK0800", "人工智能"),
    ("90", "BK0478", "有色金属"),
    ("90", "BK0475", "银行板块"),
    ("90", "BK1031", "光伏设备"),
    ("1", "000001", "上证指数"),
    ("0", "399001", "深证成指"),
    ("0", "399006", "创业板指"),
    ("116", "HSI", "恒生指数"),
    ("105", "NDX", "纳斯达克"),
    ("106", "DJI", "道琼斯"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """The words of one article."""

    title: str
    digest: str
    paragraphs: tuple[str, ...]
    author: str


def write(chance: random.Random, at: datetime) -> Text:
    """One article published at that moment of Beijing's clock: 2 to 9 paragraphs on one subject."""
    city, sector = chance.choice(_CITIES), chance.choice(_SECTORS)
    firm = chance.choice(_NAMES) + chance.choice(_TRADES)
    title, lead = _event(chance, city, sector, firm, f"{at.month}月{at.day}日")
    paragraphs = [lead] + [_sentences(chance, city, sector, firm) for _ in range(chance.randint(1, 8))]
    return Text(title, lead[:120], tuple(paragraphs), chance.choice(_PEOPLE))


def _event(chance: random.Random, city: str, sector: str, firm: str, day: str) -> tuple[str, str]:
    """A headline and its lead paragraph."""
    share, other, sum_ = _percent(chance), _percent(chance), _yi(chance)
    verb, move, body = chance.choice(_VERBS), chance.choice(_MOVES), chance.choice(_BODIES)
    count = chance.randint(12, 480)
    forms = (
        (
            f"{sector}板块{move} {firm}盘中涨{share}",
            f"{day}，{sector}板块{move}，截至发稿，{firm}涨{share}，板块指数涨{other}，成交额{sum_}亿元，"
            "较上一交易日放量。",
        ),
        (
            f"{city}前三季度{sector}产业产值{verb}{share}",
            f"记者{day}从{city}有关部门获悉，今年前三季度当地{sector}产业产值{verb}{share}，"
            f"其中规模以上企业营业收入{sum_}亿元，连续{chance.randint(2, 9)}个季度保持扩张。",
        ),
        (
            f"{firm}拟投资{sum_}亿元在{city}建设{sector}项目",
            f"{firm}{day}公告，公司与{city}方面签署合作协议，拟投资{sum_}亿元，"
            f"分{chance.choice('两三四')}期建设{sector}基地，首期预计明年投产。",
        ),
        (
            f"{body}：{sector}行业运行总体平稳",
            f"{body}{day}发布的数据显示，{sector}行业运行总体平稳，规模以上企业营业收入{verb}{share}，"
            f"利润总额{sum_}亿元。",
        ),
        (
            f"{firm}：前三季度净利润{verb}{share}",
            f"{firm}{day}晚间披露三季报，前三季度实现营业收入{sum_}亿元，净利润{verb}{share}，"
            f"其中{sector}业务毛利率为{other}。",
        ),
        (
            f"“{sector}+”加速落地 {city}新增项目{count}个",
            f"“{sector}+”正在{city}加速落地。截至{day}，当地今年新增相关项目{count}个，协议资金{sum_}亿元。",
        ),
        (
            f"北向资金净买入{sum_}亿元 {sector}获加仓居前",
            f"{day}，北向资金全天净买入{sum_}亿元，{sector}获加仓居前，{firm}净买入额占成交额的{share}。",
        ),
        (
            f"{city}发布{sector}产业三年行动方案 目标规模超{count}0亿元",
            f"{city}{day}发布{sector}产业高质量发展三年行动方案，提出到期末产业规模超过{count}0亿元，"
            f"年均增速不低于{share}。",
        ),
    )
    return chance.choice(forms)


def _sentences(chance: random.Random, city: str, sector: str, firm: str) -> str:
    return "".join(_sentence(chance, city, sector, firm) for _ in range(chance.randint(1, 4)))


def _sentence(chance: random.Random, city: str, sector: str, firm: str) -> str:
    who = f"{chance.choice(_NAMES)}证券{chance.choice(_POSTS)}{chance.choice(_PEOPLE)}"
    forms = (
        f"{who}认为，{sector}的供需格局正在改善，但价格能否企稳仍要看下游订单的恢复程度。",
        f"从区域看，{city}、{chance.choice(_CITIES)}等地的增速高于平均水平，分别达到"
        f"{_percent(chance)}和{_percent(chance)}。",
        f"{firm}相关负责人表示，公司在手订单约{_yi(chance)}亿元，产能利用率维持在"
        f"{chance.randint(61, 97)}%左右。",
        f"与此同时，原材料成本{chance.choice(_VERBS)}{_percent(chance)}，部分中小企业的利润空间受到挤压。",
        f"据测算，项目全部投产后年产值可达{_yi(chance)}亿元，带动就业{chance.randint(3, 60)}00余人。",
        f"{who}提醒，短期内板块波动可能加大，投资者应关注业绩兑现情况，避免追高。",
        f"业内人士指出，随着《{sector}产业高质量发展实施意见》落地，行业集中度有望继续提升。",
        f"资金面上，{sector}相关基金近一周净申购{_yi(chance)}亿份，融资余额增加{_yi(chance)}亿元。",
        f"截至三季度末，{city}已建成{sector}重点实验室{chance.randint(3, 40)}家，"
        f"专利授权量{chance.choice(_VERBS)}{_percent(chance)}。",
    )
    return chance.choice(forms)


def _percent(chance: random.Random) -> str:
    return f"{chance.uniform(0.3, 28):.{chance.choice((1, 2))}f}%"


def _yi(chance: random.Random) -> str:
    return f"{chance.uniform(1.2, 860):.{chance.choice((0, 1, 2))}f}"
