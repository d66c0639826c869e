"""The step `validate`: a complete draft to its Post, or the reasons why it cannot become one.

A wall may be in any language and made by anybody; what it cannot have is the words of the article. So the
words of the list's title are looked for in the page's title and text. Of 1,066 article pages of the corpus 8
have a text without them, and each of these has them in its title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from newscrawl.errors import Unusable
from newscrawl.model.draft import CompleteDraft, Reject
from newscrawl.model.post import Body, Post
from newscrawl.model.rights import Rights, Stated
from newscrawl.text.usage_terms import notices, rights_of, terms
from newscrawl.text.walls import is_error_title

if TYPE_CHECKING:
    from newscrawl.model.draft import CompleteDraft

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
        categories=list(draft.category_names),
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
        rights=_rights(draft),
        first_seen=now,
        last_seen=now,
        updated=now,
        content_hash=_hash(draft, draft.content),
        crawl=crawl,
    )


def _rights(draft: CompleteDraft) -> Rights:
    """What the page, its list, its answer's headers and its host's files say of its use."""
    said, entry = [draft.around], draft.entry
    if draft.extraction.terms is not None:
        said.append(Stated(("page",), tuple(draft.extraction.terms)))
    if entry is not None and (entry.licence or entry.copyright):
        listed = [*terms("feed", "license", entry.licence or "", entry.canonical_url)]
        listed += notices("feed", entry.copyright, marked=True) if entry.copyright else []
        said.append(Stated(("feed",), tuple(listed)))
    return rights_of(said, draft.crawl.fetched)


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
        kept=draft.crawl.page,
        reader=draft.crawl.reader,
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


#: Reason of a page that shares nothing with its list's title.
UNLIKE: Final = "not the article of the list"
#: A text that has fewer than this part of the title's words has nothing to do with it.
UNRELATED: Final = 0.15
#: A text that has fewer may be one that other addresses have as well.
DOUBTFUL: Final = 0.35
OWN: Final = 0.5  #: a long text with so many words of its page's title is an article
LEAST_WORDS: Final = 3  #: a title with fewer says too little to be looked for

_SHORTEST = 4  # letters of a word that is looked for; shorter ones are in every text
_STEM = 5  # letters of a word that are compared: its end changes with grammar
_LONG = 1_000  # characters
_LIMIT = 20_000  # characters of a text that are looked at
# Scripts without blanks between words, or with words of two letters and endings: Chinese, Japanese, Thai,
# Lao, Burmese, Khmer, Korean.
_DENSE = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7a3"
)
# Vowels and accents that are signs of their own and no letters to `re`.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0970-\u0dff"
_TOKEN = re.compile(rf"[{_DENSE}]+|(?:[^\W\d_{_DENSE}]|[{_SIGNS}])+|\d+")
_IS_DENSE = re.compile(f"[{_DENSE}]")


def is_unlike_list(draft: CompleteDraft) -> bool:
    """Whether a page without a date of its own has no word of its list's title, in its title or its text."""
    title, text = _listed_title(draft), _page_text(draft)
    if not title or not text or _has_own_date(draft) or _is_whole(draft, text):
        return False
    share = share_of_title(title, *_page_titles(draft), text)
    return share is not None and share < UNRELATED


def is_doubtful(draft: CompleteDraft) -> bool:
    """Whether a post is to be compared with others of its run: its text has hardly a word of its list's
    title, and the page has no date of its own or shows another title.
    """
    title, text = _listed_title(draft), _page_text(draft)
    if not title or not text:
        return False
    share = share_of_title(title, text)
    if share is not None and share >= DOUBTFUL:
        return False
    shown = share_of_title(title, *_page_titles(draft))
    return not _has_own_date(draft) or (shown is not None and shown < DOUBTFUL)


def share_of_title(title: str, *texts: str) -> float | None:
    """Which part of the words of a list's title is in these texts; None if the title says too little.

    >>> share_of_title("Council approves the new bridge", "Councillors approve of a bridge.")
    1.0
    >>> share_of_title("Council approves the new bridge", "Checking your browser before you go on.")
    0.0
    """
    wanted = _stems(title)
    if len(wanted) < LEAST_WORDS:
        return None
    return len(wanted & _stems(*texts)) / len(wanted)


def _is_whole(draft: CompleteDraft, text: str) -> bool:
    """Whether a long text belongs to the page's own title: an article, though its list calls it otherwise,
    such as `Read the full story`, or in another language."""
    if len(text) < _LONG:
        return False
    return any((share_of_title(title, text) or 0) >= OWN for title in _page_titles(draft))


def _listed_title(draft: CompleteDraft) -> str | None:
    """None for a post that was made of its list alone, too."""
    return draft.entry.title if draft.entry is not None and draft.crawl.status is not None else None


def _page_text(draft: CompleteDraft) -> str:
    """What the page itself has as its text; not the digest of a list, which stands in for a missing one."""
    if draft.content is None or draft.crawl.origins.get("body") == "digest":
        return ""
    return draft.content.text


def _page_titles(draft: CompleteDraft) -> list[str]:
    return [title.value for title in draft.extraction.titles if title.origin != "list"]


def _has_own_date(draft: CompleteDraft) -> bool:
    return any(date.origin in ("page", "structured") for date in draft.extraction.dates)


def _stems(*texts: str) -> set[str]:
    """The beginnings of words; of dense scripts the pairs of neighbouring characters."""
    found: set[str] = set()
    for text in texts:
        for token in _TOKEN.findall(unicodedata.normalize("NFKC", text[:_LIMIT]).casefold()):
            if _IS_DENSE.match(token):
                found.update(one + other for one, other in pairwise(token))
            elif len(token) >= (2 if token.isdecimal() else _SHORTEST):
                found.add(token[:_STEM])
    return found
