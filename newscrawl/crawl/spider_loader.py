"""Finds spiders by name. A file has its spider's name, so that finding one does not import all."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import sys
import traceback
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scrapy.utils.spider import iter_spider_classes

from newscrawl import shipped
from newscrawl.errors import UsageError
from newscrawl.paths import project_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

ENTRY_POINTS = "newscrawl.spiders"  #: group; NAME = "a package of spiders"
OWN = "newscrawl_own_spiders"  #: the module of a folder `spiders/` that SPIDER_MODULES does not name


class FileLoader:
    """Scrapy's SPIDER_LOADER_CLASS: one spider a file, in these packages, the first of which wins.

    1. the folder `spiders/` of the project that the current folder is in, whether or not it is a package;
    2. `SPIDER_MODULES`;
    3. packages that other distributions name as entry points of the group `newscrawl.spiders`.

    Spiders named in `NEWSCRAWL_OFF` are left out.
    """

    def __init__(self, packages: list[str], off: Collection[str] = ()) -> None:
        named = [*packages, *(point.value for point in entry_points(group=ENTRY_POINTS))]
        loaded = [_package(name) for name in named]
        found = [
            (module.name, f"{package.__name__}.{module.name}")
            for package in _with_own(loaded)
            for module in pkgutil.iter_modules(package.__path__)
            if not module.name.startswith("_")
        ]
        self._modules = {name: module for name, module in reversed(found) if name not in off}

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings.getlist("SPIDER_MODULES"), settings.getlist("NEWSCRAWL_OFF"))

    def load(self, spider_name: str) -> type[Spider]:
        """The class of a spider.

        Raises KeyError if no file has the name, UsageError if the file cannot be imported or its spider has
        another name or is not a NewsSpider.
        """
        if spider_name not in self._modules:
            raise KeyError(f"Spider not found: {spider_name}")
        module = _import(self._modules[spider_name])
        kinds = list(iter_spider_classes(module))
        for kind in kinds:
            if kind.name == spider_name:
                return _news_spider(kind, module)
        found = ", ".join(repr(kind.name) for kind in kinds) or "none"
        raise UsageError(f"{module.__file__} must have a spider with name = {spider_name!r}; it has {found}")

    def list(self) -> list[str]:
        """The names, sorted."""
        return sorted(self._modules)

    def find_by_request(self, request: Request) -> Any:
        """The names of the spiders whose source covers a request's host."""
        from urllib.parse import urlsplit

        host = urlsplit(request.url).hostname or ""
        return [kind.name for kind in self.sound() if kind.source.covers(host)]  # type: ignore[attr-defined]

    def sound(self) -> Iterator[type[Spider]]:
        """The classes of all spiders, sorted by name; invalid files are logged and left out."""
        for name in self.list():
            try:
                yield self.load(name)
            except UsageError as error:
                logger.error("Left out: %s", error)


def _package(name: str) -> ModuleType:
    """A package of spiders. Raises UsageError if it cannot be imported or is no package."""
    package = _import(name)
    if not hasattr(package, "__path__"):
        raise UsageError(
            f"{name} in SPIDER_MODULES is the file {package.__file__}; name the package it is in"
        )
    return package


def _with_own(packages: list[ModuleType]) -> list[ModuleType]:
    """The packages, with the project's folder `spiders` first, in which `newscrawl new` writes."""
    own = project_folder() / "spiders"
    known = {shipped.folder("spiders").resolve()}  # a checkout's, which SPIDER_MODULES names or leaves out
    known |= {Path(folder).resolve() for package in packages for folder in package.__path__}
    if own.is_dir() and own.resolve() not in known:
        mine = ModuleType(OWN)  # not `spiders`: a package of that name may be on the path
        mine.__path__ = [str(own.resolve())]
        sys.modules[OWN] = mine
        packages = [mine, *packages]
    return packages


def _news_spider(kind: type[Spider], module: ModuleType) -> type[Spider]:
    """The class. Raises UsageError for a plain Scrapy spider, whose items would not be stored."""
    from newscrawl.crawl.spider import NewsSpider  # slow to import; a valid module has imported it

    if issubclass(kind, NewsSpider):
        return kind
    raise UsageError(
        f"{module.__file__}: {kind.__name__} must be a subclass of newscrawl.crawl.spider.NewsSpider;"
        " the items of any other spider are not stored"
    )


def _import(name: str) -> ModuleType:
    """A spider's module. Raises UsageError with file, line and error."""
    try:
        return importlib.import_module(name)
    except Exception as error:  # user code may raise anything
        spec = importlib.util.find_spec(name)
        file = spec.origin if spec and spec.origin else name
        raise UsageError(f"{file}{_line(error, file)} cannot be imported: {_message(error)}") from error


def _line(error: Exception, file: str) -> str:
    if isinstance(error, SyntaxError):
        return f":{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f":{lines[-1]}" if lines else ""


def _message(error: Exception) -> str:
    if isinstance(error, UsageError):
        return str(error)
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
