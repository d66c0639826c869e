"""build_post: a draft to its Post, or the reasons why it can be none."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from newscrawl.errors import Unusable
from newscrawl.model.draft import Draft, Reject
from newscrawl.model.post import Body, Post
from newscrawl.normalize.attribution import normalize_attribution
from newscrawl.normalize.body import normalize_body
from newscrawl.normalize.categories import normalize_categories
from newscrawl.normalize.dates import normalize_date

#: A page's body with fewer characters and no picture is a notice, not an article. A flash may be shorter.
MIN_BODY_CHARS = 10
TITLE_LIMIT = 300
#: What of a rejected page is kept.
PAGE_LIMIT = 100_000

# Titles of pages that stand where an article was asked for.
_ERROR_TITLE = re.compile(
    r"(?:(?:http )?(?:error|错误)\s*[:\-]?\s*)?(?:40[0134]|410|50[0234])(?:\s*[-:|]?\s*"
    r"(?:not found|forbidden|error|bad gateway|bad request|service unavailable|gateway time-?out"
    r"|internal server error|页面.*|错误.*|找不到.*))?"
    r"|(?:page )?not found|forbidden|access denied|internal server error|bad gateway|service unavailable"
    r"|attention required!.*|just a moment\.*|robot check|are you a robot\??|please wait\.*"
    r"|checking your browser.*|untitled(?: document)?"
    r"|(?:很?抱歉|对不起)?[,，]?\s?(?:该|此|您?所?(?:要)?(?:访问|查看|浏览|寻找|查找)的)?"
    r"(?:页面|网页|文章|内容|新闻|信息)(?:已经?)?(?:不存在|没有找到|未找到|找不到了?|被?删除|失效|出错了?|无法访问|走丢了)[!！。]?"
    r"|(?:您的?)?访问(?:验证|受限|被拒绝|过于频繁|出错)|安全验证|人机验证|滑动验证|(?:请输入)?验证码"
    r"|系统(?:繁忙|维护|错误|提示)|出错了|错误提示|提示信息|无标题(?:文档)?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\ufeff\ufffe\uffff]")
# Sites that put their name behind every title, besides the draft's own.
_SUFFIX_SITES = ("东方财富网",)
_SCAN_ME = "扫码阅读手机版"  #: stands inside the headline on Tianjin's sites
_SUFFIX = r"\s*[_|｜\-–—]+\s*"


def normalize(draft: Draft, now: datetime) -> Post:
    """All the steps in the pipelines' order. Raises Unusable."""
    normalize_date(draft, now)
    normalize_categories(draft)
    normalize_attribution(draft)
    normalize_body(draft)
    return build_post(draft, now)


def build_post(draft: Draft, now: datetime) -> Post:
    """Build draft.post from what the steps before have set; `now` goes into the fields of the store.

    Raises Unusable for a draft without title, date, body and digest or http(s) address, for the page of
    an error, and for a body of a few characters.
    """
    draft.title = _title(draft)
    reasons = _reasons(draft)
    if reasons:
        raise Unusable(draft.id, reasons)
    assert draft.title is not None
    assert draft.date is not None
    assert draft.date_info is not None
    assert draft.content is not None
    crawl = draft.crawl
    crawl.page_version = crawl.page_version or draft.extraction.layout
    draft.post = Post(
        id=draft.id,
        title=draft.title,
        date=draft.date,
        date_info=draft.date_info,
        categories=draft.categories,
        tags=draft.all_tags,
        source=draft.source,
        authors=draft.authors,
        editors=draft.editors,
        digest=draft.digest,
        body=draft.content,
        securities=draft.securities,
        url=draft.url,
        canonical_url=draft.canonical_url,
        share_url=draft.share_url,
        language=draft.language,
        first_seen=now,
        last_seen=now,
        updated=now,
        content_hash=_hash(draft, draft.content),
        crawl=crawl,
    )
    return draft.post


