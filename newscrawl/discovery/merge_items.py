"""A list's items, settled: each article once, and times in the form that the list is declared to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from newscrawl.discovery.list_page import ListItem


def once(items: list[ListItem], same: Callable[[str], str]) -> list[ListItem]:
    """Each article once, where it stands first; `same` gives what all addresses of one article share.

    A list often holds an article's picture, its title and its comments (`…/c.html#comment`) as three links,
    or one that is pinned twice. What the first does not say is taken from the others; of titles the longest.
    """
    found: dict[object, ListItem] = {}
    for number, item in enumerate(items):
        key: object = number if item.url is None else same(item.url)
        found[key] = _joined(found[key], item) if key in found else item
    return list(found.values())


def _joined(first: ListItem, other: ListItem) -> ListItem:
    title = max(first.title or "", other.title or "", key=len) or None
    return replace(
        first,
        title=title,
        date=first.date or other.date,
        outlet=first.outlet or other.outlet,
        digest=first.digest or other.digest,
        text=first.text or other.text,
        columns=tuple(dict.fromkeys((*first.columns, *other.columns))),
        authors=first.authors or other.authors,
        licence=first.licence or other.licence,
        copyright=first.copyright or other.copyright,
    )


def dated(item: ListItem, form: str | None) -> ListItem:
    """The item with its time year first, where it is printed in the form (of strptime) that is declared.

    >>> dated(ListItem(url=None, date="11/05/2026 09:10:00"), "%m/%d/%Y %H:%M:%S").date
    '2026-11-05 09:10:00'
    """
    if form is None or item.date is None:
        return item
    try:
        at = datetime.strptime(item.date, form)  # noqa: DTZ007  the zone is the source's, as of all its times
    except ValueError:
        return item
    shown = "%Y-%m-%d %H:%M:%S" if "%S" in form else "%Y-%m-%d %H:%M" if "%H" in form else "%Y-%m-%d"
    return replace(item, date=at.strftime(shown))
