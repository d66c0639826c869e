"""Jekyll posts as the newsroom's articles: `newscrawl newsroom --posts DIR`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import lxml.html

from newscrawl.errors import PageError, UsageError
from newscrawl.export.jekyll.post_file import FLASH_CATEGORY, JekyllPost, parse
from newscrawl.newsroom.articles import BEIJING, ReplicaStory
from newscrawl.newsroom.markup import INDENT
from newscrawl.text.dates import parse_date

_NUMBER = re.compile(r"(?<!\d)(20\d{16})(?!\d)")
_CREDIT = re.compile(r'<p class="em_media">（文章来源：(?P<name>.*?)）</p>\s*$', re.DOTALL)
_TAIL = re.compile(r"（([^（）]{2,20})）\s*$")


def stories_of(folder: Path) -> list[ReplicaStory]:
    """The posts `*.md` of a folder, newest first, as East Money's feeds would show them.

    The indents that the real feeds have are put back. Raises UsageError naming the folder without
    posts, or the first file that cannot be served and why.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one with Jekyll posts (*.md)")
    files = sorted(folder.glob("*.md"))
    if not files:
        raise UsageError(
            f"{folder} contains no Jekyll posts (*.md), named like 2022-02-26-NW202202262290280232.md"
        )
    return sorted(_stories(files), key=lambda story: story.at, reverse=True)


def _stories(files: Iterable[Path]) -> list[ReplicaStory]:
    """One article per file; the server could show only one of two with the same number."""
    found: dict[str, Path] = {}
    stories = []
    for file in files:
        story = _story(file)
        earlier = found.setdefault(story.number, file)
        if earlier is not file:
            raise UsageError(f"{file} cannot be served: {earlier} is also article {story.number}; remove one")
        stories.append(story)
    return stories


def _story(file: Path) -> ReplicaStory:
    try:
        post = parse(file.read_text(encoding="utf-8"), file.name)
    except (PageError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be served: {error}") from error
    number = _NUMBER.search(post.number or "") or _NUMBER.search(post.link or "")
    when = parse_date(post.date or "", zone="Asia/Shanghai", now=datetime.now(UTC))
    if not number or not when or not post.title or not (post.html or post.digest):
        raise UsageError(
            f"{file} cannot be served: it needs a title, a date, a text, and 18 digits in its name or link"
        )
    outlet, body = _credited(post)
    flash = FLASH_CATEGORY in post.categories
    return ReplicaStory(
        number=number[1],
        title=post.title,
        at=when.at.astimezone(BEIJING),
        outlet=outlet,
        author="",
        digest=post.digest or "",
        paragraphs=(),
        feeds=("102",) if flash else ("37",),
        is_flash=flash,
        raw_body=body,
        code=post.number or f"NW{number[1]}",
        url=post.link if flash else None,
    )


def _credited(post: JekyllPost) -> tuple[str, str]:
    """The outlet as text, and the body's HTML with its line and the real feeds' indents."""
    html = post.html or f"<p>{escape(post.digest or '', quote=False)}</p>"
    if credit := _CREDIT.search(html):
        return lxml.html.fromstring(f"<p>{credit['name']}</p>").text_content(), _indented(html)
    tail = _TAIL.search(post.digest or "")
    named = tail[1] if tail else next((tag.removesuffix("新闻") for tag in post.tags), "")
    line = f'<p class="em_media">（文章来源：{escape(named, quote=False)}）</p>' if named else ""
    return named, _indented(html) + line


def _indented(html: str) -> str:
    return html.replace("<p>", f"<p>{INDENT}")
