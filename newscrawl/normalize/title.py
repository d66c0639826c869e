"""The step `title`: one clean line, without markup and the site's name."""

from __future__ import annotations

import html
import re

from newscrawl.model.draft import Draft, TitledDraft

TITLE_LIMIT = 300  #: characters

# Titles of pages that stand where an article was asked for.
_ERROR_TITLE = re.compile(
    r"(?:(?:http )?(?:error|错误)\s*[:\-]?\s*)?(?:40[0134]|410|50[0234])(?:\s*[-:|]?\s*"
    r"(?:not found|forbidden|error|bad gateway|bad request|service unavailable|gateway time-?out"
    r"|internal server error|页面.*|错误.*|找不到.*))?"
    r"|(?:page )?not found|forbidden|access denied|internal server error|bad gateway|service unavailable"
    r"|attention required!.*|just a moment\.*|robot check|are you a robot\??|please wait\.*"
    r"|checking your browser.*|untitled(?: document)?"
    r"|(?:很?抱歉|对不起)?[,，]?\s?(?:该|此|您?所?(?:要)?(?:访问|查看|浏览|寻找|查找)的)?"
    r"(?:页面|网页|文章|内容|新闻|信息)(?:已经?)?(?:不存在|没有找到|未找到|找不到了?|被?删除|失效|出错了?|无法访问|走丢了)[!！。]?"
    r"|(?:您的?)?访问(?:验证|受限|被拒绝|过于频繁|出错)|安全验证|人机验证|滑动验证|(?:请输入)?验证码"
    r"|系统(?:繁忙|维护|错误|提示)|出错了|错误提示|提示信息|无标题(?:文档)?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u2028\u2029\ufeff\ufffe\uffff]")
# Sites that put their name behind every title, besides the draft's own.
_SUFFIX_SITES = ("东方财富网",)
_SCAN_ME = "扫码阅读手机版"  #: stands inside the headline on Tianjin's sites
_SUFFIX = r"\s*[_|｜\-–—]+\s*"


def normalize_title(draft: Draft) -> TitledDraft:
    """Take the first candidate that has any text once it is clean."""
    for candidate in draft.extraction.titles:
        if title := clean_title(candidate.value, draft.site_outlet):
            draft.crawl.origins["title"] = candidate.rule
            return TitledDraft(**vars(draft), title=title)
    return TitledDraft(**vars(draft), title=None)


def clean_title(value: str, site: str | None = None) -> str | None:
    """A title in one line, without markup, entities, and a site's name at its end; None if empty.

    >>> clean_title(" AI&amp;机器人  上线 _ 东方财富网")
    'AI&机器人 上线'
    """
    text = (
        html.unescape(_MARKUP.sub("", html.unescape(value[: TITLE_LIMIT * 4])))
        if "&" in value or "<" in value
        else value
    )
    text = " ".join(_CONTROL.sub("", text[: TITLE_LIMIT * 4]).split())
    text = text.removesuffix(_SCAN_ME).rstrip()
    for name in (site, *_SUFFIX_SITES):
        if (
            name
            and text.endswith(name)
            and (cut := re.search(rf"{_SUFFIX}{re.escape(name)}$", text))
            and cut.start()
        ):
            text = text[: cut.start()].rstrip()
    return text[:TITLE_LIMIT] or None


def is_error_title(title: str) -> bool:
    """Whether a title is that of an error page, a check for robots, or a template."""
    return _ERROR_TITLE.fullmatch(title) is not None
