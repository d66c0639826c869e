"""The first draft of a spider file, from a site's home page and one of its articles."""

from __future__ import annotations

from urllib.parse import urlsplit

from newscrawl.devtools.guessed_layout import GuessedLayout
from newscrawl.devtools.url_pattern import pattern_of
from newscrawl.discovery.home_page import Discovered, PageLink
from newscrawl.errors import NewscrawlError

_SHORT = 88  # characters of an entry that fits on one line


def source_file(
    name: str, home: str, found: Discovered, layout: GuessedLayout, day: str, remark: str | None = None
) -> str:
    """The text of `spiders/<name>.py`; `day` is today, as 2026-03-08. Without a proven layout it declares
    none, and its pages are read as those of an unknown site. `remark` goes into its docstring."""
    pattern = pattern_of(link.url for link in found.articles)
    if pattern is None:
        raise NewscrawlError("no article was found, so there is no address to make a pattern from")
    entries = _entries(found)
    layouts = _layouts(layout, day)
    kinds = {entry.partition("(")[0] for entry in entries} | {"Seen", "Source"}
    if layouts:
        kinds.add("PageLayout")
    paged = found.next and any("_NEXT" in entry for entry in entries)
    following = f"\n_NEXT = ({_quoted(found.next or '')},)\n" if paged else ""
    title = found.title or urlsplit(home).hostname or name
    about = f"\n{_plain(remark)}\n" if remark else ""
    return f'''"""{_plain(title)}.

Lists and pages as found at {_plain(home)} on {day}; look them over.
{about}"""

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import {", ".join(sorted(kinds))}
{following}

class {_class_name(name)}(NewsSpider):
    """Its news, newest first."""

    name = {_quoted(name)}
    source = Source(
        title={_quoted(title)},
        domain={_quoted(found.domain)},
        outlet={_quoted(title)},
        seen=Seen({_quoted(day)}, "newscrawl new"),
        language={_quoted(found.language)},
        zone={_quoted(found.zone)},
        lists={_tuple(entries)},
        articles=r"{pattern}",
{layouts}    )
'''


def _layouts(layout: GuessedLayout, day: str) -> str:
    """The declaration of the page layout; empty without one."""
    lines = [f"                {name}=({_quoted(value)},),\n" for name, value in layout.selectors().items()]
    if not lines:
        return ""
    head = f"        layouts=(\n            PageLayout(\n                name={_quoted(day[:4])},\n"
    return head + "".join(lines) + "            ),\n        ),\n"


def _entries(found: Discovered) -> list[str]:
    """The feeds; without any the sitemap, if only that has articles; else the pages."""
    if found.feeds:
        return [f"Feed({_quoted(url)})" for url in found.feeds]
    if found.sitemap:
        return [f"Sitemap({_quoted(found.sitemap)})"]
    return [_section(link, paged=found.next is not None) for link in found.sections]


def _section(link: PageLink, *, paged: bool) -> str:
    if not link.text:  # the home page
        return f"Section({_quoted(link.url)})"
    more = ", next=_NEXT" if paged else ""
    return f"Section({_quoted(link.url)}, column={_quoted(link.text)}{more})"


def _quoted(text: str) -> str:
    """A text as a Python literal, in the quotes that formatters prefer."""
    literal = repr(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in literal else literal


def _tuple(entries: list[str]) -> str:
    """A tuple, laid out as formatters do."""
    if len(entries) == 1 and len(entries[0]) < _SHORT:
        return f"({entries[0]},)"
    return "(" + "".join(f"\n            {entry}," for entry in entries) + "\n        )"


def _plain(text: str) -> str:
    """The text, safe inside a docstring."""
    return text.replace("\\", " ").replace('"', " ").strip()


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_")) + "Spider"
