"""What sources say of the use of their articles: from tags, headers and lines to statements, and from these
to Rights.

The forms, where they are defined:
- TDMRep, `tdm-reservation` and `tdm-policy`: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
- Content-Usage: draft-ietf-aipref-attach-05 and draft-ietf-aipref-vocab (IETF, August 2026), with the labels
  of earlier drafts
- Content-Signal: https://contentsignals.org, https://blog.cloudflare.com/content-signals-policy/
- `noai`, `noimageai`: DeviantArt, November 2022; `noml`: https://noml.info
- `isAccessibleForFree`, `hasPart`, `cssSelector`:
  https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
- `article:content_tier`: https://developers.facebook.com/docs/news-indexing/guides/metadata-tags/
- `license`, `copyrightNotice`, `acquireLicensePage`, `copyrightHolder`: https://schema.org/CreativeWork
- ids of licences: https://spdx.org/licenses/

A sign that reserves is read leniently, one that allows must be as its form demands: what is in doubt is
reserved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from newscrawl.model.rights import NEEDED, Access, Looked, Mining, Place, Rights, Stated, Statement
from newscrawl.text.lazy_regex import lazy

LONGEST_LINE: Final = 400  #: characters of a line that is looked at
_VALUE = 300  # characters of a value that are kept
_MOST = 60  # statements of a post

_RESERVING = frozenset({"noai", "noimageai", "noml"})
_YES = frozenset({"1", "true", "yes"})
#: Labels of Content-Usage in all drafts, and of Content-Signal.
_USES = frozenset({
    "train-ai", "search", "bots", "tdm", "ai", "genai", "train-genai", "ai-output", "ai-input", "ai-train",
})  # fmt: skip
_TO_TRAIN = frozenset({"train-ai", "ai-train", "tdm", "bots"})  # that allow mining where they are allowed
_ACCESS: tuple[Access, ...] = ("paid", "metered", "free")  # strictest first

_ROBOTS = frozenset({"robots", "x-robots-tag", "googlebot", "bingbot"})
_LICENCES = frozenset({
    "license", "licence", "dcterms.license", "dc.license", "dc.rights.license", "cc:license",
})  # fmt: skip
_RIGHTS = frozenset({
    "rights", "dcterms.rights", "dc.rights", "copyright", "copyrightnotice", "rights-standard", "usageterms",
})  # fmt: skip
_ADDRESSES = {"tdm-policy": "tdm-policy", "acquirelicensepage": "acquireLicensePage"}


def terms(place: Place, name: str, value: str, base: str = "") -> Iterator[Statement]:
    """What a header, a meta tag, a property or an element called `name` says; nothing for any other name.

    base: what a relative address is relative to.

    >>> [statement.means for statement in terms("header", "TDM-Reservation", "1")]
    ['reserved']
    """
    name, value = name.strip().lower(), " ".join(value.split())
    if not value:
        return
    if name in _ROBOTS:
        yield from robots_terms(place, value)
    elif name in _LICENCES:
        yield licence(place, value, base)
    elif name in _RIGHTS:
        yield from [licence(place, value, base)] if licence_id(value) else notices(place, value, marked=True)
    elif name in _MEANINGS:
        signal, meaning = _MEANINGS[name]
        yield Statement(place, signal, value[:_VALUE], meaning(value))
    elif name in _ADDRESSES:
        yield Statement(place, _ADDRESSES[name], value[:_VALUE], url=_address(value, base))


def usage(value: str) -> str | None:
    """What a list of uses says of mining: `reserved` if it refuses any, `allowed` if it allows training.

    >>> usage("search=yes, ai-train=no"), usage("train-ai=y"), usage("search=y"), usage("train-ai=N")
    ('reserved', 'allowed', None, 'reserved')
    """
    means = None
    for member in value.split(","):
        label, _, said = member.partition(";")[0].partition("=")
        label, answer = label.strip().lower(), said.strip().strip("\"'").lower()
        if label not in _USES:
            continue
        if answer in ("n", "no", "?0", "0", "false", "disallow"):
            return "reserved"
        if label in _TO_TRAIN and said.strip() in ("y", "yes"):
            means = "allowed"
    return means


def _reservation(value: str) -> str | None:
    """Of TDMRep: `0` allows; other values than 0 and 1 are errors, of which `true` and `yes` can mean one
    thing only."""
    if value.strip("\"' ").lower() in _YES:
        return "reserved"
    return "allowed" if value == "0" else None


def robots_terms(place: Place, value: str) -> Iterator[Statement]:
    """Each of `noai, noimageai`, for whichever crawler: `googlebot: noai`."""
    for token in re.split(r"[\s,;:]+", value.lower()):
        if token in _RESERVING:
            yield Statement(place, token, value[:_VALUE], "reserved")


def _is_free(value: str) -> str | None:
    """`True`, `False`, or schema.org's address of one of them."""
    word = value.rstrip("/").rpartition("/")[2].lower()
    return {"true": "free", "yes": "free", "1": "free", "false": "paid", "no": "paid", "0": "paid"}.get(word)


