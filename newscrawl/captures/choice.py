"""Which captures are read, as what: judged by address, date and size before anything is parsed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from newscrawl.crawl.runner import sound_spiders, spider_class
from newscrawl.discovery.home_page import is_furniture
from newscrawl.errors import NotAPage, UsageError
from newscrawl.text.urls import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from newscrawl.captures.http_capture import Capture
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.model.post import Post

SHORTEST: Final = 500  #: bytes of a page that may be an article

_TYPES = ("text/html", "application/xhtml", "text/plain")
_DATA = ("application/json", "text/json")  # what declared sources may have their articles in
_FILE = re.compile(r"\.(?!s?html?$|php$|jsp$|aspx?$)[a-z0-9]{2,4}$", re.IGNORECASE)
_LISTS = frozenset(
    "category categories tag tags topic topics author authors page search archive archives".split()
)
_HTML_LANG = re.compile(
    rb"<html\b[^>]{0,1000}?\blang\s*=\s*[\"']?\s*([A-Za-z]{2,3})(?![A-Za-z])", re.IGNORECASE
)
_BEGINNING, _SAMPLE = 8_192, 60_000  # bytes of a page that are looked at
_HIGH = re.compile(rb"[\x80-\xff]+|&#x?[0-9A-Fa-f]{3,5};")
_LEAST_HIGH = 0.01  # of a page in a script beyond ASCII
#: Languages whose texts are beyond ASCII whatever the encoding.
_BEYOND_ASCII = frozenset(
    "zh ja ko ru uk bg sr mk be ar fa ur he el th hi bn ta te ka hy am my km lo".split()
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted of a file."""

    sources: tuple[str, ...] | None = None  #: names of spiders; None: all
    any: bool = False  #: pages that no source declares, too
    since: datetime | None = None  #: published at that time or later, aware
    until: datetime | None = None  #: … before it
    languages: tuple[str, ...] = ()  #: `de`, `pt-BR`; empty: all
    domains: tuple[str, ...] = ()  #: and what is below them; empty: all

    def __str__(self) -> str:
        """The same for the same choice."""
        words = [f"sources={'all' if self.sources is None else ','.join(sorted(self.sources))}"]
        words += ["any"] if self.any else []
        words += [f"since={self.since.isoformat()}"] if self.since else []
        words += [f"until={self.until.isoformat()}"] if self.until else []
        words += [f"language={','.join(sorted(self.languages))}"] if self.languages else []
        words += [f"domain={','.join(sorted(self.domains))}"] if self.domains else []
        return " ".join(words)


