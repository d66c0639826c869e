import pytest
from lxml.html import fromstring

from newscrawl.page.structured.json_ld import Graph, load, string


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
