"""What `import newscrawl` promises."""

import subprocess
import sys

import pytest

import newscrawl
from newscrawl.extract import extract_article
from newscrawl.model.post import Post
from newscrawl.read import Posts


def test_the_names() -> None:
    assert newscrawl.__all__ == ["Post", "Posts", "extract_article"]
    assert newscrawl.Post is Post
    assert newscrawl.Posts is Posts
    assert newscrawl.extract_article is extract_article
    assert set(newscrawl.__all__) <= set(dir(newscrawl))


def test_other_names_are_errors_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Postz'"):
        _ = newscrawl.Postz
    with pytest.raises(ImportError):
        exec("from newscrawl import Postz")


def test_importing_it_imports_nothing_slow() -> None:
    slow = ("pymongo", "scrapy", "lxml", "twisted", "rich", "dateparser", "pypinyin", "yaml")
    code = f"import sys, newscrawl; print([m for m in {slow!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
