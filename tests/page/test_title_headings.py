"""What a heading shows: not the names of icons, nor words for screen readers."""

from __future__ import annotations

import pytest

from newscrawl.page.document.blocks import block_tree
from newscrawl.page.document.parse import parse
from newscrawl.page.title_headings import heading_text

URL = "https://www.example-post.de/a/1.html"
TITLE = "Fire in town destroys two houses"


def shown(heading: str) -> str:
    found = block_tree(parse(f"<h1>{heading}</h1><p>text</p>", url=URL))
    return heading_text(found.headings[0])


@pytest.mark.parametrize(
    "unseen",
    [
        "<span class='visually-hidden'>This article is more than 2 years old</span>",
        "<span class='visuallyhidden'>Opinion</span>",
        "<span class='u-visually-hidden'>Opinion</span>",
        "<span class='sr-only'>Opinion</span>",
        "<span class='screen-reader-text'>Updated:</span>",
        "<span class='ScreenReaderOnly screenreader-only'>Updated:</span>",
        "<i class='icon offscreen'>icon</i>",
        "<span class='element-invisible'>Page title</span>",
        "<span style='display: none'>draft</span>",
        "<span style='visibility:hidden'>draft</span>",
        "<span hidden>draft</span>",
        "<svg><title>Share icon</title><desc>An arrow</desc></svg>",
        "<button>Share</button>",
        "<script>var a = 'b';</script>",
        "<span class='sr-only'>Opinion <b>by</b></span><svg><title>x</title></svg>",
    ],
)
def test_what_a_heading_does_not_show_is_left_out(unseen: str) -> None:
    assert shown(f"{unseen} {TITLE}") == TITLE
    assert shown(f"<a href='/'>{unseen}{TITLE}</a>") == TITLE
    assert shown(f"{TITLE} {unseen}") == TITLE


@pytest.mark.parametrize("name", ["hidden-gems", "srs-only", "headline", "offscreening", "text"])
def test_other_classes_are_shown(name: str) -> None:
    assert shown(f"<span class='{name}'>Fire in town</span> destroys two houses") == TITLE


def test_a_heading_of_nothing_else_keeps_its_words() -> None:
    assert shown(f"<img src='/logo.png'><span class='sr-only'>{TITLE}</span>") == TITLE


def test_the_page_itself_stays_as_it_is() -> None:
    page = f"<h1><span class='sr-only'>Opinion</span> {TITLE}</h1>"
    found = block_tree(parse(page, url=URL))
    assert heading_text(found.headings[0]) == heading_text(found.headings[0])
    assert "Opinion" in found.root.text_content()
