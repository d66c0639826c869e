"""Headings as they stand in the markup, with kickers, subtitles, badges and dates inside them."""

from __future__ import annotations

import html
import re
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.page.document import blocks, vocabulary
from newscrawl.page.document.blocks import Node, tokens_of
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import absolute, host_of, text_of
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CRUMB_CLASS = frozenset(("breadcrumb", "breadcrumbs", "crumb", "crumbs"))
_BESIDE_CLASS = vocabulary.class_words("beside_title")
_HOME = lazy(r"/?(?:(?:index|default|home)\.\w{3,5})?")
_BADGES = frozenset(
    "原创 转载 独家 置顶 推荐 热门 组图 视频 直播 付费 专题 图 Live LIVE Video Premium Exclusive".split()
)
_TAG = lazy(r"</?(?:b|i|em|strong|span|br|sup|sub|font|p|u)\b[^<>]{0,200}>", re.IGNORECASE)
_LONE_TAG = lazy(r"[^<]*<[a-z][a-z0-9]{0,9}>[^<]*")
_LETTER = lazy(r"[^\W\u2e80-\u9fff\uac00-\ud7a3]|[,:;.!?–—-]")
_UNSEEN_TAGS = frozenset(("svg", "script", "style", "template", "noscript", "button"))
# Words for screen readers, as Bootstrap, WordPress, Tailwind, GOV.UK and others class them.
_UNSEEN_CLASS = lazy(
    r"(?:^|[\s_-])(?:(?:visually|visuallyhidden|accessibly|screen-?reader)(?:-?hidden|-text|-only)?|sr-only|u-vh"
    r"|a11y-(?:hidden|only)|hidden-visually|hide-accessible|off-?screen|element-invisible|assistive-text)(?=$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN_STYLE = lazy(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LINES = frozenset(("small", "span", "time", "div", "p", "h2", "h3", "h4", "h5", "h6"))
_LONGEST_INFO = 100  # characters
_DAY = (
    r"(?:\d{1,2}\.?\s?)?[^\W\d_]{3,9}\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?(?:19|20)\d\d"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
)
_INFO = lazy(
    rf"(?:posted|published|updated|written|by|on|von|veröffentlicht|erstellt|publié|publicado|pubblicato)\b.*|(?:{_DAY})\W*$",
    re.IGNORECASE,
)
_MOST_PARTS = 12  # elements inside a heading that are checked
_LEAST = 4  # letters of what is left of a heading without its kicker
_NO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")


def bare(text: str) -> str:
    """Letters and digits only, case folded: what is compared."""
    return blocks.bare(text).casefold()


def plain(text: str, *, shown: bool = False) -> str:
    """A title without what readers do not see: zero-width marks, tags, entities escaped twice. What a heading
    shows (`shown`) may be about a tag: `30 Years of <br> Tags`."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    if "<" in text and not (shown and _LONE_TAG.fullmatch(text)):
        text = _TAG.sub("", text)
    return text if text.isascii() else text.translate(_NO_WIDTH).strip()


def heading_text(node: Node) -> str:
    """The text that a heading shows; where a line is broken between words of letters, they stay two."""
    for line_end in islice(node.element.iter("br"), _MOST_PARTS):
        before, around = line_end.getprevious(), line_end.getparent()
        left = (before.tail if before is not None else around.text if around is not None else None) or ""
        if line_end.tail and _LETTER.match(line_end.tail) and _LETTER.search(left[-1:]):
            line_end.tail = f" {line_end.tail}"
    return _shown(node.element) if len(node.element) else text_of(node.element)


def _shown(heading: HtmlElement) -> str:
    """The heading's text without what it does not show: the title of an icon, words for screen readers. All
    of it, if nothing else is there."""
    parts = islice(heading.iterdescendants(), _MOST_PARTS)
    if not any(isinstance(part.tag, str) and (_is_unseen(part) or _is_info(part)) for part in parts):
        return text_of(heading)
    copy = deepcopy(heading)
    copy.tail = None
    inner = [part for part in copy.iterdescendants() if isinstance(part.tag, str)]
    for part in [part for part in inner if _is_unseen(part) or _is_info(part)]:
        if part.getparent() is not None:
            part.drop_tree()
    return text_of(copy) or text_of(heading)


def _is_unseen(part: HtmlElement) -> bool:
    if part.tag in _UNSEEN_TAGS or part.get("hidden") is not None:
        return True
    return bool(
        _UNSEEN_CLASS.search(part.get("class") or "") or _UNSEEN_STYLE.search(part.get("style") or "")
    )


def _is_info(part: HtmlElement) -> bool:
    """Whether an element inside a heading is a line with the date: `Posted on July 1, 2024 by …`."""
    if part.tag not in _LINES:
        return False
    text = text_of(part)
    return len(text) <= _LONGEST_INFO and HAS_YEAR.search(text) is not None and _INFO.match(text) is not None


def is_masthead(node: Node, text: str, url: str) -> bool:
    """Whether a heading is only a link to the site's front page, or part of the breadcrumb."""
    if node.tokens & _CRUMB_CLASS:
        return True
    links = list(islice(node.element.iter("a"), _MOST_PARTS))
    outer = next(node.element.iterancestors("a"), None)
    if outer is not None:
        links.append(outer)
    return any(
        text_of(link) == text and _is_front(link.get("href"), url) for link in links
    ) and not _is_front(url, url)


def _is_front(href: str | None, url: str) -> bool:
    address = absolute(href, url)
    if address is None:
        return False
    parts = urlsplit(address)
    return host_of(address) == host_of(url) and not parts.query and _is_home(parts.path)


def _is_home(path: str) -> bool:
    return _HOME.fullmatch(path) is not None


def without_kicker(node: Node, text: str) -> str:
    """The heading's text without the elements in it that are classed a kicker or a subtitle."""
    for part in list(islice(node.element.iterdescendants(), _MOST_PARTS)):
        beside = text_of(part) if isinstance(part.tag, str) else ""
        if beside in _BADGES or (part.get("class") and tokens_of(part.get("class") or "") & _BESIDE_CLASS):
            left = text.removeprefix(beside) if text.startswith(beside) else text.removesuffix(beside)
            joined = beside.endswith(":") or left.lstrip().startswith(":")  # papers say it with a colon
            left = left.strip(" |–—-·•/")
            if beside and left != text and not joined and len(bare(left)) >= _LEAST:
                text = left
    return text


def in_parts(node: Node) -> bool:
    """Whether all that a heading shows stands in elements inside it."""
    heading = node.element
    return not (heading.text or "").strip() and all(not (part.tail or "").strip() for part in heading)


def holds(node: Node, text: str) -> bool:
    """Whether one of the elements inside the heading shows this text and nothing else."""
    parts = islice(node.element.iterdescendants(), _MOST_PARTS)
    wanted = bare(text)
    return any(bare(text_of(part)) == wanted for part in parts if isinstance(part.tag, str))
