"""Attribution: the outlet that wrote an article. Its people are read in people.py."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache, partial

from newscrawl.draft import Draft, Said
from newscrawl.outlets import outlet_named
from newscrawl.people import people
from newscrawl.post import Attribution
from newscrawl.slugs import slug

#: Longer texts are sentences, not names.
NAME_LIMIT = 40
#: Of a longer value only the beginning is read: a label and a name are short.
_VALUE_LIMIT = 300

_LABEL = re.compile(
    r"(?<![\u4e00-\u9fffA-Za-z])(?:文章|本文|信息|新闻|稿件|稿源|内容|消息|原文|转载|首发|资讯)?"
    r"(?:来源|來源|来自|稿源|出处|出處|转自|摘自|转载自)(?:于|自)?\s*[:|/]\s*"
    r"|^(?:文章|本文|新闻)?(?:来源|來源|稿源|出处|转自|摘自)\s+|^Source\s*:\s*",
    re.IGNORECASE,
)
_DECOY = re.compile(
    r"(?:图片?|圖片?|资料|資料|数据|数据图|视频|封面|题图|照片|摄影|素材)\s*(?:来源|來源|源)|来源于|来源网络"
)
_NEXT = re.compile(
    r"\s*(?:(?:作者|编辑|責任編輯|责任编辑|责编|主编|记者|通讯员|校对|审核|时间|发布时间|发表时间|发布|日期|浏览|浏览量|阅读"
    r"|点击|评论|字体|字号|分享|原标题|原文链接|链接|关键词|标签|版次|点赞|收藏|更新)(?:次数|量|数)?\s*[:|/(]"
    r"|(?<=[社网报台刊经闻])\s*(?:见习|实习)?(?:记者|通讯员)(?=\s|[\u4e00-\u9fff]{2,4}$)"
    r"|(?:19|20)\d\d\s?[-/.年]\s?\d|\d{1,2}:\d\d|\d{1,2}月\d{1,2}日|[|｜]|[;；]|http|www\.)"
)
# What compilers say before the outlet that they took it from, and what buttons say behind it.
_COMPILED = re.compile(r"^综合(?:整理)?(?:自|:)\s*(?=[\u4e00-\u9fffA-Za-z]{2})")
_BUTTONS = re.compile(
    r"(?<=[\u4e00-\u9fff])\s*(?:举报|小字号|大字号|字号.{0,8}|分享到?|打印|\[打印\].*|【打印】.*|微信公众号|\d+(?:分钟|小时|天)前)$"
)
_ASIDE = re.compile(r"\s*[(【\[](?=[^)】\]]*(?:记者|作者|编辑|责编|微信|公众号|ID|原标题|图片|摄|文/|讯)).*")
_BLANKS = re.compile(r"[ \t\xa0\u3000]{2,}|\s*\n\s*")
_CODE = re.compile(r"_[A-Z]{1,4}\d{2,7}$|\bHN\d{3}$|\bN[A-Z]{1,2}\d{3,6}$")
_BETWEEN_HAN = re.compile(r"(?<=[\u3000-\u303f\u3400-\u9fff])\s+(?=[\u3000-\u303f\u3400-\u9fff])")
_SEVERAL = re.compile(r"[、,]|\s+[/&]\s+")
_PAIRS = {"(": ")", "[": "]", "【": "】", "《": "》", "<": ">", "“": "”", '"': '"', "「": "」"}
_PROSE = re.compile(r"[。！？!?；]|据.{2,}报道|^据")
_ROLE = re.compile(r"(?:本报|见习|实习|特约)?(?:记者|作者|通讯员|责任编辑|责编|编辑|校对)")
# A name of two or three characters with a common surname: a person's, where no label says otherwise.
_PERSON = re.compile(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范廖石金韦贾夏付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
    "[\u4e00-\u9fff]{1,2}"
)
_ADDRESS = re.compile(r"^(?:https?:|//|www\.)|://|/.*\.|@")
# Words that stand where a name should, and name nobody.
_NOBODY = frozenset({
    "网络", "互联网", "未知", "佚名", "不详", "无", "其他", "其它", "原创", "本站", "本站原创",
    "网站原创", "本网", "转载", "网络转载", "网络整理",
    "综合", "综合整理", "整理", "网友", "匿名", "自媒体", "来源", "作者", "编辑", "管理员", "admin",
    "none", "null", "undefined",
    "unknown", "internet",
})  # fmt: skip
_TAIL = re.compile(r"[(（【\[]\s*([^()（）【】\[\]]{2,40}(?:[(（][^()（）]{1,12}[)）])?)\s*[)）】\]]\s*$")
_NOT_A_TAIL = re.compile(
    r"^(?:完|未完|待续|未完待续|略|图|上|下|中|注|译|文|暂译|全文完|有删节)$|^(?:编辑|责编|记者|实习生|单位|图|注)\s*[:：]?\s"
    r"|(?:美元|港元|欧元|日元|亿元|万元)$|[:：]|^[-+\d.,%]+$|[，,。]|^(?:记者|单位|编辑|实习生)"
)


def credited_outlet(said: Said) -> Attribution | None:
    """The outlet that a text names: `（文章来源：北方网）`, `来源：中新经纬`, `央视新闻客户端`.

    None where it names none: empty, figures, an address, a sentence, `本站原创`, or the source of a
    picture (图片来源).
    """
    bracketed = "em_media" in said.rule
    name = _name(said.value[:_VALUE_LIMIT], bracketed)
    if name is None:
        return None
    if said.rule == "beside date" and _PERSON.fullmatch(name) and outlet_named(name) is None:
        return None
    raw = said.value.strip() if bracketed else " ".join(said.value[:_VALUE_LIMIT].split())
    return Attribution(name, slug(name), raw, _origin(said), _address(said.link))


def canonical(found: Attribution) -> Attribution:
    """The same under the name and slug that the outlet goes by (outlets.toml); a name in another script than
    the registry's stays, with the registry's slug."""
    known = outlet_named(found.name)
    if known is None:
        return found
    name = known.name if found.name.isascii() == known.name.isascii() else found.name
    return replace(found, name=name, slug=known.slug)


def choose_outlet(reading_outlets: Iterable[Said], site_outlet: str | None) -> Attribution | None:
    """The first candidate that names an outlet, else the site's own with the origin `site`, else None."""
    for said in reading_outlets:
        if found := credited_outlet(said):
            return found
    if site_outlet is None:
        return None
    return Attribution(site_outlet, slug(site_outlet), site_outlet, "site")


