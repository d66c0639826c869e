"""The rules of CONTRIBUTING.md that a machine can check."""

import ast
import importlib
import os
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from newscrawl.crawl.runner import project_settings, spider_class, spider_names

ROOT = Path(__file__).parents[1]
PYTHON = sorted(p for top in ("newscrawl", "spiders", "pipelines") for p in (ROOT / top).rglob("*.py"))
MOST_ROOMS = 25
#: The rooms of newscrawl/, lowest floor first: a room imports only from floors below its own.
FLOORS = (
    {"errors", "settings"},
    {"model", "paths"},
    {"locks", "search", "text", "warc"},
    {"normalize", "page", "store"},
    {"discovery", "extract", "jobs", "log_format", "read"},
    {"crawl", "export", "monitor"},
    {"captures", "devtools", "newsroom", "web"},
    {"cli"},
    {"__main__"},
)
#: What a folder must not import, beside what its floor forbids.
FORBIDDEN = {
    "newscrawl": ("spiders", "pipelines"),
    "newscrawl/text": ("scrapy", "pymongo"),
    "newscrawl/page": ("scrapy", "pymongo"),
    "newscrawl/normalize": ("scrapy", "pymongo"),
    "newscrawl/discovery": ("pymongo",),
    "newscrawl/search": ("scrapy", "pymongo"),
    "newscrawl/crawl/worker": ("pymongo", "newscrawl.store"),
    "newscrawl/read": ("scrapy",),
    "newscrawl/export": ("scrapy",),
    "newscrawl/web": ("scrapy", "newscrawl.crawl", "newscrawl.store.archive", "newscrawl.store.writer"),
    "spiders": ("pipelines", "pymongo", "bson"),
    "pipelines": ("spiders", "pymongo", "bson"),
}


class Facts(NamedTuple):
    """What is kept of a file: its tree takes a thousand times as much memory."""

    imports: tuple[str, ...]  #: every name, of imports inside functions and for type checking too
    docstring: str | None
    lengths: tuple[tuple[str, int], ...]  #: of its functions, in lines


@cache
def facts_of(path: Path) -> Facts:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports: list[str] = []
    lengths: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lengths.append((node.name, node.end_lineno - node.lineno + 1))
    return Facts(tuple(imports), ast.get_docstring(tree), tuple(lengths))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def module_graph() -> dict[str, set[str]]:
    """The modules of newscrawl/, each with those that it imports."""
    modules = {module_name(path): path for path in PYTHON if path.is_relative_to(ROOT / "newscrawl")}

    def module_of(name: str) -> str:
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name

    return {
        module: {found for name in facts_of(path).imports if (found := module_of(name)) and found != module}
        for module, path in modules.items()
    }


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """A circle of imports, as the modules on it; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_rooms_import_only_from_lower_floors() -> None:
    graph = module_graph()
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    rooms = {room_of(module) for module in graph} - {"newscrawl"}
    assert rooms == floor.keys(), "every room has its floor in FLOORS"
    assert len(rooms) <= MOST_ROOMS
    for module, imported in graph.items():
        here = room_of(module)
        for other in imported:
            there = room_of(other)
            if (
                "newscrawl" not in (here, there) and there != here
            ):  # the package itself only names three things
                assert floor[there] < floor[here], f"{module} imports {other}, which is not below it"


def test_no_circle_of_imports_within_rooms_and_between_them() -> None:
    assert circle_in(module_graph()) == []


def test_a_circle_is_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_folders_leave_alone_what_is_not_theirs(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for name in facts_of(path).imports:
            for forbidden in FORBIDDEN[folder]:
                assert not f"{name}.".startswith(f"{forbidden}."), f"{path.relative_to(ROOT)} imports {name}"


def test_each_package_says_what_is_in_it() -> None:
    for path in PYTHON:
        if path.name == "__init__.py":
            assert facts_of(path).docstring, path.relative_to(ROOT)


def test_no_name_says_nothing() -> None:
    vague = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}
    assert [p.name for p in PYTHON if p.stem in vague] == []


def test_functions_stay_small() -> None:
    for path in PYTHON:
        for name, length in facts_of(path).lengths:
            assert length <= 60, f"{path.relative_to(ROOT)}: {name} has {length} lines"


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
        f"newscrawl.pipelines.{step}.{step.capitalize()}Pipeline"
        for step in "items title dates attribution categories body validate deduplicate store".split()
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


def test_an_editable_install_is_found_from_the_folder_that_holds_the_checkout() -> None:
    """Python takes a folder newscrawl/ for a namespace package before it asks setuptools' finder."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert declared["tool"]["distutils"]["editable_wheel"] == {"mode": "compat"}
