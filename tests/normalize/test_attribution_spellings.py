"""attribution_spellings.toml: what sources print about who wrote an article, read as a crawl reads it."""

from __future__ import annotations

import html
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.model.draft import Candidate, CompleteDraft, Draft, Extraction
from newscrawl.model.layouts import PageLayout
from newscrawl.model.post import Crawl
from newscrawl.normalize.steps import complete
from newscrawl.page.reader import read_page

URL = "https://example.com/1"
TABLE: dict[str, list[Any]] = tomllib.loads(
    Path(__file__).with_name("attribution_spellings.toml").read_text(encoding="utf-8")
)
#: Which fields are declared to stand in the text.
FIELDS = {
    "info_lines": ("outlet", "authors", "editors"),
    "outlets": ("outlet",),
    "authors": ("authors",),
    "editors": ("editors",),
}
ROWS = [(kind, *row) for kind in FIELDS for row in TABLE[kind]]


def read(text: str, fields: tuple[str, ...]) -> Extraction:
    """What a page says whose only sign of its writers is `text`."""
    page = (
        f"<html><body><h1>储能电站投产</h1><p class=info>{html.escape(text)}</p>"
        f"<div class=text><p>{'储能电站昨天投产，可供两万户用电。' * 9}</p></div></body></html>"
    )
    declared: dict[str, Any] = dict.fromkeys(fields, (".info",))
    version = PageLayout("now", ("h1",), (".text",), **declared)
    extraction = read_page(page, url=URL, layouts=(version,))
    for name, field in (("outlet", "outlets"), ("authors", "authors"), ("editors", "editors")):
        if name not in fields:  # what the page is searched for where nothing is declared is not asked here
            setattr(extraction, field, [])
    return extraction


def attributed(extraction: Extraction, language: str = "zh", *, as_printed: bool = False) -> CompleteDraft:
    crawl = Crawl("t", "r", datetime(2026, 3, 9, tzinfo=UTC))
    draft = Draft(
        id="url:1", url=URL, canonical_url=URL, share_url=URL, extraction=extraction, crawl=crawl,
        zone="Asia/Shanghai", language=language, as_printed=as_printed,
    )  # fmt: skip
    return complete(draft, crawl.fetched)


def credited(draft: CompleteDraft) -> str:
    return draft.source.name if draft.source else ""


def test_the_table_is_large_and_has_no_row_twice() -> None:
    assert sum(map(len, TABLE.values())) >= 200
    for name, rows in TABLE.items():
        texts = [row[1] if name == "not_yet" else row[0] for row in rows]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("kind", "text", "outlet", "authors", "editors"), ROWS)
def test_spellings(kind: str, text: str, outlet: str, authors: list[str], editors: list[str]) -> None:
    draft = attributed(read(text, FIELDS[kind]))
    assert (credited(draft), draft.authors, draft.editors) == (outlet, authors, editors)


@pytest.mark.parametrize(("text", "outlet", "authors", "editors"), TABLE["tails"])
def test_tails(text: str, outlet: str, authors: list[str], editors: list[str]) -> None:
    draft = attributed(Extraction(digests=[Candidate(text, "list", "summary")]))
    assert (credited(draft), draft.authors, draft.editors) == (outlet, authors, editors)


@pytest.mark.parametrize(("text", "language", "authors"), TABLE["bylines"])
def test_bylines(text: str, language: str, authors: list[str]) -> None:
    extraction = Extraction(authors=[Candidate(text, "page", "byline")])
    assert attributed(extraction, language).authors == authors


@pytest.mark.parametrize(("name", "language", "people"), [("网易", "zh", []), ("Reuters", "en", ["Reuters"])])
def test_as_printed_an_outlet_signs_in_no_chinese_page(name: str, language: str, people: list[str]) -> None:
    extraction = Extraction(authors=[Candidate(name, "structured", "meta author")])
    draft = attributed(extraction, language, as_printed=True)
    assert draft.authors == people


@pytest.mark.parametrize(("kind", "text", "outlet", "authors", "editors"), TABLE["not_yet"])
def test_what_is_not_read_right_yet(
    kind: str, text: str, outlet: str, authors: list[str], editors: list[str]
) -> None:
    draft = attributed(read(text, FIELDS[kind]))
    now = (credited(draft), draft.authors, draft.editors)
    assert now != (outlet, authors, editors), f"read right now: move the row to {kind}"
