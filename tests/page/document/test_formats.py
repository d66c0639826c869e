"""What lists articles is none."""

from __future__ import annotations

import pytest

from newscrawl.errors import PageError
from newscrawl.page import read_page
from newscrawl.page.document.formats import list_format

URL = "https://example.com/rss.xml"
DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet href="a.xsl"?>\n<!-- of -- today -->\n'


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ('<rss version="2.0"><channel><title>滨海</title></channel></rss>', "a feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "a feed"),
        ("<rdf:RDF></rdf:RDF>", "a feed"),
        ("<urlset>\n</urlset>", "a sitemap"),
        ("<sitemapindex></sitemapindex>", "an index of sitemaps"),
    ],
)
@pytest.mark.parametrize("before", ["", DECLARED, "\ufeff", "\n\n"])
def test_feeds_and_sitemaps_are_no_articles(root: str, kind: str, before: str) -> None:
    for body in (before + root, (before + root).encode()):
        with pytest.raises(PageError, match=f"not an article but {kind}"):
            read_page(body, url=URL)


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><body><rss></rss></body></html>",
        '<?xml version="1.0"?><!DOCTYPE html><html><feed></feed></html>',
        "<feedback>words</feedback>",
        "<p>&lt;rss&gt; is a feed</p>",
        "words <rss>",
        "",
        "<!--" * 500,
        "<?" * 1000,
    ],
)
def test_what_may_be_an_article(body: str) -> None:
    assert list_format(body) is None
