"""What a page is if not an article (a wall, a list …), and whether it is behind a paywall.

A page that declares itself an article (JSON-LD type, publication date) and has a text counts as one,
whatever else is on it: a false alarm loses an article, while a page missed here is rejected later for
its missing date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import HEADINGS, Block
from newscrawl.page.document.parse import text_of
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.walls import EDGES, Part, literals, patterns

if TYPE_CHECKING:
    from collections.abc import Iterable

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


# --- whether a page with little text is a wall: an error, a check for robots, a consent page …
#
# What it calls itself is compared with the phrases of newscrawl/text/walls.toml, and what it is made of with
# the scripts and addresses there. A page that declares itself an article is not looked at here.

#: Characters outside links. A page with more is not compared with anything.
_LITTLE = 2_500
_FEW = 700  #: with more, only the first lines are compared, and no scripts
_NOTE = 200  #: characters of a text; beside a longer one, a sentence outside of it is a banner's
_MOST_OF_TITLE = 0.5  #: a headline goes on after such a sentence
_QUOTED = frozenset('”"»」』’')  #: signs behind a quotation
_NO_TEXT = 80  #: with less, the page is a shell
_FIRST_LINES, _FIRST_LINES_OF_MORE = 8, 3
_HEAD = 8  #: characters of a line within which a sentence must begin
_LINE = 240  #: characters of a line that are compared
_HTML = 300_000  #: characters of HTML that are searched for marks
_SOON = 10  #: seconds; a page that reloads later than that is meant to be read
_REDIRECT = "redirect page"
_NEEDS_SCRIPT = "needs JavaScript"


def wall_kind(context: PageContext, text: str) -> str | None:
    """What a page is instead of an article, such as `consent page`; None if it may be one.

    `text` is what was read as the article's text.
    """
    lines = [block.text for block in context.tree.blocks if block.linked * 2 < len(block.text)]
    length = sum(map(len, lines))
    if length > _LITTLE:
        return None
    few = length <= _FEW
    titles = _titles(context)
    first = [line for line in lines if line.strip(EDGES) not in titles]
    first = first[: _FIRST_LINES if few else _FIRST_LINES_OF_MORE]
    return (
        (_by_title(titles) if len(text) <= _FEW else None)
        or _by_sentence([line for line in first if len(text) <= _NOTE or line in text])
        or _by_sentence(titles, least=_MOST_OF_TITLE if first else 0)
        or (_by_structure(context, length) if few else None)
    )


def _titles(context: PageContext) -> list[str]:
    """What the page shows as its title: `<title>`, also without the site's name, and the first heading."""
    window = context.tree.title or ""
    found = [window, *(part for sign in (" | ", " - ", " – ", " — ") for part in window.split(sign)[:1])]
    heading = next((node for node in context.tree.headings if node.tag == "h1"), None)
    if heading is not None and heading.first < len(context.tree.blocks):
        found.append(context.tree.blocks[heading.first].text)
    return [text for text in dict.fromkeys(title.strip(EDGES) for title in found) if text]


def _by_title(titles: Iterable[str]) -> str | None:
    short = [title for title in titles if len(title) <= _LONGEST_TITLE]
    parts: tuple[Part, ...] = ("notices", "titles")
    return next(
        (
            kind
            for part in parts
            for kind, pattern in patterns(part)
            for title in short
            if pattern.fullmatch(title)
        ),
        None,
    )


def _by_sentence(lines: Iterable[str], least: float = 0) -> str | None:
    """`least`: the part of a line that the sentence must be."""
    for line in lines:
        for kind, pattern in patterns("sentences"):
            found = opening(pattern, line)
            if found and len(found) >= least * len(line):
                return kind
    return None


def opening(pattern: re.Pattern[str], line: str) -> str | None:
    """The sentence with which a line begins, after a word such as `Sorry,`; None if it only quotes it."""
    line = line[:_LINE].lstrip(EDGES)
    starts = range(min(len(line), _HEAD) + 1)  # to search the whole line takes ten times as long
    found = next((match for start in starts if (match := pattern.match(line, start))), None)
    if not found or line[found.end() : found.end() + 1] in _QUOTED:
        return None
    before = line[: found.start()].rstrip()
    return found[0] if not before or before[-1] in EDGES else None


def _by_structure(context: PageContext, length: int) -> str | None:
    """By its scripts and addresses, and by what it says to browsers without JavaScript."""
    html = etree.tostring(context.tree.root, encoding="unicode", method="html")[:_HTML].lower()
    parts: tuple[Part, ...] = ("marks", "shells") if length <= _NO_TEXT else ("marks",)
    for part in parts:
        for kind, marks in literals(part):
            if any(mark in html for mark in marks):
                return kind
    if _is_forwarding(context):
        return _REDIRECT
    if length <= _NO_TEXT:
        inner = (" ".join(element.itertext()).strip() for element in context.tree.root.iter("noscript"))
        return _by_sentence([text for text in inner if text][:_FIRST_LINES])
    return None


def _is_forwarding(context: PageContext) -> bool:
    """Whether the page tells browsers to go to another address within seconds."""
    for meta in context.tree.metas:
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        seconds, _, target = (meta.get("content") or "").partition(";")
        address = target.strip()[4:].strip(" '\"") if target.strip().lower().startswith("url=") else ""
        if address and seconds.strip().isdecimal() and int(seconds) <= _SOON:
            return not _is_same(address, context.url)
    return False


def _is_same(address: str, url: str) -> bool:
    try:
        return urljoin(url, address).partition("#")[0] == url.partition("#")[0]
    except ValueError:  # such as a broken IPv6 host
        return False
