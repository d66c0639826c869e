"""Patterns of article addresses: they hold for articles that were not seen, and for no other page."""

from __future__ import annotations

import re

import pytest

from newscrawl.devtools.url_pattern import pattern_of

SLUGS = (
    "harbour-bridge-reopens-after-two-year-repair",
    "city-council-votes-for-night-buses",
    "bakers-fear-new-flour-levy",
    "lake-level-falls-to-record-low",
)
OTHER = "old-mill-becomes-library"


def urls(form: str) -> list[str]:
    return [f"https://e.org{form.format(slug=slug, n=100201 + i, d=10 + i)}" for i, slug in enumerate(SLUGS)]


CASES = {
    "WordPress": ("/2026/11/{d}/{slug}/", ["/2025/01/02/old-mill-becomes-library/"], ["/category/local/"]),
    "WordPress, plain links": ("/?p={n}", ["/?p=99"], ["/?cat=3", "/?page_id=2"]),
    "Ghost": ("/{slug}/", [f"/{OTHER}/"], ["/about/", "/tag/local/", "/author/ida-row/", "/page/2/"]),
    "slug and number": ("/en/article/{slug}-{n}", [f"/en/article/{OTHER}-5"], ["/en/about", "/en/article/"]),
    "number and slug": ("/news/{n}-{slug}.html", [f"/news/1-{OTHER}.html"], ["/news/index.html"]),
    "PHPCMS": ("/html/2026/11{d}/{n}.html", ["/html/2025/0101/7.html"], ["/html/2026/", "/list/2.html"]),
    "PHPCMS, by query": (
        "/index.php?m=content&c=index&a=show&catid={d}&id={n}",
        ["/index.php?m=content&c=index&a=show&catid=6&id=5"],
        ["/index.php?m=content&c=index&a=lists&catid=6", "/index.php?m=search"],
    ),
    "TRS": ("/xw/202611/t202611{d}_{n}.shtml", ["/xw/202501/t20250102_3.shtml"], ["/xw/202611/"]),
    "percent": ("/2026/11/{d}/%E5%B8%82-{slug}/", ["/2025/1/2/%E5%8C%BA/"], ["/2026/11/"]),
    "code": ("/c/8oX{n}yZ", ["/c/8oX7yZ"], ["/c/", "/list/8oX7yZ"]),
    "uuid": ("/a/{slug}-a-60a0111a-c2d2-46c8-9e93-b16a374e{n}", ["/a/x-a-60a0111a-c2d2"], ["/a/"]),
    "day in a name": ("/{d}-11-2026/{slug}", ["/01-02-2025/old-mill"], ["/about", "/tag/old-mill"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_pattern_holds_for_articles_alone(name: str) -> None:
    form, others, pages = CASES[name]
    seen = urls(form)
    pattern = pattern_of(seen)
    assert pattern is not None
    assert not any(part in pattern for slug in SLUGS for part in slug.split("-") if len(part) > 4), pattern
    for url in [*seen, *(f"https://e.org{path}" for path in others)]:
        assert re.search(pattern, url), (pattern, url)
    for path in pages:
        assert not re.search(pattern, f"https://e.org{path}"), (pattern, path)


@pytest.mark.parametrize("name", CASES)
def test_one_address_is_no_reason_to_hold_its_words(name: str) -> None:
    form, others, _ = CASES[name]
    pattern = pattern_of(urls(form)[:1])
    assert pattern is not None
    assert "harbour" not in pattern
    assert re.search(pattern, urls(form)[0])
    assert name == "uuid" or any(re.search(pattern, f"https://e.org{path}") for path in others), pattern


def test_sections_differ_by_their_folders() -> None:
    pattern = pattern_of([f"https://e.org/{folder}/c{n}.html" for n, folder in enumerate(["a", "b", "c"])])
    assert pattern is not None
    assert re.search(pattern, "https://e.org/shehui/c100.html")
    assert not re.search(pattern, "https://e.org/shehui/about.html")


def test_a_number_of_each_article_is_its_id() -> None:
    match = re.search(pattern_of(urls("/html/2026/11{d}/{n}.html")) or "", "/html/2026/1130/52300.html")
    assert match
    assert match["id"] == "52300"
    assert "(?P<id>" not in (pattern_of(["https://e.org/2026/11/30/a-b-c/"] * 2) or "")


def test_two_kinds_of_address_stand_side_by_side() -> None:
    pattern = pattern_of([*urls("/2026/11/{d}/{slug}/"), *urls("/brief/{n}.html")])
    assert pattern is not None
    assert re.search(pattern, "https://e.org/2025/1/2/old-mill-becomes-library/")
    assert re.search(pattern, "https://e.org/brief/7.html")


def test_no_address_gives_no_pattern() -> None:
    assert pattern_of([]) is None
