"""Spiders by their files' names; a file at fault is told, and is in nobody's way."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
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
def test_a_plain_spider_without_a_site(loader: FileLoader, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UsageError, match=r"bad: BadSpider has neither allowed_domains nor start_urls"):
        loader.load("bad")
    with caplog.at_level(logging.ERROR):
        assert [kind.name for kind in loader.sound()] == ["good"]
    assert "BadSpider" in caplog.text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project's folder, with a spider of its own and one in place of a shipped one."""
    own = tmp_path / "spiders"
    own.mkdir()
    (own / "mine.py").write_text(GOOD.format(name="mine", zone="UTC"), "utf-8")
    (own / "enorth.py").write_text(GOOD.format(name="enorth", zone="Asia/Tokyo"), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in [each for each in sys.modules if each == "spiders" or each.startswith("spiders.")]:
        del sys.modules[name]


SHIPPED = ["newscrawl.spiders"]


@pytest.mark.parametrize("as_package", [False, True])
def test_a_projects_own_spiders_come_first(project: Path, as_package: bool) -> None:
    if as_package:
        (project / "spiders" / "__init__.py").touch()
    found = FileLoader(SHIPPED)
    assert {"mine", "enorth", "eastmoney"} <= set(found.list())
    assert found.load("mine").__module__ == "spiders.mine"
    assert found.load("enorth").source.zone == "Asia/Tokyo"  # type: ignore[attr-defined]
    assert found.load("eastmoney").__module__ == "newscrawl.spiders.eastmoney"
    assert FileLoader(["spiders"]).list() == ["enorth", "mine"], "the shipped ones are not named"


def test_a_projects_spiders_are_found_from_below(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "scrapy.cfg").write_text("[settings]\ndefault = newscrawl.settings\n", "utf-8")
    (project / "notes" / "more").mkdir(parents=True)
    monkeypatch.chdir(project / "notes" / "more")
    assert "mine" in FileLoader(SHIPPED).list()


def test_shipped_spiders_are_extended_and_switched_off(project: Path) -> None:
    (project / "spiders" / "mine.py").write_text(
        "from newscrawl.spiders.eastmoney import EastmoneySpider\n"
        "class MineSpider(EastmoneySpider):\n    name = 'mine'\n"
    )
    found = FileLoader(SHIPPED, ["bbc", "caixin"])
    assert found.load("mine").source is found.load("eastmoney").source  # type: ignore[attr-defined]
    assert not {"bbc", "caixin"} & set(found.list())


def test_a_package_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match=r"SPIDER_MODULES names 'nosuch\.spiders', which cannot be imported"):
        FileLoader(["nosuch.spiders"])


@pytest.mark.parametrize("loader", ["x = 1"], indirect=True)
def test_packages_of_other_distributions(
    loader: FileLoader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    package = next(folder.name for folder in tmp_path.iterdir())
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", "utf-8")
    points = f"[newscrawl.spiders]\ntheirs = {package}\ngone = no_such_package\nfile = json.decoder\n"
    (info / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.ERROR):
        assert FileLoader([]).list() == ["bad", "good"]
    assert "entry point gone of newscrawl.spiders" in caplog.text
    assert "json.decoder is a module" in caplog.text
