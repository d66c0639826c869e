"""Titles of pages that stand where an article should be: error pages, checks for robots, empty templates.

The one list of them. `page/` compares what a page shows with it; `normalize/` compares titles out of lists.
All patterns ignore case.
"""

from __future__ import annotations

import re

from newscrawl.text.lazy_regex import lazy

_ERROR_PAGE = (
    r"(?:(?:http )?error|fehler|oops|sorry|http|错误)?[\s:!,.：–-]*(?:40[0-4]|410|429|50[0-4])"
    r"(?:[\s:|!,.–-]*(?:error|fehler|(?:page )?not found|forbidden|gone|bad request|bad gateway"
    r"|internal server error|service unavailable|gateway time-?out|(?:页面|错误|找不到).{0,40}))?",
    r"(?:(?:sorry|oops|uh-oh|whoops)[\s!,.…–-]*)?(?:(?:this|the|that|your) )?(?:requested )?(?:page"
    r"|article|story|document|content|url)(?: you(?:.re| are|.ve| have)? (?:requested|looking for"
    r"|tried to reach))? (?:not found|(?:could not|cannot|can.t|couldn.t) be found|does ?n.t exist"
    r"|does not exist|no longer exists|is(?: no longer| not|n.t) available|has been (?:removed"
    r"|deleted))(?: on this server)?",
    r"(?:404[\s:–-]*)?not found",
    r"access denied",
    r"forbidden",
    r"(?:500 )?internal server error",
    r"(?:50\d )?(?:bad gateway|service (?:temporarily )?unavailable|gateway time-?out)",
    r"(?:die )?(?:angeforderte )?seite (?:wurde )?(?:leider )?nicht gefunden",
    r"page (?:introuvable|non trouvée)",
    r"p[áa]gina no encontrada",
    r"(?:抱歉|对不起|很抱歉|哎呀|sorry)?[，,！!。 ]*(?:您|你)?所?要?(?:访问|请求|查看|浏览|寻找|查找|找)?的?"
    r"(?:该|此|本|这个|这篇)?(?:页面|网页|文章|内容|新闻|信息|帖子|链接)(?:可能)?(?:已经?|暂时|已被)?"
    r"(?:不存在|未找到|没有?找到|找不到|无法找到|找不到了|走丢了?|不见了|丢失了?|出错了?"
    r"|被?(?:管理员|作者|发布者)?删除了?|被?移除|下线|失效|无法(?:访问|打开|显示))"
    r"(?:或(?:已经?)?(?:被)?(?:删除|下线))?了?",
    r"(?:找不到|未找到|没有找到)(?:该|此|相关|您要(?:的|访问的|找的))?(?:页面|网页|文章|内容)",
    r"(?:404|错误)[\s:：|-]*(?:页面|错误页|提示|错误)",
    r"出错[了啦]",
    r"系统(?:繁忙|错误|异常|维护中?)",
    r"服务器(?:内部)?(?:错误|繁忙)",
    r"(?:访问|请求)(?:被拒绝|出错|异常)",
)
_CHALLENGE = (
    r"just a moment",
    r"attention required",
    r"(?:please )?(?:verify|confirm)(?:ing)? (?:that )?you are (?:a )?(?:human|not a robot)",
    r"(?:verifying|checking) (?:if )?(?:you are human|your browser|the site connection)",
    r"are you (?:a )?(?:human|robot)",
    r"(?:robot|security|human|bot) (?:check|verification|challenge)",
    r"captcha",
    r"ddos.guard",
    r"pardon our interruption",
    r"(?:our systems have detected )?unusual traffic",
    r"enable javascript and cookies to continue",
    r"(?:百度|网站|安全|人机|滑动|访问|身份|行为|图形|拖动滑块|请完成)*(?:安全验证|人机验证|滑动验证|访问验证|行为验证|身份验证)",
    r"请?(?:输入|填写)?验证码",
    r"(?:您的)?(?:访问|请求|操作)(?:过于|太过?)频繁",
    r"(?:您的)?(?:访问|请求|ip).{0,12}(?:已被|被)(?:拦截|阻断|限制)",
    r"(?:web应用)?(?:防火墙|waf)(?:拦截|提示)?",
)
#: Only as a whole title: at the beginning of a text these words say too little.
_ONLY_TITLES = (
    r"attention required!.*",
    r"please wait",
    r"checking your browser.*",
    r"untitled(?: document)?",
    r"(?:您的?)?访问(?:验证|受限|被拒绝|过于频繁|出错)",
    r"系统(?:维护|提示)",
    r"错误提示",
    r"提示信息",
    r"无标题(?:文档)?",
)

#: Signs around a title that do not belong to it.
EDGES = " \t!！.。…?？,，:：|-–—_\"'“”「」()（）[]【】\u00a0\u3000"

#: What an error page calls itself: the whole of its title, or the beginning of its few words.
ERROR_PAGE = lazy(f"(?:{'|'.join(_ERROR_PAGE)})", re.IGNORECASE)
#: The same of a page that checks whether the client is a robot.
CHALLENGE = lazy(f"(?:{'|'.join(_CHALLENGE)})", re.IGNORECASE)
_TITLE = lazy("|".join((*_ERROR_PAGE, *_CHALLENGE, *_ONLY_TITLES)), re.IGNORECASE)


def is_error_title(title: str) -> bool:
    """Whether a title is that of an error page, of a check for robots, or of an empty template.

    >>> is_error_title("404 Not Found"), is_error_title("404 reasons to read on")
    (True, False)
    """
    return _TITLE.fullmatch(title.strip(EDGES)) is not None
