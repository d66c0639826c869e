"""Private addresses: refused in every spelling, public ones let through."""

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler
from twisted.internet.testing import MemoryReactorClock

from newscrawl.crawl.middlewares.guard import (
    PrivateAddress,
    PrivateAddressGuard,
    ProxiedNames,
    PublicResolver,
    _refuse_private,
)
from newscrawl.crawl.runner import project_settings
from newscrawl.text.public_hosts import is_private

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
    "fe80::1%eth0",
    "",
    "192.0.0.8",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "::ffff:10.0.0.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1",
]
PUBLIC = [
    "finance.eastmoney.com",
    "8.8.8.8",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "192.0.1.1",
    "100.63.255.255",
    "172.32.0.1",
    "223.255.255.254",
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
        with pytest.raises(PrivateAddress, match="add it to NEWSCRAWL_PRIVATE_HOSTS"):
            guard.process_request(Request(url))


def test_their_names_may_resolve_to_private_addresses() -> None:
    crawler = get_crawler(settings_dict={"NEWSCRAWL_PRIVATE_HOSTS": "news.example.com 10.0.0.5:8000"})
    reactor: Any = MemoryReactorClock()  # type: ignore[no-untyped-call]
    assert {"news.example.com", "10.0.0.5"} <= PublicResolver.from_crawler(crawler, reactor).trusted


def test_what_a_proxy_would_look_up_is_looked_up_here_first() -> None:
    def check(host: str, **settings: str) -> None:
        asyncio.run(ProxiedNames(project_settings(settings)).check(host))

    with pytest.raises(PrivateAddress, match="localhost resolves to the private address"):
        check("localhost")
    check("localhost", NEWSCRAWL_PRIVATE_HOSTS="localhost:8000")
    check("no-such-name.invalid")  # the proxy's to know


def test_the_proxy_itself_is_not_asked_for_pages() -> None:
    crawler = get_crawler(settings_dict={"NEWSCRAWL_PROXY": "http://proxy.example.com:3128"})
    guard = PrivateAddressGuard.from_crawler(crawler)
    guard.process_request(Request("http://example.com/"))
    with pytest.raises(PrivateAddress, match="to the proxy itself"):
        guard.process_request(Request("http://proxy.example.com:8080/admin"))
