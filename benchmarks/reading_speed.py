"""How quickly a page is read, beside trafilatura: `python -m benchmarks.reading_speed [--step 1]`.

Two questions, each page read by both in turn, CPU time of this process: all pages of ../shared/pages with
nothing declared, and the East Money pages among them with their source declared. The text has to come
with its title and date; both run with their defaults. Prints milliseconds and ratios, asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import trafilatura

from benchmarks import corpus
from newscrawl import extract_article
from newscrawl.crawl.runner import spider_class
from newscrawl.errors import PageError
from newscrawl.model.layouts import Layout

_WARMING = 5  # pages that are read before the clock is looked at
Reader = Callable[[bytes, str], object]


def readers(versions: tuple[Layout, ...] = ()) -> dict[str, Reader]:
    """Both, newscrawl with the declared layouts."""
    return {"newscrawl": _newscrawl(versions), "trafilatura": _trafilatura}


def _newscrawl(versions: tuple[Layout, ...]) -> Reader:
    def read(body: bytes, url: str) -> object:
        with suppress(PageError):
            return extract_article(body, url=url, layouts=versions)
        return None

    return read


def _trafilatura(body: bytes, _url: str) -> object:
    return trafilatura.bare_extraction(body, with_metadata=True)


def compare(pages: list[corpus.Page], by: dict[str, Reader], rounds: int = 1) -> dict[str, float]:
    """Mean milliseconds of CPU a page, by reader; who goes first changes from page to page."""
    spent = dict.fromkeys(by, 0.0)
    for page in pages[:_WARMING]:
        for read in by.values():
            read(page.read(), page.url)
    for number, page in enumerate(pages * rounds):
        body, names = page.read(), list(by)
        for name in names if number % 2 else reversed(names):
            began = time.process_time()
            by[name](body, page.url)
            spent[name] += time.process_time() - began
    return {name: 1000 * seconds / (len(pages) * rounds) for name, seconds in spent.items()}


def _show(heading: str, count: int, spent: dict[str, float], wanted: float) -> None:
    ours, theirs = spent["newscrawl"], spent["trafilatura"]
    print(
        f"{heading}: {count} pages, newscrawl {ours:.1f} ms, trafilatura {theirs:.1f} ms a page:"
        f" {theirs / ours:.2f} times as quick (wanted {wanted:.0f})"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--step", type=int, default=1, help="read every n-th page only")
    arguments = parser.parse_args()
    place = corpus.folder()
    if place is None:
        print("no pages: ../shared/pages is absent; set NEWSCRAWL_PAGES to where they lie", file=sys.stderr)
        return 2
    pages = list(corpus.pages(place))[:: max(1, arguments.step)]
    _show("nothing declared", len(pages), compare(pages, readers()), 2)
    declared = list(corpus.pages(place, ("eastmoney", "eastmoney_tpl")))
    versions = spider_class("eastmoney").source.layouts
    _show("declared", len(declared), compare(declared, readers(versions), rounds=10), 10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
