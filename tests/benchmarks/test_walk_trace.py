"""benchmarks.walk_trace: how few files a page, a date and an outlet's name pass through."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.walk_trace import WALKS, traced
from newscrawl.text.outlets import outlet_named
from newscrawl.text.urls import canonical_url

ROOT = Path(__file__).parents[2]
#: The most files that a walk may enter.
MOST = {"undeclared page": 45, "declared page": 30, "date": 4, "date in words": 4, "outlet": 4}
_HEADING = re.compile(r"(?P<walk>\S.*): (?P<files>\d+) files?, (?P<back>\d+) calls? back")


@pytest.fixture(scope="module")
def printed() -> str:
    """What the command prints in a process of its own, where no cache knows the inputs."""
    command = [sys.executable, "-m", "benchmarks.walk_trace", "-v"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def headings(printed: str) -> dict[str, re.Match[str]]:
    found = map(_HEADING.fullmatch, printed.splitlines())
    return {match["walk"]: match for match in found if match is not None}


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_enters_few_files(name: str, printed: str) -> None:
    assert 1 < int(headings(printed)[name]["files"]) <= MOST[name], printed


def test_an_outlet_s_name_never_goes_back(printed: str) -> None:
    assert headings(printed)["outlet"]["back"] == "0", printed


def test_the_files_are_listed_in_the_order_of_their_first_calls(printed: str) -> None:
    _, _, walk = printed.partition("declared page: ")
    lines = [line.strip() for line in walk.splitlines()[1:]]
    assert lines.index("page/reader.py") < lines.index("page/title.py") < lines.index("normalize/steps.py")


def test_each_file_counts_once_and_other_packages_do_not() -> None:
    with traced() as trace:
        re.sub("a", "b", canonical_url("https://example.org/a?utm_source=b"))
        outlet_named("示例早报")
        canonical_url("https://example.org/b")
    assert trace.files[0] == "text/urls.py"
    assert trace.files.count("text/urls.py") == 1
    assert all(not file.startswith(("/", "..")) for file in trace.files)
    assert sys.getprofile() is None


def test_a_callee_s_call_into_a_waiting_file_is_a_call_back() -> None:
    from newscrawl.page.document.blocks import block_tree
    from newscrawl.page.document.parse import parse
    from newscrawl.page.document.prose import BlockMeasures

    tree = block_tree(parse("<p>text</p>", url="https://example.org/"))
    measures = BlockMeasures([], None)
    with traced() as trace:
        measures.regions(
            tree.blocks[0].node
        )  # blocks.inherited calls a function of prose.py for each element
        measures.regions(tree.blocks[0].node)
    assert trace.files == ["page/document/prose.py", "page/document/blocks.py"]
    assert trace.calls_back == ["page/document/blocks.py -> page/document/prose.py"]
