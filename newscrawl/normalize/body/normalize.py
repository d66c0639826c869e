"""The step `body`: the digest, the sanitized content and the securities."""

from __future__ import annotations

import re
from html import unescape

from newscrawl.model.draft import CategorizedDraft, CompleteDraft
from newscrawl.model.post import Body, Security
from newscrawl.normalize.body.clean import clean_body, paragraphs_body
from newscrawl.normalize.body.securities import merged

#: Longer digests are bodies.
DIGEST_LIMIT = 4000
_TAG = re.compile(r"<(?:br|/p|/div)\b[^<>]{0,200}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_HEAD = re.compile(r"\s*【([^【】]{1,200})】\s*")


def normalize_body(draft: CategorizedDraft) -> CompleteDraft:
    """Clean the digest and the body, and collect the securities: the list's before those of the body.

    Without a body, or with an empty one, the digest is the content: a flash. Content is None if there is
    neither.
    """
    digest = _digest(draft)
    origins = draft.crawl.origins
    content: Body | None = None
    marked: list[Security] = []
    if draft.extraction.body is not None:
        cleaned, found = clean_body(draft.extraction.body, base_url=draft.extraction.base_url or draft.url)
        if cleaned.chars or cleaned.images:
            content, marked = cleaned, found
            origins["body"] = draft.extraction.body_rule or "page"
    if content is None and digest:
        content = paragraphs_body(digest)
        origins["body"] = "digest"
    securities = merged(draft.listed_securities, marked)
    return CompleteDraft(**vars(draft), digest=digest, content=content, securities=securities)


def _digest(draft: CategorizedDraft) -> str | None:
    for candidate in draft.extraction.digests:
        if digest := digest_text(candidate.value):
            draft.crawl.origins["digest"] = candidate.rule
            return digest
    return None


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
