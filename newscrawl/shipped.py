"""The shipped spiders and pipelines, which lie beside newscrawl/ in a checkout and inside it in a wheel.

=======================  =========================================================
file in a checkout       spiders/bbc.py
file in a wheel          newscrawl/spiders/bbc.py (pyproject.toml moves the folder)
module in both           newscrawl.spiders.bbc
the same module in both  spiders.bbc, unless another package `spiders` is imported
=======================  =========================================================

`pipelines` likewise. The finder below gives each module both names; each file is loaded once.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_PACKAGE = __name__.rpartition(".")[0]
_INSIDE = Path(__file__).parent
NAMES = ("spiders", "pipelines")


def folder(name: str) -> Path:
    """The folder of the shipped `spiders` or `pipelines`."""
    inside = _INSIDE / name
    return inside if inside.is_dir() else _INSIDE.parent / name


def full_name(name: str) -> str:
    """The name that a shipped module or class has in both layouts.

    >>> full_name("pipelines.store.StorePipeline"), full_name("mine.pipelines.Own")
    ('newscrawl.pipelines.store.StorePipeline', 'mine.pipelines.Own')
    """
    return f"{_PACKAGE}.{name}" if name.partition(".")[0] in NAMES else name


class _Finder(MetaPathFinder):
    """Finds `newscrawl.spiders` in a checkout, and `spiders` as another name of it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Called by Python with every module that is imported for the first time."""
        top, _, rest = name.partition(".")
        if top == _PACKAGE:
            return _by_full_name(name, rest) if rest in NAMES else None
        if top not in NAMES:
            return None
        return _alias_of_part(name, top) if rest else _by_short_name(name)


def _by_full_name(name: str, short: str) -> ModuleSpec:
    if _is_shipped(sys.modules.get(short)):  # imported before newscrawl was
        return ModuleSpec(name, _Alias(short), is_package=True)
    where = folder(short)
    found = spec_from_file_location(name, where / "__init__.py", submodule_search_locations=[str(where)])
    assert found is not None
    return found


def _by_short_name(name: str) -> ModuleSpec:
    """Another's package if there is one, else ours. A folder without `__init__.py` is not a package."""
    found = PathFinder.find_spec(name, _places())
    if found is not None and found.origin is not None and not _is_ours(found.origin, name):
        return found
    return ModuleSpec(name, _Alias(full_name(name)), is_package=True)


def _alias_of_part(name: str, top: str) -> ModuleSpec | None:
    return ModuleSpec(name, _Alias(full_name(name))) if _is_shipped(sys.modules.get(top)) else None


class _Alias(Loader):
    """Loads a module by its other name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._name)
        self._spec = module.__spec__  # which Python replaces
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def _places() -> list[str]:
    """sys.path; outside the checkout without it, because Scrapy appends a project's folder behind it."""
    checkout = _INSIDE.parent
    if Path.cwd().is_relative_to(checkout):
        return sys.path
    return [place for place in sys.path if Path(place).resolve() != checkout]


def _is_shipped(module: ModuleType | None) -> bool:
    name = module.__name__.rpartition(".")[2] if module else ""
    return name in NAMES and _is_ours(getattr(module, "__file__", None), name)


def _is_ours(file: str | None, name: str) -> bool:
    return file is not None and Path(file).resolve() == folder(name).resolve() / "__init__.py"


def install() -> None:
    """Gives the modules both names from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())  # ahead of the path, where a checkout's `spiders` lies
