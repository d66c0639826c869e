"""Pages made to break or to hold up a reader: each is read, and none takes long.

The sizes are such that what is quadratic would take minutes: no time is asserted.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from contextlib import suppress

import pytest

from newscrawl import extract_article
from newscrawl.errors import PageError
from newscrawl.page.body.features import phrase_kinds
from newscrawl.page.document.parse import MOST_ATTRIBUTES, MOST_TAGS, limit_attributes, parse
from newscrawl.page.document.vocabulary import combined_phrase_pattern, phrase_patterns
from newscrawl.page.structured.schema_org import _mended, _unwrapped

pytestmark = pytest.mark.slow

URL = "https://example.org/2024/05/01/a.html"
PARAGRAPH = "<p>The river rose by two metres in the night, and the bridge at the mill was closed.</p>"
LD = '<script type="application/ld+json">%s</script>'


def _page(inner: str, head: str = "<title>The river</title>") -> str:
    return f"<html lang=en><head>{head}</head><body><h1>The river</h1>{inner}</body></html>"


PAGES = {
    "many attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">x</p>",
    "many attributes with quoted ends": "<p " + " ".join(f'a{i}=">"' for i in range(100_000)) + ">x</p>",
    "many attributes behind a long value": "<p a="
    + "x" * 3_000
    + " "
    + " ".join(f"a{i}=1" for i in range(300_000))
    + ">x</p>",
    "many attributes behind a long name": "<p "
    + "n" * 1_500
    + " "
    + " ".join(f"a{i}" for i in range(300_000))
    + ">x</p>",
    "one attribute many times": "<p " + "a=1 " * 200_000 + ">x</p>",
    "tags in tags": "<a " + "<b " * 300_000,
    "open tags": "<a" * 200_000,
    "less-than signs": "<" * 100_000,
    "end tags": "x" + "</p>" * 200_000,
    "comments": "<!--" * 100_000,
    "nested deep": "<div>text, of it here " * 1_500,
    "nested, many paragraphs": "<div>" * 900 + PARAGRAPH * 1_500,
    "nested headings": "<div class=title>" * 1_000 + "x" * 20_000,
    "nested authors": "<div itemprop=author>" * 1_000 + "x" * 20_000,
    "links": "".join(f"<li><a href=/a/{i}>A headline of some words {i}</a>" for i in range(8_000)),
    "breadcrumb": "<div class=breadcrumb>" + "<a href=/>x</a> &gt; " * 6_000 + "</div>",
    "authors": "".join(f"<a rel=author href=/{i}>Name {i}</a>" for i in range(10_000)),
    "one long line": "<p>" + "word " * 200_000 + "</p>",
    "blanks": "<p>a" + " " * 500_000 + "b" + "\xa0" * 200_000 + "c" + "\u3000" * 200_000 + "</p>",
    "digits": "<p>" + "1" * 500_000 + "</p><p>" + "2024" * 60 + "</p>",
    "dates": "<p>" + "2024-05-01 " * 20_000 + "</p>" + ("<p>" + "2024-05-01 " * 20 + "</p>") * 1_500,
    "sources": "<p>" + "来源：" * 100_000 + "</p>" + "<p>来源：</p>" * 5_000,
    "brackets": "<p>" + "（记者" * 30_000 + "</p><p>" + "（" * 50_000 + "作者</p>",
    "hidden": f'<div style="display{" " * 300_000}x">t</div>',
    "class words": f'<p class="{"aB" * 200_000}">t</p>',
    "open quotes in JSON-LD": LD % ('"\\' * 100_000),
    "open comments in JSON-LD": LD % ("/*" * 100_000),
    "blanks in JSON-LD": LD % ('{"a":1' + " \n" * 100_000 + "x"),
    "lines in JSON-LD": LD % ('{"a"' + "\n" * 100_000),
    "deep JSON-LD": LD % ("[" * 100_000),
    "names of dates in a script": "<script>" + "publish_date:" * 150_000 + "</script>",
    "dates in a script": "<script>" + 'publish_date:"2024-' * 100_000 + "</script>",
    "blanks in a script": "<script>publish_date" + " " * 1_900_000 + "</script>",
    "titles in a script": "<script>"
    + "The river " * 150_000
    + '"publishedAt":"2024-05-01",' * 2
    + "</script>",
    "headings": "<h1>The river | Example News</h1>" * 20_000 + PARAGRAPH,
    "parts of a heading": "<h1>" + "<span>The</span><br>" * 50_000 + "</h1>" + PARAGRAPH,
    "words of a byline": "<div class=author>" + "by " * 300_000 + "</div>" + PARAGRAPH,
    "parts of a byline": "<div class=author>" + "<i>Ana Bell</i>" * 50_000 + "</div>" + PARAGRAPH,
    "bylines": "<div class=author>By Ana Bell</div>" * 30_000 + PARAGRAPH,
    "lines of editors": "<p>" + "编辑|张三<br>" * 50_000 + "</p>" + PARAGRAPH,
    "list of a page": PARAGRAPH * 9 + "<ul>" + "<li>one, of many, is here" * 9_000 + "</ul>" + PARAGRAPH * 9,
}
HEADS = {
    "title of separators": "<title>" + "a - " * 100_000 + "</title>",
    "title of lines": "<title>" + "_" * 200_000 + "</title>",
    "many titles": "".join(f'<meta property=og:title content="t{i}">' for i in range(10_000)),
    "many publishers": "<title>a - b - c</title>"
    + "".join(f'<meta name=publisher content="p{i}">' for i in range(10_000)),
    "many dates": "".join(f'<meta name=pubdate content="x{i}">' for i in range(10_000)),
    "digest of brackets": f'<meta name=description content="{"【" * 100_000}">',
}
BYTES = {
    "PNG": b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(300_000),
    "PDF": b"%PDF-1.4\n" + random.Random(2).randbytes(300_000),
    "gzip": gzip.compress(random.Random(3).randbytes(300_000)),
    "zero bytes": bytes(100_000),
    "nothing": b"",
    "blanks": b" \n" * 100_000,
    "three encodings": "中文".encode("gbk") + "中文".encode() * 99 + "日本".encode("shift_jis") * 99,
    "script alone": b"<script>var x='" + b"a" * 500_000 + b"'</script>",
    "no body": b"<html><head><title>x</title></head></html>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;</p>',
}


@pytest.mark.parametrize("inner", PAGES.values(), ids=PAGES)
def test_page_is_read(inner: str) -> None:
    extract_article(_page(inner), url=URL)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_page_with_such_a_head_is_read(head: str) -> None:
    extract_article(_page(PARAGRAPH, head), url=URL)


@pytest.mark.parametrize("body", BYTES.values(), ids=BYTES)
def test_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(PageError):
        extract_article(body, url=URL)


def test_attributes_beyond_measure_are_left_out_and_the_text_stays() -> None:
    attributes = " ".join(f"a{i}=1" for i in range(50_000))
    root = parse(_page(f"<p id=x {attributes}>The text</p>{PARAGRAPH}"), url=URL)
    element = root.find(".//p[@id='x']")
    assert element is not None
    assert len(element.attrib) <= MOST_ATTRIBUTES + 1
    assert element.text == "The text"


@pytest.mark.parametrize("rest", ["/", " ", "\t/", "=", "a/"])
def test_a_tag_that_never_ends_is_read_once(rest: str) -> None:
    extract_article(_page(PARAGRAPH + "<p" + rest * (600_000 // len(rest))), url=URL)


def test_of_a_table_of_300_000_rows_the_first_are_read() -> None:
    page = _page(PARAGRAPH + "<table>" + "<tr><td>1</td><td>Ann Bell</td></tr>" * 250_000 + "</table>")
    root = parse(page, url=URL)
    assert sum(1 for _ in root.iter()) < MOST_TAGS
    assert "The river rose" in extract_article(page, url=URL).text


@pytest.mark.parametrize("name", ['la"', "a:b", "p=", "-", "1a", "o:p", "été"])
def test_a_name_that_lxml_refuses_to_set_may_stand_in_a_page(name: str) -> None:
    doubtful = "<p>" + "Ferry, quay, and harbour of the town. " * 3
    extract_article(_page(f"<{name}>{doubtful * 9}</{name}>" * 3), url=URL)


def test_a_long_text_of_escapes_is_cleaned_in_proportion() -> None:
    text = extract_article(_page(f"<p>{'&amp;' * 500_000}</p>{PARAGRAPH * 3}"), url=URL).text
    assert "The river rose" in text


@pytest.mark.parametrize(
    "unseen",
    ["\u200b", "\u2060", "\ufeff", "\u00ad", "&ZeroWidthSpace;", "&NoBreak;", "&#8203;", "&#x200B;",
     "&#x200b;", "&#08288;", "&#x2060;", "&#65279;", "&#xFEFF;", "&shy;", "&NegativeThinSpace;"],
)  # fmt: skip
def test_characters_that_are_not_shown_are_left_out(unseen: str) -> None:
    page = _page(f"<p>{unseen.join('The river rose')} by two metres in the night.</p>{PARAGRAPH}")
    assert "The river rose by" in extract_article(page, url=URL).text


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d", "&zwnj;", "&zwj;"])
def test_joiners_that_shape_letters_stay(joiner: str) -> None:
    text = parse(f"<p>می{joiner}خواهم</p>", url=URL).text_content()
    assert len(text) == len("می") + 1 + len("خواهم")


def test_usual_tags_and_scripts_stay_as_they_are() -> None:
    script = "<script>for(i=0;i<n;i++){" + "a.b(c) = d; " * 300 + "}</script>"
    data = (script + '<p class="a > b" data-x=\'{"a": 1}\'>x</p>').encode() * 200
    assert limit_attributes(data) == data


@pytest.mark.parametrize(
    "character", ["\x0c", "&#12;", "&#x0C;", "&#1", "&#14a", "\ufffe", "&#xFFFF;", "&#&shy;1;", "&#&#1;1;"]
)
def test_what_no_xml_may_hold_is_gone_before_it_can_be_in_the_way(character: str) -> None:
    root = parse(f"<p>a{character}b<i>c</i></p>", url=URL)
    for element in root.iter():
        element.text = element.text  # lxml refuses to set what libxml2 lets in


@pytest.mark.parametrize("held", ["\x00", "\x1b", "\ud800", "\uffff"])
def test_json_ld_may_say_what_no_text_may_hold(held: str) -> None:
    text = f"The river{held} rose, and the bridge was closed. " * 20
    said = LD % json.dumps({"@type": "NewsArticle", "headline": f"The{held} river", "articleBody": text})
    article = extract_article(_page("<p>Subscribe.</p>", said), url=URL)
    assert article.text.startswith("The river rose")
    assert article.title == "The river"


@pytest.mark.parametrize(
    "wrapped", ["<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "/* <![CDATA[ */{}/* ]]> */;", "{} ;\n"]
)
def test_wrapping_of_a_script_comes_off(wrapped: str) -> None:
    inner = '{"a": "b // c"}'
    assert _unwrapped(wrapped.format("\x00").replace("\x00", inner)).strip() == inner


def test_mending_stays_what_it_was() -> None:
    broken = '{"a": "x", // of it\n "b": [1, 2,], /* and */ "c": "d"\n "e": 1,}'
    assert json.loads(_mended(broken)) == {"a": "x", "b": [1, 2], "c": "d", "e": 1}


@pytest.mark.parametrize(
    "text", ["please log in", "sign up", "by jane", "（记者 张三）", "来源：", "全文完", "the end", "a@b.c",
             "tel. 1", "http://a", "5 mins read", "+49", "据新华社报道", "(end)", "www.a", "the app"]
)  # fmt: skip
def test_where_a_phrase_is_found_one_of_the_parts_is(text: str) -> None:
    found = combined_phrase_pattern().search(text)
    assert found is not None
    assert found.lastgroup in phrase_kinds(["", text, "The river rose"])[1]
    assert any(part in text for part, _, _ in phrase_patterns())


# ru_maxrss would also count what the tests' own process held when it forked.
_READ_ROWS = """
import re
from pathlib import Path
from newscrawl import extract_article
rows = "<tr><td>1</td><td>Ann</td></tr>" * 300_000
text = "<p>The river rose by two metres in the night, and the bridge at the mill was closed.</p>" * 3
url = "https://example.org/2024/05/01/a.html"
page = f"<html><body><h1>Rows</h1>{text}<table>{rows}</table></body></html>"
assert "The river" in extract_article(page, url=url).text
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_a_table_of_300_000_rows_takes_less_than_200_mb() -> None:
    done = subprocess.run([sys.executable, "-c", _READ_ROWS], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200_000, "kilobytes at the most"