def _address(value: str, base: str) -> str | None:
    try:
        address = urljoin(base, value)
        is_web = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return None
    return address[:2000] if is_web else None


def _tier(value: str) -> str | None:
    return {"free": "free", "metered": "metered", "locked": "paid"}.get(value.lower())


#: Signs with one value: what they are called in a statement, and what gives their meaning.
_MEANINGS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "tdm-reservation": ("tdm-reservation", _reservation),
    "content-usage": ("content-usage", usage),
    "content-signal": ("content-signal", usage),
    "isaccessibleforfree": ("isAccessibleForFree", _is_free),
    "article:content_tier": ("article:content_tier", _tier),
    "og:article:content_tier": ("article:content_tier", _tier),
    "paywall class": ("paywall class", lambda _: "paid"),
    "copyrightholder": ("copyright holder", lambda _: None),
    "dcterms.rightsholder": ("copyright holder", lambda _: None),
}
#: The names that `terms` knows, in small letters.
NAMES: Final = _ROBOTS | _LICENCES | _RIGHTS | _MEANINGS.keys() | _ADDRESSES.keys()


# --- licences

_CC_URL = re.compile(
    r"creativecommons\.org/(?:licenses|publicdomain)/([a-z+-]{2,20})(?:/(\d\.\d)(?:/([a-z]{2,3})\b(?![.\w-]))?)?",
    re.IGNORECASE,
)
_CC_WORDS = lazy(r"\bCC[ -]?(BY(?:[ -](?:NC|ND|SA))*|0)(?:[ -]v?(\d\.\d))?(?![\w])", re.IGNORECASE)
_OGL_URL = re.compile(
    r"nationalarchives\.gov\.uk/doc/open-government-licence(?:/version/(\d))?", re.IGNORECASE
)
_PORTED = ("1.0", "2.0", "2.1", "2.5", "3.0")
_DEDICATIONS = {"zero": "CC0-1.0", "mark": "CC-PDM-1.0"}


def licence(place: Place, value: str, base: str = "") -> Statement:
    """A licence, by its address or its name."""
    url = _address(value, base) if re.match(r"(?:https?:)?//|/|\.", value) else None
    return Statement(place, "license", value[:_VALUE], licence_id(value), url=url)


def licence_id(value: str) -> str | None:
    """The id that SPDX has for a licence; None for one of no such family.

    >>> licence_id("https://creativecommons.org/licenses/by-nc-sa/3.0/de/"), licence_id("CC BY 4.0")
    ('CC-BY-NC-SA-3.0-DE', 'CC-BY-4.0')
    """
    if match := _CC_URL.search(value):
        kind, version, country = match[1].lower(), match[2], match[3]
        if kind in _DEDICATIONS:
            return _DEDICATIONS[kind]
        ported = f"-{country.upper()}" if country and version in _PORTED else ""
        return f"CC-{kind.upper()}" + (f"-{version}{ported}" if version else "")
    if match := _OGL_URL.search(value):
        return f"OGL-UK-{match[1] or 3}.0"
    if match := _CC_WORDS.search(value):
        kind = re.sub(r"[ -]+", "-", match[1].upper())
        return "CC0-1.0" if kind == "0" else f"CC-{kind}" + (f"-{match[2]}" if match[2] else "")
    return None


def _strictness(name: str | None) -> int:
    """How much a licence forbids; most where it is not known what it says."""
    if name is None:
        return 9
    parts = name.split("-")
    return ("BY" in parts) + ("SA" in parts) + 2 * ("ND" in parts) + 4 * ("NC" in parts)


# --- lines: the copyright line, notices that forbid reprints, reservations in words

