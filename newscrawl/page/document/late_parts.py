"""Parts of a page that a browser shows elsewhere than where they stand: streamed segments and shadow roots.

React streams what was not ready into `<div hidden id="S:0">` at the page's end, and moves it to where
`<template id="B:0">` stands, up to the comment `<!--/$-->`, by a call `$RC("B:0","S:0")`. A template with
`shadowrootmode` is the shadow root of the element around it: shown in place of its other children, which
stand where the root has a `slot` for them (declarative shadow DOM).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_CALL = re.compile(rb"\$R[CRS]\(\s*[\"']([^\"'<>]{1,99})[\"']\s*,\s*[\"']([^\"'<>]{1,99})[\"']")
_BOUNDARY = re.compile(rb"<!--(?:\$[!?~]?|(/)\$)-->")
_MOST = 200  # segments; the page is searched for each


def streamed_parts(data: bytes) -> dict[bytes, bytes]:
    """The ids of streamed segments by those of the placeholders that they replace; nearly always none."""
    pairs = {}
    for first, second in _CALL.findall(data):
        placeholder, segment = (second, first) if b"S:" in first else (first, second)
        pairs[placeholder] = segment
    some = islice(pairs.items(), _MOST)
    return {placeholder: segment for placeholder, segment in some if b'id="%b"' % segment in data}


def without_fallbacks(data: bytes, parts: dict[bytes, bytes]) -> bytes:
    """The page without what is shown while a segment is on its way: `Loading …`."""
    kept, at = [], 0
    for start in sorted(data.find(b'<template id="%b"></template>' % placeholder) for placeholder in parts):
        begin = data.find(b"</template>", start) + len(b"</template>") if start >= at else 0
        if begin and (end := _end_of_boundary(data, begin)) is not None:
            kept.append(data[at:begin])
            at = end
    return b"".join([*kept, data[at:]]) if kept else data


def _end_of_boundary(data: bytes, begin: int) -> int | None:
    level = 0
    for match in _BOUNDARY.finditer(data, begin):
        level += -1 if match[1] else 1
        if level < 0:
            return match.start()
    return None


def place_streamed_parts(root: HtmlElement, parts: dict[bytes, bytes]) -> None:
    """Move each segment's content to where its placeholder stands."""
    ids = {value: element for element in root.iter() if ":" in (value := element.get("id") or "")}
    for placeholder, segment in parts.items():
        to, source = (
            ids.get(placeholder.decode("utf-8", "replace")),
            ids.get(segment.decode("utf-8", "replace")),
        )
        if to is None or source is None or source in to.iterancestors() or to in source.iterancestors():
            continue
        _append_text(to, source.text)
        source.text = None
        for child in list(source):
            to.addprevious(child)
        to.drop_tree()
        source.drop_tree()


def _append_text(before: HtmlElement, text: str | None) -> None:
    """Put text right before an element."""
    previous, parent = before.getprevious(), before.getparent()
    if previous is not None:
        previous.tail = (previous.tail or "") + (text or "")
    elif parent is not None:
        parent.text = (parent.text or "") + (text or "")


def attach_shadow_roots(root: HtmlElement) -> None:
    """Show each declared shadow root, with the children of its host in its slots."""
    for template in [one for one in root.iter("template") if _is_shadow_root(one)]:
        host = template.getparent()
        if host is None:
            continue
        children = [child for child in host if child is not template]
        for slot in list(_slots(template)):
            here = [child for child in children if child.getparent() is host]
            _fill(slot, template, [child for child in here if child.get("slot") == slot.get("name")])
        for child in host:
            if child in children:
                child.set("hidden", "")  # it has no slot
        template.tag = "div"


def _is_shadow_root(template: HtmlElement) -> bool:
    return template.get("shadowrootmode") is not None or template.get("shadowroot") is not None


def _slots(template: HtmlElement) -> Iterator[HtmlElement]:
    """The slots of this root, and not of roots inside."""
    for slot in template.iter("slot"):
        if next(slot.iterancestors("template")) is template:
            yield slot


def _fill(slot: HtmlElement, template: HtmlElement, children: list[HtmlElement]) -> None:
    """Move children of the template's host into a slot; into one without a name the host's text, too."""
    host, text = template.getparent(), ""
    slot_name = slot.get("name")
    if host is not None and not slot_name:
        text = (host.text or "") + (template.tail or "")
    slot.tag = "span"
    if not children and not text.strip():
        return  # what is in the slot is shown
    for shown in list(slot):
        slot.remove(shown)
    slot.text = text
    if host is not None and not slot_name:
        host.text = template.tail = None
    slot.extend(children)
