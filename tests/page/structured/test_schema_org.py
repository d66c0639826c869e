import pytest
from lxml.html import fromstring

from newscrawl.extract import extract_article
from newscrawl.page.document.blocks import block_tree
from newscrawl.page.document.parse import parse
from newscrawl.page.structured.schema_org import Graph, load, read_microdata, string


def script(text: str) -> str:
    return f'<div><script type="application/ld+json">{text}</script></div>'


def graph(*texts: str) -> Graph:
    return Graph([node for text in texts for node in fromstring(script(text)).iter("script")])


@pytest.mark.parametrize(
    "text",
    [
        '{"headline": "x"}',
        '  <!-- {"headline": "x"} --> ',
        '//<![CDATA[\n{"headline": "x"}\n//]]>',
        '/* <![CDATA[ */ {"headline": "x"} /* ]]> */',
        '{"headline": "x"};',
        '{"headline": "x",}',
        '{"headline": "x", "list": [1, 2,],}',
        '{"a": "1"\n "headline": "x"}',
        '{/* comment */ "headline": "x"}',
        '{"headline": "x", // the rest\n "b": "http://example.org//a"}',
        '{"headline": "x", "body": "two\nlines\tand a tab"}',
        "{&quot;headline&quot;: &quot;x&quot;}",
        '\ufeff{"headline": "x"}',
        r'{"headline": "x", "b": "it\'s"}',
        r'{"headline": "\x78", "b": "a\-b"}',
    ],
)
def test_broken_json_is_mended(text: str) -> None:
    found = load(next(iter(fromstring(script(text)).iter("script"))))
    assert found["headline"] == "x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r'{"b": "it\'s \x27so\x27"}', "it's 'so'"),
        (r'{"b": "a\\\\x27 \u0041\n\/"}', "a\\\\x27 A\n/"),
        (r'{"b": "C:\\\\new", "c": "\'"}', "C:\\\\new"),
    ],
)
def test_escapes_of_javascript_are_read(text: str, said: str) -> None:
    assert load(next(iter(fromstring(script(text)).iter("script"))))["b"] == said


@pytest.mark.parametrize("between", ["", ",", ";\n", ",\n  ", "\ufeff"])
def test_several_objects_in_one_script_are_all_read(between: str) -> None:
    page = graph('{"@type": "WebSite", "name": "x"}' + between + '{"@type": "NewsArticle", "headline": "y"}')
    assert [one["headline"] for one in page.articles()] == ["y"]
    assert len(page.objects) == 2


@pytest.mark.parametrize(
    "text", ["", "{", "not json", "[" * 100_000, '{"a": }', "<p>html</p>", "x" * 1_000_001]
)
def test_what_is_no_json_is_none(text: str) -> None:
    assert load(next(iter(fromstring(script(text)).iter("script")))) is None


def test_graphs_lists_and_references_are_followed() -> None:
    found = graph(
        '{"@graph": [{"@type": "NewsArticle", "headline": "h", "author": {"@id": "#me"}},'
        ' {"@id": "#me", "@type": "Person", "name": "Ana"}]}',
        '[{"@type": ["WebPage", "ItemPage"], "datePublished": "2024-01-01"}]',
    )
    article = found.articles()[0]
    assert list(found.names(article["author"])) == [("Ana", False)]
    assert len(found.webpages()) == 1


def test_an_article_inside_a_page_is_found() -> None:
    found = graph(
        '{"@type": "WebPage", "mainEntity": {"@type": "http://schema.org/NewsArticle", "headline": "h"}}'
    )
    assert [article["headline"] for article in found.articles()] == ["h"]


def test_the_article_with_headline_and_date_comes_first() -> None:
    found = graph(
        '{"@type": "Article", "url": "/related"}',
        '{"@type": "ReportageNewsArticle", "headline": "h", "datePublished": "2024-01-01"}',
    )
    assert "headline" in found.articles()[0]


def test_names_of_all_shapes() -> None:
    value = [
        "Ana",
        {"name": ["Bo", "Cy"]},
        {"@type": "NewsMediaOrganization", "name": "AFP"},
        3,
        None,
        {"name": None},
    ]
    names = list(graph().names(value))
    assert [name for name in names if name[0]] == [
        ("Ana", False),
        ("Bo", False),
        ("Cy", False),
        ("AFP", True),
    ]


