"""Which differences between a stored post and its reading count, and how they are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newscrawl.crawl.reread.compare import changed_fields, describe, is_edited, reread_rights
from newscrawl.model.post import Attribution, Body, Crawl, DateInfo, Image, Post, to_values
from newscrawl.model.rights import Stated, Statement
from newscrawl.normalize.validate import content_hash
from newscrawl.text.usage_terms import rights_of

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _stored(**more: Any) -> dict[str, Any]:
    text = "The pilots agreed."
    post = Post(
        id="url:1",
        title="Pilots agree",
        date=NOW,
        date_info=DateInfo("1 December", "+00:00", "day", "page"),
        categories=["harbour"],
        tags=[],
        source=Attribution("Harbour", "harbour", "Harbour", "site"),
        body=Body(f"<p>{text}</p>", text, 16, [Image("https://example.org/a.jpg?w=1")]),
        url="https://example.org/1",
        canonical_url="https://example.org/1",
        share_url="https://example.org/1",
        content_hash=content_hash(
            title="Pilots agree", text=text, outlet="Harbour", images=["https://example.org/a.jpg"]
        ),
        crawl=Crawl("harbour", "run", NOW),
    )
    return {**post.to_document(), "search_pending": True, **more}


def test_the_stores_fields_and_others_programs_fields_do_not_count() -> None:
    stored = _stored(revision=7, withdrawn={"since": NOW, "status": 404, "seen": NOW, "until": None}, mine=1)
    read = _stored(first_seen=NOW, crawl={"spider": "x", "run": "y", "fetched": NOW}, story=None)
    assert changed_fields(stored, read) == {}


def test_a_field_that_an_older_post_lacks_is_empty() -> None:
    stored = _stored()
    del stored["source"]["url"]
    assert changed_fields(stored, _stored()) == {}


def test_each_field_of_content_counts() -> None:
    read = _stored(authors=["Ada"], date=NOW.replace(hour=3), categories=["harbour", "port"])
    read["body"] = {**read["body"], "html": "<p><b>The pilots</b> agreed.</p>"}
    fields = changed_fields(_stored(), read)
    assert fields.keys() == {"authors", "date", "categories", "body"}
    shown = {change.field: (change.before, change.after) for change in describe(_stored(), fields)}
    assert shown["authors"] == ("", "Ada")
    assert shown["categories"] == ("harbour", "harbour, port")
    assert shown["body.html"] == ("<p>The pilots agreed.</p>", "<p><b>The pilots</b> agreed.</p>")
    assert "body.text" not in shown


def test_of_long_texts_the_first_difference_is_shown() -> None:
    stored, read = _stored(), _stored()
    stored["body"] = {**stored["body"], "text": "a" * 500 + "old" + "b" * 500}
    read["body"] = {**read["body"], "text": "a" * 500 + "new" + "b" * 500}
    (change,) = describe(stored, changed_fields(stored, read))
    assert change.before.startswith("…" + "a" * 20 + "old")
    assert change.after.startswith("…" + "a" * 20 + "new")
    assert len(change.after) < 130


def test_an_edited_post_is_known_by_its_hash() -> None:
    assert not is_edited(_stored())
    assert is_edited(_stored(title="Pilots disagree"))
    assert is_edited(_stored(source=None))
    assert not is_edited(_stored(categories=["edited"])), "the hash does not have them"


def test_a_reread_takes_the_page_s_word_and_keeps_that_of_all_other_places() -> None:
    header = Statement("header", "noai", "noai", "reserved", NOW)
    meta = Statement("meta", "noml", "noml", "reserved", NOW)
    held = to_values(rights_of([Stated(("header", "page", "robots.txt"), (header, meta))]))
    now = to_values(rights_of([Stated(("header", "page"), ())]))
    rights = reread_rights({"rights": held}, {"rights": now})
    assert rights is None, "the header reserves it still"
    without = to_values(rights_of([Stated(("header", "page", "robots.txt"), (meta,))]))
    rights = reread_rights({"rights": without}, {"rights": now})
    assert rights is not None
    assert (rights["tdm"], rights["tdm_allowed"], set(rights["looked"])) == (
        "unspecified",
        False,
        {"header", "page", "robots.txt"},
    )


def test_a_post_from_before_gets_what_its_kept_page_says() -> None:
    now = to_values(rights_of([Stated(("header", "page"), ())]))
    assert reread_rights({}, {"rights": now}) == now
    assert reread_rights({"rights": now}, {"rights": None}) is None
