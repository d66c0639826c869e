"""Titles of error pages, in the forms that servers, CMSs and guards against robots use."""

import pytest

from newscrawl.model.draft import Candidate, Extraction
from newscrawl.page.page_kind import title_refusal
from newscrawl.text.walls import is_error_title

ERRORS = [
    "404", "404 Not Found", "404 - 页面不存在", "Error 404", "403 Forbidden", "502 Bad Gateway",
    "503 Service Unavailable", "HTTP Error 400: Bad Request", "错误：404", "Fehler 404", "410 Gone", "404!",
    "504 Gateway Time-out", "Oops! The page you are looking for does not exist",
    "This article is no longer available", "Seite nicht gefunden", "Page introuvable", "Página no encontrada",
    "页面不存在", "您访问的页面不存在", "抱歉，您访问的页面不存在", "该文章已被删除",
    "您所要查找的信息没有找到",
    "此内容已删除", "网页无法访问", "Not Found", "【页面走丢了】", "Access Denied", "出错了", "系统繁忙",
]  # fmt: skip
CHALLENGES = [
    "访问验证", "安全验证", "请输入验证码", "Just a moment...", "Robot Check", "Are you a robot?", "人机验证",
    "Pardon Our Interruption", "访问过于频繁",
]  # fmt: skip
TEMPLATES = [
    "系统维护", "Untitled Document", "Attention Required! | Cloudflare", "无标题文档", "提示信息",
    "Please wait...",
    "Checking your browser before accessing example.org", "访问受限",
]  # fmt: skip
NEWS = [
    "404公司发布年报", "特朗普推文内容被删除", "微博内容已被删除引发热议", "沪深300", "500强榜单公布",
    "系统性风险可控",
    "访问量过亿", "验证码短信诈骗案告破", "文章来源", "多家银行页面无法访问 回应来了", "Not Found: a story",
    "502 days at sea", "Forbidden City opens at night", "Please wait your turn, says the mayor",
    "信息删除权入法",
]  # fmt: skip


@pytest.mark.parametrize("title", [*ERRORS, *CHALLENGES, *TEMPLATES])
def test_titles_of_error_pages(title: str) -> None:
    assert is_error_title(title)


@pytest.mark.parametrize("title", NEWS)
def test_news_about_errors_is_news(title: str) -> None:
    assert not is_error_title(title)
    assert refusal_of(title) is None


def refusal_of(title: str) -> str | None:
    return title_refusal(Extraction(titles=[Candidate(title, "page", "h1")]))


def test_a_page_with_such_a_title_is_refused_by_the_same_list() -> None:
    assert {refusal_of(title) for title in ERRORS} == {"error page", "blocked"}
    assert {refusal_of(title) for title in CHALLENGES} == {"challenge page", "blocked"}
