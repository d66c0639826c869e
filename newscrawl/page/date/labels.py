"""The words beside a date that say whether it is that of publication or of a change."""

from __future__ import annotations

import re

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.dates_in_text import HAS_YEAR, Stamp
from newscrawl.page.document.parse import fold

_UPDATE = vocabulary.pattern("update")
# A label behind its date is one only where another date, or nothing, follows it.
_BEHIND = re.compile(r"\s?(?:发布|發布|发表|更新|修改)(?=[\s,，|/]*(?:$|(?:19|20)\d\d))")
# A label of something else: little but a preposition and an article may stand between it and its date.
_OTHER = vocabulary.pattern(
    "other_date", after=r"[\s:：;,.(（\[|·–—-]{0,4}(?:[^\W\d_]{1,9}[\s:.]{1,2}){0,2}$"
)
_PUBLISHED = vocabulary.pattern("published", before=r"(?:^|[\s|·•–—(])", after=r"[\s:：-]*$")
_COMMENTS = vocabulary.class_words("date_comments")
_RELATED = vocabulary.class_words("date_related")
_TODAY = vocabulary.class_words("date_of_today")
_NOW = frozenset(("current", "today"))
_DATE = frozenset(("date", "time", "datetime"))
_HEADER = frozenset(("header", "head", "top"))
_SPACING = frozenset(("padding", "margin", "border", "spacing"))  # `padding-section-top` is no header
_OF_ARTICLE = frozenset(
    ("article", "post", "entry", "story", "news", "content", "detail", "title", "page", "main")
)
_WITHIN = frozenset(("article", "content", "post", "entry", "story"))
_WHOLE = frozenset(("html", "body", "main", "article"))
_LONGEST_LABEL = 12  # characters of a text that is nothing but a label
_LONGEST_OTHER = 32  # and of one that is a label of something else: `Next scheduled update`
_BEFORE = 40  # characters before a date in which its label is looked for


def is_of_other(found: BlockTree, block: Block, stamp: Stamp, since: int) -> bool:
    """Whether a date is labelled as that of something else: `Received: 14 July 2022`, `Member since …`.

    The label ends right before it, or is the block before.
    """
    if stamp.start:
        return _OTHER.search(block.text[max(since, stamp.start - _BEFORE) : stamp.start]) is not None
    return _OTHER.search(_label_before(found, block, _LONGEST_OTHER)) is not None


def is_other_labelled(text: str) -> bool:
    """Whether what stands before a date labels it as that of something else."""
    return _OTHER.search(text[-_BEFORE:]) is not None


def is_among_comments(node: Node, around: set[Node]) -> bool:
    """Whether an element stands where readers write; `around` is what the title stands in."""
    return _is_within(node, around, _COMMENTS)


def is_at_top(node: Node, around: set[Node]) -> bool:
    """Whether an element stands in the header of the site, where many show today's date; `around` is what the
    title stands in."""
    outside = [one for one in node.line() if one not in around]
    if any(_is_of_today(one.tokens) for one in outside):
        return True
    if any(one.tag in ("article", "main") or one.tokens & _WITHIN for one in node.line()):
        return False
    return any(_is_header(one) for one in outside)


def _is_of_today(tokens: frozenset[str]) -> bool:
    return not tokens.isdisjoint(_TODAY) or bool(_NOW & tokens and _DATE & tokens)


def _is_header(node: Node) -> bool:
    if node.tag in _WHOLE or node.tokens & _OF_ARTICLE or node.tokens & _DATE or node.tokens & _SPACING:
        return False
    return node.tag in ("header", "nav") or not node.tokens.isdisjoint(_HEADER)


def is_among_related(node: Node, around: set[Node]) -> bool:
    """Whether an element stands where other articles are named."""
    return _is_within(node, around, _RELATED)


def _is_within(node: Node, around: set[Node], words: frozenset[str]) -> bool:
    return any(
        node not in around and node.tag not in _WHOLE and not node.tokens.isdisjoint(words)
        for node in node.line()
    )


def is_published(block: Block, stamp: Stamp, since: int) -> bool:
    """Whether a date is labelled as that of publication, right before it: `Posted on 4 May 2026`."""
    return _PUBLISHED.search(block.text[max(since, stamp.start - _BEFORE) : stamp.start]) is not None


def is_of_change(found: BlockTree, block: Block, stamp: Stamp, since: int) -> bool:
    """Whether a date in a block is labelled as that of an update; what stands before `since` is another's.

    The label stands before it, in the block before, or behind it: `更新时间：2026-03-09`,
    `<td>更新时间</td><td>2026-03-09</td>`, `2026-03-09 更新 2026-03-08 发布`, `5 May 2024 (updated)`.
    """
    if behind := _BEHIND.match(block.text, stamp.end):
        return _UPDATE.search(behind.group()) is not None
    label = block.text[max(since, stamp.start - _BEFORE) : stamp.start]
    if not stamp.start:
        label = _label_before(found, block)
    if not since and len(block.text) < 60 and not HAS_YEAR.search(block.text, stamp.end):
        behind_it = block.text[stamp.end :]  # and not the label of a second date, which may have no year
        label += "" if re.search(r"\d", behind_it) else behind_it
    return _UPDATE.search(label) is not None


def is_change_labelled(text: str) -> bool:
    """Whether what stands before a date labels it as that of a change."""
    return _UPDATE.search(text[-_BEFORE:]) is not None


def _label_before(found: BlockTree, block: Block, longest: int = _LONGEST_LABEL) -> str:
    """The text of the block before, if it is no longer than a label."""
    before = found.blocks[block.index - 1].text if block.index else ""
    return before if len(before) <= longest and not HAS_YEAR.search(before) else ""


def is_time_of_change(found: BlockTree, node: Node) -> bool:
    """Whether a `<time>` is classed as that of an update, or stands right behind the word for one."""
    if _UPDATE.search(" ".join(sorted(node.tokens | (node.parent.tokens if node.parent else frozenset())))):
        return True
    block = found.blocks[node.first] if node.first < len(found.blocks) else None
    shown = fold(node.element.text_content())
    at = block.text.find(shown) if block is not None and shown else -1
    return block is not None and at > 0 and _UPDATE.search(block.text, max(0, at - 25), at) is not None


def is_time_of_other(found: BlockTree, node: Node) -> bool:
    """Whether a `<time>` stands right behind a label of something else."""
    block = found.blocks[node.first] if node.first < len(found.blocks) else None
    shown = fold(node.element.text_content())
    at = block.text.find(shown) if block is not None and shown else -1
    if block is None or at < 0:
        return False
    before = block.text[max(0, at - _BEFORE) : at] if at else _label_before(found, block, _LONGEST_OTHER)
    return _OTHER.search(before) is not None
