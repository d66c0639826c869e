"""Finds spiders by name. A file has its spider's name, so that finding one does not import all.

feeds.toml has those that are a feed and nothing more, a table each; declared_feeds.py makes them spiders.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import sys
import tomllib
import traceback
from functools import cached_property
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.utils.spider import iter_spider_classes

from newscrawl.crawl.shipped import folder_of, forget_short_name
from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import ModuleType
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

ENTRY_POINTS = "newscrawl.spiders"  #: group; an entry point's value is a package of spiders
OWN = "spiders"  #: a project's folder of spiders
FEEDS = "feeds.toml"


class FileLoader:
    """Scrapy's SPIDER_LOADER_CLASS. `SPIDER_MODULES` are packages; each of their files has one spider, and
    each table of their feeds.toml is one. Of two with the same name, the file's is taken.

    A project's own folder spiders/, beside its scrapy.cfg or in the current folder, comes before them;
    packages that other distributions name as entry points `newscrawl.spiders` come after them. Of two spiders
    with one name, that of the earlier package counts.
    """

    def __init__(self, packages: list[str], without: Collection[str] = ()) -> None:
        own = own_folder()
        if own is not None:
            _take_over(own)
            packages = packages if OWN in packages else [OWN, *packages]
        packages = [*packages, *_installed_packages()]
        folders = {package: list(_package(package).__path__) for package in packages}
        self._modules: dict[str, str] = {}
        for package in packages:
            for found in pkgutil.iter_modules(folders[package]):
                self._modules.setdefault(found.name, f"{package}.{found.name}")
        for name in without:
            self._modules.pop(name, None)
        self._without = frozenset(without)
        self._files = [Path(each, FEEDS) for of_package in folders.values() for each in of_package]

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings.getlist("SPIDER_MODULES"), settings.get("NEWSCRAWL_WITHOUT", "").split())

    def load(self, spider_name: str) -> type[Spider]:
        """The class of a spider.

        Raises KeyError if no file has the name, UsageError if the file cannot be imported or its spider has
        another name, or if the table is wrong.
        """
        if spider_name not in self._modules:
            return self._load_feed(spider_name)
        module = _import(self._modules[spider_name])
        kinds = list(iter_spider_classes(module))
        for kind in kinds:
            if kind.name == spider_name:
                return _news_spider(kind)
        found = ", ".join(repr(kind.name) for kind in kinds) or "none"
        raise UsageError(f"{module.__file__} must have a spider with name = {spider_name!r}; it has {found}")

    def list(self) -> list[str]:
        """The names, sorted; of a feeds.toml that cannot be read, its path, which `load` raises for."""
        return sorted({*self._modules, *self._tables})

    @cached_property
    def _tables(self) -> dict[str, tuple[Path, dict[str, Any] | UsageError]]:
        """The feeds by name, each with its file; a file that cannot be read by its path, with the error."""
        found: dict[str, tuple[Path, dict[str, Any] | UsageError]] = {}
        for file in filter(Path.is_file, self._files):
            try:
                tables = {name: (file, table) for name, table in read_tables(file).items()}
                found = {name: each for name, each in tables.items() if name not in self._without} | found
            except UsageError as error:
                found[str(file)] = file, error
        return found

    def _load_feed(self, name: str) -> type[Spider]:
        if name not in self._tables:
            raise KeyError(f"Spider not found: {name}")
        from newscrawl.crawl.declared_feeds import feed_spider  # slow to import

        file, table = self._tables[name]
        if isinstance(table, UsageError):
            raise table
        return feed_spider(name, table, file)

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


def project_folder() -> Path:
    """The folder of the nearest scrapy.cfg, the current one or above it; else the current one."""
    from scrapy.utils.conf import closest_scrapy_cfg

    found = closest_scrapy_cfg()
    return Path(found).resolve().parent if found else Path.cwd()


def read_tables(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a feeds.toml by their names, unchecked. Raises UsageError if it is not such a file."""
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from None
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(
                f'{path}: {name} is outside a table; write [NAME] and below it feed = "https://…"'
            )
    return tables


def project_place(named: Path | None, usual: str) -> Path:
    """The named folder, or the usual one of the project: `spiders`, `tests/pages`.

    Relative to the current folder if it lies below. Raises UsageError if it does not exist.
    """
    folder, here = named or project_folder() / usual, Path.cwd()
    if not folder.is_dir():
        raise UsageError(
            f"folder {folder} does not exist; start a project with newscrawl init FOLDER, or name a folder"
            " with --folder"
        )
    return folder.relative_to(here) if named is None and folder.is_relative_to(here) else folder


def own_folder() -> Path | None:
    """The project's folder spiders/; None without one, and where it is the shipped one (a checkout)."""
    folder = project_folder() / OWN
    return folder if folder.is_dir() and folder.resolve() != folder_of(OWN).resolve() else None


def _take_over(folder: Path) -> None:
    """Makes `spiders` the project's package, with or without an __init__.py."""
    if str(folder) in getattr(sys.modules.get(OWN), "__path__", ()):
        return
    forget_short_name(OWN)
    if (parent := str(folder.parent)) not in sys.path:
        sys.path.insert(0, parent)
    first = folder / "__init__.py"
    if first.is_file():
        spec = importlib.util.spec_from_file_location(OWN, first, submodule_search_locations=[str(folder)])
    else:
        spec = ModuleSpec(OWN, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules[OWN] = module
    if spec.loader:
        spec.loader.exec_module(module)


def _installed_packages() -> list[str]:
    """The importable packages of spiders that other distributions have; others are logged and left out."""
    found = []
    for point in entry_points(group=ENTRY_POINTS):
        try:
            if not hasattr(_package(point.value), "__path__"):
                raise UsageError(f"{point.value} is a module; name the package that it is in")
        except UsageError as error:
            logger.error("Left out: entry point %s of %s: %s", point.name, ENTRY_POINTS, error)
        else:
            found.append(point.value)
    return found


def _package(name: str) -> ModuleType:
    """Raises UsageError for one of SPIDER_MODULES that cannot be imported."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"SPIDER_MODULES names {name!r}, which cannot be imported: {error}") from error


def _news_spider(kind: type[Spider]) -> type[Spider]:
    """The class; of a plain Scrapy spider one like it, whose items become posts. Raises UsageError."""
    from newscrawl.crawl.spider import NewsSpider  # slow to import; a valid module has imported it

    if issubclass(kind, NewsSpider):
        return kind
    from newscrawl.crawl.plain_spiders import adopt

    return adopt(kind)


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
