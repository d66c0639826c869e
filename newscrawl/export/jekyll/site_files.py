"""The files of a Jekyll site besides its posts: layouts, style, configuration, home, category pages.

Pure functions from the site's title and categories to the contents of files. jekyll_site/ has the files that
are the same for every site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from urllib.parse import urlsplit

from newscrawl.export.jekyll.front_matter import quoted
from newscrawl.export.jekyll.post_file import FLASH_CATEGORY, SiteAddress

#: Increase it when the page of a post changes, so that all are rewritten.
FORM = 2

_SLUG = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """A site's title and address."""

    site: SiteAddress
    title: str


def pages(info: SiteInfo, categories: dict[str, str]) -> dict[str, bytes]:
    """Path in the site → content, for all files except the posts.

    categories: slug → how people call it, `北方网新闻`.
    """
    found = dict(_templates(files("newscrawl.export.jekyll") / "jekyll_site", ""))
    found["_config.yml"] = _config(info).encode()
    for slug, name in categories.items():
        if path := category_path(slug):
            found[path] = _category(slug, name).encode()
    return found


def category_path(slug: str) -> str | None:
    """`category/beifangwang.html`, as in the links back; None if it is not a slug."""
    if slug == FLASH_CATEGORY:
        return f"{slug}/index.html"
    return f"category/{slug}.html" if _SLUG.fullmatch(slug) else None


def _templates(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _templates(one, f"{place}{one.name}/")
        elif one.name.endswith((".html", ".css", ".rb")):
            yield f"{place}{one.name}", one.read_bytes()


def _category(slug: str, name: str) -> str:
    # No `category:` field: Jekyll would count the page itself as part of the category.
    return f"---\nlayout: category\ntitle: {quoted(name)}\nslug: {quoted(slug)}\n---\n"


def _config(info: SiteInfo) -> str:
    address = urlsplit(info.site.address)
    url = f"{address.scheme or 'https'}://{address.netloc}" if address.netloc else ""
    return f"""\
# Written by newscrawl. Change what you like: a file that was changed is not written over any more.
title: {quoted(info.title)}
lang: zh-CN
url: {quoted(url)}
baseurl: {quoted(address.path)}

posts_on_home: 5        # of each tag
posts_in_category: 500  # the newest
pictures: link          # show: load them from where they lie

timezone: Asia/Shanghai
permalink: date         # /beifangwang/2022/02/26/NW202202262290280232.html
future: true            # a post of a zone ahead is no mistake
excerpt_separator: ""
markdown: kramdown
exclude: [vendor, Gemfile, Gemfile.lock]
"""
