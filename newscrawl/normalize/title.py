"""The step `title`: one clean line, without markup and the site's name."""

from __future__ import annotations

import html
import re

from newscrawl.model.draft import Draft, TitledDraft

TITLE_LIMIT = 300  #: characters

_SHOWN = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\ufeff\ufffe\uffff]")
# Sites that put their name behind every title, besides the draft's own.
_SUFFIX_SITES = ("东方财富网",)
_SCAN_ME = "扫码阅读手机版"  #: stands inside the headline on Tianjin's sites
_SUFFIX = r"\s*[_|｜\-–—]+\s*"


def normalize_title(draft: Draft) -> TitledDraft:
    """Take the first candidate that has any text once it is clean."""
    for candidate in draft.extraction.titles:
        if title := clean_title(candidate.value, draft.site_outlet, shown=candidate.rule in _SHOWN):
            draft.crawl.origins["title"] = candidate.rule
            return TitledDraft(**vars(draft), title=title)
    return TitledDraft(**vars(draft), title=None)


def clean_title(value: str, site: str | None = None, *, shown: bool = False) -> str | None:
    """A title in one line, without markup, entities, and a site's name at its end; None if empty. What a
    heading shows (`shown`) has no markup: a tag in it is one that it names.

    >>> clean_title(" AI&amp;机器人  上线 _ 东方财富网")
    'AI&机器人 上线'
    """
    text = (
        html.unescape(_MARKUP.sub("", html.unescape(value[: TITLE_LIMIT * 4])))
        if not shown and ("&" in value or "<" in value)
        else value
    )
    text = " ".join(_CONTROL.sub("", text[: TITLE_LIMIT * 4]).split())
    text = text.removesuffix(_SCAN_ME).rstrip()
    for name in (site, *_SUFFIX_SITES):
        if (
            name
            and text.endswith(name)
            and (cut := re.search(rf"{_SUFFIX}{re.escape(name)}$", text))
            and cut.start()
        ):
            text = text[: cut.start()].rstrip()
    return text[:TITLE_LIMIT] or None
