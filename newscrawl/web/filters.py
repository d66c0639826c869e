"""Template filters: dates, addresses, texts cut to a length."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from newscrawl.model.post import Post, Security
from newscrawl.web import display_times
from newscrawl.web.languages import Language
from newscrawl.web.links import part, post_path
from newscrawl.web.site_options import SiteOptions

if TYPE_CHECKING:
    from datetime import datetime

    from newscrawl.read import Headline
    from newscrawl.search import SearchWords

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def filters(site: SiteOptions, language: Language) -> dict[str, Callable[..., Any]]:
    """The filters of a site's templates in a language, by name."""
    return {
        "post_path": post_path,
        "tag_path": lambda tag: f"/tag/{part(tag)}",
        "security_path": security_path,
        "tag_name": tag_name,
        "lang": lambda code: lang(code, language),
        "name_lang": lambda name: name_lang(name, language),
        "plain": plain,
        "shortened": shortened,
        "marked": marked,
        "number": language.number,
        "percent": language.percent,
        "stamp": display_times.stamp,
        "ours": lambda moment: display_times.ours(moment, site.zone),
        "machine": lambda post: display_times.machine(*_when(post)),
        "whole": lambda post: display_times.whole(*_when(post), site.zone, language),
        "in_day": lambda post: display_times.in_day(*_when(post), site.zone, language),
        "brief": lambda post: display_times.brief(*_when(post), site.now(), site.zone, language),
        "day": language.short_date,
        "day_of_month": language.day_of_month,
    }


def security_path(security: Security) -> str:
    """`/security/1.600160`"""
    return f"/security/{part(f'{security.market}.{security.code}')}"


def tag_name(tag: str) -> str:
    """A tag as people read it: `每日经济新闻新闻`, made of an outlet's name, is `每日经济新闻`."""
    return tag.removesuffix("新闻") if tag.endswith("新闻新闻") else tag


def lang(code: str, language: Language) -> Markup:
    """The attributes of a text in another language than the page.

    >>> from newscrawl.web.languages import language
    >>> lang("en", language("zh-Hans")), lang("zh-CN", language("zh-Hans"))
    (Markup(' lang="en" dir="auto"'), Markup(''))
    """
    return Markup("") if language.is_same(code) else Markup(' lang="{}" dir="auto"').format(code)


def name_lang(name: str, language: Language) -> Markup:
    """The attribute of a name that is written in the script of another language than the page's."""
    code = language.of_name(name)
    return Markup(' lang="{}"').format(code) if code else Markup("")


def plain(text: str) -> str:
    """A text on one line, without characters that reverse or hide their neighbours."""
    return " ".join(_HIDDEN.sub(" ", text).split())


def shortened(text: str, most: int) -> str:
    """At most this many characters, on one line, with `…` if something is left out."""
    line = plain(text[: most * 4])
    return line if len(line) <= most else line[: most - 1].rstrip("，。、；：,. ") + "…"


def marked(text: str, wanted: SearchWords) -> Markup:
    """A text with the search words in `mark` elements."""
    shown, end = Markup(""), 0
    for first, last in wanted.spans(text):
        shown += Markup("{}<mark>{}</mark>").format(text[end:first], text[first:last])
        end = last
    return shown + escape(text[end:])


def _when(post: Post | Headline) -> tuple[datetime, str, Any]:
    """The date, the offset of the source's clock, the precision."""
    if isinstance(post, Post):
        return post.date, post.date_info.offset, post.date_info.precision
    return post.date, post.offset, post.precision
