import pytest

from newscrawl.extract import extract_article

PROSE = (
    "<p>The council said on Monday that the bridge, closed since May, would open again soon for all.</p>" * 4
)
LINES = {
    "by and and": ("<p>By Ana Bell and Bo Cole</p>", ["Ana Bell", "Bo Cole"]),
    "a date behind": ("<p>By Ana Bell | 4 May 2026, 10:30pm</p>", ["Ana Bell"]),
    "a date behind, unparted": ("<p class=byline>By Ana Bell on May 4, 2026</p>", ["Ana Bell"]),
    "a date before": ("<p>4 May 2026 | By Ana Bell</p>", ["Ana Bell"]),
    "a trade": ("<p>By Ana Bell, Senior Correspondent</p>", ["Ana Bell"]),
    "an agency": ("<p>Par Anne Belle avec AFP</p>", ["Anne Belle"]),
    "a handle": ('<div class="author">Ana Bell @anabell</div>', ["Ana Bell"]),
    "a place": ("<p class=author>Von Anna Bell und Bernd Cole, Berlin</p>", ["Anna Bell", "Bernd Cole"]),
    "in the line of the date": (
        "<p>Stand: 04.05.2026, 10:30 Uhr | Von <span class=authorname>Anna Bell</span></p>",
        ["Anna Bell"],
    ),
    "in the line of the date, unclassed": ("<p>06.11.2023 13:30 von Olga Bell</p>", ["Olga Bell"]),
    "beside times": (
        '<time class="published">May 4, 2026</time><span class="byline">by <a href="/x">Bo Cole</a></span>',
        ["Bo Cole"],
    ),
    "posted on … by": ("<p class=author>Posted on May 4, 2026 by Ana Bell</p>", ["Ana Bell"]),
    "text and pictures": ("<p>Text: Anna Bell, Fotos: Bernd Cole</p>", ["Anna Bell"]),
    "a kind of article": ("<p>Ein Artikel von <b>Anna Bell</b> | 27.01.2022 - 12:45</p>", ["Anna Bell"]),
    "a label": ("<p>Autorin: Anna Bell</p>", ["Anna Bell"]),
    "a column": ("<p class=autor>Por: Ana Bella García | Madrid</p>", ["Ana Bella García"]),
    "for another paper": ("<p>By Ana Bell, Special to The Example</p>", ["Ana Bell"]),
    "in a place": ("<p>By Ana Bell in London</p>", ["Ana Bell"]),
    "an address": ("<p class=byline>Ana Bell ana@example.com</p>", ["Ana Bell"]),
    "neighbours": (
        "<div class=byline><i>By</i><b>Ana Bell</b><i>and</i><b>Bo Cole</b></div>",
        ["Ana Bell", "Bo Cole"],
    ),
    "glued to its label": ("<p><span>Written by</span><span>Ana Bell</span></p>", ["Ana Bell"]),
    "glued to its date": ("<p class=author>Ana Bell<span>May 4, 2026</span></p>", ["Ana Bell"]),
    "behind its date": ("<p class=author><i>May 4, 2026</i><b>Ana Bell</b></p>", ["Ana Bell"]),
    "a label without a colon": ("<p><strong>Author</strong> Ana Bell</p>", ["Ana Bell"]),
    "letters": ("<p class=byline>By Ana Bell, MD</p>", ["Ana Bell"]),
    "brackets in a name": ("<p class=byline>Ana (Cole) Bell Published: May 4, 2026</p>", ["Ana (Cole) Bell"]),
    "brackets behind": ("<p class=byline>Ana Bell (Content Manager)</p>", ["Ana Bell"]),
    "a login": ("<p>by anabell</p>", ["anabell"]),
    "a login with its date": ("<p>Verfasst von: anabell | 4. Mai 2026</p>", ["anabell"]),
    "an hour": ("<p>by noon</p>", []),
    "a label of what is no name": (
        "<p class=author>Insights from</p><p class=author>Ana Bell</p>",
        ["Ana Bell"],
    ),
    "for a group": ("<p class=author>May 4, 2026 · Ana Bell on behalf of the group</p>", ["Ana Bell"]),
    "a name and a role": (
        "<div><i class=byline-name>Ana Bell</i><i class=byline-role>Political correspondent, News</i></div>",
        ["Ana Bell"],
    ),
    "a button": ("<p class=author><a href=/p>Print</a></p>", []),
    "no byline": ("<p>By noon the bridge was full</p><p>By Monday, all is well?</p>", []),
    "who comments": (
        PROSE * 4 + '<div class="comment"><span class="comment-author">Zed Zulu</span> May 5, 2026</div>',
        [],
    ),
}


@pytest.mark.parametrize(("line", "names"), LINES.values(), ids=LINES)
def test_bylines(line: str, names: list[str]) -> None:
    page = f"<html lang=en><h1>The bridge opens again</h1>{line}<div>{PROSE}</div></html>"
    assert extract_article(page, url="https://news.example.com/a").authors == names


def test_the_writer_of_a_card() -> None:
    card = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="Ana Bell">'
    page = f"<html lang=en>{card}<h1>The bridge opens again</h1><div>{PROSE}</div></html>"
    assert extract_article(page.replace("{}", "Written by"), url="https://news.example.com/a").authors == [
        "Ana Bell"
    ]
    assert extract_article(page.replace("{}", "Price"), url="https://news.example.com/a").authors == []