#: What every such line has; searched for before anything else is.
MARKS: Final = ("©", "opyright", "版权", "版權", "转载", "轉載", "転載", "전재", "ights reserved", "OPYRIGHT")
_YEAR = r"(?:19|20)\d\d"
_COPYRIGHT = lazy(
    rf"(?:©|\(c\)|copyright|版[权權]).{{0,40}}{_YEAR}|{_YEAR}.{{0,12}}(?:©|\(c\)|copyright)|版[权權]所有"
    r"|著作权所有|rights (?:are )?(?:expressly )?reserved|(?:©|copyright)\s+(?:by\s+)?\w",
    re.IGNORECASE,
)
_SURE = lazy(
    rf"{_YEAR}|版[权權]所有|rights (?:are )?(?:expressly )?reserved", re.IGNORECASE
)  # a photo's credit is `© Name`
_FORBIDDEN = lazy(
    r"(?:未[经經][^。；;]{0,20}(?:授[权權]|[许許]可|允[许許]|同意|书面|書面)[^。；;]{0,16}"
    r"(?:不得|禁止|[严嚴]禁|[请請]勿|[谢謝][绝絕]|[勿])|(?:禁止|[谢謝][绝絕]|[严嚴]禁|[请請]勿|不得)[^。；;，,]{0,8})"
    r"[^。；;]{0,12}(?:[转轉][载載]|复制|複製|摘[编編]|[镜鏡]像|使用)"
    r"|[无無]断転載|무단\s*전재"
    r"|(?:may|must) not be (?:published|reproduced|copied|republished|redistributed|broadcast|used)"
    r"|(?:reproduction|republication|redistribution|copying)[^.]{0,80}(?:prohibited|forbidden|not permitted)",
    re.IGNORECASE,
)
_ATTRIBUTION = lazy(r"[转轉][载載][^。；;]{0,6}[请請須须][^。；;]{0,6}注明|出典を明記", re.IGNORECASE)
_MINED = (
    r"(?:text and data mining|data mining|\btdm\b|(?:\bai|artificial intelligence|machine learning|\bllms?|"
    r"language models?)\b[^.]{0,30}\btrain|\btrain(?:ing)?\b[^.]{0,40}(?:\bai\b|artificial intelligence|"
    r"machine learning|language models?|\bllms?\b)|数据挖掘|文本挖掘|資料探勘"
    r"|(?:人工智[能慧]|\bAI|大?模型)[^。]{0,8}(?:训练|訓練|学习)|训练[^。]{0,6}(?:人工智能|AI|模型))"
)
_REFUSED = (
    r"(?:reserved|prohibit|not permitted|may not|must not|forbid"
    r"|without[^.]{0,30}(?:permission|consent|licen[cs]e)|禁止|不得|[严嚴]禁|[请請]勿|保留)"
)
_MINING = lazy(rf"{_MINED}.{{0,200}}{_REFUSED}|{_REFUSED}.{{0,200}}{_MINED}", re.IGNORECASE)
_NOT_HOLDER = lazy(
    rf"copyrights?|版[权權]所有|版[权權]|著作权所有|©|\(c\)|{_YEAR}\s*[-–—~至]\s*(?:{_YEAR}|present|now|今)?|{_YEAR}"
    r"|all rights reserved|rights reserved|\bby\b|^\s*the\s(?=\s*$)",
    re.IGNORECASE,
)
_HOLDER_ENDS = re.compile(
    r"[|。;；\n]|\.(?=\s|$)|,?\s+(?:all|inc\.?\s+all)\b|[，,]\s*未|\s{3,}|\b(?:ICP|京ICP)"
)
_LONGEST_HOLDER = 80


@lru_cache(maxsize=4096)  # a site has the same footer on all its pages
def notices(place: Place, line: str, *, marked: bool = False) -> tuple[Statement, ...]:
    """What a line of a page or a feed says: its copyright, whether reprints and mining are forbidden.

    marked: it stands in a tag for rights; else a line must say by itself that it is such a line.

    >>> [(one.signal, one.means) for one in notices("text", "版权所有 示例网 未经授权不得转载")]
    [('copyright', None), ('reprint', 'forbidden')]
    """
    if len(line) > LONGEST_LINE * (5 if marked else 1):
        return ()
    found = []
    is_copyright = _COPYRIGHT.search(line) is not None
    if is_copyright or (marked and len(line) <= _VALUE):
        found.append(Statement(place, "copyright", line[:_VALUE]))
    if _FORBIDDEN.search(line):
        found.append(Statement(place, "reprint", line[:_VALUE], "forbidden"))
    elif _ATTRIBUTION.search(line):
        found.append(Statement(place, "reprint", line[:_VALUE], "attribution"))
    if (is_copyright or marked) and _MINING.search(line):
        found.append(Statement(place, "mining notice", line[:_VALUE], "reserved"))
    return tuple(found)


