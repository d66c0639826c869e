"""What changed between two states of a post, word by word. Pure; used by the terminal and the web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from newscrawl.model.post import Post
from newscrawl.model.rights import summary_of

Kind = Literal["same", "gone", "new", "skipped"]

#: Unchanged stretches up to this length are merged into the changes around them: that reads better.
_ISLAND = 2
_CONTEXT = 40  # unchanged characters shown before and after a change
_COMPARED = 200  # paragraphs compared word by word; further ones are shown whole
_PAIRS = 300_000  # maximum pairs of words or paragraphs to compare; beyond, everything counts as changed
_ALL_PAIRS = 4_000_000  # maximum pairs of characters over all paragraphs; beyond, the rest is shown whole
_TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,:：/-]\d+)*%?|\s+|.", re.DOTALL)


class DiffPiece(NamedTuple):
    """A stretch of text. `skipped` stands for unchanged text that is left out; its text is empty."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changed; the body paragraph by paragraph, separated by line ends."""

    field: str  #: `title`, `body`, `source` …
    pieces: list[DiffPiece]


def changes(old: Post, new: Post) -> list[FieldChange]:
    """The fields in which two states differ for a reader; empty if there are none.

    Takes at most a second, however large the texts: what is too large to compare word by word is shown whole.
    """
    found = [FieldChange("title", words(old.title, new.title))] if old.title != new.title else []
    for field, before, after in _short(old, new):
        if before != after:
            found.append(FieldChange(field, _replaced(before, after)))
    if old.body.text != new.body.text:
        found.append(FieldChange("body", paragraphs(old.body.text, new.body.text)))
    return found


def _short(old: Post, new: Post) -> Iterator[tuple[str, str, str]]:
    """Fields that are shown whole, each as text."""
    for (field, before), (_, after) in zip(_fields(old), _fields(new), strict=True):
        yield field, before, after


def _fields(post: Post) -> list[tuple[str, str]]:
    return [
        ("date", f"{post.date_info.raw} ({post.date.isoformat()})"),
        ("source", post.source.name if post.source else ""),
        ("authors", "、".join(post.authors)),
        ("editors", "、".join(post.editors)),
        ("digest", post.digest or ""),
        ("categories", ", ".join(post.categories)),
        ("tags", ", ".join(post.tags)),
        ("securities", ", ".join(f"{one.market}.{one.code}" for one in post.securities)),
        ("withdrawn", _withdrawal(post)),
        ("rights", summary_of(post.rights)),
        ("images", "\n".join(image.url for image in post.body.images)),
    ]


def _withdrawal(post: Post) -> str:
    if post.withdrawn is None:
        return ""
    until = post.withdrawn.until.isoformat() if post.withdrawn.until else ""
    return f"{post.withdrawn.since.isoformat()} – {until} (HTTP {post.withdrawn.status})"


def _replaced(before: str, after: str) -> list[DiffPiece]:
    return [piece for piece in (DiffPiece("gone", before), DiffPiece("new", after)) if piece.text]


def paragraphs(old: str, new: str) -> list[DiffPiece]:
    """What changed in a text; unchanged paragraphs are skipped."""
    before, after = old.split("\n\n"), new.split("\n\n")
    pieces: list[DiffPiece] = []
    compared = pairs = 0
    for kind, first, second in _blocks(before, after):
        if kind == "equal":
            pieces.append(DiffPiece("skipped", ""))
            continue
        # The paragraphs of a block are paired in order; those left over are gone, or new.
        for index in range(max(len(first), len(second))):
            one = first[index] if index < len(first) else ""
            other = second[index] if index < len(second) else ""
            compared += 1
            pairs += len(one) * len(other) if len(one) * len(other) <= _PAIRS else 0
            near = compared <= _COMPARED and pairs <= _ALL_PAIRS
            pieces_shown = _shortened(words(one, other)) if near else _replaced(one, other)
            pieces += [*pieces_shown, DiffPiece("same", "\n")]
    return pieces


def words(old: str, new: str) -> list[DiffPiece]:
    """All of both texts, word by word, Chinese by characters; without short unchanged stretches."""
    pieces: list[DiffPiece] = []
    for kind, first, second in _blocks(_TOKEN.findall(old), _TOKEN.findall(new)):
        before, after = "".join(first), "".join(second)
        if kind == "equal":
            pieces.append(DiffPiece("same", before))
        else:
            pieces += _replaced(before, after)
    return _without_islands(pieces)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Runs of `equal` and others. The common beginning and end are not compared again."""
    head = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), None)
    head = min(len(old), len(new)) if head is None else head
    most = min(len(old), len(new)) - head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    first, second = old[head : len(old) - tail], new[head : len(new) - tail]
    if head:
        yield "equal", old[:head], new[:head]
    if len(first) * len(second) > _PAIRS:
        yield "replace", first, second
    elif first or second:
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            yield kind, first[a:b], second[c:d]
    if tail:
        yield "equal", old[len(old) - tail :], new[len(new) - tail :]


def _without_islands(pieces: list[DiffPiece]) -> list[DiffPiece]:
    """Joins changes with a short unchanged stretch between them: gone first, then new."""
    joined: list[DiffPiece] = []
    gone = new = ""
    for index, piece in enumerate(pieces):
        inside = 0 < index < len(pieces) - 1 and bool(gone or new)
        if piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            new += piece.text
        elif inside and len(piece.text) <= _ISLAND:
            gone, new = gone + piece.text, new + piece.text
        else:
            joined += [*_replaced(gone, new), piece]
            gone = new = ""
    return joined + _replaced(gone, new)


def _shortened(pieces: list[DiffPiece]) -> list[DiffPiece]:
    """With long unchanged stretches cut to the context of the changes."""
    shown: list[DiffPiece] = []
    for index, piece in enumerate(pieces):
        begins, ends = index == 0, index == len(pieces) - 1
        if piece.kind != "same" or len(piece.text) <= _CONTEXT * (2 - (begins or ends)) + 1:
            shown.append(piece)
            continue
        after = [] if begins else [DiffPiece("same", piece.text[:_CONTEXT])]
        before = [] if ends else [DiffPiece("same", piece.text[-_CONTEXT:])]
        shown += [*after, DiffPiece("skipped", ""), *before]
    return shown
