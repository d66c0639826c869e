"""What a page is if not an article (a wall, a list …), and whether it is behind a paywall.

A page that declares itself an article (JSON-LD type, publication date) and has a text counts as one,
whatever else is on it: a false alarm loses an article, while a page missed here is rejected later for
its missing date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import HEADINGS, Block
from newscrawl.page.document.parse import text_of
from newscrawl.page.walls import opening, wall_kind
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.walls import EDGES, patterns

if TYPE_CHECKING:
    from newscrawl.model.draft import Extraction
    from newscrawl.page.context import PageContext

_LIST, _EMPTY = "list page", "empty page"
_LONGEST_TITLE = 80  #: characters; a longer title is a headline
_SHORT = 600  #: characters; a shorter text may be a notice
_LEAST_ON_PAGE = 200  #: characters; a page with less text is an empty shell
_LEAST_HEADLINES = 8  #: links as long as a headline that make a list
_HEADLINE = range(12, 160)  #: characters of one; Chinese ones begin at a third
_CJK = lazy(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_PAYWALLS = vocabulary.guarded_patterns("paywall")
_LONGEST_PAYWALL = 400  #: characters; a longer block is about subscriptions and does not ask for one
_BLOCK_END = "\n\0\n"  # between blocks: no pattern matches across it


def title_refusal(extraction: Extraction) -> str | None:
    """Why a page with this title is not an article; None if it may be. Declared pages get only this check."""
    title = extraction.titles[0].value.strip(EDGES) if extraction.titles else ""
    if not 0 < len(title) <= _LONGEST_TITLE:
        return None
    return next((kind for kind, pattern in patterns("notices") if pattern.fullmatch(title)), None)


def page_refusal(extraction: Extraction, context: PageContext) -> str | None:
    """Why the page is not an article, such as `login wall`; None if it may be one.

    `extraction` must be filled. Reasons: the kinds of newscrawl/text/walls.toml, such as `challenge page`,
    `consent page` and `blocked`; `list page`, `empty page`.
    """
    text = text_of(extraction.body) if extraction.body is not None else ""
    sure = context.structured.article or bool(context.structured.dates)
    if not sure and (kind := wall_kind(context, text)):
        return kind
    if len(text) > _SHORT and (sure or not _is_list(extraction, context, text)):
        return None
    return _notice_kind(extraction, context, text, sure=sure) or (
        None if sure else _list_or_empty(extraction, context, text)
    )


def _notice_kind(extraction: Extraction, context: PageContext, text: str, *, sure: bool) -> str | None:
    """What a page with little text calls itself, in its title or, if unlike an article, in its text."""
    if len(text) > _SHORT:
        return None
    lines = (block for block in context.tree.blocks if not block.linked and block.node.tag not in HEADINGS)
    plain = max((line.text for line in lines), key=len, default="")
    kind = title_refusal(extraction)
    if kind or sure or _has_info_line(extraction):
        return kind
    for kind, pattern in patterns("notices"):
        if opening(pattern, plain[:_LONGEST_TITLE]):
            return kind
    return None


def _has_info_line(extraction: Extraction) -> bool:
    """Whether a line under the title gives outlet or time; notices have none."""
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
    """Whether linked headlines make up the page, and its text, if any, stands between them."""
    blocks = context.tree.blocks
    headlines = [block for block in blocks if _is_headline(block)]
    if len(headlines) < _LEAST_HEADLINES or _has_info_line(extraction):
        return False
    linked = sum(len(block.text) for block in headlines)
    prose = len(text) - sum(len(block.text) for block in headlines if block.text in text)
    if prose < 0.3 * len(text) or _follow_headlines(blocks, headlines, text):
        return True
    front = urlsplit(context.url).path in ("", "/")
    return prose < linked * (0.5 if front else 0.15 if len(text) <= _SHORT else 0)


def _is_headline(block: Block) -> bool:
    if block.linked < 0.9 * len(block.text) or len(block.text) >= _HEADLINE.stop:
        return False
    least = _HEADLINE.start // 3 * 2 if _CJK.search(block.text) else _HEADLINE.start
    return len(block.text) >= least


def _follow_headlines(blocks: list[Block], headlines: list[Block], text: str) -> bool:
    """Whether most paragraphs of the text directly follow a linked headline: teasers."""
    linked = {block.index for block in headlines}
    long = [
        block for block in blocks if len(block.text) > 40 and block.index not in linked and block.text in text
    ]
    after = sum(block.index - 1 in linked or block.index - 2 in linked for block in long)
    return after >= _LEAST_HEADLINES // 2 and after >= 0.7 * len(long)


def is_walled(context: PageContext) -> bool:
    """Whether structured data or a line that asks to pay, subscribe or register says it has one.

    The text of such a page is not taken from its data either.
    """
    if context.structured.paywalled:
        return True
    text = _BLOCK_END.join(
        block.text for block in context.tree.blocks if len(block.text) <= _LONGEST_PAYWALL
    ).lower()
    return any(
        pattern.search(text) for letters, pattern in _PAYWALLS if any(part in text for part in letters)
    )
