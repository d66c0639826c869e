"""What a source's declared selectors find on a page."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from cssselect import SelectorError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from newscrawl.errors import UsageError
from newscrawl.model.draft import Candidate, Extraction
from newscrawl.model.layouts import is_xpath
from newscrawl.page.document.blocks import INLINE
from newscrawl.page.document.parse import fold, link_of, parse_fragment, text_of
from newscrawl.text.labels import LabelledField, looks_like_date, split_labelled
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import desk_outlet, outlet_named
from newscrawl.text.people import names_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newscrawl.model.layouts import PageLayout, Selectors


_EXSLT = {"re": "http://exslt.org/regular-expressions"}
_TRANSLATOR = HTMLTranslator()
_ID_ALONE = re.compile(r"^descendant-or-self::\*\[@id = '([^']*)'\]")
_ID_AND_MORE = re.compile(r"^descendant-or-self::\*\[\(@id = '([^']*)'\) and ")
_LABEL = re.compile(r"^[\s（(【]*[^:：]{0,8}[:：]")
_INFO = re.compile(r"(?<!\d)(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d")
_SHORTEST = 4  # characters of a title that is told from the info line behind it
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


def read_declared(root: HtmlElement, url: str, layouts: tuple[PageLayout, ...]) -> Extraction | None:
    """What the first matching layout finds; None if no layout matches with both title and body.

    Elements that the layout drops are taken out of the tree, after everything was read. Raises
    UsageError for a selector that is not one.
    """
    for layout in layouts:
        compiled = _compile(layout)
        found = _candidates(root, url, compiled.fields["titles"], "titles")
        titles = [_without_info(root, title) for title in found]
        body = _first_element(root, compiled.body) if titles else None
        if body is not None:
            return _extraction(root, url, layout, titles, body)
    return None


def _without_info(root: HtmlElement, title: Candidate) -> Candidate:
    """A title without the info line that stands behind it in the same heading: `<title>` begins with the same
    words, and has no date there."""
    date = _INFO.search(title.value)
    if date is None:
        return title
    headline = title.value[: date.start()].rstrip()
    shown = fold(root.findtext(".//title") or "")
    is_info = len(headline) >= _SHORTEST and shown.startswith(headline)
    if not is_info or shown.removeprefix(headline).lstrip().startswith(date[0]):
        return title
    return replace(title, value=headline)


def _extraction(
    root: HtmlElement, url: str, layout: PageLayout, titles: list[Candidate], body: tuple[HtmlElement, str]
) -> Extraction:
    compiled = _compile(layout)
    extraction = Extraction(titles=titles, body=body[0], body_rule=body[1], layout=layout.name)
    for name, rules in compiled.fields.items():
        if name != "titles":
            setattr(extraction, name, _candidates(root, url, rules, name))
    if body[0].tag == "textarea":  # a page that a script renders keeps its HTML there, escaped
        extraction.body = parse_fragment(body[0].text_content(), url=url)
    _drop(body[0], compiled.drop)
    _lead(root, body[0], compiled.lead)
    return extraction


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
def _compile(layout: PageLayout) -> _Compiled:
    declared: dict[str, Selectors] = {
        "titles": layout.title,
        "dates": layout.date,
        "outlets": layout.outlet,
        "authors": layout.authors,
        "editors": layout.editors,
        "columns": layout.columns,
        "digests": layout.digest,
    }
    return _Compiled(
        fields={name: _rules(layout, selectors) for name, selectors in declared.items()},
        body=_rules(layout, layout.body),
        drop=_rules(layout, layout.drop),
        lead=_rules(layout, layout.lead),
    )


def _rules(layout: PageLayout, selectors: Selectors) -> tuple[_Rule, ...]:
    if isinstance(selectors, str):
        raise UsageError(f"page layout {layout.name!r}: {selectors!r} is a string; write ({selectors!r},)")
    return tuple(_rule(layout, selector) for selector in selectors)


def _rule(layout: PageLayout, selector: str) -> _Rule:
    name = "em_media" if "em_media" in selector else selector
    try:
        path = selector if is_xpath(selector) else _by_id(_TRANSLATOR.css_to_xpath(selector))
        return _Rule(name, etree.XPath(path, namespaces=_EXSLT, smart_strings=False))
    except (SelectorError, etree.XPathSyntaxError) as error:
        raise UsageError(
            f"page layout {layout.name!r}: selector {selector!r} is neither CSS nor XPath ({error});"
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


def _candidates(root: HtmlElement, url: str, rules: tuple[_Rule, ...], name: str) -> list[Candidate]:
    """What a field's selectors give, in their order; but for dates, where one may refine another, only
    until one gives something: searching the page again is slow.
    """
    label = _LABELLED.get(name)
    candidates: list[Candidate] = []
    for rule in rules:
        values = [
            value
            for found in _evaluate(rule, root)
            if (value := _value(found, rule, url, people=name in _PEOPLE)) is not None
        ]
        candidates += values if label is None else labelled_candidates(values, label)
        if name != "dates" and any(map(_has_value, candidates)):
            break
    return candidates


def _has_value(candidate: Candidate) -> bool:
    """Whether a value follows the label: `（文章来源：）` names nobody."""
    return bool(_LABEL.sub("", candidate.value).strip(" \u3000\xa0（）()【】"))


def _value(found: HtmlElement | str, rule: _Rule, url: str, *, people: bool = False) -> Candidate | None:
    if isinstance(found, str):
        text = fold(found)
    else:
        text = (_side_by_side(found) if people and len(found) > 1 else None) or text_of(found)
    if not text:
        return None
    link = None if isinstance(found, str) else link_of(found, url)
    return Candidate(text, "page", rule.name, link)


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


# --- info lines: which of the items that a selector finds belong to the field

_NOTHING_BUT_DATE = lazy(r"[\d\s:：年月日时分秒./-]+")
_WRITERS = lazy(r"^[^编編责責校审]*(?:记者|作者|通讯员|記者)")
_SIGNED = frozenset((None, "authors", "editors"))


def labelled_candidates(values: list[Candidate], label: LabelledField) -> list[Candidate]:
    """The items of an info line with the field's label; if there are none, those without a label.

    East Money's `.infos .item` are the case: time, `作者：X` (not always), `来源：X`, all of one class.
    """
    labelled: list[Candidate] = []
    plain: list[Candidate] = []
    for candidate in values:
        if candidate.rule == "em_media":  # printed whole: brackets, label and name
            labelled.append(candidate)
            continue
        parts = split_labelled(candidate.value)
        labelled += [_cut(candidate, text) for field, text in parts if field == label]
        if all(field is None for field, _ in parts) and _may_be(
            label, candidate.value, alone=len(values) == 1
        ):
            plain.append(_cut(candidate, _behind_person(candidate.value)) if label == "outlet" else candidate)
        elif label == "date":
            plain += [
                _cut(candidate, text) for field, text in parts if field is None and looks_like_date(text)
            ]
        elif label == "outlet":  # 21世纪经济报道 记者：彭强
            plain += [
                _cut(candidate, text) for field, text in parts if field in _SIGNED and desk_outlet(text)
            ]
    return labelled or plain


def _behind_person(text: str) -> str:
    """`石佳/中国青年报`: the outlet, if the registry has it; else the text."""
    outlet = text.rpartition("/")[2]
    return outlet if outlet_named(outlet) else text


def _cut(candidate: Candidate, text: str) -> Candidate:
    return Candidate(text, candidate.origin, candidate.rule, candidate.link)


def _may_be(label: LabelledField, text: str, *, alone: bool) -> bool:
    if label != "date" and _NOTHING_BUT_DATE.fullmatch(text):
        return False
    if label == "editors" and _WRITERS.search(text):
        return False
    return alone or looks_like_date(text) == (label == "date")
