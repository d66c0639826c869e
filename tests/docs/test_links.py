"""Links between the pages lead to a file and a heading that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})


@cache
def anchors(path: Path) -> frozenset[str]:
    """As GitHub makes them: lower case, letters, digits, hyphens and blanks, which become hyphens."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return frozenset(made | set(re.findall(r'<a id="([^"]+)">', text)))


def broken(path: Path, text: str) -> list[str]:
    faults = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            faults.append(target)
    return faults


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken(path, path.read_text("utf-8")) == []


def test_broken_links_are_found() -> None:
    page = ROOT / "docs" / "operations.md"
    text = "[a](nowhere.md) [b](data.md#nothing) [c](#exit-codes) [d](data.md#posts) [e](https://x.org/#y)"
    assert broken(page, text) == ["nowhere.md", "data.md#nothing"]


def test_a_page_that_code_names_exists() -> None:
    named = {
        name
        for folder in ("newscrawl", "tests", "benchmarks", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".service", ".timer"}
        for name in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text("utf-8"))
    }
    assert "docs/data.md" in named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
