"""schema.org in its two syntaxes: JSON-LD, mended if broken and flattened, and microdata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from newscrawl.page.document.blocks import BlockTree, Node
from newscrawl.page.document.parse import text_of

MAX_SCRIPT = 1_000_000  # characters; larger ones are state dumps, not descriptions
_MAX_OBJECTS = 2_000
_MOST_NAMES = 200
_LEAST_HEADLINE = 8  # characters of a headline that identifies its article

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
# JSON can say what no text may hold: `\u0000`, half of a pair; and what `parse` drops since it is not shown.
_NO_CHARACTERS = re.compile(
    "[\\x00-\\x08\\x0e-\\x1b\\ud800-\\udfff\\ufffe\\uffff\\u00ad\\u200b\\u2060\\ufeff]"
)
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Story|Recipe)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage|CollectionPage)$")

Object = dict[str, Any]


def load(script: HtmlElement) -> Any:
    """The script's JSON; None if it cannot be mended."""
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
        `title`; unchanged if neither matches."""
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
                kinds = types(thing)  # Yoast gives both types to a person who owns the site
                organization = any("Organization" in name for name in kinds) and "Person" not in kinds
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


# --- microdata: elements with `itemprop` that belong to the page's article, and to nothing else on the page

_ARTICLE_ITEM = re.compile(r"(?:Article|Posting|Report|Review|Story|Recipe|CreativeWork)$")
_PAGE_ITEM = re.compile(r"(?:WebPage|ItemPage|WebSite)$")
_VALUES = {
    "datepublished": ("date", "datetime"),
    "datemodified": ("change", "datetime"),
    "headline": ("headline", "content"),
    "articlesection": ("column", "content"),
    "description": ("digest", "content"),
}
_NAMED = {
    "author": "author",
    "creator": "author",
    "editor": "editor",
    "publisher": "publisher",
    "sourceorganization": "outlet",
}
_TOGETHER = 4  # blocks between the people of one article
_LONGEST_NAME = 80  # characters


def read_microdata(tree: BlockTree) -> Iterator[tuple[str, str, str]]:
    """Field, value and rule of each property of the page's article, in the page's order.

    Fields are `date`, `change`, `headline`, `column`, `digest`, `author`, `editor`, `publisher` and `outlet`.
    What stands in the scope of something else (a comment, a product, an article that a list shows) is left
    out.
    """
    scopes = {node: _scope(node.element) for node in tree.marked}
    main = _main([scope for scope in scopes.values() if scope is not None and _is_article(scope)])
    far = _people_elsewhere(tree, [node for node in tree.marked if scopes[node] is None])
    for node in tree.marked:
        if node in far:
            continue
        scope = scopes[node]
        if scope is None or scope is main or (main is None and _is_article(scope)) or _is_page(scope):
            yield from _properties(node)


def _properties(node: Node) -> Iterator[tuple[str, str, str]]:
    element = node.element
    for name in (element.get("itemprop") or "").split():
        if name.lower() in _VALUES:
            field, attribute = _VALUES[name.lower()]
            if value := _value(element, attribute):
                yield field, value, f"itemprop {name}"
        elif name.lower() in _NAMED and (value := _name(element)):
            yield _NAMED[name.lower()], value, f"itemprop {name}"
    if element.get("rel") == "author" and not element.get("itemprop") and (value := _name(element)):
        yield "author", value, "rel author"


def _people_elsewhere(tree: BlockTree, free: list[Node]) -> set[Node]:
    """Of the people without a scope those that do not stand together with the one nearest to the heading.

    Lists of other articles name theirs the same way.
    """
    people = [
        node
        for node in free
        if node.element.get("rel") == "author" or "author" in (node.element.get("itemprop") or "").lower()
    ]
    heading = next((node.first for node in tree.headings if node.tag == "h1"), 0)
    nearest = min(people, key=lambda node: abs(node.first - heading), default=None)
    if nearest is None:
        return set()
    return {node for node in people if abs(node.first - nearest.first) > _TOGETHER}


def _scope(element: HtmlElement) -> HtmlElement | None:
    """The nearest element around it that begins a scope; its own would be of its value."""
    for outer in element.iterancestors():
        if outer.get("itemscope") is not None:
            return outer
    return None


def _is_article(scope: HtmlElement) -> bool:
    kind = scope.get("itemtype")
    return kind is None or _ARTICLE_ITEM.search(kind.rstrip("/")) is not None


def _is_page(scope: HtmlElement) -> bool:
    return _PAGE_ITEM.search((scope.get("itemtype") or "").rstrip("/")) is not None


def _main(scopes: list[HtmlElement]) -> HtmlElement | None:
    """The page's own article: of several the first with a text, else with a heading; None if empty."""
    distinct = list(dict.fromkeys(scopes))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    for path in ("descendant::*[@itemprop='articleBody' or @itemprop='text']", "descendant::h1"):
        for scope in distinct:
            if any(_scope(inner) is scope for inner in scope.xpath(path)):
                return scope
    return distinct[0]


def _value(element: HtmlElement, attribute: str) -> str | None:
    value = element.get("content") or element.get(attribute)
    if not value and element.tag == "abbr":  # Blogger prints the time, and has the whole date in `title`
        value = element.get("title")
    value = value or text_of(element)
    return value.strip() or None


def _name(element: HtmlElement) -> str | None:
    named = element.xpath("descendant::*[@itemprop='name']")
    value = element.get("content") or (
        named[0].get("content") or text_of(named[0]) if named else text_of(element)
    )
    value = value.strip()
    return value if value and len(value) <= _LONGEST_NAME else None
