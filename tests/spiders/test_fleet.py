"""The whole fleet: each spider's declarations, and each frozen page with what it gives."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from newscrawl.crawl.runner import spider_class, spider_names
from newscrawl.crawl.spider import NewsSpider
from newscrawl.devtools.fixtures import Frozen, frozen_pages, reading_of

ROOT = Path(__file__).parents[2]
PAGES = frozen_pages(ROOT / "tests" / "pages")
SPIDERS = [name for name in spider_names() if name != "site"]
POLITE = (
    "custom_settings",
    "download_delay",
    "handle_httpstatus_all",
    "user_agent",
    "max_concurrent_requests",
)
FIELDS = ("title", "date", "source", "text")


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_declares_soundly(name: str) -> None:
    kind = spider_class(name)
    file = Path(inspect.getfile(kind))
    assert file == ROOT / "spiders" / f"{name}.py", "a file is named as its spider"
    assert issubclass(kind, NewsSpider)
    assert kind.__doc__ or inspect.getmodule(kind).__doc__
    for attribute in POLITE:
        assert attribute not in vars(kind), f"{name} sets {attribute}: politeness is not a spider's to change"
    assert kind.source.lists or "first_lists" in dir(kind)
    assert kind.source.layouts, f"{name} declares no page layout"
    assert kind.source.outlet, f"{name} does not say whom to credit where a page names nobody"


@pytest.mark.parametrize("name", SPIDERS)
def test_each_page_version_owns_a_frozen_page(name: str) -> None:
    declared = {version.name for version in spider_class(name).source.layouts}
    frozen = {page.version for page in PAGES if page.spider == name}
    shared = name.startswith("eastmoney_")  # one site, three spiders: the pages are eastmoney's
    assert shared or declared <= frozen, f"no frozen page of {', '.join(sorted(declared - frozen))}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.spider}-{page.version}")
def test_a_frozen_page_gives_its_json(page: Frozen) -> None:
    kind = spider_class(page.spider)
    gives = reading_of(kind, page)
    assert gives == page.gives
    assert "rejected" not in gives, gives
    assert gives["version"] == page.version
    assert all(gives[field] for field in FIELDS), gives
    assert gives["text"].count("\n\n") >= 1 or len(gives["text"]) > 40, "a frozen page is a whole article"
    assert kind.source.is_article(page.url), f"{page.url} is no article by Source.articles"


def test_frozen_pages_belong_to_spiders() -> None:
    assert {page.spider for page in PAGES} <= set(SPIDERS)
