"""The pause of Python's collector: how it ends, and that a page leaves nothing for it to collect."""

import gc
from collections.abc import Iterator

import pytest

from newscrawl import extract_article
from newscrawl.errors import PageError
from newscrawl.extract import paused

PAGE = (
    "<html lang=en><title>Rain in May</title><h1>Rain in May</h1><time datetime='2024-05-01'></time>"
    + "<article>"
    + "<p>It rained on the first of May, and the farmers said that it was about time.</p>" * 40
    + "</article>"
)
URL = "https://example.org/rain"


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_nothing_is_collected_while_a_page_is_read() -> None:
    begun: list[int] = []

    def watch(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            begun.append(told["generation"])

    extract_article(PAGE, url=URL)
    before = gc.get_threshold()
    gc.callbacks.append(watch)
    gc.set_threshold(1)
    try:
        extract_article(PAGE, url=URL)
        in_pause = len(begun)
        [[] for _ in range(1_000)]
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(watch)
    assert len(begun) - in_pause > 100  # outside of the pause, each list wakes it
    assert in_pause < 10


def test_it_is_on_again_after_a_page_and_after_one_that_is_refused() -> None:
    extract_article(PAGE, url=URL)
    assert gc.isenabled()
    with pytest.raises(PageError):
        extract_article(b"", url=URL)
    assert gc.isenabled()


def test_whoever_turned_it_off_finds_it_off() -> None:
    gc.disable()
    extract_article(PAGE, url=URL)
    assert not gc.isenabled()


def test_a_page_inside_another_ends_no_pause_but_its_own() -> None:
    with paused():
        extract_article(PAGE, url=URL)
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.slow
def test_pages_leave_no_cycles() -> None:
    extract_article(PAGE, url=URL)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)  # what is found is kept for us to look at
    try:
        for _ in range(5):
            extract_article(PAGE, url=URL)
        gc.collect()
        kinds = {type(one) for one in gc.garbage}  # other threads' objects may be among them
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert not [kind for kind in kinds if kind.__module__.startswith(("newscrawl.page", "lxml"))]
