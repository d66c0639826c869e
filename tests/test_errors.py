"""The hierarchy of errors: drawn at the head of errors.py, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

from newscrawl import errors

PACKAGE = Path(errors.__file__).parent


def drawn() -> dict[str, str]:
    """Class -> the class above it, as the docstring draws them: two blanks a level."""
    tree: dict[str, str] = {}
    above: list[str] = ["Exception"]
    assert errors.__doc__
    for line in errors.__doc__.splitlines():
        if line.startswith("    "):
            level = (len(line) - len(line.lstrip()) - 4) // 2
            name = line.split()[0]
            above[level + 1 :] = [name]
            tree[name] = above[level]
    return tree


def defined(file: Path) -> dict[str, str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name: ast.unparse(node.bases[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.bases
    }


def test_the_drawing_is_what_the_file_defines() -> None:
    assert drawn() == defined(PACKAGE / "errors.py")


def test_no_other_file_defines_an_error() -> None:
    known = {
        *defined(PACKAGE / "errors.py"),
        "Exception",
        "ValueError",
        "RuntimeError",
        "OSError",
        "IgnoreRequest",
    }
    elsewhere = {
        f"{file.stem}.{name}"
        for file in PACKAGE.rglob("*.py")
        if file.name != "errors.py"
        for name, base in defined(file).items()
        if base in known
    }
    assert elsewhere == {"guard.PrivateAddress", "robots.Unreachable", "stopping.CrawlStopped"}
    assert errors.__doc__
    assert all(f"`{name}`" in errors.__doc__ for name in elsewhere)
