"""The files of a new project: what `newscrawl init` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final[dict[str, str]] = {
    "scrapy.cfg": """\
# Lets newscrawl and scrapy find this project from any folder below.
[settings]
default = project_settings
""",
    "project_settings.py": '''\
"""Settings of this project. Every setting of Scrapy and newscrawl may be changed here."""

from newscrawl.settings import *  # noqa: F403

# The spiders in spiders/, then the shipped ones. Without "newscrawl.spiders" there are none of these.
SPIDER_MODULES = ["spiders", "newscrawl.spiders"]

# Shipped spiders to switch off: "bbc caixin"
NEWSCRAWL_WITHOUT = ""

# Where site owners can reach you. Set it before you crawl a real site.
# USER_AGENT = "mybot/1.0 (+https://example.org/bot)"
''',
    "spiders/__init__.py": """\
# One file a spider, named after it; newscrawl new NAME URL writes a first draft. To extend a shipped spider,
# subclass it: from newscrawl.spiders.eastmoney import EastmoneySpider
""",
    "jobs.toml": """\
# What newscrawl schedule jobs.toml crawls, and when. Uncomment a job; newscrawl sources lists the spiders.

# [jobs.eastmoney]
# spider = "eastmoney"
# every = "5m"
""",
    "tests/test_pages.py": '''\
"""Each frozen page still gives what it gave when newscrawl freeze wrote it."""

from pathlib import Path

import pytest

from newscrawl.crawl.runner import spider_class
from newscrawl.devtools.fixtures import frozen_pages, reading_of

PAGES = frozen_pages(Path(__file__).parent / "pages")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.spider}-{page.version}")
def test_a_page_gives_what_it_gave(page):
    assert reading_of(spider_class(page.spider), page) == page.gives
''',
    "tests/pages/README": """\
newscrawl freeze SPIDER URL writes pages here, each with a JSON file of the fields that were read from it.
""",
    ".gitignore": """\
.newscrawl/
__pycache__/
""",
}


def write_project(folder: Path) -> list[Path]:
    """Writes the files into a folder, which is made if it does not exist; returns their paths.

    Raises UsageError, and writes nothing, if one of them exists; OSError.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    paths = {folder / name: text for name, text in FILES.items()}
    if taken := [str(path) for path in paths if path.exists()]:
        raise UsageError(f"{', '.join(taken)} already there; choose another folder, or remove what is there")
    for path, text in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(paths)
