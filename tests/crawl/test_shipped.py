"""The two names of what is shipped, in a checkout and in an installation."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from newscrawl.crawl.shipped import PACKAGES, folder_of

ROOT = Path(__file__).parents[2]

_BOTH = """
import sys
sys.path[:] = [path for path in sys.path if path != sys.argv[1]]
import newscrawl
import {short}.{module} as short
import newscrawl.{short}.{module} as full
assert short is full, (short, full)
assert full.__spec__.name == full.__name__ == "newscrawl.{short}.{module}"
print(full.__file__)
"""
_COLLISION = """
import spiders, pipelines
assert spiders.MINE and pipelines.MINE
from newscrawl.crawl.runner import project_settings, spider_class
from scrapy.utils.misc import load_object
assert spider_class("enorth").__module__ == "newscrawl.spiders.enorth"
for name in project_settings().getdict("ITEM_PIPELINES"):
    assert load_object(name).__module__.startswith("newscrawl.pipelines."), name
import spiders.deep
print("apart")
"""


def python(script: str, *words: str, folder: Path, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder, env={"PYTHONPATH": str(path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_both_names_are_one_module() -> None:
    for short, module in (("spiders", "enorth"), ("pipelines", "store")):
        one, other = (importlib.import_module(f"{head}{short}.{module}") for head in ("", "newscrawl."))
        assert one is other
        assert Path(one.__file__ or "").parent == folder_of(short) == ROOT / short


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel of this checkout puts into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # building leaves files behind
    for name in ("newscrawl", *PACKAGES):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w"]
    done = subprocess.run(
        [*build, str(folder), str(source)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_a_wheel_has_one_package_at_the_top(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert tops == {"newscrawl"}
    for package in PACKAGES:
        there = {path.name for path in (installed / "newscrawl" / package).glob("*.py")}
        assert there == {path.name for path in (ROOT / package).glob("*.py")}
    assert list(installed.glob("newscrawl/web/locale/*.po"))


@pytest.mark.slow
def test_names_resolve_both_ways_in_an_installation(installed: Path, tmp_path: Path) -> None:
    for short, module in (("spiders", "enorth"), ("pipelines", "store")):
        script = _BOTH.format(short=short, module=module)
        file = Path(python(script, str(ROOT), folder=tmp_path, path=installed))
        assert file == installed / "newscrawl" / short / f"{module}.py"


@pytest.mark.slow
@pytest.mark.parametrize("checkout", [False, True])
def test_a_projects_packages_of_these_names_stay_its_own(
    installed: Path, tmp_path: Path, checkout: bool
) -> None:
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("MINE = True\n")
        (tmp_path / package / "deep.py").touch()
    assert python(_COLLISION, folder=tmp_path, path=ROOT if checkout else installed) == "apart"
