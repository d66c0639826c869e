import pytest

from newscrawl import extract_article
from newscrawl.page.document.parse import parse, text_of

URL = "https://news.example.org/quay"


def shown(page: str) -> str:
    body = parse(f"<!doctype html><html><body>{page}</body></html>", url=URL).find("body")
    assert body is not None
    return text_of(body)


BOUNDARY = (
    '<main><p>One.</p><!--$?--><template id="B:0"></template><i>Loading</i><!--/$--><p>Four.</p></main>'
)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (
            f'{BOUNDARY}<div hidden id="S:0"><p>Two.</p></div><script>$RC("B:0","S:0")</script>',
            "One.Two.Four.",
        ),
        (f"{BOUNDARY}<div hidden id=\"S:0\">Two.</div><script>$RC('B:0', 'S:0')</script>", "One.Two.Four."),
        # Not streamed any more: what is shown meanwhile stays.
        (f'{BOUNDARY}<script>$RC("B:0","S:0")</script>', "One.LoadingFour."),
        (BOUNDARY, "One.LoadingFour."),
        # A boundary and a place inside of a segment.
        (
            f'{BOUNDARY}<div hidden id="S:0"><p>Two.</p><template id="P:1"></template><!--$?-->'
            '<template id="B:1"></template><!--$-->L<!--/$-->M<!--/$--></div>'
            '<div hidden id="S:1">Three.</div><div hidden id="S:2">Last.</div>'
            '<script>$RS("S:1","P:1");$RC("B:0","S:0");$RC("B:1","S:2")</script>',
            "One.Two.Three.Last.Four.",
        ),
    ],
)
def test_a_streamed_segment_stands_where_it_is_shown(page: str, text: str) -> None:
    assert shown(page) == text


def test_a_segment_that_would_stand_in_itself_stays() -> None:
    page = '<div id="S:0">One.<template id="B:0"></template></div><script>$RC("B:0","S:0")</script>'
    assert shown(page) == "One."


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<x-a><template shadowrootmode="open"><p>Shadow.</p></template></x-a>', "Shadow."),
        ('<x-a>Light.<template shadowrootmode="open">A <slot></slot> B</template></x-a>', "A Light. B"),
        (
            '<x-a><b slot="name">Name</b><template shadowrootmode="closed"><slot name="name">?</slot>'
            '<slot name="other">: none</slot></template></x-a>',
            "Name: none",
        ),
        (
            '<x-a><template shadowrootmode="open">1<x-b><template shadowrootmode="open">2<slot></slot>4'
            "</template>3</x-b>5<slot></slot></template>6</x-a>",
            "123456",
        ),
        ("<template><p>Not shown.</p></template>One.", "One."),
    ],
)
def test_a_declared_shadow_root_is_shown_with_its_slots(page: str, text: str) -> None:
    root = parse(f"<body>{page}</body>", url=URL)
    for template in list(root.iter("template")):
        template.drop_tree()
    assert text_of(root) == text


def test_an_article_in_parts_is_read_whole() -> None:
    lines = [
        f"The harbour office said on day {day} that the new quay would open in autumn." for day in range(9)
    ]
    first, last = ("".join(f"<p>{line}</p>" for line in part) for part in (lines[:2], lines[2:]))
    page = (
        f"<title>Quay opens</title><article><h1>Quay opens</h1>{first}<!--$?--><template id='B:0'></template>"
        f"<p>Loading</p><!--/$--></article><div hidden id='S:0'>{last}</div><script>$RC('B:0','S:0')</script>"
    )
    assert extract_article(page.replace("'", '"'), url=URL).text.split("\n\n") == lines
