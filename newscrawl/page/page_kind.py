"""Whether a page is no article at all: an error page, a wall, a challenge, a list, an empty shell.

A page that says of itself that it is an article (JSON-LD's type, a publication date) and holds a text is
one, whatever else is on it: a false alarm loses an article, a miss is caught again when it is stored
without a date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block
from newscrawl.page.document.parse import text_of
from newscrawl.text.error_titles import CHALLENGE, EDGES, ERROR_PAGE
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from newscrawl.model.draft import Extraction
    from newscrawl.page.context import PageContext

#: Reasons, in the order in which they are looked for.
_KINDS = {
    "error page": ERROR_PAGE,
    "challenge": CHALLENGE,
    "login wall": vocabulary.pattern("login_wall"),
    "consent page": vocabulary.pattern("consent_page"),
}
_LIST, _EMPTY = "list page", "empty page"
_LONGEST_TITLE = 80  #: characters; what is longer is a headline
_SHORT = 600  #: characters of a text that may be a notice, and no article
_HEAD = 8  #: characters into a short text within which it begins to say what it is
_LEAST_ON_PAGE = 200  #: characters of all text of a page that is more than a shell
_LEAST_HEADLINES = 8  #: links with the length of a headline on a list
_HEADLINE = range(12, 160)  #: characters of one; Chinese ones begin at a third
_CJK = lazy(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def title_refusal(extraction: Extraction) -> str | None:
    """The reason why a page with this title is no article; what a declared page is judged by."""
    title = extraction.titles[0].value.strip(EDGES) if extraction.titles else ""
    if not 0 < len(title) <= _LONGEST_TITLE:
        return None
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(title)), None)


def page_refusal(extraction: Extraction, context: PageContext) -> str | None:
    """Why the page is no article, such as `login wall`; None if it may be one.

    `extraction` is complete. Reasons: `error page`, `challenge`, `login wall`, `consent page`,
    `list page`, `empty page`.
    """
    text = text_of(extraction.body) if extraction.body is not None else ""
    sure = context.structured.article or bool(context.structured.dates)
    if len(text) > _SHORT and (sure or not _is_list(extraction, context, text)):
        return None
    return _notice_kind(extraction, context, text, sure=sure) or (
        None if sure else _list_or_empty(extraction, context, text)
    )


def _notice_kind(extraction: Extraction, context: PageContext, text: str, *, sure: bool) -> str | None:
    """What a page of little text calls itself: in its title or, where nothing speaks against it, its text."""
    if len(text) > _SHORT:
        return None
    window = (context.tree.title or "").strip(EDGES)
    plain = max((block.text for block in context.tree.blocks if not block.linked), key=len, default="")
    kind = title_refusal(extraction)
    if kind or sure or _has_info_line(extraction):
        return kind
    for kind, pattern in _KINDS.items():
        if len(window) <= _LONGEST_TITLE and pattern.match(window):
            return kind
        candidate = pattern.search(plain[:_LONGEST_TITLE])
        if candidate and candidate.start() <= _HEAD:
            return kind
    return None


def _has_info_line(extraction: Extraction) -> bool:
    """Whether a line under the title names outlet or time, as notices do not."""
    shown = any(candidate.rule == "text date" for candidate in extraction.dates)
    return shown or any(candidate.rule == "info line" for candidate in extraction.outlets)


def _list_or_empty(extraction: Extraction, context: PageContext, text: str) -> str | None:
    if _is_list(extraction, context, text):
        return _LIST
    if (
        not text
        and all(candidate.origin == "url" for candidate in extraction.dates)
        and len(_all_text(context)) < _LEAST_ON_PAGE
    ):
        return _EMPTY
    return None


def _all_text(context: PageContext) -> str:
    return " ".join(block.text for block in context.tree.blocks[:60])


def _is_list(extraction: Extraction, context: PageContext, text: str) -> bool:
    """Headlines that are links make up the page, and its text, if any, stands between them."""
    blocks = context.tree.blocks
    headlines = [block for block in blocks if _is_headline(block)]
    if len(headlines) < _LEAST_HEADLINES or _has_info_line(extraction):
        return False
    linked = sum(len(block.text) for block in headlines)
    prose = len(text) - sum(len(block.text) for block in headlines if block.text in text)
    if prose < 0.3 * len(text) or _between(blocks, headlines, text):
        return True
    front = urlsplit(context.url).path in ("", "/")
    return prose < linked * (0.5 if front else 0.15 if len(text) <= _SHORT else 0)


def _is_headline(block: Block) -> bool:
    if block.linked < 0.9 * len(block.text) or len(block.text) >= _HEADLINE.stop:
        return False
    least = _HEADLINE.start // 3 * 2 if _CJK.search(block.text) else _HEADLINE.start
    return len(block.text) >= least


def _between(blocks: list[Block], headlines: list[Block], text: str) -> bool:
    """Whether most of the text's paragraphs follow right upon a headline that is a link: teasers."""
    linked = {block.index for block in headlines}
    long = [
        block for block in blocks if len(block.text) > 40 and block.index not in linked and block.text in text
    ]
    after = sum(block.index - 1 in linked or block.index - 2 in linked for block in long)
    return after >= _LEAST_HEADLINES // 2 and after >= 0.7 * len(long)


# --- paywalls: where the page's text is not free, what it does not show is not taken from its data either

_PAYWALLS = vocabulary.guarded_patterns("paywall")
_LONGEST = 400  #: characters of a block that asks for a subscription; longer ones speak of one
_BLOCK_END = "\n\0\n"  # blocks: no pattern reaches over it


def is_walled(context: PageContext) -> bool:
    """By its structured data, or by a line that asks to pay, subscribe or register to read on."""
    if context.structured.paywalled:
        return True
    text = _BLOCK_END.join(block.text for block in context.tree.blocks if len(block.text) <= _LONGEST).lower()
    return any(
        pattern.search(text) for letters, pattern in _PAYWALLS if any(some in text for some in letters)
    )
