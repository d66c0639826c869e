import re

import pytest

from newscrawl import extract_article
from newscrawl.page.document.nesting import MOST_OPEN, mend_nesting
from newscrawl.page.document.parse import parse

URL = "https://news.example.org/quay"
TEXT = "".join(
    f"<p>The harbour office said on {day} that the new quay would open, two years later than planned.</p>"
    for day in ("Monday", "Tuesday", "Thursday")
)


def tree(page: str) -> str:
    """The body's elements and texts, written as `div(p(One) Two)`."""
    body = parse(f"<!doctype html><html><body>{page}</body></html>", url=URL).find("body")
    assert body is not None

    def written(element: object) -> str:
        parts = [(element.text or "").strip()]  # type: ignore[attr-defined]
        for child in element:  # type: ignore[attr-defined]
            parts += [f"{child.tag}({written(child)})", (child.tail or "").strip()]
        return " ".join(part for part in parts if part)

    return written(body)


@pytest.mark.parametrize(
    ("page", "browsers"),
    [
        ("<button><div>Menu<div></button><p>One</p>", "button(div(Menu div())) p(One)"),
        ("<header><div><nav><div>Nav</header><main>One</main>", "header(div(nav(div(Nav)))) main(One)"),
        ("<ul><li><div>One</li><li>Two</li></ul>", "ul(li(div(One)) li(Two))"),
        ("<ul><li><div>One<li>Two</ul><aside><div>B</aside>C", "ul(li(div(One)) li(Two)) aside(div(B)) C"),
        ("<dl><dt><div>A<dd>B</dl><nav><div></nav>C", "dl(dt(div(A)) dd(B)) nav(div()) C"),
        ("<h1><div>A</h1><p>B", "h1(div(A)) p(B)"),
        ("<h1><div>A</h2><p>B</p><nav><div></nav>", "h1(div(A)) p(B) nav(div())"),
        ("<noscript><div></noscript><p>One</p>", "noscript(div()) p(One)"),
        ("<div><noscript></div></noscript><p>One</p></div>Two", "div(noscript() p(One)) Two"),
        ("<div><template></div></template><p>One</p></div>Two", "div(template() p(One)) Two"),
        ("<template><div></template>One", "template(div()) One"),
        ("<button>A<ul><li><button>B</button>One", "button(A ul(li())) button(B) One"),
        ("<a href=/x><div>A</a>B</div><nav><div></nav>C", "a() div(a(A) B) nav(div()) C"),
        ("<nav><div></nav><span><ul><li></span>A</ul>B</span>C", "nav(div()) span(ul(li(A)) B) C"),
        ("<nav><div></nav><div/>A</div>B", "nav(div()) div(A) B"),
        ("<nav><div></nav><svg><path><g/></svg>A", "nav(div()) svg(path(g())) A"),
        ("<nav><div></nav><svg><path><div>A</div>B", "nav(div()) svg(path()) div(A) B"),
        (
            "<nav><div></nav><table><tr><td><div>A<td>B<tr><td>C</table>D",
            "nav(div()) table(tr(td(div(A)) td(B)) tr(td(C))) D",
        ),
        ("<section><table><td></section>A</table>B</section>C", "section(table(td(A)) B) C"),
    ],
)
def test_the_tree_is_that_of_browsers(page: str, browsers: str) -> None:
    assert re.sub(r"tbody\((.*)\)(?= )", r"\1", tree(page)) == browsers


@pytest.mark.parametrize(
    "page",
    [
        "<ul><li>One<li>Two</ul><p>A<p>B<div>C</div>",
        "<script>'<nav><div></nav>'</script><!-- <nav><div></nav> --><nav><div></div></nav>",
        "<a href='</nav>' title=\"<div>\">One</a><br/><img src=a/>",
        "<a href=/x><div>A card</div></a><a href=/y><div>Another</div></a>",
    ],
)
def test_what_is_nested_well_stays_as_it_is(page: str) -> None:
    root = parse(page, url=URL)
    mended = parse(mend_nesting(page.encode()), url=URL)
    assert [(element.tag, element.text) for element in root.iter()] == [
        (element.tag, element.text) for element in mended.iter()
    ]


def test_a_page_nested_too_deep_and_an_open_tag_are_left() -> None:
    deep = b"<span>" * (MOST_OPEN + 2) + b"<nav><div></nav>"
    assert mend_nesting(deep) is deep
    assert mend_nesting(b"<nav><div></nav><a href='") == b"<nav><div></div></nav><a href='"


@pytest.mark.parametrize(
    "before",
    [
        "<header><button><div><svg><use href=#m></use></svg><div></button><a href=/>Times</a></header>",
        "<noscript><div><img src=/pixel></noscript>",
        "<button class=sub \n Shop </button><ul><li><button>Menu</button></ul>",
    ],
)
def test_no_page_is_swallowed_by_what_is_never_text(before: str) -> None:
    page = f"<title>Quay opens</title><body>{before}<main><article><h1>Quay opens</h1>{TEXT}</article></main>"
    assert extract_article(page, url=URL).text.count("harbour office") == 3
