"""The files of a new project."""

from __future__ import annotations

from pathlib import Path

from newscrawl.errors import UsageError

SETTINGS = "project_settings"  # a module's name that nobody else's is

FILES = {
    "scrapy.cfg": f"""\
# `newscrawl` and `scrapy` find the project from any folder below this one.
[settings]
default = {SETTINGS}
""",
    f"{SETTINGS}.py": '''\
"""The project's settings: newscrawl's, and what differs here."""

from newscrawl.settings import *  # noqa: F403
from newscrawl.settings import ITEM_PIPELINES

# Packages of spiders; the first that has a name wins. Without the second, no shipped source is used.
SPIDER_MODULES = ["spiders", "newscrawl.spiders"]
NEWSPIDER_MODULE = "spiders"
NEWSCRAWL_OFF = []  # names of shipped sources that are not used: ["bbc", "dw"]

# Steps of your own go between those of newscrawl, whose orders are 100, 150, 200 … 700:
#   ITEM_PIPELINES = {**ITEM_PIPELINES, "pipelines.mine.MinePipeline": 450}
''',
    "spiders/__init__.py": '"""One file a source, named after its spider. newscrawl new NAME URL writes one."""\n',
    "pipelines/__init__.py": '"""Steps of this project\'s own."""\n',
    "jobs.toml": """\
# newscrawl schedule jobs.toml
#
# [jobs.news]
# spider = "NAME"
# every = "5m"
""",
    "tests/pages/.gitkeep": "",
    "tests/test_frozen_pages.py": '''\
"""Each page in tests/pages gives what its JSON says. newscrawl freeze NAME URL adds one.

    pip install pytest
    python -m pytest
"""

from pathlib import Path

import pytest

from newscrawl.crawl.runner import spider_class
from newscrawl.devtools.fixtures import frozen_pages, reading_of

PAGES = frozen_pages(Path(__file__).parent / "pages")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.spider}-{page.version}")
def test_a_frozen_page_gives_its_json(page):
    assert reading_of(spider_class(page.spider), page) == page.gives
''',
    ".gitignore": ".newscrawl/\n__pycache__/\n",
}


def write_project(folder: Path) -> tuple[list[Path], list[Path]]:
    """Writes the files that are not there yet; returns those written and those left as they are.

    Raises UsageError if the folder cannot be made or written.
    """
    written: list[Path] = []
    kept: list[Path] = []
    try:
        for name, text in FILES.items():
            file = folder / name
            if file.exists():
                kept.append(file)
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            written.append(file)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {error.strerror}; choose another folder") from error
    return written, kept
