"""The house rules of CONTRIBUTING.md, as far as a machine can hold them."""

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from newscrawl.crawl.runner import project_settings, spider_class, spider_names

ROOT = Path(__file__).parents[1]
PYTHON = sorted(p for top in ("newscrawl", "spiders", "pipelines") for p in (ROOT / top).rglob("*.py"))
FORBIDDEN = {
    "newscrawl": ("spiders", "pipelines"),
    "newscrawl/page": (
        "scrapy",
        "pymongo",
        "newscrawl.store",
        "newscrawl.crawl.spider",
        "newscrawl.crawl.run",
    ),
    "newscrawl/reading": ("pymongo", "newscrawl.store", "newscrawl.crawl.spider", "newscrawl.crawl.run"),
    "newscrawl/read": ("scrapy", "newscrawl.crawl.spider", "newscrawl.crawl.run"),
    "newscrawl/search": ("scrapy", "pymongo", "newscrawl.store", "newscrawl.read"),
    "newscrawl/export": ("scrapy", "newscrawl.crawl.spider", "newscrawl.crawl.run", "newscrawl.web"),
    "newscrawl/web": (
        "scrapy",
        "newscrawl.store.archive",
        "newscrawl.store.writer",
        "newscrawl.crawl.spider",
        "newscrawl.crawl.run",
    ),
    "spiders": ("pipelines", "pymongo", "bson"),
    "pipelines": ("spiders", "pymongo", "bson"),
}
SHARED_WITH_READERS = {"newscrawl.store.client", "newscrawl.store.schema"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_go_one_way(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for name in imports(path):
            for forbidden in FORBIDDEN[folder]:
                assert not f"{name}.".startswith(f"{forbidden}."), f"{path.relative_to(ROOT)} imports {name}"


def test_readers_share_only_connection_and_schema_with_the_store() -> None:
    for path in (ROOT / "newscrawl" / "read").rglob("*.py"):
        stored = {name for name in imports(path) if name.startswith("newscrawl.store")}
        assert stored <= SHARED_WITH_READERS, f"{path.name} imports {stored - SHARED_WITH_READERS}"


def test_no_name_says_nothing() -> None:
    vague = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}
    assert [p.name for p in PYTHON if p.stem in vague] == []


def test_functions_stay_small() -> None:
    for path in PYTHON:
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                length = node.end_lineno - node.lineno + 1
                assert length <= 60, f"{path.relative_to(ROOT)}: {node.name} has {length} lines"


def test_the_packages_are_this_checkouts() -> None:
    for name in ("newscrawl", "spiders", "pipelines"):
        module = importlib.import_module(name)
        assert module.__file__
        assert Path(module.__file__).is_relative_to(ROOT), f"{name} comes from {module.__file__}"


def test_every_spider_is_named_as_its_file_and_declares_soundly() -> None:
    files = {p.stem for p in (ROOT / "spiders").glob("*.py")} - {"__init__"}
    assert set(spider_names()) == files
    for name in files:
        kind = spider_class(name)
        assert kind.__doc__
        assert kind.source.title
        assert kind.source.domain
        assert not getattr(kind, "custom_settings", None), f"{name} overrides settings"


def test_settings_name_what_there_is() -> None:
    settings: Settings = project_settings()
    for group in ("ITEM_PIPELINES", "DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "DOWNLOAD_HANDLERS"):
        for key, value in settings.getdict(group).items():
            name = value if group == "DOWNLOAD_HANDLERS" else key
            if value is not None:
                assert load_object(name), name


def test_settings_are_polite_and_safe() -> None:
    settings = project_settings()
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert settings.getint("DOWNLOAD_MAXSIZE") == 10 * 1024 * 1024
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert settings["USER_AGENT"].startswith("newscrawl/")
    assert list(settings.getdict("ITEM_PIPELINES")) == [
        f"pipelines.{step}.{step.capitalize()}Pipeline"
        for step in ("dates", "categories", "attribution", "body", "validate", "deduplicate", "store")
    ]


def test_the_user_agent_carries_the_users_contact() -> None:
    words = "from newscrawl.crawl.runner import project_settings as s; print(s()['USER_AGENT'])"
    done = subprocess.run(
        [sys.executable, "-c", words],
        env={**os.environ, "NEWSCRAWL_CONTACT": "https://example.org/bot"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "newscrawl/0.1 (+https://example.org/bot)\n"


def test_nothing_names_a_machines_path() -> None:
    words = ("/root/", "/home/", "/Users/")
    for path in [*PYTHON, *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path


def test_top_level_is_as_agreed() -> None:
    for name in ("scrapy.cfg", "newscrawl", "spiders", "pipelines", "tests", "requirements.txt"):
        assert (ROOT / name).exists(), name
