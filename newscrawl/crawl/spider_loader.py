"""Finds spiders by name. A file has its spider's name, so that finding one does not import all."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.utils.spider import iter_spider_classes

from newscrawl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)


class FileLoader:
    """Scrapy's SPIDER_LOADER_CLASS. `SPIDER_MODULES` are packages; each of their files has one spider.

    A folder with the package's name in the current folder belongs to the package, ahead of the installed one.
    """

    def __init__(self, packages: list[str]) -> None:
        self._modules = {
            found.name: f"{package}.{found.name}"
            for package in packages
            for found in pkgutil.iter_modules(_folders(importlib.import_module(package)))
        }

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings.getlist("SPIDER_MODULES"))

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


def _folders(package: ModuleType) -> list[str]:
    """A package's folders, including the one in the current folder, where `newscrawl new` writes."""
    local = Path(*package.__name__.split("."))
    folders = list(package.__path__)
    if local.is_dir() and str(local.resolve()) not in {str(Path(folder).resolve()) for folder in folders}:
        folders.insert(0, str(local.resolve()))
        package.__path__ = folders
    return folders


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
