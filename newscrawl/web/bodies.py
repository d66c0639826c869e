"""The body of a post, just before output: sanitized again, with pictures only on request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape

import nh3
from markupsafe import Markup

from newscrawl.model.post import Image
from newscrawl.normalize.body.clean import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, sanitize
from newscrawl.web.languages import Language
from newscrawl.web.links import HOSTS_LIMIT, picture_address, picture_host

# Also allows what this module itself writes; the cleaner has the last word.
_LAST = nh3.Cleaner(
    tags={*ALLOWED_TAGS, "div", "span"},
    attributes={
        **{tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
        "a": {"href"},
        "img": {"src", "alt", "loading", "decoding"},
        "div": {"role", "tabindex", "aria-label"},
    },
    allowed_classes={"div": {"wide"}, "a": {"picture"}, "span": {"picture"}},
    url_schemes={"http", "https"},
    url_relative="pass_through",
    link_rel="noopener noreferrer nofollow",
)
# nh3 writes attributes in double quotes. Tags are matched whole, so text inside an attribute that looks like
# a tag is never taken for one.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_EMPTY = re.compile(r"<(a|h[2-4]|figcaption|figure|p)(?:\s[^<>]*)?>\s*</\1>")
_WIDE = '<div class="wide" role="region" tabindex="0" aria-label="{}">'


@dataclass(frozen=True, slots=True)
class ShownBody:
    """A body ready to be shown on a page."""

    html: Markup
    pictures: int  #: how many it has
    hosts: tuple[str, ...]  #: of the pictures that are shown; empty if there are none


def clean(html: str) -> str:
    """A stored body, sanitized again by the rules of newscrawl.normalize.body, for programs."""
    return sanitize(html)


def show_body(html: str, images: Sequence[Image], language: Language, *, pictures: bool) -> ShownBody:
    """A stored body as markup for a page.

    html: a post's HTML, which is not trusted.
    pictures: whether `img` elements stay; otherwise each is replaced by a link that loads them.
    """
    captions = {image.url: image.caption for image in images if image.caption}
    page = _BodyPage(pictures, captions, language)
    written = _TAG.sub(page.tag, sanitize(html))
    before = None
    while before != written:  # an empty paragraph may hold an empty link
        before, written = written, _EMPTY.sub("", written)
    return ShownBody(Markup(_LAST.clean(written)), page.count, tuple(page.hosts))  # noqa: S704


@dataclass(slots=True)
class _BodyPage:
    """Rewrites the tags of one body, in order."""

    pictures: bool
    captions: dict[str, str]
    language: Language
    count: int = 0
    hosts: list[str] = field(default_factory=list)
    _tables: int = 0
    _links: int = 0
    _level: int = 1  # of the last heading; the page's own is 1
    _headings: list[int] = field(default_factory=list)

    def tag(self, match: re.Match[str]) -> str:
        closing, name, attributes = bool(match[1]), match[2], match[3]
        if name == "img":
            said = {key: unescape(value) for key, value in _ATTRIBUTE.findall(attributes)}
            return self._picture(said.get("src", ""), said.get("alt", ""))
        if name == "table":
            return self._table(match[0], closing=closing)
        if name in ("h2", "h3", "h4"):
            return self._heading(int(name[1]), closing=closing)
        if name == "a":
            self._links += -1 if closing else 1
        return match[0]

    def _heading(self, level: int, *, closing: bool) -> str:
        """Makes levels follow each other without a gap, as screen readers expect."""
        if closing:
            return f"</h{self._headings.pop()}>" if self._headings else ""
        self._level = min(level, self._level + 1)
        self._headings.append(self._level)
        return f"<h{self._level}>"

    def _table(self, tag: str, *, closing: bool) -> str:
        """Lets the outermost table scroll, rather than the page."""
        self._tables += -1 if closing else 1
        if closing:
            return f"{tag}</div>" if self._tables == 0 else tag
        label = escape(self.language.gettext("Table, scrolls sideways"))
        return f"{_WIDE.format(label)}{tag}" if self._tables == 1 else tag

    def _picture(self, source: str, alt: str) -> str:
        self.count += 1
        words = alt or self.captions.get(source, "")
        address = picture_address(source)
        if self.pictures and address and self._may_ask(address):
            label = escape(words or self.language.gettext("Picture"))
            return f'<img src="{escape(address)}" alt="{label}" loading="lazy" decoding="async">'
        label = escape(self._label(words))
        if self._links or address is None or self.pictures:
            return f'<span class="picture">{label}</span>'
        return f'<a class="picture" href="?images=1">{label}</a>'

    def _label(self, words: str) -> str:
        if not words:
            return self.language.gettext("Picture")
        return self.language.gettext("Picture: {caption}").format(caption=words)

    def _may_ask(self, address: str) -> bool:
        host = picture_host(address)
        if host is None:
            return False
        if host not in self.hosts and len(self.hosts) < HOSTS_LIMIT:
            self.hosts.append(host)
        return host in self.hosts
