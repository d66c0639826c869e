"""Outlets: the names that mean one, and the name and slug that it goes by. The list is outlets.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from newscrawl.errors import NewscrawlError
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.places import is_place
from newscrawl.text.surnames import is_persons

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
        raise NewscrawlError(f"outlets.toml is not valid TOML: {error}") from error
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


# --- the outlet's name in what a page prints: labels, buttons, datelines and whatever else stands around it.

#: Characters; longer texts are sentences, not names.
NAME_LIMIT = 40
#: Of a longer value only the beginning is read: a label and a name are short.
VALUE_LIMIT = 300

_LABEL = lazy(
    r"(?<![\u4e00-\u9fffA-Za-z])(?:文章|本文|信息|新闻|稿件|稿源|内容|消息|原文|转载|首发|资讯|媒体)?"
    r"(?:来源(?:单位|媒体|渠道)?|信源|來源|来自|稿源|出处|出處|转自|摘自|转载自)(?:于|自|(?:微信)?公众号)?\s*[:|/]\s*"
    r"|^(?:文章|本文|新闻)?(?:来源|來源|稿源|出处|转自|摘自)(?:于|自)?\s+|^Source\s*:\s*",
    re.IGNORECASE,
)
_DECOY = lazy(
    r"(?:图片?|圖片?|资料|資料|数据|数据图|视频|封面|题图|照片|摄影|素材)\s*(?:来源|來源|源)|来源于|来源网络|供图|摄\s*[)）】]?$"
)
_NEXT = lazy(
    r"\s{0,9}(?:(?:作者|本文作者|头图|题图|头图来自|题图来自|编辑|責任編輯|责任编辑|责编|主编|记者|通讯员|校对|审核|时间|发布时间|发表时间|发布|日期|浏览|浏览量|阅读"
    r"|点击|评论|字体|字号|分享|原标题|原文链接|链接|关键词|标签|版次|点赞|收藏|更新)(?:次数|量|数)?\s*[:|/(]"
    r"|(?<=[社网报台刊经闻])\s*(?:见习|实习)?(?:记者|通讯员)(?=\s|[\u4e00-\u9fff]{2,4}$)"
    r"|\s(?:字号|字体)\s.*|(?:19|20)\d\d\s?[-/.年]\s?\d|\d{1,2}:\d\d|\d{1,2}\s?月\s?\d{1,2}\s?日|[|｜]|[;；]|http|www\.)"
)
# What compilers say before the outlet that they took it from, and what buttons say behind it.
_COMPILED = lazy(
    r"^(?:本文)?综合(?:整理)?(?:自|:)\s*(?=[\u4e00-\u9fffA-Za-z]{2})|^综合(?=[\u4e00-\u9fff]{3,}(?:报|网|社|客户端)$)"
)
_BUTTONS = lazy(
    r"(?<=[\u4e00-\u9fff”」])\s*(?:举报|小字号|大字号|字号.{0,8}|分享到?|打印|\[打印\].*|【打印】.*|微信公众号|\d+(?:分钟|小时|天)前)$"
)
_ACCOUNT = lazy(r"^(?:微信)?公众号\s*(?=[“「\"])")
# A group's name before that of its paper.
_GROUP = lazy(r"^[\u4e00-\u9fff]{2,8}集团\s*[|·-]\s*(?=[\u4e00-\u9fff]{2})")
# 据新华社电, 新华社北京11月19日电（记者 …）, 《科创板日报》20日讯: no more than reporters stand behind it.
_REPORTED = lazy(
    r"(?P<after>[另又]?据)?《?(?P<who>[^\s,，。;；:：《》]{2,20}?)》?(?P<day>\s?(?:\d{1,2}\s?月)?\s?\d{1,2}\s?日)?\s?"
    r"(?P<said>报道|消息|电|讯|$)(?=\s*[,:]?\s*$|\s*[(【]|\s+(?:记者|通讯员))"
)
# 示例在线-社会频道, 人民网安徽频道: a site and its channel
_CHANNEL_NAME = lazy(
    r"(?P<site>[\u4e00-\u9fffA-Za-z0-9]{2,12}?)(?:\s*[-—·|]\s*|(?<=[\u4e00-\u9fff]网))[\u4e00-\u9fff]{2,6}频道"
)
# 示例日报北京: a paper, and where its account writes from
_SENT_FROM = lazy(r"(?P<paper>[\u4e00-\u9fff]{2,12}(?:[报社台]|新闻|周刊))(?P<place>[\u4e00-\u9fff]{2,3})")
_COMPILING = lazy(r"^综合|综合(?:报道|整理|自.*)?$|报道$|[讯电]$|消息$|获悉$|\s?[/·•・《-].*$")
# What stands between an outlet's name and its reporter: 证券时报记者 张三, 环球时报驻美国特约记者 张三.
_REPORTER = lazy(r"(?:记者|通讯员|评论员|编辑|实习生|撰稿人?)")
_DESK = lazy(
    r"[\s《》]*(?:(?:(?:综合)?报道|全媒体|融媒体|客户端|文字|资深|高级|首席|见习|实习|特约|特派|本报|驻[\u4e00-\u9fff]{2,8}?)[\s《》]*)*"
)
_SOUNDS_LIKE_ONE = lazy(r"(?:报|网|社|台|新闻|财经|客户端|周刊|杂志|APP)$", re.IGNORECASE)
_ASIDE = lazy(
    r"\s{0,9}[(【\[](?=[^)】\]]{0,80}(?:记者|作者|编辑|责编|微信|公众号|ID|原标题|图片|摄|文/|讯)).*"
)
_BLANKS = lazy(r"[ \t\xa0\u3000]{2,}|\s*\n\s*")
_CODE = lazy(r"_[A-Z]{1,4}\d{2,7}$|\bHN\d{3}$|\bN[A-Z]{1,2}\d{3,6}$")
_BETWEEN_HAN = lazy(r"(?<=[\u3000-\u303f\u3400-\u9fff])\s+(?=[\u3000-\u303f\u3400-\u9fff])")
_SEVERAL = lazy(r"[、,]|\s{1,9}[/&]\s+")
_SIGNS = str.maketrans("丨∶", "|:", "\u200b\u2060\ufeff")
_PAIRS = {"(": ")", "[": "]", "【": "】", "《": "》", "<": ">", "“": "”", '"': '"', "「": "」"}
_PROSE = lazy(r"[。！？!?；]|据.{2,}报道|^据")
_ROLE = lazy(
    r"(?:本报|见习|实习|特约|高级|資深|見習|[文图]字?[/、])*"
    r"(?:记者|记者|作者|通讯员|责任编辑|责编|编辑|校对|審核|审核|实习生|撰稿|特约|摄影|出品|值班|記者|編輯|图文|文图|[文图](?:[/|、]|$))"
)
_OURSELVES = lazy(r"本[报刊台社网]|[一二三初复终]审")
_ADDRESS = lazy(r"^(?:https?:|//|www\.)|://|/.*\.|@")
# Words that stand where a name should, and name nobody.
_NOBODY = frozenset({
    "网络", "互联网", "未知", "佚名", "不详", "无", "其他", "其它", "原创", "本站", "本站原创",
    "网站原创", "本网", "转载", "网络转载", "网络整理",
    "完", "全文完", "外媒", "公告", "公司公告", "上市公司公告", "企业公告",
    "综合", "综合整理", "整理", "网友", "匿名", "自媒体", "来源", "作者", "编辑", "管理员", "admin",
    "none", "null", "undefined",
    "unknown", "internet",
})  # fmt: skip


@lru_cache(maxsize=4096)
def outlet_name(value: str, bracketed: bool) -> str | None:
    """The name in a text of at most VALUE_LIMIT characters; `bracketed` for one that links may cut in lines.

    None for what names no outlet: figures, an address, a sentence, people, the source of a picture.

    >>> outlet_name("2026-11-19 来源：新京报 责编：李文静", False), outlet_name("据新华社电", False)
    ('新京报', '新华社')
    """
    text = unicodedata.normalize("NFKC", value).translate(_SIGNS).strip()
    text = _without_brackets(text)
    label = _LABEL.search(text)
    if label is None and _DECOY.search(text):
        return None
    if label:
        text = text[label.end() :].strip()
        if _DECOY.match(text):
            return None
    text = _GROUP.sub("", _ACCOUNT.sub("", _COMPILED.sub("", _desk(_reporter(text)))))
    if bracketed:  # a link inside the name leaves its pieces on several lines
        text = _BETWEEN_HAN.sub("", text)
    text = _BUTTONS.sub("", _BLANKS.split(text, maxsplit=1)[0])
    text = _ASIDE.sub("", text[: match.start()] if (match := _NEXT.search(text)) else text)
    text = _SEVERAL.split(_BETWEEN_HAN.sub("", _first_known(text)), maxsplit=1)[0]
    text = _CODE.sub("", _without_brackets(" ".join(text.split()))).strip(" :·-_|/.,*#").rstrip("【[〔( ")
    if label is None and _are_people(value):
        return None
    text = _known_within(text)
    return _closed(text) if _is_name(text) else None


def _are_people(value: str) -> bool:
    """Whether several names of people, and nothing else, stand in the value: `（张三 李四）`."""
    names = unicodedata.normalize("NFKC", value).strip(" ()[]【】").replace("、", " ").split()
    return len(names) > 1 and all(map(is_persons, names)) and not any(map(outlet_named, names))


def _reporter(text: str) -> str:
    """The agency of `据新华社电` or `新华社北京11月19日电`, if the registry knows it; else the text."""
    match = _REPORTED.match(text)
    if match is None or outlet_named(text) or not (match["after"] or match["said"] in ("电", "讯")):
        return text
    return known_beginning(match["who"]) or text


def _desk(text: str) -> str:
    """The outlet of `证券时报记者 张三` without its reporter; the text where none is told for certain."""
    role = _REPORTER.search(text, 2)
    if role is None or outlet_named(text):
        return text
    before = text[: role.start()].strip("《》 ")
    known = known_beginning(before)
    if known and (_DESK.fullmatch(before[len(known) :]) or before[len(known) :].strip("《》") == known):
        return known
    return before if known is None and _SOUNDS_LIKE_ONE.search(before) else text


def desk_outlet(text: str) -> str | None:
    """The outlet of the registry that a reporter's line or a dateline begins with: 证券时报记者 张三."""
    name = outlet_name(text[:VALUE_LIMIT], False)
    return name if name and outlet_named(name) else None


