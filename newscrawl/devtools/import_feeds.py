"""The feeds of an OPML file as tables of feeds.toml.

A feed is known by its address, so its name stays when its title changes. A table that somebody edited, as its
digest shows, is left alone; keys that no OPML has, such as `delay`, are never touched.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError

from newscrawl.crawl.declared_feeds import IMPORTED, source_of
from newscrawl.discovery.opml import Opml, OpmlFeed, address_key
from newscrawl.errors import UsageError
from newscrawl.text.slugs import slug
from newscrawl.text.urls import site_of

LONGEST_NAME = 40
_HEAD = """\
# Feeds that `newscrawl sources import` declared; each table is a source, and its name the spider's.
# Edit what you like: an import leaves a table alone that differs from what the last one wrote.
# docs/add-a-source.md has the keys, as zone, column, outlet, full, delay and headers.
"""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(slots=True)
class Import:
    """What an import does. Each list has a line a feed."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    #: Edited by hand, and the OPML says something else; or written by hand, or read by a spider of its own.
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  #: imported earlier, and not in the OPML any more
    removed: bool = False  #: whether these are removed
    left_out: list[str] = field(default_factory=list)  #: of the OPML, with the line and the reason
    text: str = ""  #: of feeds.toml, afterwards


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an import should do about conflicts."""

    overwrite: bool = False  #: edited tables are replaced
    remove: bool = False  #: feeds that are not in the OPML any more are removed


def import_feeds(
    opml: Opml, file: Path, spiders: Mapping[str, Collection[str]], wanted: Wanted | None = None
) -> Import:
    """Plans the import into `file`, which need not exist; nothing is written.

    spiders: those of other files, with the addresses of their lists. Raises UsageError if the file is not a
    feeds.toml.
    """
    return _Importer(file, spiders, wanted or Wanted()).run(opml)


class _Importer:
    def __init__(self, file: Path, spiders: Mapping[str, Collection[str]], wanted: Wanted) -> None:
        self._document = _document(file)
        self._tables: dict[str, dict[str, Any]] = self._document.unwrap()
        self._wanted, self._done = wanted, Import()
        self._taken = {*spiders, *self._tables}
        self._spider_of = {address_key(url): name for name, urls in spiders.items() for url in urls}
        self._table_of = {
            address_key(table["feed"]): name
            for name, table in self._tables.items()
            if isinstance(table.get("feed"), str)
        }

    def run(self, opml: Opml) -> Import:
        done = self._done
        done.left_out = list(opml.left_out)
        for feed in opml.feeds:
            if (name := self._table_of.get(feed.key)) is not None:
                self._known(name, feed)
            elif (spider := self._spider_of.get(feed.key)) is not None:
                done.kept.append(f"{spider}: this spider reads {feed.url} already")
            else:
                self._new(feed)
        self._gone({feed.key for feed in opml.feeds})
        done.text = tomlkit.dumps(self._document)
        return done

    def _new(self, feed: OpmlFeed) -> None:
        try:
            values = _checked(feed)
        except UsageError as error:
            reason = str(error).splitlines()[0].partition(": ")[2]
            self._done.left_out.append(f"line {feed.line}: {feed.title or feed.url!r}: {reason}")
            return
        name = next(each for each in _names(feed) if each not in self._taken)
        self._taken.add(name)
        table = tomlkit.table()
        table.update({**values, "imported": _digest(values)})
        if self._document.body:
            self._document.add(tomlkit.nl())
        self._document.add(name, table)
        self._done.new.append(f"{name}: {feed.url}")

    def _known(self, name: str, feed: OpmlFeed) -> None:
        done, table = self._done, self._tables[name]
        try:
            values = _checked(feed)
        except UsageError as error:
            done.left_out.append(f"line {feed.line}: {name}: {str(error).splitlines()[0]}")
            return
        before = {key: table[key] for key in IMPORTED if key in table}
        if before == values:
            done.unchanged += 1
            return
        differences = ", ".join(_differences(before, values))
        if _digest(before) != table.get("imported") and not self._wanted.overwrite:
            if _digest(values) == table.get("imported"):  # the OPML is as it was
                done.unchanged += 1
            else:
                done.kept.append(f"{name}: edited by hand; the OPML says {differences}")
            return
        written = self._document[name]
        for key in IMPORTED:
            if key not in values and key in written:
                del written[key]
        written.update({**values, "imported": _digest(values)})
        done.changed.append(f"{name}: {differences}")

    def _gone(self, keys: Collection[str]) -> None:
        for key, name in self._table_of.items():
            if key in keys or "imported" not in self._tables[name]:
                continue
            self._done.gone.append(f"{name}: {self._tables[name]['feed']}")
            if self._wanted.remove:
                self._done.removed = True
                del self._document[name]


def _document(file: Path) -> tomlkit.TOMLDocument:
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        text = _HEAD
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UsageError(
            f"{file} is not valid TOML: {error}; correct it first, nothing was imported"
        ) from None
    for name, value in document.unwrap().items():
        if not isinstance(value, dict):
            raise UsageError(f"{file}: {name} is outside a table; write [NAME] and below it feed = …")
    return document


def _checked(feed: OpmlFeed) -> dict[str, Any]:
    """The keys of a feed's table. Raises UsageError if it cannot be a source."""
    values: dict[str, Any] = {"title": feed.title or urlsplit(feed.url).hostname, "feed": feed.url}
    if feed.home:
        values["home"] = feed.home
    if language := _language(feed.language):
        values["language"] = language
    if feed.folders != ((),):
        values["folders"] = [list(path) for path in feed.folders]
    if feed.categories:
        values["categories"] = list(feed.categories)
    source_of(values)
    return values


def _language(written: str | None) -> str | None:
    """`en-us` for `en_US `; None for what is not a BCP 47 tag."""
    tag = (written or "").strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None


def _names(feed: OpmlFeed) -> Iterator[str]:
    """Names for a feed's spider, the best first, without end."""
    if feed.name and _NAME.fullmatch(feed.name) and not keyword.iskeyword(feed.name):
        yield feed.name
    host = urlsplit(feed.url).hostname or ""
    title = "" if not feed.title or feed.title.startswith(("http://", "https://")) else feed.title
    site = _word(site_of(host.removeprefix("www.")).partition(".")[0])
    name = _word(slug(title)) if title else site
    yield name
    yield f"{name}_{site}"[: LONGEST_NAME + 20]
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def _word(text: str) -> str:
    """As a Python identifier in lower case."""
    word = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    if len(word) > LONGEST_NAME:
        word = word[:LONGEST_NAME].rpartition("_")[0] or word[:LONGEST_NAME]
    if not word or not word[0].isalpha() or keyword.iskeyword(word):
        word = f"feed_{word}".rstrip("_")
    return word


def _differences(before: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    for key in IMPORTED:
        if before.get(key) != values.get(key):
            yield f"{key} {_shown(before.get(key))} → {_shown(values.get(key))}"


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _digest(values: Mapping[str, Any]) -> str:
    plain = json.dumps({key: values.get(key) for key in IMPORTED}, ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]
