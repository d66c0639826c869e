"""Which pages are rendered, by the settings and by what was read of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.settings import Settings

from newscrawl.crawl.browser.renderer import RenderLimits, check_rendering, lacks_article, render_way
from newscrawl.crawl.drafts import draft_of
from newscrawl.crawl.worker.messages import PageTask, ParseResult
from newscrawl.crawl.worker.parse import read
from newscrawl.errors import UsageError
from newscrawl.model.draft import Draft, Entry, Reject
from newscrawl.model.post import Crawl, Post
from newscrawl.model.source import Section, Source
from newscrawl.page import read_page

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://www.harbour.example/a/1.html"
TITLE = "The council met about its harbour"
TEXT = "".join(f"<p>The council met on day {n} and spoke at length about its harbour.</p>" for n in range(9))
ARTICLE = (
    f"<title>{TITLE}</title><h1>{TITLE}</h1><time datetime='2026-11-30'>x</time><article>{TEXT}</article>"
)
SHELL = "<!doctype html><html><head><title></title></head><body><div id=app></div><script>0</script></body>"

PAGES = {
    ARTICLE: False,
    SHELL: True,
    SHELL.replace("<title>", f"<title>{TITLE}"): True,
    "<title>News</title><body><div id=app>Loading …</div><script>0</script>": True,
    "<title>News</title><noscript>You need to enable JavaScript to run this app.</noscript>": True,
    "<title>Just a moment...</title><p>Checking your browser before accessing the site.": False,
    "<title>404 Not Found</title><h1>404 Not Found</h1><p>There is nothing here.": False,
    f"<title>{TITLE}</title><h1>{TITLE}</h1><time datetime='2026-11-30 09:00'>x</time>"
    "<article><p>Trading in the harbour's bonds was suspended at nine o'clock today.</p></article>": False,
}


def source(**values: Any) -> Source:
    return Source(title="Harbour", domain="harbour.example", language="en", zone="UTC", **values)


def entry(**values: Any) -> Entry:
    return Entry(id="1", url=URL, canonical_url=URL, share_url=URL, title=TITLE, **values)


@pytest.mark.parametrize(("page", "lacks"), PAGES.items())
def test_a_page_lacks_its_article_if_it_has_next_to_no_text(page: str, lacks: bool) -> None:
    task = PageTask(entry(), URL, "text/html", page.encode(), Crawl("s", "r", NOW, 200))
    read_beside = read(task, source())
    assert isinstance(read_beside.item, Post | Reject)
    assert lacks_article(read_beside) is lacks, read_beside.item
    extraction = read_page(page, url=URL)
    assert lacks_article(extraction) is lacks
    draft = draft_of(entry(), extraction, source(), Crawl("s", "r", NOW, 200))
    assert isinstance(draft, Draft)
    assert lacks_article(ParseResult(draft)) is lacks


def test_the_words_of_a_list_are_not_the_article_of_a_page() -> None:
    listed = entry(digest=TEXT, date="2026-11-30 09:00")
    page = SHELL.replace("<title>", f"<title>{TITLE}").replace("id=app>", "id=app><p>News</p>")
    task = PageTask(listed, URL, "text/html", page.encode(), Crawl("s", "r", NOW, 200))
    assert lacks_article(read(task, source()))


def test_a_page_that_could_not_be_read_is_not_rendered() -> None:
    assert not lacks_article(ParseResult(error="not a page but a picture"))


@pytest.mark.parametrize("way", ["never", "empty", "always"])
def test_the_setting_goes_before_the_source(way: str) -> None:
    assert render_way(Settings({"NEWSCRAWL_RENDER": ""}), source(render=way)) == way
    assert render_way(Settings({"NEWSCRAWL_RENDER": way}), source(render="empty")) == way


def test_wrong_values_are_said() -> None:
    with pytest.raises(UsageError, match=r"NEWSCRAWL_RENDER is 'sometimes'; use one of never, empty, always"):
        render_way(Settings({"NEWSCRAWL_RENDER": "sometimes"}), source())
    with pytest.raises(UsageError, match=r"render 'sometimes' is not one of 'never', 'empty', 'always'"):
        source(render="sometimes")
    for name in ("NEWSCRAWL_RENDER_SECONDS", "NEWSCRAWL_RENDER_RESTART"):
        with pytest.raises(UsageError, match=f"{name}=0 is not a positive number"):
            RenderLimits.of(
                Settings({"NEWSCRAWL_RENDER_SECONDS": 1, "NEWSCRAWL_RENDER_RESTART": 1} | {name: 0})
            )


def test_chromium_is_needed_only_if_something_is_rendered() -> None:
    limits = {"NEWSCRAWL_RENDER_SECONDS": 1, "NEWSCRAWL_RENDER_RESTART": 1}
    settings = Settings(limits | {"NEWSCRAWL_CHROMIUM": "/no/chromium"})
    section = Section("https://www.harbour.example/", render=True)
    assert check_rendering(settings, source()) is None
    for rendered in (source(render="empty"), source(lists=(section,))):
        with pytest.raises(UsageError, match="NEWSCRAWL_CHROMIUM is '/no/chromium'"):
            check_rendering(settings, rendered)
        never = Settings({**limits, "NEWSCRAWL_RENDER": "never", "NEWSCRAWL_CHROMIUM": "/no/chromium"})
        assert check_rendering(never, rendered) is None
