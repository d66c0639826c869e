"""Categories and tags: the outlet's slug first, then the source's columns."""

from __future__ import annotations

from newscrawl.model.draft import Draft
from newscrawl.normalize.attribution import outlet_of
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


def normalize_categories(draft: Draft) -> None:
    """Set draft.categories, draft.category_names and draft.all_tags.

    Categories: the outlet's slug, then those of the columns and the breadcrumb; without an outlet the
    columns only. Tags: `<outlet>新闻` on Chinese sites and the outlet's name on others, then the list's.
    """
    outlet = outlet_of(draft)
    names = {outlet.slug: outlet.name} if outlet else {}
    for name in _columns(draft):
        names.setdefault(slug(name), name)
    draft.categories = list(names)
    draft.category_names = names
    named = (
        [] if outlet is None else [f"{outlet.name}新闻" if draft.language.startswith("zh") else outlet.name]
    )
    draft.all_tags = list(dict.fromkeys([*named, *(tag.strip() for tag in draft.tags if tag.strip())]))
    if draft.categories:
        draft.crawl.origins["categories"] = "outlet" if outlet else draft.extraction.columns[0].rule


def _columns(draft: Draft) -> list[str]:
    """The names of the columns, without the site's own and the home page's."""
    own = {draft.site_outlet.casefold()} if draft.site_outlet else set()
    if draft.title:
        own.add(draft.title.casefold())
    names = (_crumb(part) for candidate in draft.extraction.columns for part in _parts(candidate.value))
    return [
        name for name in names if name and name.casefold() not in _HOME | own and not name.endswith("首页")
    ]


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
    name = " ".join(name.split())
    if not name or len(name) > _COLUMN_LIMIT or not any(c.isalpha() for c in name):
        return None
    return name
