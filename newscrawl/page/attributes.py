"""Tags with more attributes than any page has: libxml2 compares each name with all others of its tag.

A tag of a hundred thousand names would hold a reader up for a minute, one of a million for hours.
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 1_000  #: of one tag; what comes after them is left out
_HARMLESS = 120_000  # bytes of a page that hold too few names to take long
_VALUE = rb"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+)"
_ATTRIBUTE = re.compile(rb"[\s/]*+[^\s=>/][^\s=>/]*+(?:%b)?+" % _VALUE)
_ATTRIBUTES = rb"(?:[\s/=]++|[^\s=>/]++(?:%b)?+)*+" % _VALUE
# Every quantifier is possessive: what was read is not read again another way. The text of scripts and styles
# is passed over: `a<b` is no tag there.
_TAG = re.compile(
    rb"(<(?:script|style)(?=[\s>/])%b)(>(?:[^<]++|<(?!/(?:script|style)))*+)?+|<[a-z][^\s>/]*+%b"
    % (_ATTRIBUTES, _ATTRIBUTES),
    re.IGNORECASE,
)
# A search begins at each `<`; what would make it read far, it takes for suspicious instead.
_SUSPICIOUS = re.compile(
    rb"<[a-zA-Z](?:(?:[^\s>/<]*+<){50}|[^\s>/]*+(?:(?:[\s/]++|(?<=[\"']))[^\s=>/]{1,1000}+(?:\s*+=\s*+(?:"
    rb"\"[^\"]*+\"|'[^']*+'|[^\s>]{0,2000}+))?+){%d})" % (MOST_ATTRIBUTES,)
)


def without_masses(data: bytes) -> bytes:
    """The page with the first MOST_ATTRIBUTES of each tag; nearly always the very bytes that came."""
    if len(data) <= _HARMLESS or _SUSPICIOUS.search(data) is None:
        return data
    return _TAG.sub(_shortened, data)


def _shortened(match: re.Match[bytes]) -> bytes:
    tag, text = match[1] or match[0], match[2] or b""
    if len(tag) < 2 * MOST_ATTRIBUTES:
        return match[0]
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number > MOST_ATTRIBUTES:
            return tag[: attribute.start()] + text
    return match[0]
