import pytest

from newscrawl import extract_article
from newscrawl.page.body.copies import later_copies

LINES = [
    f"On day {day} the harbour office said that the quay, {day * 7} metres long, would open in autumn."
    for day in range(9)
]
URL = "https://news.example.org/quay"


@pytest.mark.parametrize(
    ("texts", "copies"),
    [
        (LINES, set()),
        (LINES * 2, set(range(9, 18))),
        (LINES * 3, set(range(9, 27))),
        # A copy has a heading more, and lacks a picture's caption.
        ([*LINES[:5], "Caption", *LINES[5:], "Print", *LINES], set(range(11, 20))),
        # A line or two are a refrain, and what is alike in plans is not all that stands there.
        ([*LINES, *LINES[:2]], set()),
        ([line for day in range(4) for line in (f"Day {day}: " + "run slowly " * 9, *LINES[:4])], set()),
        (["same"] * 90, set()),
    ],
)
def test_a_copy_is_a_whole_run(texts: list[str], copies: set[int]) -> None:
    assert later_copies(texts) == copies


@pytest.mark.parametrize(
    "classes", [("post", "post print"), ("desktop", "tablet hidden-7", "phone hidden-9")]
)
def test_an_article_is_taken_once(classes: tuple[str, ...]) -> None:
    text = "".join(f"<p>{line}</p>" for line in LINES)
    page = "".join(f'<div class="{name}"><h1>Quay opens</h1>{text}</div>' for name in classes)
    article = extract_article(f"<title>Quay opens</title><main>{page}</main>", url=URL)
    assert article.text.split("\n\n") == LINES
