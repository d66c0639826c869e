"""A crawl's process: what it logs. It is set up in a process of its own, since it is for good."""

import subprocess
import sys

import pytest

_ASK = """
import logging, sys
from newscrawl.crawling import crawler_process, project_settings
crawler_process(project_settings({"LOG_LEVEL": sys.argv[1]}))
print(logging.getLogger("scrapy.core.engine").getEffectiveLevel())
"""


@pytest.mark.parametrize(("level", "number"), [("ERROR", "40"), ("DEBUG", "10")])
def test_no_record_is_made_that_nobody_reads(level: str, number: str) -> None:
    told = subprocess.run([sys.executable, "-c", _ASK, level], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == number
