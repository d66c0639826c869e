"""What becomes of a post's rights when its page was read again.

They are stored with the state. If what follows from them changes (access, text and data mining, licence, a
notice against reprints), that is a revision, though the article is the same: readers must learn
of it. Another wording of the same, such as a new year in a copyright line, waits for the next change. A post
that was stored before rights were read gets them without a revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from newscrawl.model.post import from_values, to_values
from newscrawl.model.rights import Rights
from newscrawl.text.usage_terms import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of a post, enough to tell whether its rights may have changed.
FIELDS: Final = ("rights.access", "rights.tdm", "rights.tdm_allowed", "rights.licence", "rights.reprint")


def is_other(held: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    """Whether the rights of a post may have to be changed; `held` has FIELDS at least."""
    if new is None:
        return False
    return held is None or _said(held) != _said(new)


def _said(rights: Mapping[str, Any]) -> tuple[object, ...]:
    has_notice = rights.get("reprint") is not None
    return rights["access"], rights["tdm"], rights["tdm_allowed"], rights.get("licence"), has_notice


def combined(held: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The rights to store: the new ones, with what was said in places that were not looked at this time."""
    if new is None or held is None:
        return dict(new or held or {}) or None
    values: dict[str, Any] = to_values(joined(from_values(Rights, held), from_values(Rights, new)))
    return values


def is_revision(held: Mapping[str, Any] | None, combined: Mapping[str, Any]) -> bool:
    """Whether another state of the rights is a revision of the post."""
    return held is not None and from_values(Rights, held).summary != from_values(Rights, combined).summary