def test_references_in_a_circle_end() -> None:
    found = graph('{"@id": "#a", "mainEntity": {"@id": "#a"}}')
    assert found.follow({"@id": "#a"})["mainEntity"] == {"@id": "#a"}


def test_strings_are_unescaped_and_folded() -> None:
    assert string("Bürger &amp; Meister\n ") == "Bürger & Meister"
    assert string(["first", "second"]) == "first"
    assert string({"@value": "x"}) == "x"
    assert string(3) is None
    assert string(" ") is None


# --- Microdata of the page's article, among that of everything else.
ARTICLE = 'itemscope itemtype="https://schema.org/NewsArticle"'
MAIN = f"""<article {ARTICLE}><h1 itemprop=headline>The bridge opens again</h1>
<meta itemprop=articleSection content=Local>
<span itemprop=author itemscope itemtype="https://schema.org/Person"><a
itemprop=url href=/ana><b itemprop=name>Ana Bell</b></a></span>
<time itemprop=datePublished datetime="2026-03-08T08:37:00Z">8 March</time>
<div itemprop=publisher itemscope itemtype="https://schema.org/Organization">
<meta itemprop=name content="The Post"></div>
<span itemprop=sourceOrganization itemscope><meta itemprop=name content="Reuters"></span>
<div itemprop=articleBody><p>The council said on Monday that the bridge would open again soon.</p></div>
</article>"""
CARD = f"""<div {ARTICLE}><h3 itemprop=headline>Another story</h3>
<span itemprop=author>Bo Cole</span>
<time itemprop=datePublished datetime="2026-03-10T10:00:00Z">10 March</time></div>"""
COMMENT = """<div itemprop=comment itemscope itemtype="https://schema.org/Comment">
<b itemprop=author>Cy Dunn</b>
<time itemprop=datePublished datetime="2026-03-09T09:00:00Z">9 March</time></div>"""


def read(body: str) -> list[tuple[str, str]]:
    tree = block_tree(parse(f"<html><body>{body}</body></html>", url="https://e.org/"))
    return [(field, " ".join(value.split())) for field, value, _ in read_microdata(tree)]


SAID = [
    ("headline", "The bridge opens again"),
    ("column", "Local"),
    ("author", "Ana Bell"),
    ("date", "2026-03-08T08:37:00Z"),
    ("publisher", "The Post"),
    ("outlet", "Reuters"),
]


def test_the_properties_of_the_article() -> None:
    assert read(MAIN) == SAID


def test_cards_and_comments_are_not_the_article() -> None:
    assert read(f"<aside>{CARD * 2}</aside>{MAIN}{COMMENT}{CARD}") == SAID


def test_of_articles_without_a_text_that_with_the_first_heading() -> None:
    main = MAIN.replace("articleBody", "x")
    assert read(CARD + main + CARD) == SAID


def test_properties_without_a_scope_are_the_pages() -> None:
    assert read("<h1 itemprop=headline>Rain</h1><a rel=author>Ana Bell</a><b itemprop=editor></b>") == [
        ("headline", "Rain"),
        ("author", "Ana Bell"),
    ]
    assert read("<b itemprop=author>" + "long " * 40 + "</b>") == []


def test_of_people_without_a_scope_those_beside_the_heading() -> None:
    others = "".join(f"<p>Another story</p><a rel=author>Bo Cole {n}</a><p>Read on</p>" for n in range(9))
    own = "<h1>Rain</h1><a rel=author>Ana Bell</a><b itemprop=author>Cy Dunn</b>"
    assert [value for _, value in read(own + others)] == ["Ana Bell", "Cy Dunn", "Bo Cole 0"]
    assert [value for _, value in read(own + "<p>text</p>" * 6 + others)] == ["Ana Bell", "Cy Dunn"]


def test_the_article_that_comes_of_it() -> None:
    page = f"<html lang=en><title>The bridge opens again</title><body>{CARD}{MAIN}{COMMENT}</body></html>"
    article = extract_article(page, url="https://news.example.com/bridge")
    assert article.title == "The bridge opens again"
    assert article.authors == ["Ana Bell"]
    assert article.source is not None
    assert article.source.name == "Reuters"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-08T08:37:00+00:00"
