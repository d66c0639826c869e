"""The shipped spiders and pipelines: `newscrawl.spiders` and `newscrawl.pipelines` in every layout, and
`spiders` and `pipelines` unless a project has packages of these names.

A checkout has them at its top, beside newscrawl/; a wheel has them inside, at newscrawl/spiders and
newscrawl/pipelines (setup.py). Both names are the same module.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

PACKAGES = ("spiders", "pipelines")
_HERE = Path(__file__).resolve().parents[1]
_ROOT = _HERE.parent
IS_CHECKOUT = (_ROOT / "scrapy.cfg").is_file() and not (_HERE / PACKAGES[0]).exists()


def folder_of(package: str) -> Path:
    """The folder of the shipped `spiders` or `pipelines`."""
    return (_ROOT if IS_CHECKOUT else _HERE) / package


def full_name(name: str) -> str:
    """The name by which something shipped is known everywhere: `newscrawl.pipelines.store.StorePipeline`.

    >>> full_name("pipelines.store.StorePipeline"), full_name("mysteps.Tagged")
    ('newscrawl.pipelines.store.StorePipeline', 'mysteps.Tagged')
    """
    return f"newscrawl.{name}" if name.partition(".")[0] in PACKAGES else name


class _Alias(Loader):
    """Gives a module that has another name already."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._name)
        self._spec = module.__spec__  # the import system is about to replace it
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class ShippedFinder(MetaPathFinder):
    """Finds the shipped packages by both of their names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        head, _, rest = fullname.partition(".")
        if head == "newscrawl":
            return _in_checkout(fullname, rest) if IS_CHECKOUT and rest in PACKAGES else None
        if head not in PACKAGES or not _is_shipped(fullname, path):
            return None
        return spec_from_loader(fullname, _Alias(f"newscrawl.{fullname}"))


def _in_checkout(fullname: str, package: str) -> ModuleSpec | None:
    folder = folder_of(package)
    return spec_from_file_location(fullname, folder / "__init__.py", submodule_search_locations=[str(folder)])


def _is_shipped(fullname: str, path: Sequence[str] | None) -> bool:
    """Whether a short name means what is shipped: nobody else has a module of that name."""
    head, _, rest = fullname.partition(".")
    if rest:
        parent = sys.modules.get(fullname.rpartition(".")[0])
        full = sys.modules.get(f"newscrawl.{fullname.rpartition('.')[0]}")
        return parent is not None and parent is full
    found = PathFinder.find_spec(fullname, path)
    if found is None:
        return True
    places = [found.origin] if found.origin else list(found.submodule_search_locations or ())
    ours = folder_of(head)
    return all(Path(place).resolve().is_relative_to(ours) for place in places if place)


def forget_short_name(package: str) -> None:
    """Lets a project's own package of that name be imported, where ours has been under it."""
    if sys.modules.get(package) is not sys.modules.get(f"newscrawl.{package}"):
        return
    for name in [each for each in sys.modules if each == package or each.startswith(f"{package}.")]:
        del sys.modules[name]


def install() -> None:
    """Makes the names known to Python; called by `import newscrawl`."""
    if not any(isinstance(each, ShippedFinder) for each in sys.meta_path):
        sys.meta_path.insert(0, ShippedFinder())
