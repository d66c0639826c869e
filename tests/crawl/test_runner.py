"""A crawl's process: what it logs. It is set up in a process of its own, since it is for good."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

_ASK = """
import logging, sys
from newscrawl.crawl.runner import crawler_process, project_settings
from newscrawl.crawl.runner import spider_class
process = crawler_process(project_settings({"LOG_LEVEL": sys.argv[1]}))
process.create_crawler(spider_class("enorth"))
print(*(logging.getLogger(name).getEffectiveLevel() for name in ("scrapy.core.engine", "pymongo.command")))
print(logging.getLogger("mine").isEnabledFor(logging.DEBUG))
"""


_LOOPS = """
import asyncio, gc
from newscrawl.crawl.runner import crawler_process, project_settings
process = crawler_process(project_settings())
print([each for each in gc.get_objects() if isinstance(each, asyncio.BaseEventLoop)])
"""


def test_no_loop_is_left_behind_that_complains_at_the_end() -> None:
    told = subprocess.run([sys.executable, "-c", _LOOPS], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(("level", "number"), [("ERROR", "40"), ("DEBUG", "10")])
def test_no_record_is_made_that_nobody_reads(level: str, number: str) -> None:
    told = subprocess.run([sys.executable, "-c", _ASK, level], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [number, number, "True"], "a handler of the user's own takes what it wants"


_OWN = "SPIDER_MODULES = ['mynews', 'spiders']\nCONTACT = 'x'"
_PROJECT = """
from newscrawl.crawl.runner import project_settings, spider_names
print("harbour" in spider_names(), "enorth" in spider_names(), project_settings()["CONTACT"])
"""


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "from newscrawl.settings import *\nSPIDER_MODULES = ['mynews', 'spiders']\nCONTACT = 'x'",
            "True True x",
        ),
        (_OWN, "True True"),  # some other Scrapy project: its spiders, and no other setting of it
    ],
)
def test_a_project_of_the_users_own(tmp_path: Path, settings: str, told: str) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = mysettings\n", "utf-8")
    (tmp_path / "mysettings.py").write_text(settings, "utf-8")
    (tmp_path / "mynews").mkdir()
    (tmp_path / "mynews" / "__init__.py").touch()
    (tmp_path / "mynews" / "harbour.py").touch()
    (tmp_path / "below").mkdir()
    assert _printed(_PROJECT, tmp_path) == (told, "")
    assert _printed(_PROJECT, tmp_path / "below") == (told, "")


def test_a_project_whose_settings_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = nosettings\n", "utf-8")
    assert (
        "names settings that cannot be imported: No module named 'nosettings'"
        in _printed(_PROJECT, tmp_path)[1]
    )


def _printed(script: str, folder: Path) -> tuple[str, str]:
    """What a script prints in a folder, and its errors."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NEWSCRAWL_CONTACT": ""}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    return done.stdout.strip(), done.stderr
