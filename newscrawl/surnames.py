"""Surnames: what a Chinese person's name begins with."""

from __future__ import annotations

import re

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
)
_TWO = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|轩辕"
    "|令狐|慕容|司徒|司空|端木|南宫|夏侯|长孙|宇文|独孤|呼延|申屠|闻人"
)
_PERSON = re.compile(rf"(?:{_TWO})[\u4e00-\u9fff]{{1,2}}|[{_ONE}][\u4e00-\u9fff]{{1,2}}")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,2}")


def is_persons(name: str) -> bool:
    """Whether a name of Han characters may be a person's: a surname and one or two characters, or a name
    with dots (买买提·艾力). For texts without a label; where a label says so, any name is one.

    >>> is_persons("何予安"), is_persons("无国界")
    (True, False)
    """
    return bool(_PERSON.fullmatch(name) or _DOTTED.fullmatch(name))
