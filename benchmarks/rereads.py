"""How fast kept pages are read again, and what more processes bring.

`python -m benchmarks.rereads --pages 3000 --processes 2` keeps the frozen pages of tests/pages many times
under other addresses, with scripts and links around them as heavy as a site's, stores their posts in a
database that is dropped at the end, and rereads them with one process and with more. Wall time means
something on a machine that does nothing else; the processor time of a page does in any case.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from newscrawl.crawl.reread.read_kept import KeptReader
from newscrawl.crawl.runner import spider_class
from newscrawl.devtools.fixtures import Frozen, frozen_pages
from newscrawl.model.draft import Entry
from newscrawl.model.post import PageLocation, Post
from newscrawl.paths import database_name
from newscrawl.store.client import connect
from newscrawl.store.record import post_record
from newscrawl.store.schema import make_schema
from newscrawl.warc.files import pages_folder
from newscrawl.warc.page_reader import KeptArticle
from newscrawl.warc.page_writer import PageWriter
from newscrawl.warc.records import Answer, Note, group

PAGES = Path(__file__).parents[1] / "tests" / "pages"


class Took(NamedTuple):
    """Seconds of one reread."""

    wall: float
    cpu: float  #: of its processes, MongoDB's not included


def articles(pages: list[Frozen], kilobytes: int) -> Iterator[tuple[Answer, Note]]:
    """The pages without end, each time under another address."""
    links = "".join(f'<li><a href="/section/{n}">Section {n} of the site</a></li>' for n in range(200))
    script = f"<script>var data = '{'x' * max(kilobytes * 1000 - len(links), 0)}';</script>"
    weight = f"<ul>{links}</ul>{script}</body>".encode()
    for turn in count():
        for page in pages:
            url = f"{page.url}{'&' if '?' in page.url else '?'}turn={turn}"
            name = f"{page.spider}:turn-{turn}-{page.version}"
            entry = Entry(id=name, url=url, canonical_url=url, share_url=url, **page.listed)  # type: ignore[arg-type]
            body = page.page.replace(b"</body>", weight)
            headers = [("Content-Type", page.content_type or "text/html")]
            yield (
                Answer(url, 200, headers, body, page.fetched),
                Note(page.spider, "bench", page.fetched, entry),
            )


def fill(number: int, kilobytes: int) -> int:
    """Keeps so many pages and stores their posts; returns the bytes of the files."""
    import asyncio

    asyncio.run(make_schema(database_name()))
    reader, writer, now = (
        KeptReader(),
        PageWriter(pages_folder(), lambda: datetime.now(UTC)),
        datetime.now(UTC),
    )
    documents = []
    frozen = [page for page in frozen_pages(PAGES) if spider_class(page.spider)]
    for answer, note in islice(articles(frozen, kilobytes), number):
        file, offsets = writer.append(group([answer], note))
        item = reader.read(KeptArticle(file, offsets[0], [answer], note), note.fetched).item
        if isinstance(item, Post):
            item.crawl.page = PageLocation(file, offsets[0], answer.digest)
            documents.append(post_record(item, now).document)
    writer.close()
    with connect("writer") as client:
        client[database_name()]["posts"].insert_many(documents)
    return sum(path.stat().st_size for path in pages_folder().glob("*.gz"))


def timed(processes: int) -> Took:
    """One reread, in a process of its own, that finds all posts unchanged."""
    words = [sys.executable, "-m", "newscrawl", "reread", "--dry-run", "-n", str(processes)]
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the reread failed")
    return Took(time.perf_counter() - began, used.ru_utime + used.ru_stime)


def main() -> None:
    """Prints a line a reread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--kilobytes", type=int, default=60, help="what is put around each page")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    name = f"newscrawl_rereads_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"NEWSCRAWL_DATABASE": name, "NEWSCRAWL_PAGES_FOLDER": folder}
        try:
            size = fill(options.pages, options.kilobytes)
            print(f"{options.pages} pages, {size / 1e6:.1f} MB in files")
            base = timed(1)
            show(1, options.pages, base, base)
            if options.processes > 1:
                show(options.processes, options.pages, timed(options.processes), base)
        finally:
            with connect("writer") as client:
                client.drop_database(name)


def show(processes: int, pages: int, took: Took, base: Took) -> None:
    """Prints one reread; its part of what that many times one process would do."""
    part = base.wall / took.wall / processes
    print(
        f"{processes} processes: {took.wall:6.1f} s, {pages / took.wall:6.0f} pages/s"
        f" ({part:.0%} of {processes} times one), {1000 * took.cpu / pages:.2f} ms CPU a page"
    )


if __name__ == "__main__":
    main()
