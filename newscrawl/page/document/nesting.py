"""Wrongly nested tags, mended before parsing so that libxml2 builds the tree that browsers build.

libxml2 ignores the end tag of a button, section, list item … while a `div` inside of it is open, so that all
of the page that follows stays in there; browsers close both. If it has ignored one, the page is gone through
by the rules of the HTML Living Standard (13.2.6.4.7, "in body"), and each end tag that browsers imply is
written out. Quirks of tables, frames and text outside of the body are left as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict

MOST_OPEN = 2_000  #: elements inside each other; of a page with more nothing is mended

_VALUE = rb"\s*+(?:\"[^\"]*+\"|'[^']*+'|)"
_ATTRIBUTES = rb"(?:[^>=]++|=%b)*+" % _VALUE
# A tag, with the text of an element whose text is no markup; or a comment. Without an end it takes all that
# follows.
_TAG = re.compile(
    rb"<(?:(?P<raw>script|style|textarea|title|iframe|xmp|noframes|noembed)(?=[\s/>])%b"
    rb"(?:>(?:[^<]++|<(?!/(?P=raw)))*+)?+"
    rb"|(?P<slash>/?)(?P<name>[a-z][^\s/>]*+)%b(?P<end>>?)|!--(?:[^-]++|-(?!->))*+)"
    % (_ATTRIBUTES, _ATTRIBUTES),
    re.IGNORECASE,
)


_SLASH = ord("/")
_EMPTY = re.compile(rb"(?:[\s\"']|^<[^\s/]*+)/>$")


def _names(words: str) -> frozenset[bytes]:
    return frozenset(words.encode().split())


_VOID = _names(
    "area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen"
)
_IGNORED = _names("html head body frameset form")  # which close nothing, or only themselves
_BLOCKS = _names(
    "address article aside blockquote button center details dialog dir div dl fieldset figcaption figure"
    " footer header hgroup listing main menu nav ol pre search section summary ul"
)
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_CLOSING_P = (_BLOCKS - {b"button"}) | _HEADINGS | _names("p li dd dt hr table form plaintext")
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
_CELLS = _names("td th")
_ROWS = _names("tr tbody thead tfoot caption colgroup")
_FOREIGN = _names("svg math")
_OUT_OF_FOREIGN = (
    _BLOCKS | _HEADINGS | _names("p li dd dt table img b big br code em i span strong sub sup u")
) - _names("button details dialog")
#: Whose start tags close more than a paragraph.
_IMPLYING = _HEADINGS | _CELLS | _ROWS | _names("li dd dt button a")
_SELF_CONTAINED = _names("template noscript select") | _FOREIGN
_MOST_MOVES = 8  # of one formatting element, as the standard has it

_SCOPE = _names("applet caption table td th marquee object template noscript select foreignobject desc")
_SPECIAL = _BLOCKS | _HEADINGS | _SCOPE | _ROWS | _names("p li dd dt iframe")
# What an end tag does not reach across, by the kind of its search.
_STOPS = (
    _SCOPE,
    _SCOPE | _names("ol ul"),
    _SCOPE | _names("button"),
    _names("table template noscript"),
    _SPECIAL,
    _SPECIAL - _names("address div p li"),
    _SPECIAL - _names("address div p dd dt"),
    _FOREIGN,
    _names("foreignobject desc title"),
)
_ANY, _LIST, _BUTTON, _TABLE, _OTHER, _ITEM, _TERM, _SVG, _HTML = range(len(_STOPS))
_KINDS = {
    name: tuple(kind for kind, names in enumerate(_STOPS) if name in names)
    for name in frozenset().union(*_STOPS)
}


def mend_nesting(data: bytes) -> bytes:
    """The page with the end tags that browsers imply, and without those that they ignore.

    The time is linear in the size of the page.
    """
    walk = _Walk(data)
    for match in _TAG.finditer(data):
        _, slash, name, end = match.groups()
        if name is None:
            continue
        if not end or len(walk.names) > MOST_OPEN:
            break
        if slash:
            walk.end(name.lower(), match)
        else:
            walk.start(name.lower(), match)
    return data if len(walk.names) > MOST_OPEN else walk.mended()


class _Walk:
    """The elements that are open at a place of the page, and what is to be changed before it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.names: list[
            bytes
        ] = []  #: of the open elements, the outermost first; empty where one was taken out
        self.tags: list[re.Match[bytes]] = []  #: their start tags
        self.stops: list[tuple[int, ...]] = [(-1,) * len(_STOPS)]  #: the innermost of _STOPS
        self.places: defaultdict[bytes, list[int]] = defaultdict(list)  #: in `names`, by name
        self.changes: list[tuple[int, int, bytes]] = []  #: from, to, and what stands there instead

    def mended(self) -> bytes:
        parts, at = [], 0
        for start, end, text in sorted(self.changes, key=lambda change: change[:2]):
            parts += [self.data[at:start], text]
            at = max(at, end)
        return b"".join([*parts, self.data[at:]])

    def within(self, name: bytes, kind: int) -> int:
        """The place of the innermost element with the name; -1 if what stops such a search is open in it."""
        places = self.places.get(name)
        return places[-1] if places and places[-1] >= self.stops[-1][kind] else -1

    def start(self, name: bytes, match: re.Match[bytes]) -> None:
        """A start tag: what it closes by itself, and the element that it opens."""
        if self._in_foreign():
            if name not in _OUT_OF_FOREIGN:
                if not match[0].endswith(b"/>"):
                    self._open(name, match)
                return
            self._close(self.stops[-1][_SVG], match.start())
        if name in _CLOSING_P:
            self._close(self.within(b"p", _BUTTON), match.start())
        if name in _VOID or name in _IGNORED:
            return
        if name in _IMPLYING:
            self._close_implied(name, match.start())
        self._open(name, match)

    def _close_implied(self, name: bytes, at: int) -> None:
        """What a start tag closes, paragraphs aside."""
        if name == b"li":
            self._close(self.within(name, _ITEM), at)
        elif name in (b"dd", b"dt"):
            self._close(max(self.within(b"dd", _TERM), self.within(b"dt", _TERM)), at)
        elif name == b"button":
            self._close(self.within(name, _ANY), at)
        elif name == b"a" and self.within(name, _ANY) >= 0:
            self._end_formatting(name, at, implied=True)
        elif name in _HEADINGS and self.names and self.names[-1] in _HEADINGS:
            self._close(len(self.names) - 1, at)
        elif name in _CELLS:
            self._close(max(self.within(b"td", _TABLE), self.within(b"th", _TABLE)), at)
        elif name in _ROWS:
            self._close_rows(name, at)

    def end(self, name: bytes, match: re.Match[bytes]) -> None:
        """An end tag: what it closes before its own element, or that browsers ignore it."""
        if not self.places.get(name):
            if name not in _HEADINGS:
                return  # neither parser does anything
        elif name in _FORMATTING and not self._in_foreign():
            self._end_formatting(name, match.start(), implied=False)
            return
        place = self._place_of_end(name)
        if place < 0:
            self._ignore(match)
            return
        same = self.names[place] == name
        self._close(place + 1 if same else place, match.start())
        if same:
            self._pop()
        else:
            self._ignore(match)

    def _place_of_end(self, name: bytes) -> int:
        """The place of the element that an end tag closes; -1 if browsers ignore it."""
        if name in _SELF_CONTAINED or self._in_foreign():
            return self.places[name][-1] if self.places.get(name) else -1
        if name in _HEADINGS:
            return max(self.within(heading, _ANY) for heading in _HEADINGS)
        if name == b"table" or name in _CELLS or name in _ROWS:
            return self.within(name, _TABLE)
        if name == b"li":
            return self.within(name, _LIST)
        if name == b"p":
            return self.within(name, _BUTTON)
        return self.within(name, _ANY if name in _SPECIAL else _OTHER)

    def _open(self, name: bytes, match: re.Match[bytes]) -> None:
        if self.data[match.end() - 2] == _SLASH and _EMPTY.search(match[0]) and not self._in_foreign():
            self.changes.append((match.end() - 2, match.end(), b">"))  # to browsers `<div/>` is `<div>`
        place, stops = len(self.names), self.stops[-1]
        if kinds := _KINDS.get(name):
            stops = tuple([place if kind in kinds else stop for kind, stop in enumerate(stops)])
        self.places[name].append(place)
        self.names.append(name)
        self.tags.append(match)
        self.stops.append(stops)

    def _pop(self) -> bytes:
        name = self.names.pop()
        self.tags.pop()
        self.stops.pop()
        if name:
            self.places[name].pop()
        return name

    def _close(self, place: int, at: int) -> None:
        """Write out the ends of all elements from a place on, if it is one."""
        closed = b""
        while 0 <= place < len(self.names):
            name = self._pop()
            closed += b"</%b>" % name if name else b""
        if closed:
            self.changes.append((at, at, closed))

    def _ignore(self, match: re.Match[bytes]) -> None:
        self.changes.append((match.start(), match.end(), b""))

    def _in_foreign(self) -> bool:
        stops = self.stops[-1]
        return stops[_SVG] > stops[_HTML]

    def _close_rows(self, name: bytes, at: int) -> None:
        """Before a row, or a part of a table: what is open inside the table, or inside its part."""
        table = outer = self.stops[-1][_TABLE]
        if name == b"tr":
            outer = max(table, *(self.within(part, _TABLE) for part in (b"tbody", b"thead", b"tfoot")))
        if table >= 0:
            self._close(outer + 1, at)

    def _end_formatting(self, name: bytes, at: int, *, implied: bool) -> None:
        """The end of a link, or of bold text: each block opened inside begins and ends one of its own.

        That is the result of the standard's adoption agency.
        """
        place = self.within(name, _ANY)
        if place < 0:
            return
        tag, blocks = self.tags[place], []
        if self.stops[-1][_OTHER] > place:
            blocks = [inner for inner in range(place + 1, len(self.names)) if self.names[inner] in _SPECIAL]
        for block in blocks[:_MOST_MOVES]:
            opened = self.tags[block]
            self.changes.append((opened.start(), opened.start(), b"</%b>" % name))
            self.changes.append((opened.end(), opened.end(), tag[0]))
        if blocks:
            self.names[place] = b""
            self.places[name].pop()
            if implied:
                self.changes.append((at, at, b"</%b>" % name))
        elif implied:
            self._close(place, at)
        else:
            self._close(place + 1, at)
            self._pop()
