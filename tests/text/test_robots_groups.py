"""What a robots.txt says of crawlers for AI and of uses."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from newscrawl.text.robots_groups import ai_agents, matches, path_of, read_robots


def said(text: str, url: str = "https://example.org/news/a.html?p=1") -> list[tuple[str, str, str | None]]:
    return [(one.signal, one.value, one.means) for one in read_robots(text.encode()).statements(url)]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/", "/news/a", True),
        ("/news", "/newsroom", True),
        ("/news/", "/news", False),
        ("/*.html$", "/news/a.html", True),
        ("/*.html$", "/news/a.html?p=1", False),
        ("/*?p=", "/news/a.html?p=1", True),
        ("*a*b*", "/xaxxb", True),
        ("/a*a$", "/a", False),
        ("/News/", "/news/", False),
        ("/caf%C3%A9", "/café", True),
        ("/a%2Fb", "/a/b", False),
        ("/" + "*a" * 5000 + "$", "/" + "a" * 4999, False),
    ],
)
def test_patterns_of_paths(pattern: str, path: str, *, fits: bool) -> None:
    assert matches(pattern, path_of(f"https://example.org{path}")) is fits


def test_a_crawler_without_a_group_follows_that_of_everybody() -> None:
    text = "User-agent: *\nDisallow: /news/\n\nUser-agent: GPTBot\nAllow: /\n"
    assert said(text) == [("user-agent", "*", "reserved")]


def test_groups_of_one_crawler_are_one() -> None:
    text = "User-agent: GPTBot\nAllow: /x\n\nUser-agent: gptbot\nDisallow: /news/\n"
    assert said(text) == [("user-agent", "gptbot", "reserved")]


def test_many_crawlers_are_one_statement() -> None:
    text = "".join(f"User-agent: {name}\n" for name in sorted(ai_agents())) + "Disallow: /\n"
    [(_, value, _)] = said(text)
    assert value.endswith(f"and {len(ai_agents()) - 12} more")


def test_a_use_says_for_whom_it_is() -> None:
    text = "User-agent: *\nContent-Usage: /news/ train-ai=n\nContent-Usage: train-ai=y # all else\n"
    assert said(text) == [("content-usage", "train-ai=n (for *)", "reserved")]
    assert said(text, "https://example.org/") == [("content-usage", "train-ai=y (for *)", "allowed")]


def test_crawlers_of_search_engines_say_nothing() -> None:
    assert said("User-agent: Googlebot\nUser-agent: Scrapy\nDisallow: /\n") == []


@pytest.mark.parametrize("text", ["", "\n\n", "Disallow: /", ": :", "User-agent:\nDisallow: /", "\0" * 9])
def test_broken_files_say_nothing(text: str) -> None:
    assert said(text) == []


def test_every_name_is_in_small_letters_and_has_its_source() -> None:
    tables = tomllib.loads((files("newscrawl.text") / "ai_agents.toml").read_text(encoding="utf-8"))
    names = [name for table in tables.values() for name in table["names"]]
    assert len(names) == len(set(names))
    assert all(
        name == name.lower() and read_robots(f"user-agent: {name}".encode()).groups[0].agents == [name]
        for name in names
    )
    assert all(table["source"].startswith("https://") for table in tables.values())