def reject_of(draft: Draft, reasons: tuple[str, ...]) -> Reject:
    """What `rejects` keeps of a draft that could not become a post."""
    values = {
        "title": draft.title or (draft.extraction.titles[0].value if draft.extraction.titles else None),
        "date": draft.extraction.dates[0].value if draft.extraction.dates else None,
        "outlet": draft.source.name if draft.source else None,
        "body": draft.content.text[:1000] if draft.content else None,
    }
    return Reject(
        id=draft.id,
        url=draft.url,
        reasons=reasons,
        spider=draft.crawl.spider,
        run=draft.crawl.run,
        fetched=draft.crawl.fetched,
        page=_page(draft.page),
        values={name: value for name, value in values.items() if value},
        listed=draft.entry,
    )


def clean_title(value: str, site: str | None = None) -> str | None:
    """A title in one line, without markup, entities, and a site's name at its end; None if empty.

    >>> clean_title(" AI&amp;机器人  上线 _ 东方财富网")
    'AI&机器人 上线'
    """
    text = (
        html.unescape(_MARKUP.sub("", html.unescape(value[: TITLE_LIMIT * 4])))
        if "&" in value or "<" in value
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


def is_error_title(title: str) -> bool:
    """Whether a title is that of an error page, a check for robots, or a template."""
    return _ERROR_TITLE.fullmatch(title) is not None


def _page(page: bytes | str | None) -> str | None:
    """What is kept of a page; bytes are read as UTF-8 or else as GB18030, for a look and not for parsing."""
    if not page:
        return None
    if isinstance(page, bytes):
        page = _decoded(page[: PAGE_LIMIT * 4])
    return page[:PAGE_LIMIT]


def _decoded(page: bytes) -> str:
    text = page.decode("utf-8", "replace")
    # a cut through a character leaves one mark at the end; another encoding leaves them everywhere
    return text if text.count("\ufffd") <= 4 else page.decode("gb18030", "replace")


def _title(draft: Draft) -> str | None:
    """The first candidate with any text."""
    for candidate in draft.extraction.titles:
        if title := clean_title(candidate.value, draft.site_outlet):
            draft.crawl.origins["title"] = candidate.rule
            return title
    return None


def _reasons(draft: Draft) -> tuple[str, ...]:
    """Why a draft can be no post; empty if it can."""
    if draft.extraction.refused:
        return (draft.extraction.refused,)
    reasons = []
    if draft.title is None:
        reasons.append("no title")
    elif is_error_title(draft.title):
        reasons.append("error page")
    if draft.date is None:
        reasons.append("unreadable date" if draft.extraction.dates else "no date")
    if draft.content is None:
        reasons.append("no body")
    elif draft.extraction.body is not None and not draft.digest and _is_short(draft.content):
        reasons.append("body too short")
    if not all(_is_address(url) for url in (draft.url, draft.canonical_url, draft.share_url)):
        reasons.append("bad url")
    return tuple(reasons)


def _is_short(body: Body) -> bool:
    return body.chars < MIN_BODY_CHARS and not body.images


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _hash(draft: Draft, body: Body) -> str:
    return content_hash(
        title=draft.title or "",
        text=body.text,
        outlet=draft.source.name if draft.source else None,
        images=(image.url for image in body.images),
    )


# --- FOLDED: The fingerprint that says whether an article changed.


def content_hash(*, title: str, text: str, outlet: str | None = None, images: Iterable[str] = ()) -> str:
    """32 hex digits that change when the article does.

    What counts: the title, the text, the outlet's name, and the file names of the pictures. What does
    not: white space, markup, the pictures' hosts and sizes in the query (they rotate), and the date:
    `3 hours ago` moves at each look.

    >>> content_hash(title="a b", text="c\\n\\nd") == content_hash(title="a  b", text="c d")
    True
    """
    digest = hashlib.sha256()
    files = (address.partition("?")[0].rpartition("/")[2] for address in images)
    for part in (title, text, outlet or "", "\n".join(files)):
        digest.update("".join(part.split()).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()[:32]
