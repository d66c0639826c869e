"""Frozen answers of declared lists: each gives the articles that its JSON says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawl.crawl.runner import spider_class
from newscrawl.discovery.list_page import ListResponse
from newscrawl.discovery.list_reader import ListReader
from newscrawl.text.dates import parse_date

LISTS = sorted((Path(__file__).parents[1] / "lists").glob("*/*.json"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("note", LISTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_frozen_list_gives_its_articles(note: Path) -> None:
    said = json.loads(note.read_text(encoding="utf-8"))
    source = spider_class(note.parent.name).source
    walk = ListReader(source, NOW - timedelta(days=365), NOW)
    reply = ListResponse(said["url"], note.with_suffix(".answer").read_bytes(), said["content_type"])
    listed = walk.read(reply, {"list": int(note.stem), "page": 1})
    found = [
        {"url": item.url, "title": item.title, "date": _utc(item.date, source.zone)} for item in listed.items
    ]
    assert found == said["entries"]
    assert found, "a frozen list holds articles"


def _utc(text: str | None, zone: str) -> str | None:
    found = parse_date(text, zone=zone, now=NOW) if text else None
    return f"{found.at:%Y-%m-%dT%H:%M:%SZ}" if found else None
