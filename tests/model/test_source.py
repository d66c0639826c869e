"""Declarations that cannot work are refused where they are written, with what is wrong and a correct one."""

import pytest

from newscrawl.errors import UsageError
from newscrawl.model.source import Api, Feed, PageLayout, Section, Sitemap, Source

VERSION = PageLayout(name="2026", title=("h1",), body=("div.text",))


def declare(**values: object) -> Source:
    return Source(**({"title": "某财经网", "domain": "example.com"} | values))  # type: ignore[arg-type]


def test_sound_declarations_are_taken() -> None:
    source = declare(
        zone="Europe/London",
        language="en-GB",
        articles=r"/a/(?P<id>\d+)\.html",
        rewrite=((r"^https?://m\.", "https://www."),),
        lists=(
            Feed("https://example.com/rss.xml"),
            Sitemap("https://example.com/robots.txt", follow="news"),
            Section(
                "https://example.com/n/", pages="https://example.com/n/{page:03d}.html", count=r"of (\d+)"
            ),
            Api("https://example.com/api?p={page}", items="data[]", link="https://example.com/a/{id}.html"),
        ),
        layouts=(VERSION,),
    )
    assert source.number_of("https://www.example.com/a/12.html") == "12"
    assert source.is_article("https://example.com/a/12.html")
    assert not source.is_article("https://example.com/about.html")
    assert source.rewritten("http://m.example.com/a/1.html") == "https://www.example.com/a/1.html"
    assert source.covers("news.example.com")
    assert not source.covers("badexample.com")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"title": " "}, "title is empty"),
        ({"domain": "https://example.com/"}, "'https://example.com/' is not a domain"),
        ({"domains": ("other",)}, "'other' is not a domain"),
        ({"zone": "Beijing"}, "'Beijing' is not an IANA zone"),
        ({"zone": "../../etc/passwd"}, "is not an IANA zone"),
        ({"language": "Chinese"}, "'Chinese' is not a BCP 47 tag"),
        ({"articles": "("}, "articles '(' is not a valid regular expression"),
        ({"rewrite": (("[", ""),)}, "rewrite '[' is not a valid regular expression"),
        ({"layouts": (VERSION, VERSION)}, "two page layouts are named '2026'"),
        ({"layouts": (PageLayout(name="x", title=(), body=("p",)),)}, "has no title"),
        (
            {"layouts": (PageLayout(name="x", title=("h1",), body=("div[",)),)},
            "'div[' is not a valid selector",
        ),
        ({"layouts": (PageLayout(name="x", title="h1", body=("p",)),)}, "is the string 'h1'"),  # type: ignore[arg-type]
        (
            {"layouts": (PageLayout(name="x", title=("//h1[",), body=("p",)),)},
            "'//h1[' is not a valid selector",
        ),
        (
            {"lists": (Feed("example.com/rss"),)},
            "lists[0] (Feed): url 'example.com/rss' is not an http address",
        ),
        (
            {"lists": (Section("https://e.com/", date_format="%d.%m. %H:%M"),)},
            "date_format '%d.%m. %H:%M' is without %Y",
        ),
        (
            {"lists": (Api("https://e.com/", items="@", link="u", date_format="%Y%m%d%Q"),)},
            "date_format '%Y%m%d%Q' is none that strptime reads",
        ),
        (
            {"lists": (Sitemap("https://e.com/s.xml", follow="*"),)},
            "follow '*' is not a valid regular expression",
        ),
        ({"lists": (Section("https://e.com/", pages="https://e.com/2"),)}, "holds no {page}"),
        ({"lists": (Section("https://e.com/", count=r"(\d)"),)}, "want pages"),
        (
            {"lists": (Section("https://e.com/", pages="https://e.com/{page}", count=r"\d"),)},
            "has no group",
        ),
        ({"lists": (Section("https://e.com/", items="li", links=("//a",)),)}, "looks in the whole page"),
        (
            {"lists": (Api("https://e.com/", items="data[", link="url"),)},
            "items 'data[' is not a valid JMESPath",
        ),
        ({"lists": (Api("https://e.com/", items="data"),)}, "link is missing"),
        ({"lists": (Api("https://e.com/?p={pag}", items="d", link="u"),)}, "url holds {pag}"),
        ({"lists": (Api("https://e.com/?c={cursor}", items="d", link="u"),)}, "go together"),
        ({"lists": (Api("https://e.com/", items="d", link="u", body="{}"),)}, "method='POST'"),
        ({"lists": (Api("https://e.com/", items="d", link="https://e.com/{a[}"),)}, "not a valid JMESPath"),
    ],
)
def test_what_is_wrong_is_said_and_a_right_one_shown(values: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        declare(**values)
    assert told in str(refused.value)
    assert "A correct one:" in str(refused.value)
