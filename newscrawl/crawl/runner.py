"""Runs one spider in this process, as `newscrawl crawl` and `make run` do."""

from __future__ import annotations

import asyncio
import difflib
import gc
import importlib
import json
import logging
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newscrawl.crawl.shipped import full_name
from newscrawl.crawl.worker.choose import uses_worker, worker_for
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.model.source import renders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy.crawler import AsyncCrawlerProcess, Crawler
    from scrapy.settings import BaseSettings, Settings

    from newscrawl.crawl.hold import CrawlHold
    from newscrawl.crawl.run import Run, RunPlan
    from newscrawl.crawl.spider import NewsSpider
    from newscrawl.crawl.spider_loader import FileLoader
    from newscrawl.model.source import Source

SETTINGS = "newscrawl.settings"
STORING = "newscrawl.pipelines.store"  #: the pipeline that writes posts and runs


def project_settings(overrides: dict[str, Any] | None = None) -> Settings:
    """newscrawl/settings.py, or a project's settings that build on it, with command-line overrides.

    Raises UsageError for an invalid value (not JSON for a dictionary, not a number), and for a project whose
    settings cannot be imported.
    """
    from scrapy.settings import Settings  # slow to import

    settings = Settings()
    module, spiders = _settings_module()
    settings.setmodule(module, priority="project")
    for name, value in spiders.items():
        settings.set(name, value, priority="project")
    for name, value in (overrides or {}).items():
        _check_kind(name, value, settings.get(name))
        try:
            settings.set(name, value, priority="cmdline")
        except ValueError as error:
            raise UsageError(f"{name}={value!r} is not a JSON dictionary: {error}") from error
    return settings


