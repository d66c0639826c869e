"""clean_body: the element that holds an article to a Body and its securities.

One walk over the element decides what is the article's, and hands it to the HtmlWriter. The tree is not
changed, so a page can be read again. Nothing is recursive: a hostile page may nest ten thousand elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import urljoin

import nh3
from lxml import etree
from lxml.html import HtmlElement

from newscrawl.model.draft import CategorizedDraft, CompleteDraft
from newscrawl.model.post import Body, Security
from newscrawl.normalize.body.html_writer import HtmlWriter
from newscrawl.normalize.body.rules import (
    CONTAINERS,
    INLINE,
    PARAGRAPHS,
    PICTURES,
    WRAPPERS,
    is_chart,
    is_dropped,
    is_hidden,
    marked_code,
    merged,
    picture_address,
    security_of,
)

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


# --- the walk

#: Elements of a body beyond which nothing is read, and how deep tags may lie in one another.
NODE_LIMIT = 20_000
DEPTH_LIMIT = 100
IMAGES_LIMIT = 500
_LONGEST_ADDRESS = 8_000  # characters; servers refuse longer ones
#: A hidden element with more characters, and most of the body's, is text that a script unfolds.
_UNFOLDED = 400
_WITH_HOST = re.compile(r"https?://[^\s/?#%\\<>\"]+", re.IGNORECASE)
# A body that is one of these is read as if it were a div: its own tag says nothing inside a post.
_PLAIN_ROOTS = frozenset(("li", "td", "th", "tr", "tbody", "thead", "tfoot", "figure"))


@dataclass(slots=True)
class BodyWalker:
    """What the walk has gathered so far."""

    base_url: str
    writer: HtmlWriter = field(default_factory=HtmlWriter)
    securities: list[Security] = field(default_factory=list)

    def run(self, root: HtmlElement) -> None:
        """Walk the whole element. Its own tail is not part of it."""
        nodes = 0
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                nodes += 1
                if nodes > NODE_LIMIT:
                    break
                if not self._start(element, root):
                    walk.skip_subtree()
                elif text := element.text:
                    self.writer.write(text)
                continue
            if event == "end":
                self._end(element)
            if element is not root and (text := element.tail):
                self.writer.write(text)
        self.writer.end_line()

    def _start(self, element: HtmlElement, root: HtmlElement) -> bool:
        """Begin an element; False where it goes with all that it holds."""
        tag = str(element.tag)
        if element is root:
            if tag in CONTAINERS and tag not in _PLAIN_ROOTS:
                self.writer.begin_container(element, tag, f"<{tag}>")
            return True
        if is_dropped(element, tag) or (is_hidden(element) and not _is_most(element, root)):
            return False
        if tag == "noscript" and self.writer.after_picture:
            return False  # the same picture once more, for readers without scripts
        if self.writer.depth > DEPTH_LIMIT:
            return True
        if tag in PARAGRAPHS:
            self.writer.begin_paragraph(element, PARAGRAPHS[tag])
        elif tag in CONTAINERS:
            self.writer.begin_container(element, tag, f"<{tag}{_spans(element)}>")
        elif tag in WRAPPERS:
            self.writer.boundary()
        else:
            self._inline(element, tag)
        return True

    def _end(self, element: HtmlElement) -> None:
        tag = str(element.tag)
        if tag in WRAPPERS:
            self.writer.boundary()
        elif tag in CONTAINERS:
            self.writer.end_line()
        self.writer.end(element)

    def _inline(self, element: HtmlElement, tag: str) -> None:
        if tag == "br":
            self.writer.line_break()
        elif tag in PICTURES:
            self._picture(element)
        elif (code := marked_code(element)) is not None:
            name = " ".join("".join(element.itertext()).split())[:40]
            if security := security_of(code, name):
                self.securities.append(security)
        elif tag == "a":
            if address := self._absolute(element.get("href", "").strip()):
                self.writer.begin_inline(element, "a", f'<a href="{escape(address)}">')
        elif tag in INLINE:
            self.writer.begin_inline(element, tag, f"<{tag}>")

    def _picture(self, element: HtmlElement) -> None:
        address = self._absolute(picture_address(element) or "")
        images = self.writer.images
        if address and images and images[-1].url == address:
            return  # the same once more
        if address and not is_chart(address) and len(images) < IMAGES_LIMIT:
            self.writer.picture(address, element.get("alt"))

    def _absolute(self, address: str) -> str | None:
        """An http(s) address made absolute; None for scripts, data, anchors and what is no address."""
        if not address or address.startswith("#") or len(address) > _LONGEST_ADDRESS:
            return None
        try:
            full = urljoin(self.base_url, address)
        except ValueError:
            return None
        return full if _WITH_HOST.match(full) else None


def _spans(element: HtmlElement) -> str:
    """A cell's colspan and rowspan, as far as they are small numbers."""
    if not element.attrib:
        return ""
    return "".join(
        f' {name}="{value}"'
        for name in ("colspan", "rowspan")
        if (value := element.get(name, "")).isdecimal() and len(value) < 4
    )


def _is_most(element: HtmlElement, root: HtmlElement) -> bool:
    """Whether a hidden element holds most of the body's text."""
    inside = sum(map(len, element.itertext()))
    return inside > _UNFOLDED and inside * 2 > sum(map(len, root.itertext()))


# --- the step `body`: the digest, the sanitized content and the securities.

#: Longer digests are bodies.
DIGEST_LIMIT = 4000
_TAG = re.compile(r"<(?:br|/p|/div)\b[^<>]{0,200}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_HEAD = re.compile(r"\s*【([^【】]{1,200})】\s*")


def normalize_body(draft: CategorizedDraft) -> CompleteDraft:
    """Clean the digest and the body, and collect the securities: the list's before those of the body.

    Without a body, or with an empty one, the digest is the content: a flash. Content is None if there is
    neither.
    """
    digest = _digest(draft)
    origins = draft.crawl.origins
    content: Body | None = None
    marked: list[Security] = []
    if draft.extraction.body is not None:
        cleaned, found = clean_body(draft.extraction.body, base_url=draft.extraction.base_url or draft.url)
        if cleaned.chars or cleaned.images:
            content, marked = cleaned, found
            origins["body"] = draft.extraction.body_rule or "page"
    if content is None and digest:
        content = paragraphs_body(digest)
        origins["body"] = "digest"
    securities = merged(draft.listed_securities, marked)
    return CompleteDraft(**vars(draft), digest=digest, content=content, securities=securities)


def _digest(draft: CategorizedDraft) -> str | None:
    for candidate in draft.extraction.digests:
        if digest := digest_text(candidate.value):
            draft.crawl.origins["digest"] = candidate.rule
            return digest
    return None


def digest_text(value: str) -> str | None:
    """A digest as plain text, without the title that 【】 put before it; None where nothing is left.

    >>> digest_text("【沪指涨0.49%】指数走强，沪指涨0.49%。")
    '指数走强，沪指涨0.49%。'
    """
    text = unescape(_ANY_TAG.sub("", _TAG.sub("\n", value[: DIGEST_LIMIT * 2])))
    if (head := _HEAD.match(text)) and text[head.end() :].strip():
        text = text[head.end() :]
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:DIGEST_LIMIT] or None
