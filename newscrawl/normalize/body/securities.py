"""The marks that East Money's platform leaves in article bodies: stock links, quotes, charts, ads.

Reposts carry them to other sites, so they are known here and not in one spider. Facts from saved pages
of 2019 to 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from newscrawl.model.post import Security
from newscrawl.text.lazy_regex import lazy

_CODE = lazy(r"(\d{1,3})[,.]([A-Za-z0-9._]{1,16})")
_QUOTE_LINK = lazy(r"^(?:https?:)?//quote\.eastmoney\.com/unify/r/(\d{1,3})\.([A-Za-z0-9._]{1,16})$")
_QUOTE_IDS = ("quote_", "bkquote_")
_CHART = lazy(
    r"//(?:web)?quote(?:kline)?pic\.eastmoney\.com/|//pi(?:fm|c)\d?\.eastmoney\.com/.*(?:GetPic|EM_Fund)|/GetPic\.aspx",
    re.IGNORECASE,
)
_AD_LINK = lazy(r"^(?:https?:)?//acttg\.eastmoney\.com/")
#: More are a page's whole table of quotes.
SECURITIES_LIMIT = 200


def security_of(code: str, name: str | None = None) -> Security | None:
    """`1,600160` or `116.00700` as a Security; None for anything else.

    >>> security_of("1,600160", "巨化股份")
    Security(market='1', code='600160', name='巨化股份')
    """
    match = _CODE.fullmatch(code.strip())
    return None if match is None else Security(match[1], match[2], name or None)


def marked_code(element: HtmlElement) -> str | None:
    """The code with which an element marks a security: `data-code`, or a link to its quote."""
    if code := element.get("data-code"):
        return code if _CODE.fullmatch(code.strip()) else None
    if element.tag == "a" and (link := _QUOTE_LINK.match(element.get("href") or "")):
        return f"{link[1]},{link[2]}"
    return None


def is_quote(element: HtmlElement) -> bool:
    """Whether a script fills this element with a price."""
    return (element.get("id") or "").startswith(_QUOTE_IDS)


def is_chart(url: str) -> bool:
    """Whether a picture is a chart drawn anew at each look."""
    return _CHART.search(url) is not None


def is_ad_link(url: str) -> bool:
    """Whether a link leads to an advertisement."""
    return _AD_LINK.match(url) is not None


def merged(*lists: Iterable[Security]) -> list[Security]:
    """All securities in order, each market and code once, with the first name that is known."""
    found: dict[tuple[str, str], Security] = {}
    for securities in lists:
        for one in securities:
            key = (one.market, one.code)
            if key not in found or (found[key].name is None and one.name):
                found[key] = one
    return list(found.values())[:SECURITIES_LIMIT]
