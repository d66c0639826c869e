"""What a source's declared selectors find on a page."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from cssselect import SelectorError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from newscrawl.errors import UsageError
from newscrawl.model.draft import Reading, Said
from newscrawl.model.layouts import is_xpath
from newscrawl.page.declared.info_items import of_label
from newscrawl.page.document.blocks import INLINE
from newscrawl.page.document.parse import fold, link_of, parse_fragment, text_of
from newscrawl.text.labels import LabelledField
from newscrawl.text.people import names_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.layouts import PageVersion, Selectors

_EXSLT = {"re": "http://exslt.org/regular-expressions"}
_TRANSLATOR = HTMLTranslator()
_ID_ALONE = re.compile(r"^descendant-or-self::\*\[@id = '([^']*)'\]")
_ID_AND_MORE = re.compile(r"^descendant-or-self::\*\[\(@id = '([^']*)'\) and ")
_LABEL = re.compile(r"^[\s（(【]*[^:：]{0,8}[:：]")
_PEOPLE = frozenset(("authors", "editors"))
_LABELLED: dict[str, LabelledField] = {
    "dates": "date",
    "outlets": "outlet",
    "authors": "authors",
    "editors": "editors",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector, ready to run; `name` is what origins call it."""

    name: str
    path: etree.XPath


@dataclass(frozen=True, slots=True)
class _Compiled:
    fields: dict[str, tuple[_Rule, ...]]  #: by the name of Reading's list
    body: tuple[_Rule, ...]
    drop: tuple[_Rule, ...]
    lead: tuple[_Rule, ...]


def read_declared(root: HtmlElement, url: str, versions: tuple[PageVersion, ...]) -> Reading | None:
    """What the first matching version finds; None where no version's title and body both match.

    Elements that the version drops are taken out of the tree, after everything was read. Raises
    UsageError for a selector that is not one.
    """
    for version in versions:
        compiled = _compile(version)
        titles = _said(root, url, compiled.fields["titles"], "titles")
        body = _first_element(root, compiled.body) if titles else None
        if body is not None:
            return _reading(root, url, version, titles, body)
    return None


def _reading(
    root: HtmlElement, url: str, version: PageVersion, titles: list[Said], body: tuple[HtmlElement, str]
) -> Reading:
    compiled = _compile(version)
    reading = Reading(titles=titles, body=body[0], body_rule=body[1], version=version.name)
    for name, rules in compiled.fields.items():
        if name != "titles":
            setattr(reading, name, _said(root, url, rules, name))
    if body[0].tag == "textarea":  # a page that a script renders keeps its HTML there, escaped
        reading.body = parse_fragment(body[0].text_content(), url=url)
    _drop(body[0], compiled.drop)
    _lead(root, body[0], compiled.lead)
    return reading


def _drop(body: HtmlElement, rules: tuple[_Rule, ...]) -> None:
    """Take the elements out of the body; their tail text stays. Nothing outside the body is touched."""
    for rule in rules:
        for found in _evaluate(rule, body):
            if not isinstance(found, str) and found is not body and body in found.iterancestors():
                found.drop_tree()


def _lead(root: HtmlElement, body: HtmlElement, rules: tuple[_Rule, ...]) -> None:
    """Put copies of the elements at the body's beginning, in their order, but of those around or in it."""
    related = {*body.iter(), *body.iterancestors()} if rules else set()
    found = [one for rule in rules for one in _evaluate(rule, root) if one not in related]
    for element in reversed([one for one in found if not isinstance(one, str)]):
        copy = deepcopy(element)
        copy.tail, body.text = body.text, None
        body.insert(0, copy)


@lru_cache(maxsize=1024)
def _compile(version: PageVersion) -> _Compiled:
    declared: dict[str, Selectors] = {
        "titles": version.title,
        "dates": version.date,
        "outlets": version.outlet,
        "authors": version.authors,
        "editors": version.editors,
        "columns": version.columns,
        "digests": version.digest,
    }
    return _Compiled(
        fields={name: _rules(version, selectors) for name, selectors in declared.items()},
        body=_rules(version, version.body),
        drop=_rules(version, version.drop),
        lead=_rules(version, version.lead),
    )


def _rules(version: PageVersion, selectors: Selectors) -> tuple[_Rule, ...]:
    if isinstance(selectors, str):
        raise UsageError(f"page version {version.name!r}: {selectors!r} is a string; write ({selectors!r},)")
    return tuple(_rule(version, selector) for selector in selectors)


def _rule(version: PageVersion, selector: str) -> _Rule:
    name = "em_media" if "em_media" in selector else selector
    try:
        path = selector if is_xpath(selector) else _by_id(_TRANSLATOR.css_to_xpath(selector))
        return _Rule(name, etree.XPath(path, namespaces=_EXSLT, smart_strings=False))
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise UsageError(
            f"page version {version.name!r}: selector {selector!r} is neither CSS nor XPath ({error});"
            " XPath begins with / or ("
        ) from error


def _by_id(path: str) -> str:
    """libxml2 keeps a table of ids: `id('x')` costs a fiftieth of looking at every element."""
    path = _ID_ALONE.sub(r"id('\1')", path, count=1)
    return _ID_AND_MORE.sub(r"id('\1')[", path, count=1)


def _evaluate(rule: _Rule, element: HtmlElement) -> list[HtmlElement | str]:
    found = rule.path(element)
    if isinstance(found, str):  # XPath's string(…)
        return [found]
    return cast("list[HtmlElement | str]", found) if isinstance(found, list) else []


def _first_element(root: HtmlElement, rules: tuple[_Rule, ...]) -> tuple[HtmlElement, str] | None:
    for rule in rules:
        for found in _evaluate(rule, root):
            if not isinstance(found, str):
                return found, rule.name
    return None


def _said(root: HtmlElement, url: str, rules: tuple[_Rule, ...], name: str) -> list[Said]:
    """What a field's selectors give, in their order; but for dates, where one may refine another, only
    until one gives something: looking through a page again is dear.
    """
    label = _LABELLED.get(name)
    said: list[Said] = []
    for rule in rules:
        values = [
            value
            for found in _evaluate(rule, root)
            if (value := _value(found, rule, url, people=name in _PEOPLE)) is not None
        ]
        said += values if label is None else of_label(values, label)
        if name != "dates" and any(map(_tells, said)):
            break
    return said


def _tells(said: Said) -> bool:
    """Whether there is something behind the label: `（文章来源：）` names nobody."""
    return bool(_LABEL.sub("", said.value).strip(" \u3000\xa0（）()【】"))


def _value(found: HtmlElement | str, rule: _Rule, url: str, *, people: bool = False) -> Said | None:
    if isinstance(found, str):
        text = fold(found)
    else:
        text = (_side_by_side(found) if people and len(found) > 1 else None) or text_of(found)
    if not text:
        return None
    link = None if isinstance(found, str) else link_of(found, url)
    return Said(text, "page", rule.name, link)


def _side_by_side(wrapper: HtmlElement) -> str | None:
    """The names in inline elements that stand side by side without a blank, parted; None where they do not.

    `<div><span>记者 王五</span><span>赵六</span></div>` is two people.
    """
    children = list(wrapper)
    around = (wrapper.text or "") + (children[-1].tail or "")
    if around.strip() or any(child.tail for child in children[:-1]):
        return None
    if any(child.tag not in INLINE for child in children):
        return None
    texts = [text_of(child) for child in children]
    return "、".join(texts) if all(map(names_in, texts)) else None
