"""What the classifier is sure of comes into another's text at its place."""

from lxml import html

from newscrawl.page.body.merge import join_sure
from newscrawl.page.context import context_from

URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "
FIRST, SECOND, THIRD = f"First, {PROSE}".strip(), f"Second, {PROSE}".strip(), f"Third, {PROSE}".strip()
PAGE = f"<h1>Bridge opens</h1><p>{FIRST}<h2>What it costs</h2><p>{SECOND}<p>{THIRD}"


def joined(answer: str, likely: float = 0.95) -> list[tuple[str, str]]:
    look = context_from(PAGE, url=URL)
    body = html.fromstring(f"<div>{answer}</div>")
    join_sure(body, look, [0.0, *[likely] * 4], {1, 2, 3, 4})
    return [(str(part.tag), part.text_content()) for part in body]


def test_what_is_missing_is_put_where_it_stands_on_the_page() -> None:
    whole = [("p", FIRST), ("h2", "What it costs"), ("p", SECOND), ("p", THIRD)]
    assert joined(f"<p>{SECOND}</p>") == whole
    assert joined(f"<p>{FIRST}</p><p>{THIRD}</p>") == whole
    assert joined(f"<p>{FIRST}</p><h2>What it costs</h2><p>{SECOND}</p><p>{THIRD}</p>") == whole


def test_what_is_doubtful_is_not() -> None:
    assert joined(f"<p>{SECOND}</p>", likely=0.8) == [("p", SECOND)]
