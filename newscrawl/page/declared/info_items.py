"""Items of an info line: which of those that a selector found are the field's."""

from __future__ import annotations

from newscrawl.model.draft import Candidate
from newscrawl.text.labels import LabelledField, looks_like_date, split_labelled
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlet_names import desk_outlet
from newscrawl.text.outlets import outlet_named

_NOTHING_BUT_DATE = lazy(r"[\d\s:：年月日时分秒./-]+")
_WRITERS = lazy(r"^[^编編责責校审]*(?:记者|作者|通讯员|記者)")
_SIGNED = frozenset((None, "authors", "editors"))


def of_label(values: list[Candidate], label: LabelledField) -> list[Candidate]:
    """Of the items of an info line, those with the field's label; where none has it, those without any.

    East Money's `.infos .item` are the case: time, `作者：X` (not always), `来源：X`, all of one class.
    """
    labelled: list[Candidate] = []
    plain: list[Candidate] = []
    for candidate in values:
        if candidate.rule == "em_media":  # printed whole: brackets, label and name
            labelled.append(candidate)
            continue
        parts = split_labelled(candidate.value)
        labelled += [_cut(candidate, text) for field, text in parts if field == label]
        if all(field is None for field, _ in parts) and _may_be(
            label, candidate.value, alone=len(values) == 1
        ):
            plain.append(_cut(candidate, _behind_person(candidate.value)) if label == "outlet" else candidate)
        elif label == "date":
            plain += [
                _cut(candidate, text) for field, text in parts if field is None and looks_like_date(text)
            ]
        elif label == "outlet":  # 21世纪经济报道 记者：彭强
            plain += [
                _cut(candidate, text) for field, text in parts if field in _SIGNED and desk_outlet(text)
            ]
    return labelled or plain


def _behind_person(text: str) -> str:
    """`石佳/中国青年报`: the outlet, if the registry has it; else the text."""
    outlet = text.rpartition("/")[2]
    return outlet if outlet_named(outlet) else text


def _cut(candidate: Candidate, text: str) -> Candidate:
    return Candidate(text, candidate.origin, candidate.rule, candidate.link)


def _may_be(label: LabelledField, text: str, *, alone: bool) -> bool:
    if label != "date" and _NOTHING_BUT_DATE.fullmatch(text):
        return False
    if label == "editors" and _WRITERS.search(text):
        return False
    return alone or looks_like_date(text) == (label == "date")
