"""Surnames: what a Chinese person's name begins with."""

from __future__ import annotations

from newscrawl.text.lazy_regex import lazy

# Those of the Hundred Family Surnames that are met today, and others that are common now.
_ONE = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟黄穆萧尹姚邵湛汪祁"
    "毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁荀羊惠甄曲封"
    "芮储靳邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟"
    "薄印宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀"
    "郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡文寇广禄阙东欧沃利蔚越隆师巩"
    "聂晁勾敖融冷訾辛阚那简饶曾沙养鞠须丰巢关蒯查荆游竺权逯盖益桓公肖付佟闫禤代牟幺覃仝亓冼褟苟麦区原"
    "楚帅税兰占位洛青亢商母隋楼岳候苑令么佘谌练揭揣檀门"
    # in their long forms
    "趙錢孫鄭馮陳衛蔣韓楊許張華謝鄒竇雲蘇範魯韋馬鳳費賀湯羅畢郝鄔樂傅齊顧黃蕭貝計談龐紀項閔賈婁顏鍾駱萬盧經繆幹應"
    "單諸鈕龔陸榮儲車侯劉葉龍蔔韶黎薊懷賴藺譚勞姬喬陰蒼雙聞黨貢冉酈邊農溫莊閻連習魚廖終滿寬廣東歐師鞏聶簡饒關遊權蓋閆區"
)
_TWO = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|轩辕"
    "|令狐|慕容|司徒|司空|端木|南宫|夏侯|长孙|宇文|独孤|呼延|申屠|闻人|歐陽|司馬|諸葛|東方|尉遲|公孫|軒轅|長孫"
)
_PERSON = lazy(rf"(?:{_TWO})[\u4e00-\u9fff]{{1,2}}|[{_ONE}][\u4e00-\u9fff]{{1,2}}")
# A name of two or three characters with a common surname: a person's, where no label says otherwise.
_COMMON = lazy(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范廖石金韦贾夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
    "[\u4e00-\u9fff]{1,2}"
)
#: Words that begin as names do.
_WORDS = frozenset(
    """
    简介 单位 文章 文字 文件 文化 全文 全部 全球 全国 经济 经过 经理 金融 高级 通知 通讯 通过 方面 方式
    万元 成为 成果 成员 安全 安排 时间 明确 明天 常见 强调 解读 管理 项目 应用 连续 连线 连日 和讯 东方
    南方 北方 江苏 石油 白酒 钢铁 牛市 熊市 车市 房市 双方 权威 关注 关于 官方 向上 向下 都是 从业 来源
    来自 雷达 家居 古代 利率 利好 利润 包括 欧洲 欧盟 欧元 法国 荣誉 平台 平均 计划 计算 支持 支付 严格
    国家 冷链 养老 终端 终于 步入 步伐 满足 丰富 广告 广州 利用 越来越 越南 隆重 师生 商务 商业 商家 强化
    强制 康复 康养 万科 万达 万象 华为 华润 华夏 阿里 孟买 曼谷
    高清 高端 高考 高铁 任务 程序 方言 严肃 史料 常识 万一 何时 武器
    """.split()
)
_DOTTED = lazy(r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,2}")


def is_persons(name: str) -> bool:
    """Whether a name of Han characters may be a person's: a surname and one or two characters, or a name
    with dots (买买提·艾力). For texts without a label; where a label says so, any name is one.

    >>> is_persons("何予安"), is_persons("无国界")
    (True, False)
    """
    return name not in _WORDS and bool(_PERSON.fullmatch(name) or _DOTTED.fullmatch(name))


def is_commonly_persons(name: str) -> bool:
    """Whether a name of two or three Han characters begins with one of the hundred commonest surnames.

    >>> is_commonly_persons("何予安"), is_commonly_persons("原创")
    (True, False)
    """
    return name not in _WORDS and _COMMON.fullmatch(name) is not None
