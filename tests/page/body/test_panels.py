"""Accordions and other text that a reader unfolds."""

import pytest

from newscrawl import extract_article

URL = "https://news.example.org/quay"
LINES = [
    "The harbour office said on Monday that the new quay would open in autumn, two years late.",
    "Fishermen had asked for a longer wall on the north side, and the council answered that a study come.",
    "Ships of up to ninety metres can moor there, and a ferry line to the islands has been asked for.",
    "The ground under the quay had to be made firm, which took the builders two winters and twice the money.",
    "A study of the currents will follow in spring, and its results will be shown in the town hall.",
]
HEADINGS = ["When does it open?", "Who moors there?", "What did it cost?"]


def read(panel: str) -> list[str]:
    """The article's lines; `panel` has {number}, {heading} and {text}."""
    panels = "".join(
        panel.format(number=number, heading=heading, text=f"<p>{line}</p>")
        for number, (heading, line) in enumerate(zip(HEADINGS, LINES[2:], strict=True))
    )
    body = f"<article><h1>Quay opens</h1><p>{LINES[0]}</p><p>{LINES[1]}</p>{panels}</article>"
    page = f"<html lang=en><title>Quay opens</title><main>{body}</main><footer>© Times</footer></html>"
    return extract_article(page, url=URL).text.split("\n\n")


@pytest.mark.parametrize(
    "panel",
    [
        "<details><summary>{heading}</summary>{text}</details>",
        "<h3><button aria-expanded=false>{heading}</button></h3><div hidden>{text}</div>",
        "<h3><button aria-controls=p{number}>{heading}</button></h3><hr>"
        "<div id=p{number} hidden>{text}</div>",
        '<h3>{heading}</h3><div style="display: none">{text}</div>',
        '<div class="item"><h3><button>{heading}</button></h3><div class="collapse">{text}</div></div>',
    ],
)
def test_what_a_reader_unfolds_is_text(panel: str) -> None:
    assert [line for line in read(panel) if line in LINES] == LINES


def test_a_button_that_is_a_heading_is_text() -> None:
    lines = read("<h3><button>{heading}</button></h3><div hidden>{text}</div>")
    assert HEADINGS[0] in lines


def test_a_hidden_note_is_left_out() -> None:
    text = "".join(f"<p>{line}</p>" for line in LINES)
    page = (
        f"<title>Quay opens</title><article><h1>Quay opens</h1>{text}<p hidden>For machines, that is all.</p>"
    )
    assert "machines" not in extract_article(page, url=URL).text
