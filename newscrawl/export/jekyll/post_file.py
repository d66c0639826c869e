"""One post as a page of a Jekyll site, and back. Pure functions; folder.py has the files.

The form is the one that the site finews.withounder.com published in 2022: front matter, the article's
HTML, the outlet, the link, the links back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import quote

from newscrawl.errors import UsageError
from newscrawl.export.jekyll.front_matter import listed, quoted, split
from newscrawl.export.jekyll.markdown import autolink, page_html, plain_text, post_html, text_line
from newscrawl.export.withdrawal_note import note_html, on_clock_of
from newscrawl.model.post import Post
from newscrawl.normalize.body.clean import sanitize

DEFAULT_SITE = "//finews.withounder.com"
#: East Money's rolling flashes: a category with a page form of its own.
FLASH_CATEGORY = "emnews"
FLASH_TAG = "东财滚动新闻"

_SITE = re.compile(r"(?:(?:https?:)?//[\w.:-]+)?(?:/[\w.~/-]*)?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_CREDIT = re.compile(r"（文章来源：[^\s（）][^\n\r\t]*）")
_INFO_CODE = re.compile(r"[?&]infoCode=([A-Za-z]{0,4}(\d{18}))(?:[&#]|$)")
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NAME = re.compile(r"(?:(\d{4}-\d\d-\d\d))?-?(.+?)(?:\.(?:md|markdown|html|txt))?")
_BACK = re.compile(r"\[返回[^\n]{0,300}\)")
_NOTE = re.compile(r'\A\s*<p class="withdrawn">[^\n]{0,300}</p>\n\n')
_LINK = re.compile(r"<((?:https?://[^<>\s]{1,2000})?)>")


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """The site's address, as it precedes `/category/…` in the links back.

    Raises UsageError for an invalid address.
    """

    address: str = DEFAULT_SITE

    def __post_init__(self) -> None:
        if not _SITE.fullmatch(self.address):
            raise UsageError(
                f"site {self.address!r} is not an address; write it as //news.example.com,"
                " https://news.example.com or /news"
            )
        object.__setattr__(self, "address", self.address.rstrip("/"))


@dataclass(frozen=True, slots=True)
class JekyllPost:
    """What a page of a Jekyll site says about its post; None for what it does not say."""

    file_name: str
    number: str | None  #: what the file's name has after its date: `NW202202262290280232`
    title: str | None
    date: str | None  #: as written: `2022-02-26 16:34:18 +0800`
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    digest: str | None  #: of a flash
    html: str | None  #: the outlet's paragraph included
    link: str | None


def file_name(post: Post) -> str:
    """`2022-02-26-NW202202262290280232.md`: the day on the source's clock, and the post's id.

    The id is the share address's infoCode if it is this post's, else what follows `eastmoney:`; a
    `url:` id has a hyphen for its colon. Always a plain name: no id can lead out of a folder.
    """
    return f"{local_date(post):%Y-%m-%d}-{_number(post)}.md"


def render(post: Post, site: SiteAddress | None = None) -> str:
    """The page: '\\n' line ends, none at the end; valid as UTF-8.

    Front matter is valid YAML whatever the title contains. A post of the category `emnews` has the form
    of the site's flashes: its digest quoted, then the text where that says more. A withdrawn post says so in
    its front matter, and in a note before its text.
    """
    category, tag, label = shelf(post)
    flash = category == FLASH_CATEGORY
    note = f"{note_html(post)}\n" if post.is_withdrawn else ""
    body = (
        f"\n{note}{_flash_body(post)}"
        if flash
        else note + page_html(sanitize(post.body.html)) + _credit(post)
    )
    back = _back_links(label, category, (site or SiteAddress()).address)
    page = f"{_front(post, category, tag)}{body}\n\n{autolink(post.share_url)}\n\n{back}"
    return page.encode("utf-8", "replace").decode("utf-8")


def shelf(post: Post) -> tuple[str | None, str | None, str | None]:
    """The category and the tag that a page names, and the category's label in its links back."""
    flash = FLASH_CATEGORY in post.categories
    category = FLASH_CATEGORY if flash else next(iter(post.categories), None)
    tag = FLASH_TAG if flash and FLASH_TAG in post.tags else next(iter(post.tags), None)
    return category, tag, tag if tag and (flash or post.source) else category


