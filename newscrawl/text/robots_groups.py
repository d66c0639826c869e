"""What a robots.txt says of AI: whether a path is kept from its crawlers, and its lines for the use of texts.

Groups and paths by RFC 9309, 2.2; `Content-Usage` lines by draft-ietf-aipref-attach-05, section 3;
`Content-Signal` lines by https://contentsignals.org. The names of the crawlers are in ai_agents.toml. Whether
newscrawl itself may fetch a page is not decided here: Scrapy does that with another parser.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from urllib.parse import unquote, urlsplit

from newscrawl.model.rights import Statement
from newscrawl.text.usage_terms import usage

EVERYBODY: Final = "*"
_LINE = re.compile(r"^[ \t\ufeff]*([A-Za-z][A-Za-z -]{0,40}?)[ \t]*:[ \t]*([^#\r\n]*)", re.MULTILINE)
_ESCAPES = re.compile(r"(?:%(?!2[fFaA4])[0-9A-Fa-f]{2})+")
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_USES = ("content-usage", "content-signal")
_ENDS_AGENTS = frozenset({"allow", "disallow", "crawl-delay", *_USES})
_MOST_RULES = 20_000  # of a file
_SHOWN = 12  # names in a statement


@dataclass(slots=True)
class Group:
    """The lines for some crawlers."""

    agents: list[str] = field(default_factory=list)  #: product tokens, in small letters; EVERYBODY
    rules: list[tuple[str, bool]] = field(default_factory=list)  #: path, whether it is allowed
    uses: list[tuple[str, str, str]] = field(default_factory=list)  #: path, name of the line, its value


@dataclass(frozen=True, slots=True)
class RobotsGroups:
    """The groups of a robots.txt, in its order."""

    groups: tuple[Group, ...]

    def statements(self, url: str) -> Iterator[Statement]:
        """What it says of the page at a URL: which crawlers for AI must not fetch it, if any, and each of its
        lines of use. That one may fetch it is no statement: it does not allow mining."""
        path = path_of(url)
        kept_out = self._kept_out(path)
        if kept_out:
            yield Statement("robots.txt", "user-agent", _shortened(kept_out), "reserved")
        for group in self.groups:
            for name, value in _longest(group.uses, path):
                said = f"{value} (for {', '.join(group.agents[:3]) or EVERYBODY})"
                yield Statement("robots.txt", name, said[:300], usage(value))

    def _kept_out(self, path: str) -> list[str]:
        """The crawlers for AI that the file names and that must not fetch a path, and EVERYBODY if those that
        it does not name must not."""
        own: dict[str, list[int]] = {EVERYBODY: []}
        for number, group in enumerate(self.groups):
            for agent in group.agents:
                if agent == EVERYBODY or agent in ai_agents():
                    own.setdefault(agent, []).append(number)
        verdicts = {numbers: self._is_kept_out(numbers, path) for numbers in set(map(tuple, own.values()))}
        return sorted(agent for agent, numbers in own.items() if verdicts[tuple(numbers)])

    def _is_kept_out(self, numbers: tuple[int, ...], path: str) -> bool:
        rules = (rule for number in numbers for rule in self.groups[number].rules)
        matching = [
            (len(pattern), allowed) for pattern, allowed in rules if pattern and matches(pattern, path)
        ]
        return bool(matching) and not max(matching)[1]


def _shortened(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _longest(uses: list[tuple[str, str, str]], path: str) -> list[tuple[str, str]]:
    """Of each kind of line the value of the longest path that matches; several if they have the same."""
    found = []
    for kind in _USES:
        matching = [
            (len(pattern), value) for pattern, name, value in uses if name == kind and matches(pattern, path)
        ]
        longest = max((length for length, _ in matching), default=0)
        found += [(kind, value) for length, value in matching if length == longest]
    return found


def read_robots(body: bytes) -> RobotsGroups:
    """The groups of a robots.txt; of broken lines nothing."""
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = body.decode(encoding, "replace").replace("\u00a0", " ").replace("\r", "\n")
    groups: list[Group] = []
    group = Group()
    naming = False
    for number, line in enumerate(_LINE.finditer(text)):
        if number > _MOST_RULES:
            break
        name, value = line[1].lower().replace("user agent", "user-agent"), line[2].strip()
        if name == "user-agent":
            if not naming:
                group = Group()
                groups.append(group)
            naming = True
            group.agents.append(_agent(value))
        elif name in _ENDS_AGENTS:
            naming = False
            if name in _USES:
                if not groups:  # before any group: for everybody
                    groups.append(group)
                group.uses.append((*_path_and_value(value, name),))
            elif groups:
                group.rules.append((value, name == "allow"))
    return RobotsGroups(tuple(groups))


def _agent(value: str) -> str:
    if value.startswith(EVERYBODY):
        return EVERYBODY
    match = _TOKEN.match(value)
    return match[0].lower() if match else ""


def _path_and_value(value: str, name: str) -> tuple[str, str, str]:
    """A path may stand before the preference; it begins with a slash."""
    if not value.startswith("/"):
        return "", name, value
    path, _, rest = value.replace("\t", " ").partition(" ")
    return path, name, rest.strip()


def path_of(url: str) -> str:
    """Path and query of a URL, as rules are compared with them."""
    parts = urlsplit(url)
    return _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")


def matches(pattern: str, path: str) -> bool:
    """Whether a rule's pattern, with `*` and `$`, matches a path of `path_of` from its beginning.

    >>> matches("/news/*.html$", "/news/a.html"), matches("/news", "/newsroom"), matches("/a$", "/ab")
    (True, True, False)
    """
    pattern, ends = (pattern[:-1], True) if pattern.endswith("$") else (pattern, False)
    first, *parts = _parts(pattern)
    if not path.startswith(first):
        return False
    if not parts:
        return path == first if ends else True
    at = len(first)
    *middle, last = parts
    for part in middle:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if ends:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in pattern.split("*"))


def _plain(path: str) -> str:
    """Percent signs resolved, but for those of slashes, stars and dollars."""
    if "%" not in path:
        return path
    return _ESCAPES.sub(lambda match: unquote(match[0]), path)


@cache
def ai_agents() -> frozenset[str]:
    """The product tokens of crawlers that take texts for AI, in small letters."""
    tables = tomllib.loads((files("newscrawl.text") / "ai_agents.toml").read_text(encoding="utf-8"))
    return frozenset(name for table in tables.values() for name in table["names"])
