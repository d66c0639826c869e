"""Escapes text, HTML and addresses in a Jekyll page, so neither Markdown nor Liquid interprets them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

# Markdown syntax (kramdown, GFM) anywhere in a line, and at the start of a line.
_MARKS = re.compile(r"[\\`*_\[\]|$~]")
_FIRST_MARK = re.compile(r"^(?:[-+#>:=]|\d{1,9}(?=\.\s))")
_ESCAPED = re.compile(r"\\([\\`*_\[\]|$~+#>:=.-])")
_AMPERSAND = re.compile(r"&(?=#|[A-Za-z]\w*;)")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_LIQUID = re.compile(r"\{(?=[{%:])")
_BRACE = "&#123;"
_ADDRESS = "!#$%&'()*+,-./:;=?@[]_~"  # characters not encoded in an address
_BLOCK = r"(?:p|h[1-6]|ul|ol|li|blockquote|table|thead|tbody|tfoot|tr|td|th|figure|figcaption|pre)"
# After a paragraph, four spaces before a tag begin a code block.
_INDENTED = re.compile(rf"(</{_BLOCK}>[ \t]*\n)(?:[ \t]*\n)*(?: {{4}}| {{0,3}}\t)[ \t]*(?=<)")


def text_line(text: str) -> str:
    """Plain text as one line of Markdown that shows exactly that text.

    >>> print(text_line("*ST海航 <b> {{ x }}"))
    \\*ST海航 &lt;b> &#123;{ x }}
    """
    line = _AMPERSAND.sub("&amp;", " ".join(text.split())).replace("<", "&lt;")
    line = _MARKS.sub(r"\\\g<0>", line)
    if first := _FIRST_MARK.match(line):
        mark = first.group()
        line = f"{mark}\\{line[len(mark) :]}" if mark.isdigit() else f"\\{line}"
    return _LIQUID.sub(_BRACE, line)


def plain_text(line: str) -> str:
    """Reverses `text_line`. Text that was never escaped is returned unchanged."""
    return _REFERENCE.sub(lambda match: unescape(match.group()), _ESCAPED.sub(r"\1", line))


def page_html(html: str) -> str:
    """A post's HTML, safe in a Jekyll page.

    Where it holds what Liquid would run (`{{`, `{%`) the brace becomes a character reference, and an
    indent that Markdown would take for code is shortened; all other HTML stays as it is, byte for byte.
    """
    if "{" in html:
        html = _LIQUID.sub(_BRACE, html)
    return _INDENTED.sub(r"\1 ", html) if "    " in html or "\t" in html else html


def post_html(html: str) -> str:
    """Reverses `page_html`, except for shortened indents."""
    return html.replace(_BRACE, "{")


def autolink(address: str) -> str:
    """An address in `<…>`; what would end or break the link is percent-encoded.

    >>> autolink("http://x.test/a b>{{c}}")
    '<http://x.test/a%20b%3E%7B%7Bc%7D%7D>'
    """
    return f"<{encoded(address)}>"


def encoded(address: str) -> str:
    """An address that is safe in any markup: ASCII, with invalid characters percent-encoded."""
    return quote(address.encode("utf-8", "replace"), safe=_ADDRESS)
