"""The site that real Jekyll builds out of an export, in a real browser."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.export.jekyll.post_file import SiteAddress
from newscrawl.export.jekyll.posts_folder import export_jekyll
from newscrawl.model.post import Post
from tests import programs
from tests.export import hostile
from tests.export.jekyll.test_posts_folder import POSTS, imported
from tests.in_process import run
from tests.read.stored import post_of, put

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

SEED_TITLE = "助脱贫 引项目 京津冀协同发展合作交流硕果累累"
TITLES = [
    '他说"不": {{ site.title }} {% raw %}',
    "<script>alert(1)</script> & 'x'",
    "# *ST: 一 | 二 --- [x](y)",
]
PICTURES = (
    '<p>前<img src="https://pictures.example/x.png?a=1&amp;b=2" alt="图 &quot;一&quot; &gt; 二">后</p>'
    '<figure><img src="https://pictures.example/y.png"><figcaption>说明</figcaption></figure>'
    f"<table><tbody><tr>{'<td>一二三四五六七八</td>' * 20}</tr></tbody></table><p>{{{{ x }}}} {{% y %}}</p>"
)


@dataclass
class Built:
    """A built site, served on loopback, and what a browser was refused or complained of."""

    address: str
    folder: Path
    told: list[str] = field(default_factory=list)


SCRIPTS = (
    "<p>x</p><script>window.hit = 1</script><svg onload='window.hit = 1'></svg>"
    "<p onmouseover='window.hit = 1'>y</p><iframe src='javascript:parent.hit = 1'></iframe>"
)


def stored_posts() -> list[Post]:
    posts = [post_of(number) for number in range(8)]
    posts += [post_of(10 + n, outlet="上海证券报", title=title) for n, title in enumerate(TITLES)]
    posts[0].body.html = PICTURES
    posts[0].title = "有图片的新闻"
    posts[1].body.html = SCRIPTS  # which no crawl stores: what holds here, holds twice
    return posts


def build(site: Path, out: Path) -> None:
    """As `jekyll build`, which may not say a word of warning."""
    jekyll = programs.where("jekyll")
    assert jekyll
    words = [jekyll, "build", "--source", str(site), "--destination", str(out), "--disable-disk-cache"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert not re.search("warn|error|conflict|deprecat|skipping|invalid", ran.stdout, re.IGNORECASE), (
        ran.stdout
    )


def aside(work: Callable[[Any], object], *words: object) -> None:
    """Works in a thread of its own: Playwright's loop runs in this one as long as its browser is open."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work, *words).result()


@pytest.fixture
def built(database: str, tmp_path: Path) -> Iterator[Built]:
    site, out = tmp_path / "site", tmp_path / "out"
    aside(imported, POSTS)
    aside(put, stored_posts())
    run("export", "jekyll", str(site), "--site", "/", "--title", '财经 & "新闻"')
    export_jekyll((hostile.post_of(seed) for seed in range(120)), site / "_posts", SiteAddress("/"))
    build(site, out)
    handler = functools.partial(_Quiet, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Built(f"http://127.0.0.1:{server.server_port}", out)
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


def visit(browser: Browser, built: Built, path: str, **options: object) -> Page:
    """A page of the site, without scripts; what it asks of others or complains of goes to `told`."""
    page = browser.new_page(java_script_enabled=False, **options)  # type: ignore[arg-type]
    page.on("console", lambda message: built.told.append(message.text))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((built.address, "data:")) else built.told.append(request.url)
        ),
    )
    answer = page.goto(built.address + path)
    assert answer
    assert answer.status == 200
    return page


@pytest.mark.needs("jekyll", "chromium")
def test_the_site_is_built_without_a_warning_and_reads_well(built: Built, browser: Browser) -> None:
    _check_home(visit(browser, built, "/"))
    _check_category(visit(browser, built, "/category/beifangwang.html"))
    _check_flashes(visit(browser, built, "/emnews/"))
    _check_seed(visit(browser, built, "/beifangwang/2022/02/26/NW202202262290280232.html"), built)
    _check_pictures(visit(browser, built, "/beifangwang/2026/03/08/202603083600000000.html"))
    _check_titles(browser, built)
    _check_looks(browser, built)
    _check_scripts(browser, built)
    assert built.told == []


def _check_home(page: Page) -> None:
    assert page.title() == '财经 & "新闻"'
    names = page.locator("main h2").all_inner_texts()
    assert names[:2] == ["上海证券报新闻", "北方网新闻"]  # whose newest post is newest
    assert {"东财滚动新闻", "北方网新闻", "上海证券报新闻"} <= set(names)
    for section in page.locator("main section").all():
        assert 1 <= section.locator("li").count() <= 5
    second = page.locator("main section").nth(1)
    assert second.locator("li a").all_inner_texts() == ["第7条", "第6条", "第5条", "第4条", "第3条"]
    second.locator("h2 a").click()
    assert page.url.endswith("/category/beifangwang.html")


