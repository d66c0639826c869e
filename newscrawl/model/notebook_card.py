"""Articles and posts as notebooks show them: HTML without scripts, everything from a page escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

SHOWN = 600  #: characters of the text


def card(title: str | None, url: str, about: Mapping[str, str | None], text: str) -> str:
    """The HTML: title, what is known, and the beginning of the text. Only an http address becomes a link.

    >>> card("A < B", "javascript:x", {"source": "C", "authors": ""}, "D")
    '<article><h4>A &lt; B</h4><table><tr><th>source</th><td>C</td></tr></table><p>D</p></article>'
    """
    heading = escape(title or "without a title")
    if url.startswith(("https://", "http://")):
        heading = f'<a href="{escape(url)}" rel="noopener noreferrer">{heading}</a>'
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in about.items() if value
    )
    shown = text if len(text) <= SHOWN else text[:SHOWN] + " …"
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in shown.split("\n\n") if part)
    return f"<article><h4>{heading}</h4><table>{rows}</table>{paragraphs}</article>"
