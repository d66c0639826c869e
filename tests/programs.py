"""Programs that some tests run for real; a machine without one runs all other tests, and is told."""

from __future__ import annotations

import os
import shutil
from functools import cache

import pytest

from benchmarks import brokers

_REMEDY = {
    "chromium": "apt install chromium, or .venv/bin/playwright install chromium",
    "jekyll": "apt install jekyll",
    "rabbitmq-server": "apt install rabbitmq-server",
    "redis-server": "apt install redis-server",
    "systemd-analyze": "apt install systemd",
}


@cache
def where(program: str) -> str | None:
    """Its path; None where the machine has none."""
    if program == "chromium":
        return _chromium()
    return brokers.program(program)


def absent() -> list[str]:
    """The programs that this machine lacks, each with its remedy."""
    return [f"{program}: {remedy}" for program, remedy in _REMEDY.items() if where(program) is None]


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the tests whose program is absent. With NEWSCRAWL_TEST_ALL, as in CI, they run and fail."""
    if os.environ.get("NEWSCRAWL_TEST_ALL"):
        return
    out = [
        item
        for item in items
        if any(where(program) is None for mark in item.iter_markers("needs") for program in mark.args)
    ]
    if out:
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)


def _chromium() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if os.path.exists(own) else None