def outlet_of(draft: Draft) -> Attribution | None:
    """A draft's outlet: what its page says, then the tail of its flash, then what the list says; by its
    canonical name unless the draft keeps names as printed."""
    found = choose_outlet(_candidates(draft), draft.site_outlet)
    return found if found is None or draft.as_printed else canonical(found)


def _candidates(draft: Draft) -> list[Said]:
    people_named = {one.value.strip() for one in draft.reading.authors}
    said = [
        one
        for one in draft.reading.outlets
        if one.rule != "beside date" or one.value.strip() not in people_named
    ]
    digest = draft.reading.digests[0].value if draft.reading.digests else ""
    if not digest or draft.reading.body is not None:
        return said
    tail = flash_tail(digest)
    on_page = [one for one in said if one.origin != "list"]
    listed = [one for one in said if one.origin == "list"]
    return [*on_page, *([tail] if tail else []), *listed]


def flash_tail(text: str) -> Said | None:
    """The outlet in brackets at the end of a flash: `…增长384.9%。（央视新闻客户端）`.

    None where the brackets hold no name.
    """
    match = _TAIL.search(text[-60:].rstrip())
    if match is None or _NOT_A_TAIL.search(match[1]):
        return None
    return Said(match.group().strip(), "page", "tail")


def settle_attribution(draft: Draft) -> None:
    """Set draft.source, draft.authors, draft.editors."""
    draft.source = outlet_of(draft)
    outlets = {name for name in (draft.source and draft.source.name, draft.site_outlet) if name}
    named = partial(people, outlets=outlets, language=draft.language, as_printed=draft.as_printed)
    draft.authors = named(draft.reading.authors)
    draft.editors = named(draft.reading.editors)
    origins = draft.crawl.origins
    if draft.source:
        origins["source"] = draft.source.origin
    if draft.authors:
        origins["authors"] = draft.reading.authors[0].rule
    if draft.editors:
        origins["editors"] = draft.reading.editors[0].rule


@lru_cache(maxsize=4096)
def _name(value: str, bracketed: bool) -> str | None:
    text = unicodedata.normalize("NFKC", value).replace("丨", "|").replace("∶", ":").strip()
    text = _without_brackets(text)
    label = _LABEL.search(text)
    if label is None and _DECOY.search(text):
        return None
    if label:
        text = text[label.end() :].strip()
        if _DECOY.match(text):
            return None
    text = _COMPILED.sub("", text)
    if bracketed:  # a link inside the name leaves its pieces on several lines
        text = _BETWEEN_HAN.sub("", text)
    text = _BUTTONS.sub("", _BLANKS.split(text, maxsplit=1)[0])
    text = _ASIDE.sub("", text[: match.start()] if (match := _NEXT.search(text)) else text)
    text = _SEVERAL.split(_BETWEEN_HAN.sub("", text), maxsplit=1)[0]
    text = _CODE.sub("", _without_brackets(" ".join(text.split()))).strip(" :·-_|/.,*#")
    return _closed(text) if _is_name(text) else None


def _is_name(text: str) -> bool:
    return bool(
        0 < len(text) <= NAME_LIMIT
        and any(c.isalpha() for c in text)
        and text.casefold() not in _NOBODY
        and not _ADDRESS.search(text)
        and not _PROSE.search(text)
        and not _ROLE.match(text)
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


def _origin(said: Said) -> str:
    if "em_media" in said.rule:
        return "em_media"
    if said.rule == "tail":
        return "tail"
    return said.origin if said.origin in ("list", "structured") else "info_line"


def _address(link: str | None) -> str | None:
    return link if link and link.startswith(("http://", "https://")) else None
