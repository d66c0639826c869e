"""Converts simplified characters to traditional ones, as far as the newsroom's texts need it."""

from __future__ import annotations

_SIMPLIFIED = (
    "专业东两个为乐买产亿从仓们众传储兑关内军冲况净创别务动区医华协单压厦参发启员国图场块备学实导属岛师带庆应开张"
    "强当录总恒户扩扫报拟挤摄数时显权来标汇汉泽测济润涨湾滨点环现琼瓯电监盘着码稳签简约纪纬纳组经统继绩续维编联苏"
    "荡药获营见观规视计订认议记许论设证读负财责货质购资轩较辑达过运远连郑银长门间闻阅阳际陈险随页项预频题额风验鸣齐"
    "陆镕"
)
_TRADITIONAL = (
    "專業東兩個為樂買產億從倉們眾傳儲兌關內軍沖況淨創別務動區醫華協單壓廈參發啟員國圖場塊備學實導屬島師帶慶應開張"
    "強當錄總恆戶擴掃報擬擠攝數時顯權來標匯漢澤測濟潤漲灣濱點環現瓊甌電監盤著碼穩簽簡約紀緯納組經統繼績續維編聯蘇"
    "蕩藥獲營見觀規視計訂認議記許論設證讀負財責貨質購資軒較輯達過運遠連鄭銀長門間聞閱陽際陳險隨頁項預頻題額風驗鳴齊"
    "陸鎔"
)
_TABLE = str.maketrans(_SIMPLIFIED, _TRADITIONAL)


def traditional(text: str) -> str:
    """The text in traditional characters.

    >>> traditional("天津财经频道")
    '天津財經頻道'
    """
    return text.translate(_TABLE)


def big5(text: str) -> bytes:
    """Big5 of the text in traditional characters; what Big5 lacks as `&#14019;`, as Big5 sites write it."""
    return traditional(text).encode("big5", "xmlcharrefreplace")
