"""Files that are no page, told by their first bytes: servers send them as `text/html` too."""

from __future__ import annotations

import re

_BEGINNINGS = {
    b"%PDF-": "a PDF document",
    b"\x89PNG\r\n": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF87a": "a GIF picture",
    b"GIF89a": "a GIF picture",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "an Office document",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b\x08": "compressed (gzip)",
    b"\x28\xb5\x2f\xfd": "compressed (zstd)",
    b"ID3\x03": "a sound file",
    b"ID3\x04": "a sound file",
    b"OggS": "a sound file",
    b"wOFF": "a font",
    b"wOF2": "a font",
}
_LISTS = {
    "rss": "a feed",
    "feed": "a feed",
    "rdf:rdf": "a feed",
    "urlset": "a sitemap",
    "sitemapindex": "an index of sitemaps",
}
_ROOT = re.compile(
    r"\ufeff?\s*(?:<[?](?:(?!<).)*>\s*|<!--(?:(?!-->).)*-->\s*)*<([a-z:]+)[\s>]", re.DOTALL | re.IGNORECASE
)
_NAMED = re.compile(rb"<(?:%s)\b" % "|".join(_LISTS).encode())  # of lower case, which is ten times as quick
_PROLOGUE = 2_000  # characters within which a document's first element begins
_AT_4 = {b"ftyp": "a film"}
_AT_8 = {b"WEBP": "a WebP picture", b"WAVE": "a sound file", b"AVI ": "a film"}


def foreign_format(body: bytes) -> str | None:
    """What a body is that is no page: `a PDF document`; None for whatever may be one."""
    head = body[:12].lstrip(b" \r\n")
    if head.startswith(b"<"):  # nearly all pages
        return None
    found = next((name for beginning, name in _BEGINNINGS.items() if head.startswith(beginning)), None)
    if found is None and body.startswith(b"RIFF"):
        found = _AT_8.get(body[8:12])
    return found or _AT_4.get(body[4:8])


def list_format(body: bytes | str) -> str | None:
    """What a body is that lists articles, and is none: `a feed`; None for whatever may be one."""
    head = body[:_PROLOGUE].encode("utf-8", "replace") if isinstance(body, str) else body[:_PROLOGUE]
    if _NAMED.search(head.lower()) is None:  # nearly all pages
        return None
    root = _ROOT.match(head.decode("utf-8-sig", "replace"))
    return _LISTS.get(root[1].lower()) if root else None
