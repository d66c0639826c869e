"""The fields in which a reading differs from the stored post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from newscrawl.model.post import Post
from newscrawl.normalize.validate import content_hash
from newscrawl.store.rights_changes import combined, is_other

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The store's own fields and the post's origin: not content.
NOT_COMPARED: Final = frozenset(
    {
        "_id",
        "first_seen",
        "last_seen",
        "updated",
        "revision",
        "withdrawn",
        "story",
        "crawl",
        "rights",
        "schema_version",
        "search_pending",
    }
)
_SHOWN = 120  # characters of a value
_BEFORE = 20  # … before the first difference


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A changed field, as text."""

    field: str  #: `title`, `body.text`, `source.name` …
    before: str
    after: str


def changed_fields(stored: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a post's document that a reading changes, with their new values; both as decoded from
    BSON. Ignores fields of other programs."""
    held = Post.from_document(dict(stored)).to_document()
    return {
        name: value for name, value in read.items() if name not in NOT_COMPARED and value != held.get(name)
    }


def reread_rights(stored: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rights of a post after its kept page was read again: what the page says now, and what was stored of
    other places. The kept headers count only if none were: a later answer may have had others, and the same
    page. None: they stay as they are."""
    held, new = stored.get("rights"), read.get("rights")
    if new is None:
        return None
    if held is not None and "header" in held["looked"]:
        new = {
            **new,
            "looked": [place for place in new["looked"] if place != "header"],
            "statements": [one for one in new["statements"] if one["place"] != "header"],
        }
    rights = combined(held, new)
    return rights if rights is not None and is_other(held, rights) else None


def is_edited(stored: Mapping[str, Any]) -> bool:
    """Whether title, text, outlet or pictures of a stored post were edited by hand: they do not match its
    hash."""
    source = stored.get("source")
    made = content_hash(
        title=stored["title"],
        text=stored["body"]["text"],
        outlet=source["name"] if source else None,
        images=(image["url"] for image in stored["body"].get("images") or ()),
    )
    return bool(made != stored["content_hash"])


def describe(stored: Mapping[str, Any], fields: Mapping[str, Any]) -> list[FieldChange]:
    """The changes as text; for a field with parts, such as `body` and `source`, by part."""
    found = []
    for name, after in fields.items():
        if name == "content_hash":
            continue
        before = stored.get(name)
        if isinstance(after, dict) and isinstance(before, dict):
            parts = [part for part in {**before, **after} if before.get(part) != after.get(part)]
            found += [_change(f"{name}.{part}", before.get(part), after.get(part)) for part in parts]
        else:
            found.append(_change(name, before, after))
    return found


def _change(name: str, before: Any, after: Any) -> FieldChange:
    old, new = _text(before), _text(after)
    head = next(
        (i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    begin = max(head - _BEFORE, 0) if max(len(old), len(new)) > _SHOWN else 0
    return FieldChange(name, _cut(old, begin), _cut(new, begin))


def _cut(text: str, begin: int) -> str:
    end = begin + _SHOWN
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return " ".join(_text(part) for part in value.values() if part is not None)
    return str(value)
