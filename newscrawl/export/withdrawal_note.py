"""The sentence that marks a withdrawn post in exports for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from html import escape

from newscrawl.model.post import Post


def withdrawal_note(post: Post) -> str | None:
    """`The source withdrew this article on 2026-03-08.`, on the source's clock; Chinese for a Chinese post.
    None unless it is withdrawn now."""
    if post.withdrawn is None or not post.is_withdrawn:
        return None
    day = f"{on_clock_of(post, post.withdrawn.since):%Y-%m-%d}"
    if post.language.startswith("zh"):
        return f"原网站已于{day}撤下本文。"
    return f"The source withdrew this article on {day}."


def note_html(post: Post) -> str:
    """The note as a paragraph; empty unless the post is withdrawn now."""
    note = withdrawal_note(post)
    return f'<p class="withdrawn"><em>{escape(note)}</em></p>\n' if note else ""


def on_clock_of(post: Post, moment: datetime) -> datetime:
    """A time on the clock of the post's source."""
    offset = post.date_info.offset
    try:
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
        return moment.astimezone(timezone(-ahead if offset[0] == "-" else ahead))
    except (ValueError, IndexError, OverflowError):
        return moment.astimezone(UTC)
