"""By which names a server may be called."""

import pytest

from newscrawl.web.security import is_ours, names_of


@pytest.mark.parametrize(
    ("bound", "address", "names"),
    [
        ("127.0.0.1", "", frozenset()),
        ("::1", "https://News.example.org/", frozenset(["news.example.org"])),
        ("127.0.0.7", "http://news.example.org:8080", frozenset(["news.example.org"])),
        ("0.0.0.0", "https://news.example.org", None),
        ("fe80::1%eth0", "", None),
        ("192.168.1.5", "", None),
    ],
)
def test_names_bind_loopback_alone(bound: str, address: str, names: frozenset[str] | None) -> None:
    assert names_of(bound, address) == names


@pytest.mark.parametrize(
    "host",
    ["localhost:8000", "LOCALHOST.", "a.localhost", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000", ""],
)
def test_loopback_is_always_ours(host: str) -> None:
    assert is_ours(host, frozenset())


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "notlocalhost", "10.0.0.1",
             "0x7f000001", "[", "\xff", "a b"]
)  # fmt: skip
def test_others_are_not(host: str) -> None:
    assert not is_ours(host, frozenset(["news.example.org"]))
    assert is_ours(host, None)
