"""Articles in several pages: where the next one is."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

MOST_PARTS = 30


def next_part(body: bytes, url: str, first_url: str) -> str | None:
    """The address of the page after `url` of the article that begins at `first_url`; None at its end.

    Pages of an article are told by their addresses: `058_01.shtml` or `058-2.html` beside `058.shtml`;
    `body` is a page as it came, which links to the others.

    >>> next_part(b'<a href="058_01.shtml">2</a>', "https://e.org/a/058.shtml", "https://e.org/a/058.shtml")
    'https://e.org/a/058_01.shtml'
    """
    parts = urlsplit(first_url)
    folder, slash, name = parts.path.rpartition("/")
    match = re.fullmatch(r"(.+?)(\.[a-z]{3,5})", name)
    if not match or not any(character.isdigit() for character in match[1]):
        return None
    stem, ending = match[1], match[2]
    name_on = stem.encode()
    if name_on + b"_" not in body and name_on + b"-" not in body:
        return None  # nearly all articles: no pattern is compiled for them
    pattern = re.escape(stem).encode() + rb"([_-])(\d{1,2})" + re.escape(ending).encode()
    found = {int(number): (mark, number) for mark, number in re.findall(rb"(?<![\w.-])" + pattern, body)}
    here = re.fullmatch(
        rf"{re.escape(stem)}[_-](\d+){re.escape(ending)}", urlsplit(url).path.rpartition("/")[2]
    )
    current = int(here[1]) if here else 0
    later = [number for number in found if current < number <= current + 2]
    if not later or min(later) > MOST_PARTS:
        return None
    mark, digits = found[min(later)]
    path = f"{folder}{slash}{stem}{mark.decode()}{digits.decode()}{ending}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