def known_beginning(text: str) -> str | None:
    """The longest beginning of the text that the registry has as an outlet's name: 新华社北京 begins so."""
    return next((text[:end] for end in range(len(text), 2, -1) if outlet_named(text[:end])), None)


def _first_known(text: str) -> str:
    """`界面新闻 张三`, `经济观察报 经济观察报`: the words of an outlet that others follow; else the text."""
    words = text.split()
    if len(words) < 2 or text.isascii() or outlet_named(text):
        return text
    beginnings = (" ".join(words[:count]) for count in range(len(words) - 1, 0, -1))
    return next((one for one in beginnings if len(one) > 1 and outlet_named(one)), text)


def _known_within(text: str) -> str:
    """`新华网综合`, `综合新华社`, `新华社北京`: the outlet, if the registry knows it; else the text."""
    if outlet_named(text) is None:
        if channel := _CHANNEL_NAME.fullmatch(text):
            return channel["site"].strip()
        inside = _COMPILING.sub("", text).strip("《》")
        if inside != text and outlet_named(inside):
            return inside
        known = known_beginning(text)
        if known and is_place(text[len(known) :]):
            return known
        if (sent := _SENT_FROM.fullmatch(text)) and is_place(sent["place"]):
            return sent["paper"]
    return text


def _is_name(text: str) -> bool:
    return bool(
        0 < len(text) <= NAME_LIMIT
        and any(c.isalpha() for c in text)
        and text.casefold() not in _NOBODY
        and not _ADDRESS.search(text)
        and not _PROSE.search(text)
        and not _ROLE.match(text)
        and not _OURSELVES.match(text)
    )


def _without_brackets(text: str) -> str:
    """Without the pair of brackets or quotes around the whole text."""
    while len(text) > 1 and _PAIRS.get(text[0]) == text[-1]:
        inside = text[1:-1]
        first_end, next_begin = inside.find(text[-1]), inside.find(text[0])
        if first_end != -1 and not -1 < next_begin < first_end:
            break  # (甲)乙(丙): the first bracket ends before the last
        text = inside.strip()
    return text


def _closed(text: str) -> str:
    """Without a bracket that is opened or closed only."""
    if text.count("(") != text.count(")"):
        return text.partition("(")[0].replace(")", "").strip() or text
    return text
