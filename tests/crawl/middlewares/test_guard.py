"""Private addresses: refused in every spelling, public ones let through."""

from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler
from twisted.internet.testing import MemoryReactorClock

from newscrawl.crawl.middlewares.guard import (
    PrivateAddress,
    PrivateAddressGuard,
    PublicResolver,
    _refuse_private,
    is_private,
)

PRIVATE = [
    "localhost",
    "LOCALHOST.",
    "db.localhost",
    "printer.local",
    "metadata.internal",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "10.0.0.8",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "[::1]",
    "::ffff:127.0.0.1",
    "fd00::1",
    "fe80::1",
    "",
]
PUBLIC = [
    "finance.eastmoney.com",
    "8.8.8.8",
    "2606:4700:4700::1111",
    "163.com",
    "1905.com",
    "例子.中国",
    "10jqka.com.cn",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_public(host: str) -> None:
    assert not is_private(host)


def test_the_middleware_refuses_and_counts() -> None:
    guard = PrivateAddressGuard.from_crawler(get_crawler())
    with pytest.raises(PrivateAddress, match=r"http://127\.0\.0\.1:27017/ points into a private network"):
        guard.process_request(Request("http://127.0.0.1:27017/"))
    assert guard.process_request(Request("https://finance.eastmoney.com/a/1.html")) is None


def test_a_public_name_with_a_private_address_is_refused() -> None:
    assert _refuse_private("93.184.216.34", "example.com") == "93.184.216.34"
    with pytest.raises(PrivateAddress, match=r"rebound\.example resolves to the private address 10\.0\.0\.5"):
        _refuse_private("10.0.0.5", "rebound.example")


def test_what_the_user_names_is_asked_and_nothing_else() -> None:
    named = {"NEWSCRAWL_PRIVATE_HOSTS": "Intranet.local, 127.0.0.1:8000"}
    crawler = get_crawler(settings_dict=named)
    guard = PrivateAddressGuard.from_crawler(crawler)
    for url in ("http://intranet.local/a", "https://INTRANET.local:8443/", "http://127.0.0.1:8000/"):
        assert guard.process_request(Request(url)) is None
    for url in ("http://127.0.0.1/", "http://127.0.0.1:27017/", "http://intranet.local.internal/"):
        with pytest.raises(PrivateAddress, match="NEWSCRAWL_PRIVATE_HOSTS does not name it"):
            guard.process_request(Request(url))


def test_their_names_may_resolve_to_private_addresses() -> None:
    crawler = get_crawler(settings_dict={"NEWSCRAWL_PRIVATE_HOSTS": "news.example.com 10.0.0.5:8000"})
    reactor: Any = MemoryReactorClock()  # type: ignore[no-untyped-call]
    assert {"news.example.com", "10.0.0.5"} <= PublicResolver.from_crawler(crawler, reactor).trusted
