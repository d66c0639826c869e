"""The pages in a real Chromium: how they look, sound and behave to a reader."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.newsstand import RICH_ID
from tests.web.test_pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

WIDTHS = {"light": (320, 1280), "dark": (1280, 390, 1920)}  #: axe looks at the first
LOCALES = {"light": "zh-CN", "dark": "en-US"}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_FOCUS = """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
    return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth), r.width > 0 && r.height > 0,
        e.textContent.trim()] }"""


def outside(page: Page) -> list[str]:
    """Answers pictures of other hosts with a pixel, as they would; gives what was asked of others."""
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body=PIXEL, content_type="image/png")

    page.route(re.compile(r"^(?!http://127\.0\.0\.1:)"), answer)
    return asked


def complaints(page: Page) -> list[str]:
    """What a page's console says, policy violations included."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_in_every_mode(pages: str, browser: Browser, name: str, scheme: Any) -> None:
    widths = WIDTHS[scheme]
    context = browser.new_context(
        viewport={"width": widths[0], "height": 800}, color_scheme=scheme, locale=LOCALES[scheme]
    )
    page = context.new_page()
    said, asked = complaints(page), outside(page)
    page.goto(pages + PAGES[name])
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls at {width} px"
    assert said == []
    hosts = {"pictures.example.com", "cdn.example.org"} if name == "pictures" else set()
    assert {url.split("/")[2] for url in asked} == hosts
    context.close()


def test_it_all_works_without_javascript(pages: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    outside(page)
    page.goto(pages)
    page.fill("#q-top", "吞吐量")
    page.click("form[role=search] button")
    assert page.locator("h1").inner_text() == "搜索：吞吐量"
    page.click("text=天津港三月吞吐量创新高")
    assert page.locator("h1").inner_text().startswith("天津港三月吞吐量创新高")
    assert page.locator(".body img").count() == 0
    page.click("text=显示图片")
    assert page.locator(".body img").count() == 2
    page.click("text=不显示图片")
    page.click("text=北方网 >> nth=0")
    assert page.url.endswith("/outlet/beifangwang")
    page.click("text=归档")
    page.click("a[href='/archive/2026-03-08']")
    page.click("text=更早的新闻")
    assert "after=" in page.url
    context.close()


def test_a_reader_with_a_keyboard_gets_everywhere(pages: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{pages}/post/{RICH_ID}")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUS)[4] == "跳到正文"
    assert page.locator(".skip").bounding_box()["y"] >= 0, "the skip link shows when it is reached"  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{pages}/post/{RICH_ID}")
    stops = page.locator("a[href], input, button, summary, [tabindex='0']").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        tag, style, width, visible, text = page.evaluate(_FOCUS)
        assert tag in ("A", "INPUT", "BUTTON", "SUMMARY", "DIV"), text
        assert style != "none", text
        assert width >= 2, text
        assert visible, text
    context.close()


def test_a_printed_post_is_the_post(pages: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{pages}/post/{RICH_ID}")
    page.emulate_media(media="print")
    for hidden in (".sections", ".search", ".pictures", ".skip"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("h1").is_visible()
    shown = page.evaluate("getComputedStyle(document.querySelector('.original a'), '::after').content")
    assert "finance.eastmoney.com" in shown
    context.close()


def test_type_is_set_for_reading(pages: str, browser: Browser) -> None:
    """36 to 40 characters in a line, leading of 1.8, no justification."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{pages}/post/{RICH_ID}")
    size, leading, align, width = page.evaluate(
        """() => { const e = document.querySelector('.body'), s = getComputedStyle(e);
        return [parseFloat(s.fontSize), parseFloat(s.lineHeight), s.textAlign, e.clientWidth] }"""
    )
    assert 36 <= width / size <= 40
    assert leading / size == pytest.approx(1.8)
    assert align == "start"
    context.close()
