"""The lead stands apart from the text, and belongs to it."""

import pytest

from newscrawl.page.body.lead import leads
from newscrawl.page.context import context_from

URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
LEAD = "After two years of repairs the bridge is ready"
DESCRIBED = f'<head><meta name=description content="{LEAD}."></head>'


def found(between: str, *, head: str = "", likely: float = 0.2) -> list[str]:
    """What is taken besides the paragraph, of which the classifier is sure, unlike of what is before it."""
    look = context_from(f"{head}<body><h1>Bridge opens</h1>{between}<p>{PROSE * 2}</p></body>", url=URL)
    blocks = look.found.blocks
    taken = {len(blocks) - 1}
    probabilities = [likely] * (len(blocks) - 1) + [0.99]
    indexes = leads(look.found, look.known(), probabilities, taken)
    return [block.text for block in blocks if block.index in indexes]


@pytest.mark.parametrize("name", ["standfirst", "article-lead", "dek", "entradilla", "c-strapline"])
def test_a_lead_is_known_by_its_class(name: str) -> None:
    assert found(f"<p class='{name}'>{LEAD}</p>") == [LEAD]


def test_a_lead_is_known_by_the_description() -> None:
    assert found(f"<h2>{LEAD}</h2>", head=DESCRIBED) == [LEAD]
    assert found(f"<h2>{LEAD}</h2>") == []


@pytest.mark.parametrize(
    "between",
    [
        "<p class=lead>Too short</p>",
        f"<p class=lead><a href=/b>{LEAD}</a></p>",
        f"<figure class=lead><figcaption>{LEAD}</figcaption></figure>",
        f"<ul class=lead><li>{LEAD}</li></ul>",
        f"<div class=author><p class=lead>{LEAD}</p></div>",
        f"<p class=lead>9 March 2026 09:15 {LEAD}</p>",
    ],
)
def test_what_is_no_lead_though_it_is_called_one(between: str) -> None:
    assert found(between) == []


def test_what_is_most_unlikely_is_none() -> None:
    assert found(f"<p class=lead>{LEAD}</p>", likely=0.05) == []


def test_it_stands_before_the_text() -> None:
    look = context_from(f"<h1>Bridge opens</h1><p>{PROSE * 2}</p><p class=lead>{LEAD}</p>", url=URL)
    assert leads(look.found, look.known(), [0.2, 0.99, 0.2], {1}) == set()
