"""Whom an article's own text names: the agency and reporters of its dateline, the signature at its end."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newscrawl.draft import Said
from newscrawl.outlets import outlet_named
from newscrawl.people import names_in
from newscrawl.surnames import is_persons

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HAN = r"\u4e00-\u9fff"
_PARAGRAPHS = 3  # at either end of a text; datelines stand in the first, signatures near the last
_HEAD, _TAIL = 160, 120  # characters of a paragraph that are read
_LINE = 60  # characters of a byline that is a paragraph by itself
_ROLE = (
    rf"(?!图)[{_HAN}A-Za-z0-9]{{0,10}}?(?:记者|通讯员|实习生)"
    r"(?!注|按|问|手记|观察|从|在|获悉|了解|采访|站|协会|无国界)"
)
_NAMES = rf"[{_HAN}·、, \u3000/]{{2,60}}"
_WHO = rf"\(\s*(?P<who>{_ROLE}[:|\s]?{_NAMES})\s*\)"
_DAY = r"\d{1,2}月\d{1,2}日"
# 新华社北京11月23日电, 本报讯, 央视网消息, 中新网11月23日电
_DATELINE = (
    rf"(?P<head>[{_HAN}A-Za-z0-9·/、 ]{{2,24}}?(?:(?:{_DAY}|\d{{1,2}}日)\s?(?:综合)?[电讯]|讯|消息|电))"
)
_AGENCY = re.compile(rf"[【\[(]?(?P<agency>[{_HAN}A-Za-z]{{2,20}}?){_DAY}\s?(?:综合)?[电讯]")
_OPENED = re.compile(rf"[【\[]?{_DATELINE}[】\]]?[\s:,]*{_WHO}")
# 记者 张三 李四 北京报道, by itself or before the text
_REPORTS = re.compile(
    rf"(?P<who>{_ROLE}[:|\s]?[{_HAN}·、 \u3000]{{2,40}}?(?:报道|发自[{_HAN}]{{2,6}}))(?=$|[\s:])"
)
_ENDED = re.compile(rf"{_WHO}[\s。]*(?:\(完\)|【完】|完)?$")
_ALONE = re.compile(rf"(?P<who>{_ROLE}[:|\s]?{_NAMES})(?<!摄)$")


def signers(body: HtmlElement) -> list[Said]:
    """The reporters whom the text names in its dateline, else at its end: `本报讯（记者张三 通讯员李四）`,
    `（本报记者 张三 摄）`, `记者 张三 李四 北京报道`. Empty where none is named for certain: each name must
    begin with a surname.
    """
    paragraphs = _paragraphs(body)
    for text in paragraphs[:_PARAGRAPHS]:
        head = _plain(text[:_HEAD])
        match = _OPENED.match(head) or _REPORTS.match(head) or _alone(text)
        if match and (said := _said(match["who"], "dateline")):
            return [said]
    ends = [_plain(text[-_TAIL:]) for text in reversed(paragraphs[-_PARAGRAPHS:])]
    for text in ends:
        match = _ENDED.search(text) or _alone(text)
        if match and (said := _said(match["who"], "signature")):
            return [said]
    return []


def dateline_outlet(body: HtmlElement) -> Said | None:
    """The agency of the dateline that begins the text (`新华社北京11月23日电`), if the registry has it."""
    for text in _paragraphs(body)[:1]:
        match = _AGENCY.match(_plain(text[:_HEAD]))
        agency = match["agency"] if match else ""
        for end in range(len(agency), 2, -1):
            if outlet_named(agency[:end]):
                return Said(agency[:end], "page", "dateline")
    return None


def _alone(text: str) -> re.Match[str] | None:
    """A paragraph that is nothing but a byline: `新华社记者 何予安、陈若川`."""
    return _ALONE.match(_plain(text)) if len(text) <= _LINE else None


def _said(who: str, rule: str) -> Said | None:
    names = names_in(who.partition("编辑")[0])
    if not names or not all(map(is_persons, names)):
        return None
    return Said("、".join(names), "page", rule)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("丨", "|").strip()


def _paragraphs(body: HtmlElement) -> list[str]:
    """The texts of the paragraphs at both ends; text by text where there are no elements for them."""
    found = list(body.iter("p"))
    if len(found) > 4 * _PARAGRAPHS:
        found = [*found[: 2 * _PARAGRAPHS], *found[-2 * _PARAGRAPHS :]]
    texts = [text for paragraph in found if (text := "".join(paragraph.itertext()).strip())]
    return texts or [text.strip() for text in body.itertext() if not text.isspace()]
