"""Outlets: the names that mean one, and the name and slug that it goes by. The list is outlets.toml."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from newscrawl.errors import NewscrawlError
from newscrawl.text.lazy_regex import lazy

KINDS = frozenset("outlet agency account data authority broker disclosure".split())
_MARKS = lazy(r"[\s·•・‧∙|\-—–―_()\[\]《》〈〉【】「」“”\"'.,:、/]+")
# Where an outlet is read, behind its name: 新京报客户端, 人民日报微信公众号.
_CHANNEL = lazy(
    r"(?:新闻)?(?:客户端|app|(?:官方)?(?:微信)?公众号|官方(?:微博|微信|账号|网站)|微博|视频号|官网|网站"
    r"|数字报|电子报|全媒体|融媒体)$"
)
_SLUG = lazy(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet of the registry."""

    name: str  #: canonical
    slug: str  #: the first category of its posts
    domain: str  #: its site; empty if not known
    kind: str  #: one of KINDS
    aliases: tuple[str, ...]  #: other spellings


@lru_cache(maxsize=4096)
def outlet_named(spelling: str) -> Outlet | None:
    """The outlet that a spelling means; None for one that the registry does not have.

    >>> outlet_named("证券时报网").name, outlet_named("央视新闻客户端").slug
    ('证券时报', 'yangshixinwen')
    >>> outlet_named("新京报微信公众号").name
    '新京报'
    """
    known = _by_spelling()
    written = folded(spelling)
    return known.get(written) or known.get(_CHANNEL.sub("", written))


def known_outlets() -> tuple[Outlet, ...]:
    """All outlets of the registry, in its order."""
    return _registry()


def folded(spelling: str) -> str:
    """A spelling without what does not tell names apart: case, width, blanks, marks between words."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", spelling).casefold())


@cache
def _registry() -> tuple[Outlet, ...]:
    text = (files("newscrawl.text") / "outlets.toml").read_text(encoding="utf-8")
    return read_registry(text)


@cache
def _by_spelling() -> dict[str, Outlet]:
    found: dict[str, Outlet] = {}
    for outlet in _registry():
        for spelling in (outlet.name, *outlet.aliases):
            found[folded(spelling)] = outlet
    return found


def read_registry(text: str) -> tuple[Outlet, ...]:
    """The outlets of a registry's text.

    Raises NewscrawlError naming the outlet that is wrong, and the remedy.
    """
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NewscrawlError(f"outlets.toml is no TOML: {error}") from error
    outlets = tuple(_outlet(name, row) for name, row in rows.items())
    _check_unique(outlets)
    return outlets


def _outlet(name: str, row: Any) -> Outlet:
    try:
        outlet = Outlet(name, row["slug"], row["domain"], row["kind"], tuple(row["aliases"]))
    except (KeyError, TypeError) as error:
        raise NewscrawlError(
            f"outlet {name!r}: {error} is missing; give slug, domain, kind and aliases, as the others do"
        ) from error
    if not _SLUG.fullmatch(outlet.slug):
        raise NewscrawlError(f"outlet {name!r}: slug {outlet.slug!r} must be of a-z, 0-9 and single hyphens")
    if outlet.kind not in KINDS:
        raise NewscrawlError(f"outlet {name!r}: kind {outlet.kind!r} is none of {', '.join(sorted(KINDS))}")
    return outlet


def _check_unique(outlets: tuple[Outlet, ...]) -> None:
    owners: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for outlet in outlets:
        if slugs.setdefault(outlet.slug, outlet.name) != outlet.name:
            other = slugs[outlet.slug]
            raise NewscrawlError(f"outlet {outlet.name!r} has the slug of {other!r}; give it another")
        for spelling in (outlet.name, *outlet.aliases):
            owner = owners.setdefault(folded(spelling), outlet.name)
            if owner != outlet.name:
                raise NewscrawlError(
                    f"outlet {outlet.name!r}: {spelling!r} is {owner!r} already; leave it with one"
                )
