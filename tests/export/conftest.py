"""The browser of the export tests, which ends with its module.

Playwright's loop counts as running in its thread for as long as the browser is open, and `asyncio.run`
refuses to work there: one that lives for the whole session fails every later test that stores a post.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests import programs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, which speaks to nobody but the pages that a test opens."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=programs.where("chromium"), args=_QUIET)
        yield chromium
        chromium.close()