def parse(text: str, file_name: str) -> JekyllPost:
    """Reads a page in any form that the site ever had: with or without zone, links back, digest.

    Raises PageError, naming the file, if there is no front matter or it cannot be read.
    """
    front, rest = split(text.replace("\r\n", "\n"), file_name)
    body, link = _cut_links(rest)
    body = _NOTE.sub("", body)
    digest, html = _cut_digest(body)
    name = _NAME.fullmatch(file_name)
    return JekyllPost(
        file_name=file_name,
        number=name[2] if name else None,
        title=_first(front.get("title")),
        date=_first(front.get("date")),
        categories=_all(front.get("categories", front.get("category"))),
        tags=_all(front.get("tags", front.get("tag"))),
        digest=digest,
        html=html,
        link=link,
    )


def local_date(post: Post) -> datetime:
    """The post's date on the source's clock, as precise as the source stated it."""
    offset = _OFFSET.fullmatch(post.date_info.offset)
    minutes = int(offset[2]) * 60 + int(offset[3]) if offset else 0
    zone = timezone(timedelta(minutes=-minutes if offset and offset[1] == "-" else minutes))
    there = post.date.astimezone(zone)
    return there if post.date_info.precision == "second" else there.replace(second=0)


def _front(post: Post, category: str | None, tag: str | None) -> str:
    return (
        f"---\nlayout: {post.layout if post.layout.isidentifier() else quoted(post.layout)}\n"
        f"title: {quoted(post.title)}\ndate: {local_date(post):%Y-%m-%d %H:%M:%S %z}\n"
        f"categories: {listed(category)}\ntags: {listed(tag)}\n{_withdrawn(post)}---\n"
    )


def _withdrawn(post: Post) -> str:
    if post.withdrawn is None or not post.is_withdrawn:
        return ""
    return f"withdrawn: {on_clock_of(post, post.withdrawn.since):%Y-%m-%d %H:%M:%S %z}\n"


def _number(post: Post) -> str:
    kind, _, own = post.id.partition(":")
    if (shared := _INFO_CODE.search(post.share_url)) and shared[2] == own:
        return shared[1]
    plain = own if kind == "eastmoney" else post.id.replace(":", "-")
    if _SAFE.fullmatch(plain):
        return plain
    digest = hashlib.sha256(post.id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', post.id)[:60].strip('-')}-{digest}".lstrip("-")


def _credit(post: Post) -> str:
    """The line that names the outlet, as East Money writes it."""
    if post.source is None:
        return ""
    raw = post.source.raw
    said = raw if _CREDIT.fullmatch(raw) else f"（文章来源：{post.source.name}）"
    return page_html(f'<p class="em_media">{escape(said, quote=False)}</p>')


def _flash_body(post: Post) -> str:
    digest = (post.digest or "").strip()
    lead = digest.rpartition("】")[2].strip() or digest
    if not lead:
        return page_html(sanitize(post.body.html)) + _credit(post)
    if _folded(post.body.text) in (_folded(lead), _folded(digest)):
        return f"> {text_line(lead)}"
    credit = _credit(post) if post.source and post.source.origin == "em_media" else ""
    return f"> {text_line(lead)}\n\n{page_html(sanitize(post.body.html))}{credit}"


def _folded(text: str) -> str:
    return "".join(text.split())


def _back_links(label: str | None, category: str | None, site: str) -> str:
    home = f"[返回首页]({site}/)"
    if label is None or category is None:
        return home
    target = f"{site}/emnews/" if category == FLASH_CATEGORY else f"{site}/category/{quote(category)}.html"
    return f"[返回{text_line(label)}]({target})｜{home}"


def _cut_links(rest: str) -> tuple[str, str | None]:
    """The body, and the last `<http://…>` on a line of its own below it."""
    lines = rest.rstrip().split("\n")
    while lines and (not lines[-1].strip() or _BACK.fullmatch(lines[-1].strip())):
        lines.pop()
    link = _LINK.fullmatch(lines[-1].strip()) if lines else None
    if link:
        lines.pop()
    return "\n".join(lines).strip("\n"), (link[1] or None) if link else None


def _cut_digest(body: str) -> tuple[str | None, str | None]:
    """A flash's quoted digest, and the HTML; a body without any tag is a digest too."""
    if body.startswith("> "):
        lead, _, html = body.partition("\n\n")
        lines = (line.removeprefix(">").strip() for line in lead.split("\n"))
        return plain_text(" ".join(lines)) or None, post_html(html.strip("\n")) or None
    if not re.search(r"<[a-zA-Z]", body):
        return plain_text(body.strip()) or None, None
    return None, post_html(body)


def _first(value: str | list[str] | None) -> str | None:
    one = value[0] if isinstance(value, list) and value else value
    return one.strip() or None if isinstance(one, str) else None


def _all(value: str | list[str] | None) -> tuple[str, ...]:
    """The seed writes one name, Jekyll allows a list; a plain value is one name here, blanks and all."""
    names = [value] if isinstance(value, str) else value or []
    return tuple(name.strip() for name in names if name.strip())
