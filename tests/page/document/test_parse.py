import pytest

from newscrawl.errors import PageError
from newscrawl.page import read_page
from newscrawl.page.document.parse import (
    MAX_BYTES,
    absolute,
    base_of,
    link_of,
    list_format,
    parse,
    parse_fragment,
    text_of,
)

URL = "https://news.example.cn/a/1.html"


@pytest.mark.parametrize("body", [b"", b"   \n", b"\x00\x00", b"<!-- only a comment -->", "", b"\xff\xfe"])
def test_nothing_is_a_page_error(body: bytes | str) -> None:
    with pytest.raises(PageError, match=r"news\.example\.cn"):
        parse(body, url=URL)


@pytest.mark.parametrize(
    "end", ["</body></html>", "</BODY></HTML>", "</body>", "</html >", "</body><html><body>"]
)
def test_the_document_goes_on_after_an_end_that_comes_too_early(end: str) -> None:
    root = parse(
        f"<main><article><p>One.</p>{end}<p>Two.</p></article></main><p>Foot.</p></body></html>", url=URL
    )
    assert [text_of(part) for part in root.iterfind(".//article/p")] == ["One.", "Two."]
    assert [text_of(part) for part in root.iterfind("body/p")] == ["Foot."]


def test_an_end_in_a_script_is_none() -> None:
    root = parse("<p>One.</p><script>write('</body>')</script><p>Two.</p>", url=URL)
    assert text_of(root) == "One.Two."


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Office"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x20ftypisom", "film"),
    ],
)
def test_other_files_are_page_errors(body: bytes, kind: str) -> None:
    with pytest.raises(PageError, match=kind):
        parse(body, url=URL)
    assert "RIFF" in text_of(parse(b"<p>RIFF, %PDF- and PK</p>", url=URL))


def test_too_large_a_page_is_a_page_error() -> None:
    with pytest.raises(PageError, match="at most"):
        parse(b"<p>" + b"a" * MAX_BYTES, url=URL)


def test_deep_nesting_is_read_or_refused_never_cut_off() -> None:
    def nested(levels: int) -> str:
        return "<div>" * levels + "deep" + "</div>" * levels + "<p id=after>after</p>"

    for levels in (10, 300, 1500):
        assert parse(nested(levels), url=URL).xpath("//*[@id='after']")
    for levels in (10_000, 200_000):
        with pytest.raises(PageError, match=r"deeper|tags"):
            parse(nested(levels), url=URL)


def test_control_characters_are_left_out() -> None:
    assert text_of(parse(b"<p>a\x00b\x01c\td\x1f</p>", url=URL)) == "abc d"


def test_lone_surrogates_do_not_raise() -> None:
    assert "a" in text_of(parse("<p>a\ud800b</p>", url=URL))


def test_a_declaration_inside_text_is_ignored() -> None:
    root = parse('<?xml version="1.0" encoding="gb2312"?><html><p>北方网</p></html>', url=URL)
    assert text_of(root) == "北方网"


def test_text_leaves_out_scripts_and_comments_and_keeps_wide_spaces() -> None:
    root = parse(
        "<p>来源：\n  <a>新华网</a><!-- x --><script>var a</script>\u3000\u3000作者：张三</p>", url=URL
    )
    assert text_of(root) == "来源： 新华网\u3000\u3000作者：张三"


def test_links_are_absolute_and_only_http() -> None:
    root = parse(
        "<p><a href='javascript:x()'>a</a><b><a href='//x.cn/1'>b</a></b></p><a href='/y'><i>c</i></a>",
        url=URL,
    )
    assert link_of(root.xpath("//b")[0], URL) == "https://x.cn/1"
    assert link_of(root.xpath("//i")[0], URL) == "https://news.example.cn/y"
    assert link_of(root.xpath("//p/a")[0], URL) is None
    assert absolute("http://[broken", URL) is None
    assert absolute("mailto:a@b.cn", URL) is None


def test_a_fragment_keeps_its_white_space() -> None:
    inner = "plain <b>text</b>\n\n<p>one</p>\r\n<p>two</p> tail"
    element = parse_fragment(inner, url=URL)
    assert element.tag == "div"
    assert element.text == "plain "
    assert [node.tail for node in element] == ["\n\n", "\n", " tail"]


def test_a_fragment_survives_stray_end_tags() -> None:
    assert text_of(parse_fragment("<p>a</p></div></body></html><p>b</p>", url=URL)) == "ab"


@pytest.mark.parametrize("html", ["", " ", "<!-- x -->"])
def test_an_empty_fragment_is_a_page_error(html: str) -> None:
    with pytest.raises(PageError, match="empty"):
        parse_fragment(html, url=URL)


def test_long_tags_and_stray_quotes_are_no_attributes() -> None:
    long = f'<img src="data:image/png;base64,{"A" * 300_000}" alt="x">'
    stray = "<p title=it's>" + 'what\'s "said" and <b>done</b> ' * 20_000
    script = "<script>" + "if(a<b){c='d' + \"e\"} " * 50_000 + "</script>"
    for page in (long, stray, script):
        assert "end" in text_of(parse(f"{page}<p>end</p>", url=URL))


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ('<base href="https://static.example.net/x/">', "https://static.example.net/x/"),
        ('<base target="_blank"><base href="/b/"><base href="/c/">', "https://example.org/b/"),
        ('<base href=" sub/ ">', "https://example.org/a/sub/"),
        ("", "https://example.org/a/1.html"),
        ('<base href="http://[bad/">', "https://example.org/a/1.html"),
        ('<base href="javascript:void(0)">', "https://example.org/a/1.html"),
        ('<base href="https://example.org:99999/">', "https://example.org/a/1.html"),
        ('<base href="">', "https://example.org/a/1.html"),
    ],
)
def test_the_base_of_a_page(head: str, base: str) -> None:
    url = "https://example.org/a/1.html"
    assert base_of(parse(f"<html><head>{head}</head><body><p>x</p></body></html>", url=url), url) == base


# --- What lists articles is none.
LIST_URL = "https://example.com/rss.xml"
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
            read_page(body, url=LIST_URL)


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
