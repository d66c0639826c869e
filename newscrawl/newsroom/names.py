"""Outlets that the newsroom's articles are credited to, as East Money spells them in mediaName."""

OUTLETS = (
    "北方网 证券时报网 上海证券报 中国证券报 证券日报 财联社 第一财经 央视新闻客户端 新华社 人民日报 经济日报 "
    "每日经济新闻 界面新闻 中新经纬 澎湃新闻 重庆日报 厦门日报 长江日报 成都商报 南方都市报 新京报 北京商报 "
    "经济观察报 华夏时报 时代周报 证券市场周刊 中国基金报 国际金融报 期货日报 科创板日报 上海证券报·中国证券网 "
    "东方财富研究中心 东方财富Choice数据 智通财经网 格隆汇 观察者网 环球时报 参考消息网 中国新闻网 解放日报 "
    "大众日报 湖北日报 四川日报 长沙晚报 乐居财经 朝阳资本论 银柿财经 中国银行保险报 IT之家 36氪"
).split()
#: Names with what once made bad page addresses of them: blanks, brackets, one name in two cases.
AWKWARD = ("21世纪经济报道 21财经APP", "安信国际证券(香港)", "TechWeb", "Techweb")
