"""The site's name at the ends of titles, known from the page or by how such names end."""

from __future__ import annotations

import re

from newscrawl.page.document.parse import host_of
from newscrawl.page.structured.collect import Structured
from newscrawl.page.title_headings import bare
from newscrawl.text.lazy_regex import lazy
from newscrawl.text.outlets import outlet_named

_LEAST_NAME = 4  # letters of a name after a colon
_LONGEST_NAME = 24  # characters
_MOST_CUT = 1_000  # characters; a title with more is left as it is
#: What sites put between title and name. A bare hyphen is one only beside Chinese.
_SEPARATOR = lazy(
    r"\s+[|｜ǀㅣ\-–—_·•:»«/\\~]+\s+|\s*[|｜ǀㅣ»]\s*|__+|_(?=[^_]*[\u3400-\u9fff])|—+|(?<=[\u3400-\u9fff!?！？”》])-+|-+(?=[\u3400-\u9fff])"
)
#: How names of Chinese sites and their sections end; a headline does not.
_CHINESE_SITE = lazy(
    r"^[^，。！？：“”]{2,12}(?:网|官网|网站|频道|日报|晚报|时报|在线|门户|客户端|中心|热线|论坛|订阅|头条|手机版|触屏版|移动版)$"
)

#: How names of Chinese institutions end, which follow a title, and stand within one too.
_CHINESE_HOUSE = lazy(
    r"^[^，。！？：“”\s]{2,16}(?:电视台|广播台|融媒体|新闻社|出版社|人民政府|委员会|管理局|协会|大学|学院|医院|有限公司|集团|法院"
    r"|检察院|数字报|电子报|周刊|杂志)$"
)
#: Columns as they stand between a headline and the name of a Chinese site: 本地要闻, 时政, 澎湃号·政务.
_CHINESE_COLUMN = lazy(
    r"[\u4e00-\u9fff]{0,4}(?:新闻|要闻|快讯|资讯|时政|时事|财经|经济|金融|证券|股票|基金|社会|民生|国内|国际|本地|地方|教育"
    r"|体育|娱乐|科技|军事|健康|房产|汽车|旅游|文化|评论|观点|专题|滚动|政务|法治|生活|正文)|[\u4e00-\u9fff]{2,4}号·[\u4e00-\u9fff]{2,4}"
)
_LEAST_TITLE = 6  # characters of a headline that a column is cut from
#: Titles of pages whose template names no article.
_GENERIC = lazy(
    r"(?:新闻|文章|信息|资讯|公告|通知|行业|公司|媒体|政务|工作)?(?:详情|详细|正文|内容|动态|中心|新闻|资讯|报道)?页?面?|首页|无标题.{0,3}"
    r"|(?:news|article|story|post|blog)?\s?(?:details?|page|home|index|article|news|untitled|document)?",
    re.IGNORECASE,
)


def names_no_article(title: str, names: list[str]) -> bool:
    """Whether a title is the site's name, or what its template calls all pages: `新闻详情`, `示例日报`."""
    if len(title) > _LONGEST_NAME:  # some sites put the article's title where their name should be
        return False
    return _GENERIC.fullmatch(title.strip()) is not None or _is_site(title, names)


def without_site(title: str, names: list[str]) -> str:
    """The title without the segments at its ends that are the site's name.

    `names` are as `site_names` gives them: letters and digits only, case folded.
    """
    before, _, name = title.rpartition("：")  # 見出し：例新聞オンライン; elsewhere it parts a headline
    if before and len(bare(name)) >= _LEAST_NAME and bare(name) in names:
        title = before
    whole = title
    while len(title) <= _MOST_CUT:
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        end = title[cuts[-1].end() :]
        if _is_site(end, names) or _CHINESE_HOUSE.search(end.strip()):
            title = title[: cuts[-1].start()]
        elif _is_site(title[: cuts[0].start()], names):
            title = title[cuts[0].end() :]
        else:
            shorter = next(
                (title[: cut.start()] for cut in cuts if _is_site(title[cut.end() :], names)), None
            )
            if shorter is None:
                break
            title = shorter
    return (title if title == whole else _without_column(title)).strip()


def _without_column(title: str) -> str:
    """The title without the columns that stood before a site's name, which is cut already."""
    while len(title) <= _MOST_CUT and (cuts := list(_SEPARATOR.finditer(title))):
        before = title[: cuts[-1].start()]
        if (
            not _CHINESE_COLUMN.fullmatch(title[cuts[-1].end() :].strip())
            or len(before.strip()) < _LEAST_TITLE
        ):
            break
        title = before
    return title


def _is_site(segment: str, names: list[str]) -> bool:
    mine = bare(segment)
    if not mine or _CHINESE_SITE.search(segment.strip()) or _is_outlet(segment.strip()):
        return True
    return any(
        mine == name
        or (
            len(mine) >= 3
            and len(name) >= 3
            and (mine in name or (name in mine and len(name) * 2 > len(mine)))
        )
        for name in names
    )


def _is_outlet(segment: str) -> bool:
    """Whether the segment is an outlet of the registry that is written in Chinese: 腾讯新闻."""
    return 2 < len(segment) <= _LONGEST_NAME and not segment.isascii() and outlet_named(segment) is not None


def site_names(structured: Structured, url: str) -> list[str]:
    names = {bare(candidate.value) for candidate in structured.publishers}
    host = host_of(url).removeprefix("www.")
    labels = [
        label
        for label in host.split(".")[:-1]
        if label not in ("co", "com", "org", "net", "gov", "edu", "m", "news")
    ]
    names |= {bare(label) for label in labels} | {bare(host)}
    return [name for name in names if len(name) > 1]
