"""Outlets' names and their slugs."""

from __future__ import annotations

import random
import re
import sys

import pytest

from newscrawl.text.slugs import SLUG_LIMIT, slug

SLUGS = {
    "北方网": "beifangwang",
    "重庆日报": "chongqingribao",
    "重庆银行": "chongqingyinhang",
    "新重庆客户端": "xinchongqingkehuduan",
    "长江日报": "changjiangribao",
    "长江证券": "changjiangzhengquan",
    "长沙晚报": "changshawanbao",
    "长春日报": "changchunribao",
    "长城新媒体": "changchengxinmeiti",
    "长安街知事": "changanjiezhishi",
    "长三角观察": "changsanjiaoguancha",
    "长治日报": "changzhiribao",
    "厦门日报": "xiamenribao",
    "厦门网": "xiamenwang",
    "厦大财经": "xiadacaijing",
    "国际大厦": "guojidasha",
    "招商银行": "zhaoshangyinhang",
    "中国银行保险报": "zhongguoyinhangbaoxianbao",
    "中国人民银行": "zhongguorenminyinhang",
    "央行": "yanghang",
    "工商行政管理局": "gongshangxingzhengguanliju",
    "农商行": "nongshanghang",
    "投行圈": "touhangquan",
    "半导体行业观察": "bandaotihangyeguancha",
    "银行长": "yinhangzhang",
    "成都商报": "chengdushangbao",
    "南方都市报": "nanfangdushibao",
    "楚天都市报": "chutiandushibao",
    "都市快报": "dushikuaibao",
    "南都": "nandu",
    "首都之窗": "shouduzhichuang",
    "乐视": "leshi",
    "乐居财经": "lejucaijing",
    "乐清日报": "yueqingribao",
    "音乐财经": "yinyuecaijing",
    "娱乐资本论": "yulezibenlun",
    "朝阳日报": "chaoyangribao",
    "北京朝阳": "beijingchaoyang",
    "朝阳永续": "zhaoyangyongxu",
    "朝鲜中央通讯社": "chaoxianzhongyangtongxunshe",
    "朝日新闻": "zhaorixinwen",
    "参考消息": "cankaoxiaoxi",
    "西藏日报": "xizangribao",
    "解放日报": "jiefangribao",
    "六安日报": "luanribao",
    "蚌埠日报": "bengburibao",
    "番禺日报": "panyuribao",
    "台州日报": "taizhouribao",
    "单县新闻": "shanxianxinwen",
    "会计网": "kuaijiwang",
    "盖世汽车": "gaishiqiche",
    "量子位": "liangziwei",
    "券商中国": "quanshangzhongguo",
    "中国旅游报": "zhongguolvyoubao",
    "女报": "nvbao",
    "瞭望": "liaowang",
    "山西日报": "shanxiribao",
    "陕西日报": "shaanxiribao",
    "調查報": "diaochabao",
    "TechWeb": "techweb",
    "Techweb": "techweb",
    "ＴｅｃｈＷｅｂ": "techweb",
    "FT中文网": "ftzhongwenwang",
    "21世纪经济报道 21财经APP": "21shijijingjibaodao21caijingapp",
    "安信国际证券(香港)": "anxinguojizhengquanxianggang",
    "安信国际证券（香港）": "anxinguojizhengquanxianggang",
    "证券时报·e公司": "zhengquanshibaoegongsi",
    "上海证券报·中国证券网": "shanghaizhengquanbaozhongguozhengquanwang",
    "东方财富Choice数据": "dongfangcaifuchoiceshuju",
    "新华08": "xinhua08",
    "e公司": "egongsi",
    "The Paper": "the-paper",
    "New York  Times": "new-york-times",
    "news.cn": "news-cn",
    "A&B": "aandb",
    "C++": "cplusplus",
    "Le Monde": "le-monde",
    "Süddeutsche Zeitung": "suddeutsche-zeitung",
    "Café Ørsted": "cafe-orsted",
    "Ведомости": "vedomosti",
    "かな": "kana",
    "한겨레": "hangyeore",
    "重庆晨报": "chongqingchenbao",
    "重工业观察": "zhonggongyeguancha",
    "重点新闻": "zhongdianxinwen",
    "长沙银行": "changshayinhang",
    "成长股观察": "chengzhangguguancha",
    "行长观察": "hangzhangguancha",
    "中国工商银行": "zhongguogongshangyinhang",
    "行业研究": "hangyeyanjiu",
    "步行街": "buxingjie",
    "流行前线": "liuxingqianxian",
    "成都日报": "chengduribao",
    "首都新闻": "shouduxinwen",
    "新都网": "xinduwang",
    "大厦之窗": "dashazhichuang",
    "厦门晚报": "xiamenwanbao",
    "丽水日报": "lishuiribao",
    "会计师观察": "kuaijishiguancha",
    "国际会议": "guojihuiyi",
    "财会通讯": "caikuaitongxun",
    "调查报": "diaochabao",
    "调整与改革": "tiaozhengyugaige",
    "传媒观察": "chuanmeiguancha",
    "自传": "zizhuan",
    "西藏网": "xizangwang",
    "收藏报": "shoucangbao",
    "音乐周报": "yinyuezhoubao",
    "快乐晚报": "kuailewanbao",
    "今朝": "jinzhao",
    "更新日报": "gengxinribao",
    "种植报": "zhongzhibao",
    "少年报": "shaonianbao",
    "应用报": "yingyongbao",
    "应急管理报": "yingjiguanlibao",
    "东阿新闻": "dongexinwen",
    "亳州晚报": "bozhouwanbao",
    "莘县新闻": "shenxianxinwen",
    "泌阳": "biyang",
    "浚县": "xunxian",
    "铅山": "yanshan",
    "歙县": "shexian",
    "盱眙": "xuyi",
    "郴州日报": "chenzhouribao",
    "荥阳": "xingyang",
    "尉犁": "yuli",
}


@pytest.mark.parametrize(("name", "expected"), SLUGS.items())
def test_slugs(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(
    "name", ["", " ", "()", "☃", "العربية", "Ελλάδα", "\ud800", "𠮷野家", "😀网", "א" * 500]
)
def test_a_name_beyond_transcription_gets_a_slug_all_the_same(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(name))


def test_names_that_differ_in_lost_characters_differ_in_their_slugs() -> None:
    names = ["网", "😀网", "😁网", "ビル", "ビール", "☃", "★", "العربية", "الجزيرة", "25", "2.5", "C", "C++"]
    assert len({slug(name) for name in names}) == len(names)


def test_a_long_name_is_cut_but_stays_its_own() -> None:
    first, second = slug("新闻" * 100 + "甲"), slug("新闻" * 100 + "乙")
    assert first != second
    assert len(first) <= SLUG_LIMIT + 9
    assert slug("(" * 300 + "甲") != slug("(" * 300 + "乙")


def test_any_text_gives_a_clean_slug_whatever_its_case() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        name = "".join(chr(chance.randrange(sys.maxunicode)) for _ in range(3)) + chance.choice(
            ["", "网", "News "]
        )
        made = slug(name)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made), (name, made)
        assert slug(f"Ab {made}") == slug(f"aB {made.upper()}")


def test_a_hundred_names_at_least() -> None:
    assert len(SLUGS) >= 100
