"""What of a page's markup belongs to an article: which elements stay, which go, which are hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

from newscrawl.model.post import Security
from newscrawl.text.lazy_regex import lazy

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
    "rt", "rp", "rtc",  # how the text beside them is pronounced
})  # fmt: skip
PICTURES = frozenset(("img", "amp-img", "amp-anim"))

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0(?:\.0+)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?p[xt])\s*(?:[;!]|$)"
    r"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01]px|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|text-indent\s*:\s*-\d{3,}|(?<![\w-])left\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_AD_MARK = re.compile(
    r"(?:^|\s)ad_context|em_handle_adv|(?:^|\s)(?:advert(?:isement)?|adsbygoogle|ad-container)(?:\s|$)"
)
# Where scripts for lazy loading and sites of their own keep a picture's address while `src` is a placeholder.
_LAZY = (
    "data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-lazyload", "original", "data-url",
    "data-original-src", "data-cfsrc", "data-pagespeed-lazy-src", "data-pagespeed-high-res-src", "data-lazy",
    "data-echo", "data-ll-src", "data-flickity-lazyload", "data-ks-lazyload", "data-ks-lazyload-src",
    "data-img-src", "data-img-url", "data-image", "data-image-src", "data-hi-res-src", "data-full-src",
    "data-large-file", "data-orig-file", "data-medium-file", "data-src-large", "data-orig-src",
    "data-asset", "data-delayed-url", "data-runner-src", "lazy-src", "lazysrc", "real_src", "src2", "file",
    "zoomfile", "_src",
)  # fmt: skip
_LAZY_RANK = {name: rank for rank, name in enumerate(_LAZY)}
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set", "data-src-set")
# Pictures that stand for those to come: their names, and the smallest of data.
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|javascript:|#)|(?:^|[/_.-])(?:blank|spacer|place-?holder|transparent|pixel|lazy(?:load)?"
    r"|loading|grey|gray|empty|clear|dot|1x1|t)\.(?:gif|png|svg)(?:$|\?)",
    re.IGNORECASE,
)
_PIXEL = frozenset(("0", "1", "0px", "1px"))
_SIZE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)[wx]", re.ASCII)
# Captions in a paragraph of their own, below the picture.
_CAPTION = re.compile(
    r"^[(（【\[]?\s*(?:[▲△▼◎]|图\s?\d{0,2}\s?[:：|｜为/]|图片?来源|图源|资料图|资料图片|摄影[:：/]|供图|\S{1,6}\s摄[)）]?$)"
)
CAPTION_LIMIT = 80
_FOOTNOTE_MARK = re.compile(
    r"[\[(（［〔]?(?:\d{1,3}|[*†‡§¶↩⁎※]{1,3}|注\d{0,3})[\])）］〕]?|[\[(](?:[a-z]|[ivx]{1,5})[\])]",
    re.IGNORECASE,
)


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
    if tag == "a" and (is_ad_link(attributes.get("href", "")) or _is_footnote_mark(element)):
        return True
    return "ad" in mark and _AD_MARK.search(mark) is not None


def _is_footnote_mark(link: HtmlElement) -> bool:
    """Whether a link to a place of its own page is a mark such as `[1]`, which would run into the word."""
    if not link.get("href", "").startswith("#"):
        return False
    text = "".join(islice(link.itertext(), 4)).strip()
    return _FOOTNOTE_MARK.fullmatch(text) is not None


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
    for name in sorted(_LAZY_RANK.keys() & attributes.keys(), key=_LAZY_RANK.__getitem__):
        value = attributes[name].strip()
        if _is_picture(value) and ("/" in value or "." in value):
            return value
    source = attributes.get("src", "").strip()
    if _is_picture(source):
        return source
    sets = [attributes.get(name, "") for name in (*_LAZY_SETS, "srcset")]
    around = next(image.iterancestors("picture"), None)
    if around is not None:  # libxml2 puts what follows a `source` into it
        sources = around.iter("source")
        sets += [one.get(name, "") for one in sources for name in (*_LAZY_SETS, "srcset", "data-src", "src")]
    return next((address for srcset in sets if (address := largest(srcset))), None)


def _is_picture(address: str) -> bool:
    return bool(address) and _PLACEHOLDER.search(address[:500]) is None


def largest(srcset: str) -> str | None:
    """The address with the largest width or density of a srcset; the last of those that are equal.

    >>> largest("/a-640.jpg 640w, /a-1280.jpg 1280w, /a-320.jpg 320w")
    '/a-1280.jpg'
    """
    best, most = None, -1.0
    for part in re.split(r",\s+", srcset[:8000]):
        words = part.split()
        if not words or not _is_picture(words[0].strip(",")):
            continue
        size = _SIZE.fullmatch(words[1]) if len(words) > 1 else None
        if (weight := float(size[1]) if size else 0.0) >= most:
            best, most = words[0], weight
    return best


def is_caption(line: str) -> bool:
    """Whether a paragraph right below a picture is its caption: `▲图为…`, `图源：…`, `资料图`."""
    return len(line) <= CAPTION_LIMIT and _CAPTION.match(line) is not None


# --- the marks that East Money's platform leaves in article bodies: stock links, quotes, charts, ads.
#
# Reposts carry them to other sites, so they are known here and not in one spider. Facts from saved pages
# of 2019 to 2026.

_CODE = lazy(r"(\d{1,3})[,.]([A-Za-z0-9._]{1,16})")
_QUOTE_LINK = lazy(r"^(?:https?:)?//quote\.eastmoney\.com/unify/r/(\d{1,3})\.([A-Za-z0-9._]{1,16})$")
_QUOTE_IDS = ("quote_", "bkquote_")
_CHART = lazy(
    r"//(?:web)?quote(?:kline)?pic\.eastmoney\.com/|//pi(?:fm|c)\d?\.eastmoney\.com/.*(?:GetPic|EM_Fund)|/GetPic\.aspx",
    re.IGNORECASE,
)
_AD_LINK = lazy(r"^(?:https?:)?//acttg\.eastmoney\.com/")
#: More are a page's whole table of quotes.
SECURITIES_LIMIT = 200


def security_of(code: str, name: str | None = None) -> Security | None:
    """`1,600160` or `116.00700` as a Security; None for anything else.

    >>> security_of("1,600160", "巨化股份")
    Security(market='1', code='600160', name='巨化股份')
    """
    match = _CODE.fullmatch(code.strip())
    return None if match is None else Security(match[1], match[2], name or None)


def marked_code(element: HtmlElement) -> str | None:
    """The code with which an element marks a security: `data-code`, or a link to its quote."""
    if code := element.get("data-code"):
        return code if _CODE.fullmatch(code.strip()) else None
    if element.tag == "a" and (link := _QUOTE_LINK.match(element.get("href") or "")):
        return f"{link[1]},{link[2]}"
    return None


def is_quote(element: HtmlElement) -> bool:
    """Whether a script fills this element with a price."""
    return (element.get("id") or "").startswith(_QUOTE_IDS)


def is_chart(url: str) -> bool:
    """Whether a picture is a chart drawn anew at each look."""
    return _CHART.search(url) is not None


def is_ad_link(url: str) -> bool:
    """Whether a link leads to an advertisement."""
    return _AD_LINK.match(url) is not None


def merged(*lists: Iterable[Security]) -> list[Security]:
    """All securities in order, each market and code once, with the first name that is known."""
    found: dict[tuple[str, str], Security] = {}
    for securities in lists:
        for one in securities:
            key = (one.market, one.code)
            if key not in found or (found[key].name is None and one.name):
                found[key] = one
    return list(found.values())[:SECURITIES_LIMIT]
