"""When a crawl's pages are read in a process of their own."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

import pytest

from newscrawl.crawl.runner import project_settings, spider_class, spider_names
from newscrawl.crawl.worker.choose import worker_for, worker_of
from newscrawl.errors import UsageError

UNPACED: dict[str, Any] = {"DOWNLOAD_DELAY": 0}
OWN_STEP = {"tests.crawl.worker.test_choose.Mine": 450}


class Mine:
    """A step of somebody's own."""


def is_beside(name: str = "eastmoney", **settings: Any) -> bool:
    worker = worker_for(spider_class(name)(), project_settings(settings))
    if worker is None:
        return False
    worker.close()
    return True


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def test_a_polite_crawl_reads_for_itself_and_one_without_delays_has_it_done() -> None:
    assert not is_beside(DOWNLOAD_DELAY=0.5)
    assert is_beside(**UNPACED)
    assert is_beside(DOWNLOAD_DELAY=0.5, NEWSCRAWL_READER="process")
    assert not is_beside(**UNPACED, NEWSCRAWL_READER="here")


def test_one_core_is_none_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert not is_beside(**UNPACED)
    assert is_beside(**UNPACED, NEWSCRAWL_READER="process")


def test_a_step_of_ones_own_before_validation_sees_drafts() -> None:
    ours = dict(project_settings().getdict("ITEM_PIPELINES"))
    assert not is_beside(**UNPACED, ITEM_PIPELINES={**ours, **OWN_STEP})
    assert not is_beside(**UNPACED, ITEM_PIPELINES={**ours, Mine: 50})
    without = {name: None if "categories" in name else number for name, number in ours.items()}
    assert not is_beside(**UNPACED, ITEM_PIPELINES=without)
    assert is_beside(**UNPACED, ITEM_PIPELINES={**ours, "tests.crawl.worker.test_choose.Mine": 650})


def test_spiders_that_read_in_a_way_of_their_own_do_it_themselves() -> None:
    beside = {name for name in spider_names() if name != "site" and spider_class(name)().reads_plain_pages}
    assert {"eastmoney", "eastmoney_flash", "enorth", "people"} <= beside
    assert not beside & {"eastmoney_choice", "zaobao"}
    url = "https://example.org/"
    assert worker_for(spider_class("site")(url=url), project_settings(UNPACED)) is None


@pytest.mark.parametrize(
    "name",
    ["read_article", "draft_of_page", "parse_article", "next_page_of", "next_address", "parse_part"],
)
def test_so_do_those_that_do_something_of_their_own_with_drafts(name: str) -> None:
    plain = spider_class("eastmoney")
    own = type("Own", (plain,), {name: lambda self, *words: getattr(super(plain, self), name)(*words)})
    assert not own().reads_plain_pages


def test_a_spider_middleware_of_ones_own_sees_drafts() -> None:
    ours = dict(project_settings().getdict("SPIDER_MIDDLEWARES"))
    mine = "tests.crawl.worker.test_choose.Mine"
    assert not is_beside(**UNPACED, SPIDER_MIDDLEWARES={**ours, mine: 50})
    assert is_beside(**UNPACED, SPIDER_MIDDLEWARES={**ours, mine: None})


def test_what_scrapy_will_refuse_is_left_to_it() -> None:
    ours = dict(project_settings().getdict("ITEM_PIPELINES"))
    assert not is_beside(
        **UNPACED, ITEM_PIPELINES={**ours, "newscrawl.pipelines.dates.DatesPipeline": "first"}
    )


class Crawl:
    """What choosing asks a crawler."""

    def __init__(self, spider: Any, **settings: Any) -> None:
        self.spider, self.settings = spider, project_settings(settings)


def handed_over(crawler: Any) -> bool:
    """Whether the crawl reads by the process that was started ahead; that has ended where it does not."""
    ahead = worker_for(spider_class("eastmoney")(), project_settings(UNPACED))
    assert ahead
    worker = worker_of(crawler, ahead)
    try:
        if worker is not ahead:
            with pytest.raises(ProcessLookupError):
                os.kill(ahead.pid, 0)
            assert worker is None or worker.source is crawler.spider.source
        return worker is ahead
    finally:
        for each in (ahead, worker):
            if each:
                each.close()


def test_the_process_started_ahead_is_the_crawl_s() -> None:
    assert handed_over(Crawl(spider_class("eastmoney")(), **UNPACED))
    assert not handed_over(Crawl(spider_class("eastmoney")(), **UNPACED, NEWSCRAWL_READER="here"))


def test_a_spider_that_makes_its_source_anew_has_a_process_that_knows_it() -> None:
    spider = spider_class("eastmoney")()
    spider.source = replace(spider.source)  # type: ignore[misc]  # of an argument, as it may be
    assert not handed_over(Crawl(spider, **UNPACED))


def test_an_unknown_way_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="NEWSCRAWL_READER is 'thread'; use one of auto, process, here"):
        is_beside(NEWSCRAWL_READER="thread")


def test_where_no_process_can_be_started_pages_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not is_beside(**UNPACED)
