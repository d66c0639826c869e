"""Spiders by their files' names; a file at fault is told, and is in nobody's way."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from newscrawl.crawl.spider_loader import FileLoader
from newscrawl.errors import UsageError

GOOD = """
from newscrawl.model.source import Source
from newscrawl.crawl.spider import NewsSpider

class GoodSpider(NewsSpider):
    name = "{name}"
    source = Source(title="x", domain="example.com", zone="{zone}")
"""


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> FileLoader:
    """Of a package with a good spider, and `bad.py` as the test says."""
    package = tmp_path / f"fleet_{abs(hash(request.node.name))}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "good.py").write_text(GOOD.format(name="good", zone="UTC"), "utf-8")
    (package / "bad.py").write_text(request.param, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return FileLoader([package.name])


@pytest.mark.parametrize(
    ("loader", "told"),
    [
        ("class (", r"bad\.py:1 cannot be imported: SyntaxError: invalid syntax"),
        ("\nraise OSError('away')", r"bad\.py:2 cannot be imported: OSError: away"),
        ("import no_such_thing", r"bad\.py:1 cannot be imported: ModuleNotFoundError"),
        (GOOD.format(name="bad", zone="Mars/Phobos"), r"bad\.py:7 cannot be imported: .*Mars/Phobos"),
        (GOOD.format(name="worse", zone="UTC"), r"name = 'bad'; it has 'worse'"),
        ("x = 1", r"name = 'bad'; it has none"),
    ],
    indirect=["loader"],
)
def test_what_is_wrong_with_a_file_is_told(loader: FileLoader, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        loader.load("bad")
    assert loader.list() == ["bad", "good"]
    assert loader.load("good").name == "good"


@pytest.mark.parametrize("loader", ["class ("], indirect=True)
def test_the_others_are_found_all_the_same(loader: FileLoader, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert [kind.name for kind in loader.sound()] == ["good"]
    assert "bad.py:1" in caplog.text


@pytest.mark.parametrize("loader", ["x = 1"], indirect=True)
def test_a_name_without_a_file(loader: FileLoader) -> None:
    with pytest.raises(KeyError, match="nosuch"):
        loader.load("nosuch")


PLAIN = """
import scrapy

class BadSpider(scrapy.Spider):
    name = "bad"
"""


@pytest.mark.parametrize("loader", [PLAIN], indirect=True)
def test_a_spider_whose_items_nothing_would_store(
    loader: FileLoader, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UsageError, match=r"bad\.py: BadSpider must be a subclass of .*NewsSpider"):
        loader.load("bad")
    with caplog.at_level(logging.ERROR):
        assert [kind.name for kind in loader.sound()] == ["good"]
    assert "BadSpider" in caplog.text


@pytest.mark.parametrize("loader", [GOOD.format(name="bad", zone="UTC")], indirect=True)
def test_the_projects_spiders_come_first_from_any_folder_below(
    loader: FileLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = next(folder.name for folder in tmp_path.iterdir())
    below = tmp_path / "here" / "deep"
    own = tmp_path / "here" / "spiders"
    below.mkdir(parents=True)
    own.mkdir()
    (own / "mine.py").write_text(GOOD.format(name="mine", zone="UTC"), "utf-8")
    (own / "bad.py").write_text(GOOD.format(name="bad", zone="Asia/Tokyo"), "utf-8")
    monkeypatch.chdir(below)
    found = FileLoader([package])
    assert found.list() == ["bad", "good", "mine"]
    assert found.load("mine").name == "mine"
    assert found.load("bad").source.zone == "Asia/Tokyo", "before SPIDER_MODULES"  # type: ignore[attr-defined]
    assert FileLoader([package], ["good"]).list() == ["bad", "mine"], "one is off"


@pytest.mark.parametrize("loader", ["x = 1"], indirect=True)
def test_packages_of_other_distributions(
    loader: FileLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = next(folder.name for folder in tmp_path.iterdir())
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[newscrawl.spiders]\ntheirs = {package}\n", "utf-8")
    assert FileLoader([]).list() == ["bad", "good"]


def test_a_module_that_is_no_package() -> None:
    with pytest.raises(UsageError, match=r"json\.decoder in SPIDER_MODULES is the file"):
        FileLoader(["json.decoder"])
