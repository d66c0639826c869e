"""The step `categories`: the outlet's slug first, then the source's columns; and the tags."""

from __future__ import annotations

from newscrawl.model.draft import AttributedDraft, CategorizedDraft
from newscrawl.text.slugs import slug

__all__ = ["normalize_categories", "slug"]

#: Longer column names are sentences that a selector caught.
_COLUMN_LIMIT = 30
# Crumbs that every page of a site has: they tell nothing of the article.
_HOME = frozenset({
    "首页", "主页", "网站首页", "返回首页", "新闻首页", "正文", "内容", "详情", "文章", "新闻", "资讯",
    "阅读全文", "当前位置", "您的位置", "你的位置",
    "位置", "查看正文", "新闻正文", "文章正文", "home", "homepage", "news", "article",
})  # fmt: skip
_LABELS = ("当前位置", "您的位置", "你的位置", "您当前的位置", "您现在的位置", "所在位置", "位置")
_EDGES = " \t\r\n　\xa0>›»/\\|｜-–—:：_·"


def normalize_categories(draft: AttributedDraft) -> CategorizedDraft:
    """Name the categories and the tags.

    Categories: the outlet's, then those of the columns and the breadcrumb; without an outlet the columns
    only. Tags: `<outlet>新闻` on Chinese sites and the outlet's name on others, then the list's.
    """
    outlet = draft.source
    names = {outlet.slug: outlet.name} if outlet else {}
    for name in _columns(draft):
        names.setdefault(slug(name), name)
    if names:
        draft.crawl.origins["categories"] = "outlet" if outlet else draft.extraction.columns[0].rule
    own = [f"{outlet.name}新闻" if draft.language.startswith("zh") else outlet.name] if outlet else []
    listed = (tag.strip() for tag in draft.listed_tags)
    tags = list(dict.fromkeys([*own, *(tag for tag in listed if tag)]))
    return CategorizedDraft(**vars(draft), category_names=names, tags=tags)


def _columns(draft: AttributedDraft) -> list[str]:
    """The names of the columns, without the site's own, the home page's and the headline."""
    site, title = _folded(draft.site_outlet or ""), _folded(draft.title or "")
    names = (_crumb(part) for candidate in draft.extraction.columns for part in _parts(candidate.value))
    return [
        name
        for name in names
        if name
        and name.casefold() not in _HOME
        and not name.endswith("首页")
        and _folded(name) != site
        and not is_headline(name, title)
    ]


def is_headline(crumb: str, title: str) -> bool:
    """Whether a crumb is the headline of its article, whole or cut off with dots.

    >>> is_headline("央行开展 五千亿…", "央行开展五千亿元逆回购"), is_headline("宏观", "宏观经济一周")
    (True, False)
    """
    crumb, title = _folded(crumb), _folded(title)
    beginning = crumb.rstrip(".…")
    return crumb == title or (len(beginning) < len(crumb) and title.startswith(beginning))


def _folded(name: str) -> str:
    """A name as it is compared: a breadcrumb repeats a headline with other white space and case."""
    return "".join(name.split()).strip(_EDGES).casefold()


def _parts(value: str) -> list[str]:
    """A breadcrumb that came as one text, cut at its arrows."""
    for mark in (">", "›", "»", "＞", "→"):
        value = value.replace(mark, "\n")
    return value.split("\n")[:12]


def _crumb(part: str) -> str | None:
    name = part.strip(_EDGES)
    for label in _LABELS:
        if name.startswith(label):
            name = name[len(label) :].strip(_EDGES)
            break
    if name.startswith("正文") and name[2:3] in _EDGES:
        name = name[2:].strip(_EDGES)
    name = " ".join(name.split())
    if not name or len(name) > _COLUMN_LIMIT or not any(c.isalpha() for c in name):
        return None
    return name