@dataclass(slots=True)
class Chooser:
    """Judges captures. `kinds` are the spiders whose sources are wanted."""

    choice: Choice
    kinds: Iterable[type[NewsSpider]]
    _by_domain: dict[str, list[type[NewsSpider]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_domain = defaultdict(list)
        for kind in self.kinds:
            for domain in {kind.source.domain, *kind.source.domains}:
                self._by_domain[domain].append(kind)

    def kind_of(self, url: str, captured: datetime) -> type[NewsSpider] | None:
        """The spider that declares the article at an address; None: it is read as any page.

        Raises NotAPage, with the reason, if it is not to be read.
        """
        if not is_web_address(url):
            raise NotAPage("not a page")
        host = (urlsplit(url).hostname or "").lower()
        if self.choice.domains and not any(f".{host}".endswith(f".{one}") for one in self.choice.domains):
            raise NotAPage("another domain")
        declared = next((kind for kind in self._kinds_of(host) if declares(kind, url)), None)
        if declared is None and not self.choice.any:
            raise NotAPage("no declared source's article")
        if self.choice.since and captured < self.choice.since:
            raise NotAPage("captured before --since")  # so it was published before
        if declared is None:
            check_address_shape(url)
        return declared

    def check_page(self, capture: Capture, kind: type[NewsSpider] | None) -> None:
        """Raises NotAPage if an answer cannot be a wanted article, as far as it tells unparsed."""
        if capture.status != 200:
            raise NotAPage(f"HTTP {capture.status}")
        stated = (capture.content_type or "text/html").lower()
        if not stated.startswith(_TYPES if kind is None else _TYPES + _DATA):
            raise NotAPage("not HTML")
        if kind is None:
            if len(capture.body) < SHORTEST:
                raise NotAPage("a very short page")
            if self.choice.languages and not self._may_be_wanted(capture):
                raise NotAPage("another language")

    def check_post(self, post: Post) -> None:
        """Raises NotAPage if a post is not one that is wanted."""
        if self.choice.languages and not any(_is_in(post.language, one) for one in self.choice.languages):
            raise NotAPage("another language")
        if self.choice.since and post.date < self.choice.since:
            raise NotAPage("published before --since")
        if self.choice.until and post.date >= self.choice.until:
            raise NotAPage("published after --until")

    def _kinds_of(self, host: str) -> Iterable[type[NewsSpider]]:
        while host:
            yield from self._by_domain.get(host, ())
            host = host.partition(".")[2]

    def _may_be_wanted(self, capture: Capture) -> bool:
        """Whether the page may be in a wanted language, by what it states and by its bytes."""
        bases = {language.partition("-")[0].lower() for language in self.choice.languages}
        beyond = _is_beyond_ascii(capture.body[:_SAMPLE])
        if bases <= _BEYOND_ASCII:
            return beyond
        found = _HTML_LANG.search(capture.body, 0, _BEGINNING)
        stated = found[1].decode().lower() if found else None
        # `<html lang="en">` stands around pages in any script.
        return stated is None or stated in bases or (beyond and bool(bases & _BEYOND_ASCII))


def chosen_kinds(names: tuple[str, ...] | None) -> list[type[NewsSpider]]:
    """The spiders of these names; None: of all sources that can be told by an address.

    Raises UsageError for an unknown name, and for a spider whose articles cannot be told.
    """
    if names is None:
        return [kind for kind in sound_spiders() if is_declared(kind)]
    kinds = [spider_class(name) for name in dict.fromkeys(names)]
    for kind in kinds:
        if not is_declared(kind):
            raise UsageError(
                f"spider {kind.name!r} does not declare which addresses are its articles; use --any, or"
                " give its Source `articles`"
            )
    return kinds


def is_declared(kind: type[NewsSpider]) -> bool:
    """Whether a spider tells its articles by their addresses."""
    from newscrawl.crawl.spider import NewsSpider  # slow to import

    own_identity = kind.identity_of.__func__ is not NewsSpider.identity_of.__func__  # type: ignore[attr-defined]
    return kind.source.articles is not None or own_identity


def declares(kind: type[NewsSpider], url: str) -> bool:
    """Whether the address is that of an article of the spider's source."""
    source = kind.source
    if source.articles is not None:
        return source.is_article(source.rewritten(url))
    return not kind.identity_of(url).startswith("url:")  # it found the article's own number


def check_address_shape(url: str) -> None:
    """Raises NotAPage for an address that is a home page's, a list's, a file's or one that every site has."""
    names = [name for name in urlsplit(url).path.split("/") if name]
    if not names:
        raise NotAPage("a home page")
    if _FILE.search(names[-1]):
        raise NotAPage("not a page")
    if is_furniture(names) or not _LISTS.isdisjoint(name.lower() for name in names[:-1]):
        raise NotAPage("not an article's address")


def _is_in(language: str, wanted: str) -> bool:
    """Whether a post's language is a wanted one: `de-AT` is `de`, and `de` is not `de-AT`."""
    return f"{language.lower()}-".startswith(f"{wanted.lower()}-")


def _is_beyond_ascii(sample: bytes) -> bool:
    return sum(len(found) for found in _HIGH.findall(sample)) >= _LEAST_HIGH * len(sample)
