"""The spiders by name: a file is named as its spider, so that one of many is found without importing all."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from scrapy.utils.spider import iter_spider_classes

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings


class FileLoader:
    """Scrapy's SPIDER_LOADER_CLASS. `SPIDER_MODULES` are packages; each of their files holds one spider."""

    def __init__(self, packages: list[str]) -> None:
        self._modules = {
            found.name: f"{package}.{found.name}"
            for package in packages
            for found in pkgutil.iter_modules(importlib.import_module(package).__path__)
        }

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(settings.getlist("SPIDER_MODULES"))

    def load(self, spider_name: str) -> type[Spider]:
        """The class of a spider. Raises KeyError for a name that no file has, or that its spider has not."""
        if spider_name not in self._modules:
            raise KeyError(f"Spider not found: {spider_name}")
        module = importlib.import_module(self._modules[spider_name])
        for kind in iter_spider_classes(module):
            if kind.name == spider_name:
                return kind
        raise KeyError(f"Spider not found: {spider_name}; {module.__name__} holds none of its own name")

    def list(self) -> list[str]:
        """The names, sorted."""
        return sorted(self._modules)

    def find_by_request(self, request: Request) -> Any:
        """The names of the spiders whose source covers a request's host."""
        from urllib.parse import urlsplit

        host = urlsplit(request.url).hostname or ""
        kinds = ((name, self.load(name)) for name in self.list())
        return [name for name, kind in kinds if kind.source.covers(host)]  # type: ignore[attr-defined]
