"""Authors and editors: names of people out of bylines, never outlets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from newscrawl.model.draft import Candidate
from newscrawl.text.full_names import is_degree, is_full_name
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import outlet_named
from newscrawl.text.places import without_report
from newscrawl.text.surnames import is_persons

#: People of one article; longer lists are mastheads.
PEOPLE_LIMIT = 30
_VALUE_LIMIT = 400
#: Rules that find what the page calls a person, not an organization.
_OF_PERSONS = ("json-ld author", "json-ld creator", "itemprop author", "itemprop creator")
# Characters of a name: Chinese ones (pen names included), those with a dot (阿布都热依木·买买提), others.
_HAN_LIMIT, _DOTTED_LIMIT, _LATIN_LIMIT = 8, 20, 40

_HAN = r"\u3400-\u9fff"
#: What is said of people who write, and of those who edit.
WRITES = (
    "记者|通讯员|作者|编译|摄影|撰文|撰稿人?|采写|供稿|整理|翻译|文字|实习生"
    "|执笔|记者团|评论员|专栏作家|記者|通訊員|攝影"
)
EDITS = (
    "责任编辑|责任编校|責任編輯|责编|编辑|主编|值班编辑|校对|校對"
    "|审核|审校|审读|编审|选稿|[一二三终初复]审|编校|編輯|責編"
)
_ROLE = rf"{WRITES}|{EDITS}"
#: Who makes a film or a picture of an article, not its text.
CREW = (
    "出品人?|总?监制|总?统筹|总?策划|制片人?|主持人?|设计|制图|剪辑|文案|摄像|配音|图片|视频|出镜|视觉"
    "|美编|头图|题图|发自"
)
_LABEL = lazy(
    rf"(?:[{_HAN}A-Za-z0-9]{{0,8}}?)(?:见习|实习|特约|首席|本报)?(?:{_ROLE})\s*[:|/]\s*"
    r"|^(?:文[/、]?图|图[/、]?文|文)\s*[:|/]\s*|(?:文|图)\s?[/|]\s?"
)
_EDITORS = lazy(
    rf"(?:每经|本报|本网)?(?:{EDITS}|{CREW}|来源|时间|日期|浏览|阅读|单位|简介|邮箱|供图)(?:次数|量|数)?\s*[:|/]"
)
_PREFIX = lazy(
    rf"^(?:[{_HAN}A-Za-z0-9·-]{{0,16}}?)(?:见习|实习|特约|首席|本报|驻\w{{1,6}})?(?:{_ROLE})+[\s:]*(?=[{_HAN}A-Za-z])"
    r"|^(?:By|Von|Par|Por|Text|Author|Edited by|Written by)[\s:]+"
    r"|^(?:Analysis|Opinion|Review|Commentary|Report|Story|Kommentar|Analyse|Interview) (?:by|von)\s+"
    r"|^[\w-]*(?:experte|expertin|redakteur(?:in)?|autor(?:in)?|reporter(?:in)?|korrespondent(?:in)?)\s+(?=\w)"
    r"|^(?:Zeige )?alle (?:Beiträge|Artikel) von\s+|^Posts by\s+"
    r"|^(?:View|See|Show) (?:all |more )?(?:posts|articles|stories) (?:by|from)\s+"
    r"|^(?:Voir tous les articles(?: publiés)?|Ver todas? (?:las entradas|los artículos)) (?:de|par|por)\s+",
    re.IGNORECASE,
)
_SUFFIX = lazy(
    r"\s{0,9}(?:摄影报道|报道|摄影|摄|编译|综合|文并图|文并摄|图文|发自\s*.{1,8})$|\s{0,9}\d{1,2}月\d{1,2}日.*$|[\s/]{1,9}[文图]$|\s(?:특파원|선임)?기자$|\s{0,9}[→»]$|\s{0,9}(?:19|20)\d\d[-/.年].*$|\s{0,9}/\s*(?:文|摄|图)$|\s{0,9}(?:\((?!\w[\w.'-]{0,20}\)\s[^\W\d_])|\)(?!\s\w)).*$|\s{0,9}\[.*$"
)
# Bars in other letters' places, and what has no width: editors leave it within names.
_SIGNS = str.maketrans("丨ǀㅣ", "|||", "\u200b\u2060\ufeff")
_COMPANY = lazy(r"\b(?:gmbh|e\.\s?v|inc|ltd|llc|d\.o\.o)\.?$|^\w+\.(?:de|com|net|org|co\.uk)$", re.IGNORECASE)
_HOUSE = lazy(rf"\b(?:media|news|press|agency|radio|tv)$|{_COMPANY.pattern}", re.IGNORECASE)
_BACK = lazy(r"返回.{1,8},\s*查看更多.*$")  # the link at the end of Sohu's texts
_SPLIT = lazy(r"[、,;/&|\n]|\s{2,}|\s(?:[Aa][Nn][Dd]|und|et|y)\s")
# For whom or with whom somebody writes: FOR MAILONLINE, avec AFP, with agencies.
_TOGETHER = lazy(
    r"\s(?:[Ff]or (?=(?:[Tt]he )?[A-Z])|FOR "
    r"|(?:with|avec|mit|con) (?=[Aa]genc|[A-Z]{2,}\b|dpa\b|Reuters\b)).*"
)
_TRADE = lazy(
    r"\b(?:editor|correspondent|reporter|writer|journaliste?|columnist|contributor|producer|redakteur(?:in)?"
    r"|korrespondent(?:in)?|rédact(?:eur|rice)|correspondante?|redactora?|periodista|corresponsal|giornalista)s?\b"
    r"|^(?:istock(?:photo)?|getty(?: images)?|shutterstock|adobe ?stock|imago(?: images)?|alamy|unsplash"
    r"|pexels|pixabay)$",
    re.IGNORECASE,
)
# The signs that papers set before a byline: □ 本报记者 陈若川.
_BULLETS = " ()[]【】〖〗〔〕□■◎●○▲△◆◇★☆▌▍"
_CODE = lazy(r"_?[A-Z]{1,4}\d{2,7}$|_\w{1,12}$")
_ROLE_ONLY = lazy(rf"(?P<desk>[{_HAN}·-]{{0,10}}?)(?:(?P<edits>{EDITS})|(?P<crew>{CREW})|(?:{WRITES}))")
# 本报讯（记者 张三）: the names are in the brackets.
_DATELINE = lazy(r"(?:[讯电]|消息)\s*[(【]\s*([^()【】]*(?:记者|通讯员)[^()【】]*)(?:[)】]|$)")
# [美]约瑟夫·奈, 【英】史密斯
_COUNTRY = lazy(rf"[\[(【〔][{_HAN}]{{1,3}}[\])】〕]\s?(?=[{_HAN}A-Za-z]{{1,12}}[·.\s])")
_PAPER = lazy(r"《([^《》]{2,12})》(?=[^《》]{0,6}(?:记者|作者|撰稿|特约))")
_TITLE = lazy(
    r"(?:教授|研究员|学者|博士|硕士|律师|主任|院长|所长|会长|分析师|经济学家|作家|博导|总监|董事长|总经理|工程师"
    r"|部长|局长|处长|校长|秘书长|理事长|总裁)$"
)
# What somebody is, before the name: 研究员林志远, 某大学经济学院教授王小明.
_TITLE_BEFORE = lazy(
    rf"^[{_HAN}]{{0,16}}?副?(?:研究员|教授|博士生导师|博士|硕士|院士|律师|主任医师|医师|主任|院长|所长|会长|部长|局长|处长|校长"
    r"|秘书长|理事长|首席经济学家|经济学家|(?:首席|高级)?分析师|作家|总监|董事长|总经理|总裁|(?:高级)?工程师|专家|学者|老师)"
    rf"(?=[{_HAN}]{{2,4}}$|[{_HAN}]{{1,8}}·[{_HAN}·]{{1,12}}$)"
)
# What somebody is, behind the name: Co-Founder, Shipping Expert, CNN Senior Analyst.
_RANK = lazy(
    r"\b(?:founder|c[eoimt]o|director|manager|experts?|specialist|strategist|president|analyst|consultant|professor|advis[eo]r"
    r"|engineer|head of|lead|geschäftsführer(?:in)?|leiter(?:in)?|directeur|directrice)\b",
    re.IGNORECASE,
)
_LAST_INITIAL = lazy(r"\w\s[A-Z]\.$")
_HAN_TOKEN = lazy(rf"[{_HAN}·]+")
_OUTLET = lazy(
    r"(?:网|報|报|社|日报|晚报|客户端|频道|证券|研究院|研究所|研究中心|新闻|公司|集团|杂志|周刊|在线|财经|编辑部|中心|委员会"
    r"|电视台|广播|通讯社|小编|团队|工作室|小组|部门|报道组|平台|公众号|资讯|融媒体|传媒|协会|大学|学院|机构|快讯|APP|综合|原创"
    r"|办公室|宣传[部处科]|信息[处科]|综合[处科]|秘书.|党支部|基金|银行|数据|官方|官网|政府|网友|管理员|发布|视频|之声|卫视|网站|头条|论坛|观察|评论|供图|提供|图片)$",
    re.IGNORECASE,
)
# Endings that are names' too, unless something longer stands before them.
_LONG_OUTLET = lazy(
    rf"^[{_HAN}]{{3,}}(?:所|会|局|部|台|署|厅|院|司|讯|版|号|室|处|科|委|队|校|馆|站|镇|乡|县|市|区|省)$"
)
_NOBODY = frozenset({
    "网络整理", "综合整理", "本站整理", "小编整理", "互联网", "暂无简介", "查看更多",
    "回复", "查看", "浏览", "楼主",
    "本报讯", "题图", "封面", "头图", "本报评论员", "新华社评论员", "评论员", "特约评论员",
    "佚名", "未知", "匿名", "不详", "无", "本站", "原创", "转载", "网络", "admin", "editor", "author",
    "简介", "单位", "介绍", "团队", "name", "none", "null", "unknown", "staff", "undefined",
})  # fmt: skip
_ADDRESS = lazy(r"://|@|^www\.|\.(?:com|cn|net|org)\b|^[\w-]+\.[a-z]{2,3}$", re.IGNORECASE)
# What links and boxes beside an author say, and a template's variable that was never filled in.
_NO_PERSON = lazy(
    r"^(?:bio(?:graphy)?|profile|website|last|next|previous|author|more|guides?|sections?|by|from"
    r"|about(?: the author)?"
    r"|(?:view|see|show|read|load) (?:more|all|full)\b.*|more (?:posts|articles|stories|from)\b.*"
    r"|all posts\b.*"
    r"|view (?:profile|bio|posts|author)\b.*|about the author.*|get in touch|insights from"
    r"|contributing writer|follow\b.*|contact\b.*"
    r"|(?:updated|edited|reviewed|medically reviewed|fact[- ]checked|posted|published)\b.*"
    r"|(?:mehr (?:artikel|beiträge)|alle (?:artikel|beiträge)|zum profil|artikel|beitrag|tips meg"
    r"|přihlaste se)\b.*"
    r"|(?:page|site|post|article|author)(?:\.[a-z_]+)+|(?:über|about|à propos de|sobre) .*)$",
    re.IGNORECASE,
)
_PROSE = lazy(r"^据|^本[报刊台社网]|[。！？!?：:；…“”《》<>{}=]")


def people(
    said: Iterable[Candidate], outlets: Collection[str], *, language: str = "zh", as_printed: bool = False
) -> list[str]:
    """The people whom the first productive rule names, in their order, each once.

    `outlets` are the names of outlets that may stand in a byline; they and whatever ends like an
    outlet's name (网, 报, 研究院 …), numbers of editors, and sentences are left out. Where nobody else is
    named, a person of the outlet's own name is the author: a blog bears its writer's. In Chinese a space
    between names parts them; in other languages (`language`, BCP 47) it belongs to a name. The outlets
    of the registry (Reuters, BBC News) are left out, too, unless `as_printed`: a page that signs an
    article with its agency says so, and its reader may want that. Chinese pages name the site instead,
    and there they are left out always.
    """
    said = list(said)
    known = {outlet.casefold() for outlet in outlets}
    found = _first_named(said, known, language, as_printed=as_printed)
    if found or language.startswith("zh"):
        return found
    # A person after whom the site is named; and, as printed, the site itself if nobody else signs.
    if not as_printed:
        said = [one for one in said if one.rule in _OF_PERSONS and is_full_name(one.value)]
    return _first_named(said, set(), language, as_printed=as_printed)


def _first_named(said: list[Candidate], known: set[str], language: str, *, as_printed: bool) -> list[str]:
    """The people of the first rule that names any but those `known` as outlets."""
    found: dict[str, None] = {}
    rule: str | None = None
    chinese = language.startswith("zh")
    for one in said:
        if rule is not None and one.rule != rule:
            break
        names = _names(_without(known, one.value[:_VALUE_LIMIT]), chinese)
        signed = [name for name in names if _signs(name)] or names
        for name in signed:
            if name.casefold() not in known and ((as_printed and not chinese) or _signs(name)):
                found[name] = None
                rule = one.rule
    return list(found)[:PEOPLE_LIMIT]


def _without(outlets: Collection[str], value: str) -> str:
    """The value without the outlet that stands before or behind a dash: `Example News - Ana Bell`."""
    before, dash, behind = value.partition(" - ")
    if dash and is_full_name(before) and not is_full_name(behind):
        return before  # the house for which she writes
    if dash and before.strip().casefold() in outlets:
        return behind
    return before if dash and behind.strip().casefold() in outlets else value


def names_in(text: str) -> tuple[str, ...]:
    """The names in a Chinese byline, its roles and places left out: `记者 张三 李四 北京报道`."""
    return _names(text[:_VALUE_LIMIT], True)


def _begins_with_outlet(name: str) -> bool:
    """新华社发, 中国证券报·中证网讯; and 据外媒, which names no person either."""
    return any(outlet_named(name[:end]) for end in range(3, len(name))) and not name.isascii()


def _signs(name: str) -> bool:
    """Whether a name is no outlet's of the registry; `dw` are initials, as no outlet writes itself so."""
    return outlet_named(name) is None or (len(name) <= 3 and name.isascii() and name.islower())


