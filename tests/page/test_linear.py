"""Reading takes time in proportion to a page's size, whatever the page is made of.

Each page repeats one hostile string in every place that a pattern looks at: runs of each class of characters,
constructs that are opened and not closed, elements in elements, and the words that the patterns know. It is
read at two sizes, of which the larger may take longer in proportion only.
"""

from __future__ import annotations

import re
import time
import tomllib
from contextlib import suppress
from importlib.resources import files

import pytest

from newscrawl import extract_article
from newscrawl.errors import PageError
from newscrawl.extract import paused
from newscrawl.text.labels import _SPELLINGS

pytestmark = pytest.mark.slow

URL = "https://example.org/2024/05/01/a.html"
SIZE, TIMES = 5_000, 4  #: characters of the string in each place, and how many times that
SLOW = 0.3  #: seconds of CPU; what reads the larger page in less is not compared
STEEP = 6.5  #: how many times the smaller page's time the larger one may take: 4 is linear, 16 is quadratic
PARAGRAPH = "<p>The river rose by two metres in the night, and the bridge at the mill was closed.</p>"
PLACES = """<html lang="{language}"><head><title>{text}</title><meta name="description" content="{quoted}">
<meta name="author" content="{quoted}"><meta property="article:published_time" content="{quoted}">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{json}", "datePublished": "{json}",
"author": {{"name": "{json}"}}}}</script><script>var state = "{json}"; {raw}</script></head><body>
<h1>{text}</h1><div class="info"><span class="date">{text}</span><span class="author">{text}</span>
<span class="source">{text}</span></div><div class="content {quoted}" style="{quoted}">{prose}<p>{text}</p>
<p>2024-05-01 {text} 12:00</p><p>（来源：{text}</p>{prose}
<p><img src="/a.jpg" srcset="{quoted}" alt="{quoted}"><a href="{quoted}">By {text}</a></p></div>{raw}"""


def _phrases() -> set[str]:
    """The literal parts of all patterns of the vocabulary, and the labels before names and dates."""
    data = (files("newscrawl.page.document") / "vocabulary.toml").read_text(encoding="utf-8")
    lists = [*tomllib.loads(data)["phrases"].values(), *tomllib.loads(data)["patterns"].values()]
    words = {word for lines in lists for word in re.findall(r"[^\W\d_]{2,}", lines)}
    labels = re.findall(r"[^\W\d_]{2,}", "|".join(_SPELLINGS.values()))
    return words | {f"{label}：" for label in labels}


CHARACTERS = " \t\n\xa0\u3000aA1中éа-_|/.,:;!?()[]{}<>\"'&#%=+*~@$^\\`·•（）【】《》“”：，。、｜—…年月日时"
CONSTRUCTS = (
    *("<p", "<p ", "<p/", "<a href=", '<a b="', "</", "<!--", "<!", "<![CDATA[", "<?", "<script>"),
    *("<style>", "<textarea>", "<title>", "<table>", "<tr><td>", "<ul><li>", "<b>", "<div>"),
    *("<a href=/a>", "<p>", "<br>", "<div class=a>", "<span>a</span>", "<dl><dt>a<dd>"),
    *("<figure><img>", "<noscript>", "<svg><title>", "&", "&#", "&#1", "&#x", "&amp;", "&nbsp;"),
    *("&quot;", "\\u003cp", '\\"', '{"a":', '["', "[{", '"a",', "//", "/*", "*/", "http://"),
    *("https://a.b/", "www.", "a@b.", "a@", "data:", "url(", "1,", "a,b;", "a: ", "2024-05-01 "),
    *("2024/", "12:", "12:30 ", "1.1.", "2024年5月", "May 1, 2024 ", "1 May ", "Mon, ", "GMT+", "+08:"),
    *("3 hours ago ", "昨天 ", "上午", "By ", "By Ana Bell and ", "Ana Bell, ", "von "),
    *("（记者 ", "（记者张三）", "张三 ", "记者 ", "作者：", "来源：", "来源：a ", "编辑：张三 "),
    *("责任编辑|", "原标题：", "【a】", "图/", "▲", "本报讯 "),
    *("a | ", "a - ", "aB", "a1", "a ", "a. ", "A. ", "A.", "a-", "é ", "中 ", "中，", "中。", "a\xa0"),
    *("a\n\n", "“", "“a", "(a", "(a) "),
)  # fmt: skip
PHRASES = sorted(_phrases())
TOGETHER = 60  #: phrases that are repeated one after the other
STRINGS = [
    *sorted({*CHARACTERS, *CONSTRUCTS}),
    *(" ".join(PHRASES[at : at + TOGETHER]) for at in range(0, len(PHRASES), TOGETHER)),
]


def page(string: str, size: int) -> str:
    run = string * (size // len(string))
    text = run.replace("<", "&lt;")
    return PLACES.format(
        language="zh" if re.search(r"[\u3000-\uffff]", string) else "en",
        text=text,
        quoted=text.replace('"', "&quot;"),
        json=run.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t"),
        raw=run,
        prose=PARAGRAPH * 4,
    )


def seconds(string: str, size: int, tries: int) -> float:
    """The least CPU time of some runs, which the load of the machine hardly changes."""
    text = page(string, size)
    least = float("inf")
    for _ in range(tries):
        began = time.process_time()
        with paused(), suppress(PageError):  # nested too deep
            extract_article(text, url=URL)
        least = min(least, time.process_time() - began)
    return least


@pytest.mark.parametrize("string", STRINGS, ids=lambda string: ascii(string[:30]))
def test_a_larger_page_takes_more_time_in_proportion(string: str) -> None:
    large = seconds(string, TIMES * SIZE, 1)
    if large > SLOW and large > STEEP * seconds(string, SIZE, 1):
        ratio = seconds(string, TIMES * SIZE, 3) / seconds(string, SIZE, 3)
        assert ratio < STEEP, f"{TIMES} times the page takes {ratio:.1f} times as long"


def test_the_comparison_finds_a_quadratic_step() -> None:
    def read(size: int) -> float:
        began = time.process_time()
        re.search("a*b", "a" * size)
        return time.process_time() - began

    assert min(read(16_000) for _ in range(3)) > STEEP * min(read(4_000) for _ in range(3))
