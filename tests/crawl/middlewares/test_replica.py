"""Addresses of a newsroom."""

import pytest

from newscrawl.crawl.middlewares.replica import newsroom_base
from newscrawl.errors import UsageError


def test_plain_addresses() -> None:
    assert newsroom_base("") is None
    assert newsroom_base("http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert newsroom_base("http://localhost:8000/") == "http://localhost:8000"


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000", "somewhere", "ftp://127.0.0.1", "http://", "http://h/path"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError, match="is not an address like"):
        newsroom_base(address)
