"""Post: as JSON, and as notebooks show it."""

import json
from datetime import UTC, datetime

from newscrawl.model.notebook_card import SHOWN, card
from tests.read.stored import post_of


def test_json_is_the_stored_document() -> None:
    post = post_of(1)
    post.date = datetime(2026, 3, 8, 1, 2, 3, tzinfo=UTC)
    post.title = "北方网：<b>"
    said = json.loads(post.to_json())
    assert said["_id"] == post.id
    assert said["date"] == "2026-03-08T01:02:03Z"
    assert said.keys() == post.to_document().keys()
    assert "北方网：<b>" in post.to_json()
    assert "\n" not in post.to_json()
    assert post.to_json(indent=1).startswith('{\n "_id"')


def test_a_notebook_shows_what_a_page_wrote_as_text() -> None:
    post = post_of(1)
    post.title, post.body.text = "<script>a</script>", "<img src=x onerror=b>\n\nSecond."
    shown = post._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<p>Second.</p>" in shown
    assert "&lt;script&gt;" in shown


def test_long_texts_are_cut() -> None:
    assert card("a", "", {}, "x" * (SHOWN + 5)).endswith("x …</p></article>")
