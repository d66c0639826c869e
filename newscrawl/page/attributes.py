"""Elements with attributes by the ten thousands: libxml2 compares each with all before it, for hours."""

from __future__ import annotations

import re

#: Bytes of a page that cannot hold so many attributes that it matters.
SMALL = 128 * 1024
#: Comparisons of attributes that a page may cost; about three seconds.
_MOST = 10**9
_LONG = 2_000  # bytes of a tag that is looked into
#: A script, whose text is not looked into, or a start tag to its end. Possessive: it never goes back.
_TAG = re.compile(
    rb"<script\b(?:[^<]++|<(?!/script))*+|<[A-Za-z](?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE
)
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")


def too_many(data: bytes) -> int | None:
    """How many attributes a tag has with which parsing would take too long; None where none has.

    A quotation mark astray makes a tag look longer than it is, but never so long.
    """
    if len(data) <= SMALL:
        return None
    cost = most = 0
    for tag in _TAG.finditer(data):
        if tag.end() - tag.start() > _LONG and tag.group()[:7].lower() != b"<script":
            # A value between its quotes counts as one, too: names need no blank between them.
            attributes = len(_QUOTED.sub(b" x ", tag.group()).split())
            cost, most = cost + attributes**2, max(most, attributes)
    return most if cost > _MOST else None
