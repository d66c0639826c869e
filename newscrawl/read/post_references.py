"""The ways to name a post: its id, East Money's number, or an address."""

from __future__ import annotations

import re
from typing import Any

from newscrawl.errors import UsageError
from newscrawl.text.urls import canonical_url, identity

_NUMBER = re.compile(r"(?:[A-Za-z]{2})?(\d{18}(?:\d{5})?)", re.ASCII)
_IN_ADDRESS = re.compile(r"(?<!\d)(\d{18}(?:\d{5})?)(?!\d)", re.ASCII)
_FILE = re.compile(r"(?:\d{4}-\d\d-\d\d)?-?(.+)\.md")
_HASHED = re.compile(r"url-([0-9a-f]{32})")


def filters_for(reference: str) -> list[dict[str, Any]]:
    """The filters that find the post, most likely first.

    reference: `eastmoney:202202262290280232` or another `_id`; the 18 digits alone, with or without
    `NW`; any address of the article; the name of an exported file.

    >>> filters_for("NW202202262290280232")
    [{'_id': 'eastmoney:202202262290280232'}]
    """
    if not isinstance(reference, str):
        raise UsageError(
            f"a post is named by its id, such as 'eastmoney:202202262290280232'; got {reference!r}"
        )
    text = reference.strip().encode("utf-8", "replace").decode()  # BSON cannot hold lone surrogates
    if text.startswith(("http://", "https://")):
        return _of_address(text)
    if file := _FILE.fullmatch(text.rpartition("/")[2]):
        text = file[1]
    if number := _NUMBER.fullmatch(text):
        return [{"_id": f"eastmoney:{number[1]}"}]
    if hashed := _HASHED.fullmatch(text):
        return [{"_id": f"url:{hashed[1]}"}]
    return [{"_id": text}]


def _of_address(address: str) -> list[dict[str, Any]]:
    ids = [identity(address), *(f"eastmoney:{number}" for number in _IN_ADDRESS.findall(address)[:3])]
    other = address.replace("http://", "https://", 1) if address.startswith("http:") else address
    return [{"_id": {"$in": ids}}, {"canonical_url": {"$in": [canonical_url(address), canonical_url(other)]}}]
