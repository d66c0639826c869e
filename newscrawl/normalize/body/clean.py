"""clean_body: the element that holds an article to a Body and its securities."""

from __future__ import annotations

import re
from html import escape

import nh3
from lxml.html import HtmlElement

from newscrawl.model.post import Body, Security
from newscrawl.normalize.body.securities import merged
from newscrawl.normalize.body.walker import BodyWalker

#: The elements and attributes of a stored body; who shows one holds it to them again.
ALLOWED_TAGS = frozenset({
    "p", "br", "strong", "em", "b", "i", "u", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table",
    "thead", "tbody", "tfoot", "tr", "td", "th", "figure", "figcaption", "img", "a", "sub", "sup", "pre",
    "code",
})  # fmt: skip
ALLOWED_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# The last guard: whatever the walk wrote, nothing else gets out.
_CLEANER = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    attributes=ALLOWED_ATTRIBUTES,
    url_schemes={"http", "https"},
    link_rel=None,
    strip_comments=True,
)

# The same for a stored body, which any program with access to the database may have changed.
_STORED = nh3.Cleaner(
    tags=set(ALLOWED_TAGS),
    attributes={tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=None,
)

# What is left of a link whose address the cleaner found broken.
_LINK_TO_NOTHING = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def clean_body(element: HtmlElement, *, base_url: str) -> tuple[Body, list[Security]]:
    """The article in an element, and the securities that it marks.

    The element is not changed. `base_url` makes addresses absolute. HTML: paragraphs, headings (h2 to h4),
    lists, tables, figures, links and pictures, without any other attribute; white space between and in
    paragraphs stays as it is, full-width indents go. Text: paragraphs parted by blank lines, without
    captions. Gone: scripts, forms, hidden elements, ads, charts, stock links (their text stays), the
    attribution in `p.em_media`.
    """
    walk = BodyWalker(base_url)
    walk.run(element)
    html = _CLEANER.clean("".join(walk.writer.parts).strip())
    text = walk.writer.text.finish()
    if "<a>" in html:
        html = _LINK_TO_NOTHING.sub(r"\1", html)
    return Body(html, text, _chars(text), walk.writer.images), merged(walk.securities)


def sanitize(html: str) -> str:
    """A stored body's HTML, held to the same rules once more by whoever publishes it.

    >>> sanitize('<p onclick="x()">北方网<script>alert(1)</script></p>')
    '<p>北方网</p>'
    """
    whole = html if html.isascii() else html.encode("utf-8", "replace").decode()  # no half characters
    return _STORED.clean(
        whole.replace("<pre>\n", "<pre>\n\n")
    )  # a parser drops the first line break of a pre


def paragraphs_body(text: str) -> Body:
    """A Body of plain text; each line is a paragraph."""
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    joined = "\n\n".join(lines)
    return Body("\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines), joined, _chars(joined))


def _chars(text: str) -> int:
    return len("".join(text.split()))
