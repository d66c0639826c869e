"""The step `validate`: a complete draft to its Post, or the reasons why it cannot become one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from newscrawl.errors import Unusable
from newscrawl.model.draft import CompleteDraft, Reject
from newscrawl.model.post import Body, Post
from newscrawl.normalize.listed_title import UNLIKE, is_unlike_list
from newscrawl.text.walls import is_error_title

#: A page's body with fewer characters and no picture is a notice, not an article. A flash may be shorter.
MIN_BODY_CHARS = 10
#: What of a rejected page is kept.
PAGE_LIMIT = 100_000


def build_post(draft: CompleteDraft, now: datetime) -> Post:
    """The post of a draft; `now` (aware) goes into the fields that the store keeps, such as `first_seen`.

    Raises Unusable for a draft without title, date, body and digest or http(s) address, for the page of
    an error, and for a body of a few characters.
    """
    reasons = _reasons(draft)
    if reasons:
        raise Unusable(draft.id, reasons)
    assert draft.title is not None
    assert draft.date is not None
    assert draft.date_info is not None
    assert draft.content is not None
    crawl = draft.crawl
    crawl.page_version = crawl.page_version or draft.extraction.layout
    return Post(
        id=draft.id,
        title=draft.title,
        date=draft.date,
        date_info=draft.date_info,
        categories=draft.categories,
        tags=draft.tags,
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


def reject_of(draft: CompleteDraft, reasons: tuple[str, ...]) -> Reject:
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


def _reasons(draft: CompleteDraft) -> tuple[str, ...]:
    """Why a draft cannot become a post; empty if it can."""
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
    elif not reasons and is_unlike_list(draft):
        reasons.append(UNLIKE)
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


def _hash(draft: CompleteDraft, body: Body) -> str:
    return content_hash(
        title=draft.title or "",
        text=body.text,
        outlet=draft.source.name if draft.source else None,
        images=(image.url for image in body.images),
    )


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
