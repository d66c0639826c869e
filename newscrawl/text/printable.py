"""Text of foreign origin for a terminal or a log: no character that controls it or reorders what it shows."""

from __future__ import annotations

import logging
import re
import unicodedata

# Controls, format characters (the bidirectional ones among them) and half characters.
_HIDDEN = frozenset(("Cc", "Cf", "Cs"))
# Format characters that are part of how a word is written: what joins emoji, what parts or joins letters of
# Persian and Hindi, the signs before Arabic and Syriac numbers.
_WRITTEN = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
#: What JSON may hold raw and a terminal acts on: C1 controls, line separators, marks of writing direction.
UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without such characters; line breaks and tabs stay.

    >>> printable("a\\x1b[31mb\\u202ec")
    'a[31mbc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or c in _WRITTEN or unicodedata.category(c) not in _HIDDEN)


class PrintableLog(logging.Filter):
    """Makes each record printable: what a site sends stands in URLs, titles and reasons."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (safe := printable(message)) != message:
            record.msg, record.args = safe, None
        return True
