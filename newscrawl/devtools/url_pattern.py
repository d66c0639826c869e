"""A regular expression for `Source.articles`, from the addresses of several articles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_SHARE = 0.2  #: a further shape counts if at least this share of the addresses has it
_KINDS = 3  #: maximum number of shapes in one pattern
_LONG = re.compile(r"\d{5,}")
_DIGITS = re.compile(r"\d+", re.ASCII)
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_NUMBER_LAST, _NUMBER_FIRST = re.compile(r"([-_])\d{3,}$"), re.compile(r"^\d{3,}([-_])")
_PLAIN = re.compile(r"[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Address:
    """The parts of an address."""

    folders: tuple[str, ...]
    name: str  #: the last part, without extension
    end: str  #: the extension, or the slash that the address ends with
    query: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """What addresses of one kind have in common."""
        folders = tuple("d" if _DIGITS.search(folder) else "w" for folder in self.folders)
        return len(self.folders), folders, self.end, tuple(key for key, _ in self.query)


def pattern_of(urls: Iterable[str]) -> str | None:
    """A pattern that the addresses of articles have in common; None without addresses.

    What differs between articles is a class of characters, never one article's own words: the last part of
    the path, numbers, and folders that are not the same everywhere. With a long number that differs from
    article to article, it is the group `id`.

    >>> pattern_of([f"https://e.org/news/2024-05/06/content_12345{n}.html" for n in range(3)])
    '/news/\\\\d+-\\\\d+/\\\\d+/content_(?P<id>\\\\d+)\\\\.html$'
    """
    addresses = [_split(url) for url in dict.fromkeys(urls)]
    kinds: dict[tuple[object, ...], list[_Address]] = defaultdict(list)
    for address in addresses:
        kinds[address.shape].append(address)
    common = sorted(kinds.values(), key=len, reverse=True)[:_KINDS]
    patterns = [
        _pattern(kind) for i, kind in enumerate(common) if i == 0 or len(kind) >= _SHARE * len(addresses) > 1
    ]
    patterns = list(dict.fromkeys(patterns))
    if len(patterns) > 1:  # a group name may occur only once
        return "(?:" + "|".join(one.replace("(?P<id>", "(?:") for one in patterns) + ")"
    return patterns[0] if patterns else None


def _split(url: str) -> _Address:
    parts = urlsplit(url)
    *folders, last = parts.path.split("/")[1:] or [""]
    slash = ""
    if not last and folders:
        last, slash = folders.pop(), "/"
    extension = _EXTENSION.search(last)
    end = extension[0] if extension else ""
    return _Address(tuple(folders), last.removesuffix(end), end + slash, tuple(parse_qsl(parts.query)))


def _pattern(kind: list[_Address]) -> str:
    """The pattern of addresses of one shape."""
    first = kind[0]
    if first.query and len({(one.folders, one.name) for one in kind}) == 1:
        path = "/".join(map(re.escape, (*first.folders, first.name + first.end)))
        return f"/{path}\\?{_query(kind)}$"
    folders = [_folder([one.folders[i] for one in kind]) for i in range(len(first.folders))]
    names = [one.name for one in kind]
    name = _name(names)
    if not folders and r"\d" not in name:
        name = _hyphenated(names) or name
    path = "/".join((*folders, name + re.escape(first.end)))
    before = "" if folders and not folders[0].startswith("[") else r"^https?://[^/]+"
    return f"{before}/{_with_id(path, names)}" + ("" if first.query else "$")


def _folder(values: list[str]) -> str:
    """A folder: itself if it is the same everywhere and has no number, otherwise what its values share."""
    if len(set(values)) == 1 and not _DIGITS.search(values[0]) and values[0].count("-") < 2:
        return re.escape(values[0]).replace(r"\-", "-")
    return _common_shape(values) or _class(values)


def _name(values: list[str]) -> str:
    """The last part: its shape if only numbers differ between articles, otherwise a character class."""
    shape = _common_shape(values)
    if shape and _DIGITS.search("".join(values)) and not any(one.count("-") > 2 for one in values):
        return shape
    for form, edge in (
        (_NUMBER_LAST, f"{_class(values)}{{}}\\d+"),
        (_NUMBER_FIRST, f"\\d+{{}}{_class(values)}"),
    ):
        matches = [form.search(value) for value in values]
        signs = {match[1] for match in matches if match}
        if all(matches) and len(signs) == 1:
            return edge.format(signs.pop())
    return _class(values)


def _common_shape(values: list[str]) -> str | None:
    """The common shape with arbitrary numbers; None if more than the numbers differ."""
    shapes = {_DIGITS.sub("0", value) for value in values}
    if len(shapes) != 1:
        return None
    [shape] = shapes
    if "0" not in shape or (len(values) == 1 and re.search(r"[a-z]{3,}-[a-z]{3,}", shape)):
        return None
    return re.escape(shape).replace(r"\-", "-").replace("0", r"\d+")


def _class(values: list[str]) -> str:
    """A character class that matches all values."""
    if all(value.isdigit() for value in values):
        return r"\d+"
    return r"[\w-]+" if all(_PLAIN.fullmatch(value) for value in values) else r"[^/?#]+"


def _hyphenated(values: list[str]) -> str | None:
    """Slugs at the root of a site, next to pages such as `/about/`; their hyphen sets them apart."""
    return r"\w+(?:-\w+)+" if all(re.fullmatch(r"\w+(?:-\w+)+", value) for value in values) else None


def _query(kind: list[_Address]) -> str:
    """A query: constant values stay, numbers may be any, and the number that differs most is the id."""
    values = {key: [dict(one.query).get(key, "") for one in kind] for key, _ in kind[0].query}
    numbers = [key for key, held in values.items() if all(value.isdigit() for value in held)]
    most = Counter({key: len(set(values[key])) for key in numbers}).most_common(1)
    number = most[0][0] if most and (most[0][1] > 1 or len(numbers) == 1) else None
    parts = []
    for key, held in values.items():
        name = re.escape(key)
        if key == number:
            parts.append(rf"{name}=(?P<id>\d+)")
        elif key in numbers:
            parts.append(rf"{name}=\d+")
        else:
            parts.append(f"{name}={re.escape(held[0])}" if len(set(held)) == 1 else f"{name}=[^&]*")
    return "&".join(parts)


def _with_id(path: str, names: list[str]) -> str:
    """The path with its last number as the group `id`, if that number is long and unique to each article."""
    numbers = [_LONG.findall(name) for name in names]
    own = [found[-1] for found in numbers if found]
    if len(own) < len(names) or len(set(own)) < len(own):
        return path
    before, mark, after = path.rpartition(r"\d+")
    return f"{before}(?P<id>{mark}){after}" if mark else path