def _settings_module() -> tuple[str, dict[str, Any]]:
    """The settings named in the nearest scrapy.cfg, as `scrapy` finds it, if they build on ours.

    Else ours, and where that project has its spiders: the rest of its settings is not for newscrawl's
    commands. Raises UsageError if they cannot be imported.
    """
    from scrapy.utils.conf import closest_scrapy_cfg, get_config  # slow to import

    name = get_config().get("settings", "default", fallback=SETTINGS)
    if name == SETTINGS:
        return SETTINGS, {}
    folder = str(Path(closest_scrapy_cfg() or ".").resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise UsageError(f"scrapy.cfg in {folder} names settings that cannot be imported: {error}") from error
    if getattr(module, "SPIDER_LOADER_CLASS", "") == "newscrawl.crawl.spider_loader.FileLoader":
        return name, {}
    modules = getattr(module, "SPIDER_MODULES", [])
    theirs = modules.split(",") if isinstance(modules, str) else list(modules)
    from newscrawl.settings import SPIDER_MODULES

    return SETTINGS, {"SPIDER_MODULES": [*theirs, *(each for each in SPIDER_MODULES if each not in theirs)]}


def _check_kind(name: str, value: object, default: object) -> None:
    """Raises UsageError for a value that is not a number, a boolean or a table as its default is: some parts
    of Scrapy would fail on it in the middle of a crawl. A table's is not shown: it may hold secrets."""
    if not isinstance(value, str):
        return
    if isinstance(default, dict):
        if not _is_table(value):
            raise UsageError(f'{name} is not a JSON object; write it as \'{{"NAME": "VALUE"}}\'')
    elif isinstance(default, bool):
        if value.lower() not in ("0", "1", "true", "false"):
            raise UsageError(f"{name}={value!r} is neither True nor False")
    elif isinstance(default, int | float):
        try:
            float(value)
        except ValueError:
            raise UsageError(f"{name}={value!r} is not a number; the default is {default!r}") from None


def _is_table(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


@cache
def _loader() -> FileLoader:
    from newscrawl.crawl.spider_loader import FileLoader  # slow to import

    return FileLoader.from_settings(project_settings())


def spider_names() -> list[str]:
    """The names of all spiders, sorted."""
    return sorted(_loader().list())


def spider_class(name: str) -> type[NewsSpider]:
    """The spider with this name. Raises UsageError with similar names, or the error in its file."""
    try:
        return _loader().load(name)  # type: ignore[return-value]
    except KeyError:
        near = difflib.get_close_matches(name, spider_names(), 3)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(
            f"no spider {name!r}; {hint}newscrawl sources lists all {len(spider_names())}"
        ) from None


def sound_spiders() -> Iterator[type[NewsSpider]]:
    """All spiders, sorted by name; invalid files are logged and left out."""
    yield from _loader().sound()  # type: ignore[misc]


def argument_faults(name: str, arguments: Mapping[str, str]) -> list[str]:
    """All errors in a spider's arguments; empty if its file is invalid, which each run reports."""
    try:
        kind = spider_class(name)
    except UsageError:
        return []
    left, faults = dict(arguments), list[str]()
    while fault := _fault(kind, left):
        if faults and "''" in fault:
            break  # a required argument, removed because it is wrong
        faults.append(fault)
        culprit = next((one for one in left if _causes(one, fault, kind, left)), None)
        if culprit is None:
            break
        del left[culprit]  # a spider reports only the first: continue without it
    return faults


def _causes(argument: str, fault: str, kind: type[NewsSpider], arguments: Mapping[str, str]) -> bool:
    """Whether this argument is wrong: the error names it or its value, and disappears without it."""
    named = repr(argument) in fault or repr(arguments[argument]) in fault or fault.startswith(f"{argument} ")
    return named and _fault(kind, {n: v for n, v in arguments.items() if n != argument}) != fault


def _fault(kind: type[NewsSpider], arguments: Mapping[str, str]) -> str | None:
    try:
        kind(**arguments)
    except UsageError as error:
        return str(error)
    return None


def list_hosts(name: str) -> frozenset[str]:
    """The hosts of a spider's declared lists; empty if its file is invalid."""
    try:
        source = spider_class(name).source
    except (UsageError, AttributeError):
        return frozenset()
    return frozenset(host for each in source.lists if (host := urlsplit(each.url).hostname))


def run_spider(
    name: str, arguments: dict[str, str], overrides: dict[str, Any], hold: CrawlHold | None = None
) -> Run:
    """Crawls with a spider, with the hold from `alone`; returns the finished run. Raises as `run_kind`, and
    UsageError for an unknown spider."""
    return run_kind(spider_class(name), arguments, overrides, hold=hold)


def run_kind(
    kind: type[NewsSpider],
    arguments: dict[str, str],
    overrides: dict[str, Any],
    plan: RunPlan | None = None,
    hold: CrawlHold | None = None,
) -> Run:
    """As `run_spider`, with a spider's class; `plan` is for runs that do not read the lists.

    Raises UsageError for an unknown argument and for settings that store nothing, DatabaseUnavailable if
    MongoDB is unreachable at the start, NewscrawlError if the crawl breaks off.
    """
    spider = kind(**arguments)  # report wrong arguments before anything starts
    settings = project_settings(overrides)
    effective = settings.copy()
    kind.update_settings(effective)
    worker = worker_for(spider, effective)  # it starts while this process imports the rest
    try:
        from newscrawl.crawl.run import RunPlan  # slow to import

        check_settings(effective, getattr(kind, "source", None))
        _check_pipelines(settings)
        if hold is None or not hold.has_reached_store:
            check_store(settings)
        process = crawler_process(settings)
        plan = replace(plan or RunPlan(), worker=worker, hold=hold)
        return _finished_run(process, process.create_crawler(kind), arguments, plan)
    finally:
        if worker:
            worker.close()


def _finished_run(
    process: AsyncCrawlerProcess, crawler: Crawler, arguments: dict[str, str], plan: RunPlan
) -> Run:
    gc.freeze()  # garbage collection skips what was imported
    name = crawler.spidercls.name
    crawl = process.crawl(crawler, plan, **arguments)
    process.start()
    if not crawl.done():
        raise NewscrawlError(
            f"the crawl of {name} was killed by a second signal; the next run finds what it lost"
        )
    if not crawl.cancelled() and (error := crawl.exception()):
        raise error if isinstance(error, NewscrawlError) else _broken_off(name, error) from error
    run: Run | None = getattr(crawler.spider, "run", None)
    if run is None or run.finished is None:
        raise NewscrawlError(f"the crawl of {name} was stopped before it began")
    return run


def _check_pipelines(settings: Settings) -> None:
    pipelines = settings.getdict("ITEM_PIPELINES")
    if not any(full_name(str(getattr(name, "__module__", name))).startswith(STORING) for name in pipelines):
        raise UsageError(
            f"ITEM_PIPELINES is {pipelines or 'empty'}: without {STORING} nothing is counted or stored;"
            " leave the setting as it is, and use --dry-run to write nothing"
        )


def crawler_process(settings: Settings) -> AsyncCrawlerProcess:
    """Scrapy's process, in which Scrapy and pymongo create no log records below LOG_LEVEL.

    Scrapy sets its loggers to DEBUG with each crawler and filters in the handler: four records per article
    that are never printed, mostly pymongo's. Raises UsageError for a setting that Scrapy refuses.
    """
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.misc import load_object

    if loop := settings.get("ASYNCIO_EVENT_LOOP"):
        # Scrapy would first create another kind of loop and never close it: a warning at exit.
        asyncio.set_event_loop(load_object(loop)())
    try:
        process = AsyncCrawlerProcess(settings)
    except (ValueError, TypeError, ImportError, AttributeError, NameError, OSError) as error:
        raise UsageError(
            f"Scrapy refuses a setting: {type(error).__name__}: {error}; check your -s NAME=VALUE options"
        ) from error
    for name in ("scrapy", "pymongo"):
        logging.getLogger(name).setLevel(settings.get("LOG_LEVEL"))
    return process


def _broken_off(name: str, error: BaseException) -> NewscrawlError:
    return NewscrawlError(f"the crawl of {name} broke off: {type(error).__name__}: {error}")


def check_settings(settings: BaseSettings, source: Source | None = None) -> None:
    """Raises UsageError for a JOBDIR, an invalid NEWSCRAWL_NEWSROOM, NEWSCRAWL_READER or NEWSCRAWL_PROXY, for
    headers and cookies that cannot be sent, and if the source's pages are to be rendered and cannot be."""
    from newscrawl.crawl.declared_settings import check_given  # slow to import
    from newscrawl.crawl.middlewares.replica import newsroom_base  # slow to import

    if folder := settings.get("JOBDIR"):
        raise UsageError(
            f"JOBDIR={folder!r} is not supported: what a run has done is in MongoDB, where the next one"
            " goes on; leave the setting out"
        )
    newsroom_base(settings.get("NEWSCRAWL_NEWSROOM") or "")
    uses_worker(settings)
    check_given(settings)
    if source is not None and (settings.get("NEWSCRAWL_RENDER") or renders(source)):
        from newscrawl.crawl.browser.renderer import check_rendering  # slow to import

        check_rendering(settings, source)


def check_store(settings: BaseSettings) -> None:
    """Raises DatabaseUnavailable if MongoDB is unreachable; a dry run needs none."""
    if not settings.getbool("NEWSCRAWL_DRY_RUN"):
        from newscrawl.store.client import check_reachable

        check_reachable("writer")
