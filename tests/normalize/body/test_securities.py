"""East Money's marks in bodies and lists."""

from __future__ import annotations

import pytest

from newscrawl.model.post import Security
from newscrawl.normalize.body.rules import SECURITIES_LIMIT, is_ad_link, is_chart, merged, security_of


@pytest.mark.parametrize(
    ("code", "security"),
    [
        ("1,600160", Security("1", "600160")),
        ("116.00700", Security("116", "00700")),
        ("90,BK0800", Security("90", "BK0800")),
        (" 105.AAPL ", Security("105", "AAPL")),
        ("106,BRK.A", Security("106", "BRK.A")),
        ("", None),
        ("600160", None),
        ("1,", None),
        (",600160", None),
        ("1,60 0160", None),
        ("1,<script>", None),
        ("1," + "6" * 99, None),
    ],
)
def test_codes(code: str, security: Security | None) -> None:
    assert security_of(code) == security


def test_merging_keeps_the_order_and_fills_in_names() -> None:
    first, named = Security("1", "600160"), Security("1", "600160", "巨化股份")
    other = Security("0", "600160", "同码")
    assert merged([first, other], [named, first]) == [named, other]
    assert merged([named], [Security("1", "600160", "别名")]) == [named]
    assert merged() == []


def test_merging_is_bounded() -> None:
    assert len(merged(Security("1", str(n)) for n in range(10_000))) == SECURITIES_LIMIT


@pytest.mark.parametrize(
    ("url", "chart"),
    [
        ("https://webquotepic.eastmoney.com/GetPic.aspx?nid=1.600519", True),
        ("http://webquoteklinepic.eastmoney.com/GetPic.aspx?id=6005191", True),
        ("https://quotepic.eastmoney.com/x.png", True),
        ("http://charts.example.com/GetPic.aspx?nid=1", True),
        ("https://np-newspic.dfcfw.com/download/D25437144255738497376_w690h389.jpg", False),
        ("https://example.com/charts/getpicture.png", False),
    ],
)
def test_charts(url: str, chart: bool) -> None:
    assert is_chart(url) is chart


@pytest.mark.parametrize(
    ("url", "ad"),
    [
        ("https://acttg.eastmoney.com/pub/x", True),
        ("//acttg.eastmoney.com/pub/x", True),
        ("https://finance.eastmoney.com/a/1.html?u=acttg.eastmoney.com", False),
    ],
)
def test_ad_links(url: str, ad: bool) -> None:
    assert is_ad_link(url) is ad