@lru_cache(maxsize=2048)
def _names(value: str, chinese: bool) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", value).translate(_SIGNS).strip().strip(_BULLETS)
    if "://" in text or "。" in text:
        return ()
    text = _COUNTRY.sub("", _PAPER.sub(r"\1", text))
    if inside := _DATELINE.search(text):
        text = inside[1]
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if other := _EDITORS.search(text):
        text = text[: other.start()]
    text = without_report(_BACK.sub("", text))
    parts = _SPLIT.split(_LABEL.sub("、", text))
    pieces = [piece for part in parts for piece in _parted(part)] if chinese else _of_people(parts)
    return tuple(name for piece in pieces if (name := _name(piece)))


def _of_people(parts: list[str]) -> list[str]:
    """The parts of a byline in another language than Chinese without trades and for whom they write; none
    of `Example GmbH, Munich, Germany`."""
    parts = [_alone(part) for part in parts]
    if _COMPANY.search(parts[0]):
        return []
    return [
        part
        for number, part in enumerate(parts)
        if not _TRADE.search(part) and (not number or not (_HOUSE.search(part) or _is_title(part, parts[0])))
    ]


def _is_title(part: str, first: str) -> bool:
    """Whether a part behind a full name is a degree or rank: `Ada Lindqvist, MD`; `DT, AB` are two people."""
    if " " not in first.strip() or outlet_named(part) is not None:
        return False
    return is_degree(part) or _RANK.search(part) is not None


