"""The examples of docs/reading.md, run."""

import doctest
from pathlib import Path

import pytest


@pytest.mark.usefixtures("news")
def test_the_examples() -> None:
    page = Path(__file__).parents[2] / "docs" / "reading.md"
    done = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert done.attempted > 10
    assert done.failed == 0
