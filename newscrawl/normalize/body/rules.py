"""What of a page's markup belongs to an article: which elements stay, which go, which are hidden."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from newscrawl.normalize.body.securities import is_ad_link, is_quote

#: Elements that hold a line of text: what stands outside of them is put into a `p`.
PARAGRAPHS = {
    "p": "p", "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4", "pre": "pre",
    "figcaption": "figcaption", "dt": "p", "dd": "p", "caption": "p", "summary": "p",
}  # fmt: skip
#: Elements that hold others.
CONTAINERS = frozenset({
    "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "figure",
})  # fmt: skip
#: Elements that only part what they hold.
WRAPPERS = frozenset({
    "div", "section", "article", "main", "center", "header", "footer", "aside", "address", "fieldset",
    "details", "dl", "body", "html", "nav", "hgroup",
})  # fmt: skip
INLINE = frozenset({
    "strong", "em", "b", "i", "u", "a", "sub", "sup", "code",
})  # fmt: skip
DROPPED = frozenset({
    "script", "style", "form", "button", "input", "select", "textarea", "option", "label", "iframe",
    "frame", "object", "embed", "applet", "video", "audio", "canvas", "svg", "math", "noframes", "template",
    "link", "meta", "base", "head", "title", "map", "area", "dialog", "progress", "meter", "marquee", "hr",
})  # fmt: skip

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0(?:\.0+)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?p[xt])\s*(?:[;!]|$)"
    r"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01]px|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?<![\w-])left\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_AD_MARK = re.compile(
    r"(?:^|\s)ad_context|em_handle_adv|(?:^|\s)(?:advert(?:isement)?|adsbygoogle|ad-container)(?:\s|$)"
)
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-actualsrc",
    "data-lazyload",
    "original",
    "data-url",
)
_PIXEL = frozenset(("0", "1", "0px", "1px"))
# Captions in a paragraph of their own, below the picture.
_CAPTION = re.compile(
    r"^[(（【\[]?\s*(?:[▲△▼◎]|图\s?\d{0,2}\s?[:：|｜为/]|图片?来源|图源|资料图|资料图片|摄影[:：/]|供图|\S{1,6}\s摄[)）]?$)"
)
CAPTION_LIMIT = 80


def is_dropped(element: HtmlElement, tag: str) -> bool:
    """Whether an element goes with all that it holds. One that is hidden is asked for by is_hidden."""
    if tag in DROPPED:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    mark = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    if "em_media" in mark and "em_media" in attributes.get("class", "").split():
        return True
    if tag == "span" and is_quote(element):
        return True
    if tag == "a" and is_ad_link(attributes.get("href", "")):
        return True
    return "ad" in mark and _AD_MARK.search(mark) is not None


def is_hidden(element: HtmlElement) -> bool:
    """Whether a reader of the page never sees the element: no display, one pixel, out of the window."""
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _HIDDEN_STYLE.search(style) is not None)


def picture_address(image: HtmlElement) -> str | None:
    """Where a picture lies, as written, lazy-load attributes first; None for placeholders and pixels."""
    attributes = image.attrib
    if attributes.get("width") in _PIXEL or attributes.get("height") in _PIXEL:
        return None
    for name in _LAZY:
        value = attributes.get(name, "").strip()
        if value and not value.startswith("data:") and ("/" in value or "." in value):
            return value
    source = attributes.get("src", "").strip()
    if source and not source.startswith("data:"):
        return source
    return _largest(attributes.get("srcset") or attributes.get("data-srcset") or "")


def _largest(srcset: str) -> str | None:
    """The last address of a srcset, which is the largest by custom."""
    addresses = [part.split()[0] for part in re.split(r",\s+", srcset[:4000]) if part.split()]
    return addresses[-1] if addresses and not addresses[-1].startswith("data:") else None


def is_caption(line: str) -> bool:
    """Whether a paragraph right below a picture is its caption: `▲图为…`, `图源：…`, `资料图`."""
    return len(line) <= CAPTION_LIMIT and _CAPTION.match(line) is not None
