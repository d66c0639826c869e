"""Formats texts, times and addresses for feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from newscrawl.export.jekyll.markdown import encoded

# Unicode characters that XML 1.0 cannot represent.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """The text without characters that XML 1.0 cannot represent, with `\\n` line ends."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """The text on one line, with XML characters only."""
    return " ".join(_NOT_XML.sub("", text).split())


def xml(text: str) -> str:
    """Escaped for character data and attribute values; `]]>` cannot occur.

    >>> xml("a ]]> \\x00b & 'c'")
    'a ]]&gt; b &amp; &#x27;c&#x27;'
    """
    return escape(plain(text))


def tag(name: str, text: str) -> str:
    """An element with a text."""
    return f"<{name}>{xml(text)}</{name}>"


def atom_link(relation: str, address: str | None, kind: str, prefix: str = "") -> str:
    """An Atom link element; empty if the address is not a web address."""
    page = web(address)
    return f'<{prefix}link rel="{relation}" type="{kind}" href="{xml(page)}"/>' if page else ""


def web(address: str | None) -> str | None:
    """A web address in ASCII; None for any other, so that a feed never links to a script.

    >>> web("https://x.test/新闻"), web("javascript:alert(1)")
    ('https://x.test/%E6%96%B0%E9%97%BB', None)
    """
    if address is None:
        return None
    written = encoded(address)
    try:
        parts = urlsplit(written)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return written if known else None


def iso(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def rfc822(moment: datetime) -> str:
    """`Sat, 26 Feb 2022 08:34:18 GMT`."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def utf8(text: str) -> bytes:
    """The bytes of a feed."""
    return text.encode("utf-8", "replace")
