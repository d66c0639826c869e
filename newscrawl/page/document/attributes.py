"""Tags with more attributes than any page has: libxml2 compares each name with all others of its tag.

A tag of a hundred thousand names would hold a reader up for a minute, one of a million for hours.
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 1_000  #: of one tag; what comes after them is left out
_HARMLESS = 120_000  # bytes of a page that hold too few names to take long
_LONG = 2 * MOST_ATTRIBUTES  # bytes, the least that so many take
_VALUE = rb"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+)"
_ATTRIBUTE = re.compile(rb"[\s/]*+[^\s=>/][^\s=>/]*+(?:%b)?+" % _VALUE)
_ATTRIBUTES = rb"(?:[\s/=]++|[^\s=>/]++(?:%b)?+)*+" % _VALUE
# Every quantifier is possessive: what was read is not read again another way. The text of scripts and styles
# is passed over: `a<b` is no tag there.
_TAG = rb"(<(?:script|style)(?=[\s>/])%b)(>(?:[^<]++|<(?!/(?:script|style)))*+)?+|<[a-z][^\s>/]*+%b" % (
    _ATTRIBUTES,
    _ATTRIBUTES,
)
# A page whose tags have two hundred attributes at most, in one match: twice as quick as one a tag.
_SCRIPT = b"[sS](?:[cC][rR][iI][pP][tT]|[tT][yY][lL][eE])"
_FEW = rb"(?:[\s/=]*+[^\s=>/]++(?:=\"[^\"]*+\"|%b)?+){0,200}+[\s/=]*+>" % _VALUE
_ORDINARY = re.compile(
    rb"[^<]*+(?:<(?:/|(?!%b[\s>/])[a-zA-Z][^\s>/]*+%b|%b(?=[\s>/])%b(?:[^<]++|<(?!/%b))*+|(?![a-zA-Z]))[^<]*+)*+"
    % (_SCRIPT, _FEW, _SCRIPT, _FEW, _SCRIPT)
)


def without_masses(data: bytes) -> bytes:
    """The page with the first MOST_ATTRIBUTES of each tag; nearly always the very bytes that came."""
    if len(data) <= _HARMLESS or _ORDINARY.fullmatch(data):
        return data
    parts, at = [], 0
    for match in re.finditer(_TAG, data, re.IGNORECASE):
        if match.end() - match.start() >= _LONG and (tag := _shortened(match)) is not None:
            parts += [data[at : match.start()], tag]
            at = match.end()
    return b"".join([*parts, data[at:]]) if parts else data


def _shortened(match: re.Match[bytes]) -> bytes | None:
    """The tag with its first attributes, and the text of its script; None where it has no more than those."""
    tag, text = match[1] or match[0], match[2] or b""
    if len(tag) < _LONG:
        return None
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag)):
        if number > MOST_ATTRIBUTES:
            return tag[: attribute.start()] + text
    return None