def _alone(part: str) -> str:
    """A name without for whom or with whom it stands; `Center for Public Integrity` is one whole."""
    before = _TOGETHER.sub("", part).strip()
    return before if " " in before or " for " not in part.lower() else part.strip()


def _parted(part: str) -> list[str]:
    """`董雪 王慧慧` is two people, `张 三` and `宋 亚 芬` one each, `Jane Smith` one."""
    tokens = _PREFIX.sub("", " ".join(_of_one_trade(part.split())), count=1).split()
    if len(tokens) < 2 or not all(_HAN_TOKEN.fullmatch(token) for token in tokens):
        return [" ".join(tokens)]
    if len(tokens) == 3 and all(len(token) == 1 for token in tokens):
        return ["".join(tokens)]
    people_found: list[str] = []
    for token in tokens:
        if len(token) == 1 and people_found and len(people_found[-1]) == 1:
            people_found[-1] += token
        else:
            people_found.append(token)
    return people_found


def _of_one_trade(tokens: list[str]) -> list[str]:
    """The words without those for roles, up to where editors follow writers: `记者 张三 编辑 李四`, and
    without those who make pictures and films."""
    kept: list[str] = []
    edits = crew = False
    for token in tokens:
        role = _ROLE_ONLY.fullmatch(token)
        if role is None:
            kept += [] if crew else [token]
            continue
        if role["edits"] and kept and not edits:
            break
        edits, crew = bool(role["edits"]) or edits, bool(role["crew"])
    return kept


