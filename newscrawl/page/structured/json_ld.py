"""The JSON-LD of a page: parsed though it be broken, its objects flattened, its article found."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

MAX_SCRIPT = 1_000_000  # characters; larger ones are state dumps, not descriptions
_MAX_OBJECTS = 2_000
_MOST_NAMES = 200
_LEAST_HEADLINE = 8  # characters of a headline that tells its article

# A page may be made to hold its reader up: no pattern looks at a text twice, nor backwards for long.
_OPENING = re.compile(r"\s*+(?:<!--|(?://\s*+|/\*\s*+)?<!\[CDATA\[(?:\s*+\*/)?)")
_CLOSING = re.compile(r"(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)$")
_LONGEST_CLOSING = 60  # characters
_STRING = r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))'
_COMMENT = re.compile(_STRING + r'|/\*.*?(?:\*/|\Z)|(?<![:"\w])//[^\n]*', re.DOTALL)
_TRAILING_COMMA = re.compile(_STRING + r"|,(?=\s*+[}\]])", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|[^\n])")
_JSON_ESCAPES = frozenset('"\\\\/bfnrtu')
_VALUE = re.compile(r"[{\[]")
_MOST_VALUES = 50
_MISSING_COMMA = re.compile(r'(?<=["}\]])([^\S\n]*+\n\s*+)(?=")')
# JSON can say what no text may hold: `\u0000`, half of a pair.
_NO_CHARACTERS = re.compile("[\\x00-\\x08\\x0e-\\x1b\\ud800-\\udfff\\ufffe\\uffff]")
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Story|Recipe)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage|CollectionPage)$")

Object = dict[str, Any]


def load(script: HtmlElement) -> Any:
    """What the script holds; None where even mending does not make it JSON."""
    text = script.text or ""
    if not 2 < len(text) <= MAX_SCRIPT:
        return None
    text = text.lstrip("\ufeff")
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    for attempt in (str, _unwrapped, _mended):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return _several(_mended(text))


def _several(text: str) -> list[Any] | None:
    """The values that stand one after the other, with or without a comma; None if the first is broken."""
    decoder, at = json.JSONDecoder(strict=False), 0
    found: list[Any] = []
    while len(found) < _MOST_VALUES and (start := _VALUE.search(text, at)):
        try:
            value, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found or None


def _unwrapped(text: str) -> str:
    opening = _OPENING.match(text)
    text = text[opening.end() if opening else 0 :].rstrip("; \t\r\n\f\v")
    closing = _CLOSING.search(text, max(0, len(text) - _LONGEST_CLOSING))
    return text[: closing.start()] if closing else text


def _mended(text: str) -> str:
    """Comments out, commas after the last member out, commas forgotten at a line's end put in."""
    text = _COMMENT.sub(lambda m: m.group(1) or "", _unwrapped(text))
    text = _TRAILING_COMMA.sub(lambda m: m.group(1) or "", text)
    text = _MISSING_COMMA.sub(r",\1", text)
    return _ESCAPE.sub(_json_escape, text) if "\\" in text else text


def _json_escape(match: re.Match[str]) -> str:
    """An escape of JavaScript as JSON has it: `\\x27` is `\\u0027`, and `\\'` is `'`."""
    escape = match.group()
    if escape[1] == "x" and len(escape) > 2:
        return f"\\u00{escape[2:]}"
    return escape if escape[1] in _JSON_ESCAPES else escape[1:]


class Graph:
    """All objects of a page's JSON-LD scripts; `@id` references are followed."""

    def __init__(self, scripts: list[HtmlElement]) -> None:
        self.objects: list[Object] = []
        self._by_id: dict[str, Object] = {}
        for script in scripts:
            if "ld+json" in (script.get("type") or "").lower():
                self._add(load(script))

    def _add(self, value: Any) -> None:
        waiting = [value]
        while waiting and len(self.objects) < _MAX_OBJECTS:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting[:0] = value
            elif isinstance(value, dict):
                self._keep(value)
                waiting += [
                    value[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")
                    if key in value
                ]

    def _keep(self, value: Object) -> None:
        self.objects.append(value)
        identity = value.get("@id")
        # A mere reference must not stand in the way of what it refers to.
        if isinstance(identity, str) and len(value) > len(self._by_id.get(identity, {})):
            self._by_id[identity] = value

    def follow(self, value: Any) -> Any:
        """The object that `{"@id": …}` stands for; anything else as it is."""
        if isinstance(value, dict) and len(value) <= 2 and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value

    def articles(self) -> list[Object]:
        """Objects of an article type, those with a headline and a date first."""
        found = [thing for thing in self.objects if any(_ARTICLE.search(name) for name in types(thing))]
        return sorted(found, key=lambda thing: -("headline" in thing) - ("datePublished" in thing))

    def own_article(self, found: list[Object], url: str, title: str | None) -> list[Object]:
        """The articles, that of the page first: whose address is the page's, else whose headline begins the
        `title`; as they are where none is told so."""
        if len(found) < 2:
            return found
        page = _address(url)
        own = next((thing for thing in found if page in map(_address, _addresses(thing))), None)
        if own is None and title:
            own = next((thing for thing in found if _heads(string(thing.get("headline")), title)), None)
        return found if own is None else [own, *(thing for thing in found if thing is not own)]

    def webpages(self) -> list[Object]:
        return [thing for thing in self.objects if any(_PAGE.search(name) for name in types(thing))]

    def of_type(self, name: str) -> list[Object]:
        return [thing for thing in self.objects if name in types(thing)]

    def names(self, value: Any) -> Iterator[tuple[str, bool]]:
        """The names in an author or publisher, each with whether it is said to be an organization."""
        members = value if isinstance(value, list) else [value]
        for member in members[:_MOST_NAMES]:
            thing = self.follow(member)
            if isinstance(thing, list):  # a list in a list, and no deeper
                yield from self.names([one for one in thing if not isinstance(one, list)])
            elif isinstance(thing, str):
                yield string(thing) or "", False
            elif isinstance(thing, dict):
                candidate = types(thing)  # Yoast calls whoever owns a site of its own both
                organization = any("Organization" in name for name in candidate) and "Person" not in candidate
                inner = thing.get("name") or _two_names(thing)
                for name in inner if isinstance(inner, list) else [inner]:
                    yield string(name) or "", organization


def _addresses(thing: Object) -> list[str]:
    page = thing.get("mainEntityOfPage")
    inner = page.get("@id") if isinstance(page, dict) else page
    return [value for value in (thing.get("url"), thing.get("@id"), inner) if isinstance(value, str)]


def _address(url: str) -> str:
    """An address without its scheme, fragment, query and last slash."""
    return re.split(r"[?#]", url, maxsplit=1)[0].rpartition("//")[2].removeprefix("www.").rstrip("/")


def _heads(headline: str | None, title: str) -> bool:
    return headline is not None and len(headline) >= _LEAST_HEADLINE and title.startswith(headline)


def _two_names(thing: Object) -> str | None:
    given, family = string(thing.get("givenName")), string(thing.get("familyName"))
    return f"{given} {family}" if given and family else None


def types(thing: Object) -> list[str]:
    value = thing.get("@type")
    names = value if isinstance(value, list) else [value]
    return [name.rsplit("/", 1)[-1] for name in names if isinstance(name, str)]


def string(value: Any) -> str | None:
    """A string member as printed: entities resolved, white space folded; None for anything else."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    if not isinstance(value, str):
        return None
    text = html.unescape(value) if "&" in value else value
    return " ".join(_NO_CHARACTERS.sub("", text).split()) or None