def _check_category(page: Page) -> None:
    assert page.title() == '北方网新闻 · 财经 & "新闻"'
    titles = page.locator("main li a").all_inner_texts()
    assert SEED_TITLE in titles
    dates = [one.get_attribute("datetime") or "" for one in page.locator("main time").all()]
    assert dates == sorted(dates, reverse=True)
    page.get_by_role("link", name=SEED_TITLE).click()
    assert page.locator("h1").inner_text() == SEED_TITLE


def _check_flashes(page: Page) -> None:
    assert page.locator("h1").inner_text() == "东财滚动新闻"
    page.locator("main li a").last.click()
    assert page.locator("blockquote").count() == 1


def _check_seed(page: Page, built: Built) -> None:
    assert page.title() == f'{SEED_TITLE} · 财经 & "新闻"'
    assert page.locator("header time").inner_text() == "2022年2月26日 16:34"
    assert page.locator(".text p").count() == 14
    assert page.locator(".em_media").inner_text() == "（文章来源：北方网）"
    original = "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202202262290280232"
    assert page.get_by_role("link", name=original).get_attribute("href") == original
    page.get_by_role("link", name="返回北方网新闻").click()
    assert page.url == f"{built.address}/category/beifangwang.html"
    page.go_back()
    page.get_by_role("link", name="返回首页").click()
    assert page.url == f"{built.address}/"


def _check_pictures(page: Page) -> None:
    """Pictures are links until somebody wants them; Liquid in a text is text; a wide table scrolls alone."""
    assert page.locator("img").count() == 0
    links = page.locator("a.picture")
    assert links.all_inner_texts() == ['图片：图 "一" > 二', "图片"]
    assert links.first.get_attribute("href") == "https://pictures.example/x.png?a=1&b=2"
    text = page.locator(".text").inner_text()
    assert text.startswith("前")
    assert "后" in text
    assert "{{ x }} {% y %}" in text


def _check_titles(browser: Browser, built: Built) -> None:
    page = visit(browser, built, "/category/shanghaizhengquanbao.html")
    assert page.locator("main li a").all_inner_texts() == TITLES[::-1]
    for title in TITLES:
        page.goto(f"{built.address}/category/shanghaizhengquanbao.html")
        page.get_by_role("link", name=title, exact=True).click()
        assert page.locator("h1").inner_text() == title
        assert page.title() == f'{title} · 财经 & "新闻"'


def _check_looks(browser: Browser, built: Built) -> None:
    """Light and dark differ, and nothing is wider than a phone."""
    colours = set()
    for scheme in ("light", "dark"):
        for path in ("/", "/category/beifangwang.html", "/beifangwang/2026/03/08/202603083600000000.html"):
            page = browser.new_page(color_scheme=scheme, viewport={"width": 360, "height": 700})
            page.goto(built.address + path)
            assert page.evaluate("document.documentElement.scrollWidth") == 360, path
            colours.add((scheme, page.evaluate("getComputedStyle(document.body).backgroundColor")))
            page.close()
    assert len(colours) == 2
    assert len({colour for _, colour in colours}) == 2


def _check_scripts(browser: Browser, built: Built) -> None:
    """A text's script is not in the page, and the page's own policy lets no other run."""
    page = browser.new_page()
    page.goto(f"{built.address}/beifangwang/2026/03/08/202603083600000001.html")
    page.locator(".text p").nth(1).hover()
    assert page.locator("script").count() == 0
    page.evaluate(
        "() => { const added = document.createElement('script'); added.textContent = 'window.hit = 1';"
        " document.body.append(added); }"
    )
    assert page.locator("script").count() == 1
    assert page.evaluate("window.hit === undefined")
    page.close()


@pytest.mark.needs("jekyll", "chromium")
def test_the_site_is_sound_for_keyboard_and_screen_reader(built: Built, browser: Browser) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        for path in (
            "/",
            "/category/beifangwang.html",
            "/beifangwang/2022/02/26/NW202202262290280232.html",
            "/beifangwang/2026/03/08/202603083600000000.html",
        ):
            page = browser.new_page(color_scheme=scheme)
            page.goto(built.address + path)
            results = Axe().run(page)
            assert results.violations_count == 0, (path, results.generate_report())
            page.close()


@pytest.mark.needs("jekyll")
def test_every_post_has_a_page_and_pictures_may_be_shown(database: str, tmp_path: Path) -> None:
    aside(put, stored_posts())
    site = tmp_path / "site"
    run("export", "jekyll", str(site), "--site", "/news")
    config = site / "_config.yml"
    config.write_text(config.read_text().replace("pictures: link", "pictures: show"))
    build(site, tmp_path / "out")
    pages = {path.name for path in (tmp_path / "out").rglob("2026*.html")}
    assert len(pages) == len(stored_posts())
    (page,) = (tmp_path / "out").rglob("202603083600000000.html")
    text = page.read_text()
    assert '<img src="https://pictures.example/x.png?a=1&amp;b=2"' in text
    assert "img-src 'self' data: http: https:;" in text
    assert 'href="/news/css/news.css"' in text
    assert 'href="/news/category/beifangwang.html"' in text