def _name(piece: str) -> str | None:
    """One name without title, code and brackets; None where it is no person's."""
    name = _PREFIX.sub("", piece.lstrip(" 　()[]【】.·-—_*#\t").rstrip(" 　()[]【】·-—_*#\t"), count=1)
    plain = " ".join(_CODE.sub("", _SUFFIX.sub("", name)).strip(' ·-—_*#"“”').split())
    name = plain.strip(" .·-—_*#")
    if plain != name and _LAST_INITIAL.search(plain):
        name += "."
    if (title := _TITLE_BEFORE.match(name)) and is_persons(name[title.end() :]):
        name = name[title.end() :]
    limit = _LATIN_LIMIT if not _HAN_TOKEN.search(name) else _DOTTED_LIMIT if "·" in name else _HAN_LIMIT
    if not 1 < len(name) <= limit or _NO_PERSON.match(name):
        return None
    if not any(c.isalpha() for c in name) or name.casefold() in _NOBODY or _ROLE_ONLY.fullmatch(name):
        return None
    if _TITLE.fullmatch(name):
        return None
    if len(name) > 3 and (_TITLE.search(name) or _begins_with_outlet(name)):
        return None
    if _OUTLET.search(name) or _LONG_OUTLET.search(name) or _ADDRESS.search(name) or _PROSE.search(name):
        return None
    is_number = any(c.isdigit() for c in name) and (limit != _LATIN_LIMIT or " " not in name)
    return None if is_number else name
