"""Which blocks are taken, whatever the classifier thinks of them."""

import pytest

from newscrawl.page.body.select import lead_blocks, select_blocks
from newscrawl.page.context import context_from

URL = "https://news.example.org/a/1.html"
PROSE = "The council said on Monday that the bridge, closed since May, would open again before the winter. "


def taken(page: str, likely: float = 0.99) -> list[str]:
    """The texts that are taken where the classifier thinks alike of every block: that it is text."""
    context = context_from(page, url=URL)
    blocks = context.tree.blocks
    chosen = select_blocks(context.tree, context.hints(), [likely] * len(blocks))
    return [block.text for block in blocks if block.index in chosen]


@pytest.mark.parametrize(
    "line",
    [
        "© Example Agency/Ana Bell",
        "Les også: Broen åpner før vinteren",
        "Lesen Sie auch: Die Brücke öffnet vor dem Winter",
        "Mehr zum Thema: Die Brücke öffnet",
        "READ MORE: Bridge to open before winter",
        "À lire aussi : Le pont rouvre avant l'hiver",
        "Leggi anche: Il ponte riapre prima dell'inverno",
        "Czytaj też: Most zostanie otwarty przed zimą",
        "Читайте также: Мост откроют до зимы",
        "Externer Inhalt nicht verfügbar",
        "Empfohlener redaktioneller Inhalt",
        "Externen Inhalt anzeigen",
        "関連記事：橋は冬の前に再開する",
        "An dieser Stelle finden Sie einen externen Inhalt von YouTube, der den Artikel ergänzt.",
        "Ich bin damit einverstanden, dass mir externe Inhalte angezeigt werden.",
        "Deine Privatsphäre-Einstellungen verhindern das Laden und Anzeigen aller externen Inhalte.",
        "This article contains content provided by Google YouTube. We ask for your permission first.",
        "3 Min Lesezeit",
        "We independently select everything we recommend. Buying through us may earn us a commission.",
        "WATCH | The bridge from above",
        "Also read: Bridge to open before winter",
        "Click here to get the Example News app",
        "Stand: 17.06.2025 18:24 Uhr",
        "Publié le 18 juil. 2024 à 08:01",
        "Updated 10:01 pm PST, Tuesday, November 19, 2019",
        "By Ana Bell and Bo Cole / Example Staff Writers",
        "Author Ada Lindqvist",
        "Written by Ada Lindqvist",
        "von Anna Bell, Berlin",
        "<a href=/b>COUNCIL SAYS BRIDGE OPENS BEFORE WINTER</a>",
    ],
)
def test_what_leads_away_or_stands_for_something_is_not_taken(line: str) -> None:
    page = f"<article><h1>Bridge opens</h1><p>{PROSE}<p>{line}<p>{PROSE * 2}</article>"
    assert taken(page) == [PROSE.strip(), (PROSE * 2).strip()]


@pytest.mark.parametrize(
    "line",
    [
        "Read more books, the minister said on Monday, and leave the bridge alone.",
        "Les også den nye boken, sa ministeren på mandag.",
        "Externer Inhalt wird auf der Seite nicht gezeigt, sagte der Minister am Montag.",
        "관련 기사에 따르면 다리는 겨울이 오기 전에 다시 열린다고 한다.",
        "Externe Inhalte sind für die Zeitung wichtig, sagte sie am Montag.",
        "Auch interessant fand sie die Brücke, die im Mai geschlossen wurde.",
        "This video is the first that shows the bridge from above.",
        "3 minutes to read the statement were all that the minister had.",
        "In May 2024 the bridge was closed.",
        "By Monday the council had agreed.",
        "Von Anfang an war die Brücke geplant",
        "THE COUNCIL SAYS THAT THE BRIDGE OPENS BEFORE WINTER",
        "见习记者 3 分钟内读完了声明。",
    ],
)
def test_sentences_that_begin_alike_are_taken(line: str) -> None:
    assert line in taken(f"<article><h1>Bridge opens</h1><p>{PROSE}<p>{line}<p>{PROSE * 2}</article>")


def test_articles_that_a_page_loads_below_its_own_are_not_taken() -> None:
    page = (
        f"<title>Bridge opens - Example</title><main><article><h1>Bridge opens</h1><p>{PROSE}</p></article>"
        f"<article><h1>Tunnel closes</h1><p>Another text, of a tunnel. {PROSE}</p></article></main>"
    )
    assert taken(page) == [PROSE.strip()]


def test_parts_of_one_article_may_be_articles_with_titles() -> None:
    part = f"<article><h1>09:15 The bridge</h1><p>{PROSE}</p></article>"
    page = "<title>What happened today - Example</title>"
    page += f"<article><h1>What happened today</h1><p>First of all. {PROSE}</p>{part}</article>"
    assert len(taken(page)) >= 2


def test_a_text_that_stands_in_none_of_the_titled_articles_is_taken() -> None:
    head = "<title>Bridge opens - Example</title>"
    page = f"{head}<div><article><h1>Bridge opens</h1></article><p>{PROSE}</p></div>"
    page += "<article><h1>Tunnel closes</h1><p>Another.</p></article>"
    assert PROSE.strip() in taken(page)
    only = f"{head}<article><h1>Bridge opens</h1></article><article><h1>Its text</h1><p>{PROSE}</p></article>"
    assert PROSE.strip() in taken(only)


FIGURE = "<figure><img src=/a.jpg><figcaption>Ana Bell on the bridge</figcaption></figure>"


def test_captions_are_no_text_unless_they_are_surely() -> None:
    page = f"<article><h1>Bridge opens</h1><p>{PROSE}{FIGURE}<p>{PROSE * 2}</article>"
    assert taken(page, 0.8) == [PROSE.strip(), (PROSE * 2).strip()]
    assert "Ana Bell on the bridge" in taken(page)


def test_of_a_series_of_pictures_the_captions_are_the_text() -> None:
    page = f"<article><h1>Bridge opens</h1>{FIGURE * 3}<p>In pictures.</p></article>"
    assert taken(page, 0.8).count("Ana Bell on the bridge") == 3


def test_a_date_may_be_a_heading() -> None:
    page = f"<article><h1>Bridge opens</h1><p>{PROSE}<h2>3 May 2024</h2><p>{PROSE * 2}</article>"
    assert "3 May 2024" in taken(page)


# --- The lead stands apart from the text, and belongs to it.
LEAD_URL = "https://news.example.org/a/1.html"
LEAD_PROSE = (
    "The council said on Monday that the bridge, closed since May, would open again before the winter. "
)
LEAD = "After two years of repairs the bridge is ready"
DESCRIBED = f'<head><meta name=description content="{LEAD}."></head>'


def found(between: str, *, head: str = "", likely: float = 0.2) -> list[str]:
    """What is taken besides the paragraph, of which the classifier is sure, unlike of what is before it."""
    context = context_from(
        f"{head}<body><h1>Bridge opens</h1>{between}<p>{PROSE * 2}</p></body>", url=LEAD_URL
    )
    blocks = context.tree.blocks
    taken = {len(blocks) - 1}
    probabilities = [likely] * (len(blocks) - 1) + [0.99]
    indexes = lead_blocks(context.tree, context.hints(), probabilities, taken)
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
    context = context_from(f"<h1>Bridge opens</h1><p>{PROSE * 2}</p><p class=lead>{LEAD}</p>", url=LEAD_URL)
    assert lead_blocks(context.tree, context.hints(), [0.2, 0.99, 0.2], {1}) == set()
