"""Whom an article's own text names: the agency and reporters of its dateline, the signature at its end."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newscrawl.model.draft import Candidate
from newscrawl.text.labels import split_byline
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import desk_outlet, known_beginning
from newscrawl.text.people import names_in
from newscrawl.text.places import is_place
from newscrawl.text.surnames import is_commonly_persons, is_persons

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HAN = r"\u4e00-\u9fff"
_PARAGRAPHS = 3  # at either end of a text; datelines stand in the first, signatures near the last
_HEAD, _TAIL = 160, 120  # characters of a paragraph that are read
_LINE = 60  # characters of a byline that is a paragraph by itself
_ROLE = (
    rf"(?!图)[{_HAN}A-Za-z0-9]{{0,10}}?(?:记者|記者|通讯员|实习生|评论员)"
    r"(?!注|按|问|手记|观察|从|在|获悉|了解|采访|站|协会|无国界)"
)
_NAMES = rf"[{_HAN}·、, \u3000/]{{2,60}}"
_WHO = rf"\(\s*(?P<who>{_ROLE}[:|\s]?{_NAMES})\s*\)"
_DAY = r"\d{1,2}月\d{1,2}日"
# 新华社北京11月23日电, 本报讯, 央视网消息, 中新网11月23日电
_DATELINE = (
    rf"(?P<head>[{_HAN}A-Za-z0-9·/、 ]{{2,24}}?(?:(?:{_DAY}|\d{{1,2}}日)\s?(?:综合)?[电讯]|讯|消息|电))"
)
# … 电 记者张三 and then the text; (张三 李四) where the dateline has a day, as 中新社 signs
_FREE = lazy(
    rf"[【\[]?{_DATELINE}[】\]]?[\s:,]*(?P<who>{_ROLE}[:|\s]?[{_HAN}]{{2,3}}(?:[\s、][{_HAN}]{{2,3}}){{0,3}})(?=$|[\s:,])"
)
_NAMED = lazy(rf".{{2,24}}{_DAY}\s?[电讯]\s*\((?P<who>[{_HAN}]{{2,4}}(?:[\s、][{_HAN}]{{2,4}}){{0,4}})\)")
_BRACKETED = lazy(r"[【(\[](?P<who>[^【】()\[\]]{4,40})[】)\]]")
# 新华社北京11月23日电, 北京商报讯, 据央视新闻报道, 【环球网综合报道】
_AGENCY = lazy(
    rf"[【(\[]?(?P<after>[另又]?据)?《?(?P<agency>[{_HAN}A-Za-z0-9·]{{2,20}}?)》?(?:(?:\d{{1,2}}月)?\d{{1,2}}日)?\s?"
    r"(?P<said>综合报道|综合消息|综合电|综合讯|报道|消息|电|讯)(?=$|[\s,:()\[\]【】]|记者)"
)
_OPENED = lazy(rf"(?:[【\[]?{_DATELINE}[】\]]?[\s:,]*|[【\[][{_HAN}A-Za-z]{{2,12}}[】\]]\s?){_WHO}")
# 记者 张三 李四 北京报道, by itself or before the text
_REPORTS = lazy(rf"(?P<who>{_ROLE}[:|\s]?[{_HAN}·、 \u3000]{{2,40}}?(?:报道|发自[{_HAN}]{{2,6}}))(?=$|[\s:])")
# (张三 李四), (文/图 张三): whoever signs without a role, in brackets at the end
_SIGNED = lazy(
    rf"[。！？”]\s?\((?P<label>(?:文|图文|文[/、]图|图[/、]文)[:/\s]*)?(?P<who>[{_HAN}]{{2,3}}(?:[\s、][{_HAN}]{{2,3}}){{0,3}})\)$"
)
# (中央社記者張曉明台北4日電): the reporter, the place and the day in one
_WIRED = lazy(rf"[(\[]?\s*(?P<who>{_ROLE}[{_HAN}]{{4,9}})\d{{1,2}}日(?:综合|綜合)?外?[电電]")
_SIGNS = str.maketrans("丨〔〕", "|[]", "\u200b\ufeff")
_CLOSING = lazy(r"[(【](?P<said>[^()【】]{2,40})[)】][\s。]*$")
_ENDED = lazy(rf"{_WHO}[\s。]*(?:\(完\)|【完】|完)?$")


def signers(body: HtmlElement) -> list[Candidate]:
    """The reporters whom the text names in its dateline, else at its end: `本报讯（记者张三 通讯员李四）`,
    `（本报记者 张三 摄）`, `记者 张三 李四 北京报道`. Empty where none is named for certain: each name must
    begin with a surname.
    """
    paragraphs = _paragraphs(body)
    for text in paragraphs[:_PARAGRAPHS]:
        head = _plain(text[:_HEAD])
        if wired := _WIRED.match(head):
            head = f"{wired['who']}报道"
        matches = (form.match(head) for form in (_OPENED, _REPORTS, _FREE, _NAMED))
        who = next((match["who"] for match in matches if match), None) or _alone(text) or _bracketed(head)
        if who and (candidate := _said(who, "dateline")):
            return [candidate]
    for text in reversed(paragraphs[-_PARAGRAPHS:]):
        match = _ENDED.search(_plain(text[-_TAIL:]))
        who = match["who"] if match else _alone(text)
        if who and (candidate := _said(who, "signature")):
            return [candidate]
    return _signed(paragraphs[-1]) if paragraphs else []


def _signed(last: str) -> list[Candidate]:
    """The names in brackets behind the last sentence, the first with a common surname: `…。（何予安）`."""
    match = _SIGNED.search(_plain(last[-_TAIL:]))
    names = re.split(r"[\s、]", match["who"]) if match else []
    if match is None or not all(map(is_persons, names)):
        return []
    sure = match["label"] is not None or is_commonly_persons(names[0])
    return [Candidate("、".join(names), "page", "signature")] if sure else []


def dateline_outlet(body: HtmlElement) -> Candidate | None:
    """The outlet that the text begins with, if the registry has it: `新华社北京11月23日电`, `北京商报讯`,
    `证券时报记者 张三`. One that it only goes by (`据路透社报道`) has the rule `reported`.
    """
    for text in _paragraphs(body)[:1]:
        head = _plain(text[:_HEAD])
        match = _AGENCY.match(head)
        if (
            match
            and (match["after"] or not match["said"].endswith("报道") or head[0] in "【([")
            and (agency := _known(match["agency"]))
        ):
            own = match["after"] is None or match["said"].endswith("电")
            return Candidate(agency, "page", "dateline" if own else "reported")
        if _alone(text) and (name := desk_outlet(head)):
            return Candidate(name, "page", "dateline")
    return None


def closing_outlet(body: HtmlElement) -> Candidate | None:
    """The outlet in brackets at the text's end, if the registry has it: `（据新华社电）`, `（央视新闻）`,
    `（新华社记者 何予安）`.
    """
    for text in reversed(_paragraphs(body)[-2:]):
        match = _CLOSING.search(_plain(text[-_TAIL:]))
        if match and (name := desk_outlet(match["said"])):
            return Candidate(name, "page", "closing")
    return None


def _known(agency: str) -> str | None:
    """The outlet of 新华社北京; None where it is followed by more than a place."""
    known = known_beginning(agency)
    return known if known and (known == agency or is_place(agency[len(known) :])) else None


def _alone(text: str) -> str | None:
    """The writers of a paragraph that is nothing but a byline: `新华社记者 何予安、陈若川`."""
    byline = split_byline(_plain(text)) if len(text) <= _LINE else None
    return " ".join(names for role, names in byline[1] if role == "authors") if byline else None


def _bracketed(head: str) -> str | None:
    """The writers in brackets that the text begins with: `【环球时报驻美国特约记者 何予安】`."""
    match = _BRACKETED.match(head)
    return _alone(match["who"]) if match else None


def _said(who: str, rule: str) -> Candidate | None:
    names = names_in(who)
    if not names or not all(map(is_persons, names)):
        return None
    return Candidate("、".join(names), "page", rule)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()


def _paragraphs(body: HtmlElement) -> list[str]:
    """The texts of the paragraphs at both ends; text by text where there are no elements for them."""
    found = list(body.iter("p"))
    if len(found) > 4 * _PARAGRAPHS:
        found = [*found[: 2 * _PARAGRAPHS], *found[-2 * _PARAGRAPHS :]]
    texts = [text for paragraph in found if (text := "".join(paragraph.itertext()).strip())]
    return texts or [text.strip() for text in body.itertext() if not text.isspace()]
