"""normalize_body: a draft's digest, content and securities."""

from __future__ import annotations

import re
from html import unescape

from newscrawl.model.draft import Draft
from newscrawl.normalize.body.clean import clean_body, paragraphs_body
from newscrawl.normalize.body.securities import merged

#: Longer digests are bodies.
DIGEST_LIMIT = 4000
_TAG = re.compile(r"<(?:br|/p|/div)\b[^<>]{0,200}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_HEAD = re.compile(r"\s*【([^【】]{1,200})】\s*")


def normalize_body(draft: Draft) -> None:
    """Set draft.digest, draft.content and draft.securities (those of the list before those of the body).

    Without a body, or with one that is empty, the digest is the content: a flash. Content is None where
    there is neither.
    """
    origins = draft.crawl.origins
    for candidate in draft.extraction.digests:
        if digest := digest_text(candidate.value):
            draft.digest = digest
            origins["digest"] = candidate.rule
            break
    if draft.extraction.body is not None:
        content, marked = clean_body(draft.extraction.body, base_url=draft.extraction.base_url or draft.url)
        if content.chars or content.images:
            draft.content = content
            draft.securities = merged(draft.securities, marked)
            origins["body"] = draft.extraction.body_rule or "page"
            return
    draft.securities = merged(draft.securities)
    if draft.digest:
        draft.content = paragraphs_body(draft.digest)
        origins["body"] = "digest"


def digest_text(value: str) -> str | None:
    """A digest as plain text, without the title that 【】 put before it; None where nothing is left.

    >>> digest_text("【沪指涨0.49%】指数走强，沪指涨0.49%。")
    '指数走强，沪指涨0.49%。'
    """
    text = unescape(_ANY_TAG.sub("", _TAG.sub("\n", value[: DIGEST_LIMIT * 2])))
    if (head := _HEAD.match(text)) and text[head.end() :].strip():
        text = text[head.end() :]
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:DIGEST_LIMIT] or None