@lru_cache(maxsize=4096)
def states_copyright(line: str) -> bool:
    """Whether a line surely states the copyright of its page, and is not the credit of a picture."""
    return _COPYRIGHT.search(line) is not None and _SURE.search(line) is not None


def holder_of(line: str) -> str | None:
    """Who a copyright line names; None if that cannot be told.

    >>> holder_of("Copyright © 2020-2026 Example Media Ltd. All rights reserved.")
    'Example Media Ltd'
    """
    bare = _NOT_HOLDER.sub("   ", line)
    parts = (part.strip(" \t\u3000:：,，.。-–—·/()（）") for part in _HOLDER_ENDS.split(bare))
    found = next((" ".join(part.split()) for part in parts if len(part.strip()) > 1), None)
    if found is None or len(found) > _LONGEST_HOLDER or "://" in found or _FORBIDDEN.search(found):
        return None
    return found


# --- what follows from the statements


def rights_of(said: Iterable[Stated], at: datetime | None = None) -> Rights:
    """What follows from all that was said; of statements that contradict each other the stricter counts.

    at: of statements that have no time of their own.
    """
    looked: list[Looked] = []
    statements: dict[tuple[object, ...], Statement] = {}
    for stated in said:
        looked += [place for place in stated.looked if place not in looked]
        for one in stated.statements:
            key = one.place, one.signal, one.value, one.url
            statements.setdefault(key, one if one.at else replace(one, at=at))
    return _settled(looked, list(statements.values()))


def joined(held: Rights, new: Rights) -> Rights:
    """The newer rights, with what was said earlier in places that were not looked at this time."""
    missed = [place for place in held.looked if place not in new.looked]
    if not missed:
        return new
    earlier = [one for one in held.statements if _looked_at(one) in missed]
    return _settled([*new.looked, *missed], [*new.statements, *earlier])


def _looked_at(statement: Statement) -> Looked:
    place = statement.place
    return place if place in ("robots.txt", "tdmrep.json", "header", "feed") else "page"


def _settled(looked: list[Looked], statements: list[Statement]) -> Rights:
    meant = {one.means for one in statements}
    tdm: Mining = "reserved" if "reserved" in meant else "allowed" if "allowed" in meant else "unspecified"
    licences = [one for one in statements if one.signal == "license"]
    given = max(licences, key=lambda one: _strictness(one.means), default=None)
    line = next((one for one in _best_lines(statements)), None)
    holder = next((one.value for one in statements if one.signal == "copyright holder"), None)
    return Rights(
        access=next((access for access in _ACCESS if access in meant), "unknown"),
        tdm=tdm,
        tdm_allowed=tdm != "reserved" and frozenset(looked) >= NEEDED,
        licence=given.means if given else None,
        licence_url=given.url if given else None,
        tdm_policy=next((one.url for one in statements if one.signal == "tdm-policy" and one.url), None),
        copyright=line.value if line else None,
        holder=holder or (holder_of(line.value) if line else None),
        reprint=next((one.value for one in statements if one.means == "forbidden"), None),
        looked=looked,
        statements=_most_telling(statements),
    )


def _best_lines(statements: list[Statement]) -> list[Statement]:
    """Copyright lines: of tags before those of the text, and of these the last that is sure to be one."""
    lines = [one for one in statements if one.signal == "copyright"]
    tagged = [one for one in lines if one.place not in ("text", "feed")]
    sure = [one for one in reversed(lines) if one.place == "text" and states_copyright(one.value)]
    return tagged + sure + [one for one in lines if one.place == "feed"]


def _most_telling(statements: list[Statement]) -> list[Statement]:
    """All, but of a page that makes very many those that have consequences first."""
    if len(statements) <= _MOST:
        return statements
    return sorted(statements, key=lambda one: one.means is None)[:_MOST]
