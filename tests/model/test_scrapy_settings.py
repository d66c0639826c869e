"""Settings that a job or a source may change: they exist, are documented, and fit the project's values."""

from pathlib import Path

import pytest

from newscrawl.crawl.runner import project_settings
from newscrawl.model.scrapy_settings import _REFUSED, ALLOWED, NUMBERS, SWITCHES, setting_fault

SETTINGS = project_settings()
TEXT = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("name", ALLOWED)
def test_an_allowed_setting_exists_and_is_documented(name: str) -> None:
    assert name in SETTINGS
    assert f"`{name}`" in TEXT.partition("## For one source")[2]


@pytest.mark.parametrize("name", [*NUMBERS, *SWITCHES])
def test_the_projects_own_value_is_within_the_bounds(name: str) -> None:
    assert setting_fault(name, SETTINGS[name]) is None


@pytest.mark.parametrize("name", [name for name in _REFUSED if not name.endswith("*")])
def test_what_is_refused_exists_and_says_why(name: str) -> None:
    assert name in SETTINGS or name in ("NEWSCRAWL_CHROMIUM", "COMMANDS_MODULE")
    assert name not in ALLOWED
    fault = setting_fault(name, 1)
    assert fault
    assert fault.startswith("not for a job or a source to change: ")
