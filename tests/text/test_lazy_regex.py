"""Patterns that are compiled when they are first asked."""

import importlib
import pkgutil
import re

import pytest

import newscrawl.page
import newscrawl.text
from newscrawl.text.lazy_regex import lazy

MODULES = [
    found.name
    for package in (newscrawl.page, newscrawl.text)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    pattern = lazy(r"(?P<word>b+)|,", re.IGNORECASE)
    compiled = re.compile(r"(?P<word>b+)|,", re.IGNORECASE)
    found = pattern.search("a BB", 1)
    assert found is not None
    assert found["word"] == "BB"
    assert pattern.pattern == compiled.pattern
    assert pattern.flags & re.IGNORECASE
    assert pattern.groupindex == compiled.groupindex
    for text in ("abba", "a,b", ""):
        assert pattern.findall(text) == compiled.findall(text)
        assert pattern.split(text) == compiled.split(text)
        assert pattern.sub("-", text) == compiled.sub("-", text)
        assert pattern.fullmatch(text) == compiled.fullmatch(text) is None


def test_nothing_is_compiled_before_it_is_asked() -> None:
    broken = lazy("(")
    with pytest.raises(re.error):
        broken.search("a")


@pytest.mark.parametrize("name", MODULES)
def test_every_late_pattern_is_one(name: str) -> None:
    for one in vars(importlib.import_module(name)).values():
        if type(one) is type(lazy("")):
            assert one.match("") is None or one.match("").end() == 0
