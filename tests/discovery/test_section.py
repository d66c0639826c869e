"""Sections: links, items with dates, and the ways to further pages."""

from newscrawl.discovery.list_page import ListResponse, ListResult
from newscrawl.discovery.section import numbered, read_count, read_section
from newscrawl.model.source import Section

URL = "https://example.org/news/"
PAGE = """<html><head><meta charset=gb2312></head><body><nav><a href="/">首页</a></nav><ul>
<li><a href="/a/1.html"><img src=x></a><h3><a href="/a/1.html">煤炭价格连续三周上行</a></h3>
<i>2026-11-20 08:30</i></li>
<li><a href="2.html" title="全称标题在这里">短</a><i>11-19 23:10</i></li>
<li><a href="javascript:void(0)">展开</a></li><li><a href="http://[bad/">x</a></li>
</ul><a class=next href="?p=2">下一页</a></body></html>""".encode("gb18030")


def read(section: Section, number: int = 1, last: int | None = None, body: bytes = PAGE) -> ListResult:
    return read_section(section, ListResponse(URL, body, "text/html"), number, last)


def test_links_once_each_with_their_longest_words() -> None:
    items = read(Section(URL, column="要闻")).items
    assert [(item.url, item.title) for item in items[1:3]] == [
        ("https://example.org/a/1.html", "煤炭价格连续三周上行"),
        ("https://example.org/news/2.html", "全称标题在这里"),
    ]
    assert items[1].columns == ("要闻",)
    assert items[1].date is None


def test_items_with_their_dates() -> None:
    section = Section(URL, items="li", titles=("h3",), dates=("i",))
    first, second, broken = read(section).items
    assert broken.url == "http://[bad/", "counted by whoever reads all lists"
    assert (first.title, first.date) == ("煤炭价格连续三周上行", "2026-11-20 08:30")
    assert (second.title, second.date) == ("全称标题在这里", "11-19 23:10")


def test_an_item_may_be_the_link() -> None:
    assert [item.url for item in read(Section(URL, items="h3 > a")).items] == ["https://example.org/a/1.html"]


def test_next_by_link() -> None:
    step = read(Section(URL, next=("a.next",)), number=3).next
    assert step
    assert (step.url, step.cursor) == ("https://example.org/news/?p=2", {"page": 4})


def test_next_by_number() -> None:
    section = Section(URL, pages="https://example.org/news/index_{page:02d}.html", first=1)
    assert read(section).next.url == "https://example.org/news/index_01.html"
    assert read(section, 2).next.url == "https://example.org/news/index_02.html"


def test_next_by_a_count_in_the_page_ends_with_it() -> None:
    section = Section(URL, pages="https://example.org/{page}", count=r"共(\d+)页")
    body = PAGE.replace(b"</body>", "共3页</body>".encode("gb18030"))
    step = read(section, body=body).next
    assert step
    assert step.cursor == {"page": 2, "last": 3}
    assert read(section, 3, 3).next is None


def test_next_by_a_count_script_downwards() -> None:
    section = Section(
        URL,
        pages="https://example.org/more_{page:08d}.shtml",
        count=r"maxpage\s*=\s*(\d+)",
        count_url="/count.js",
        descending=True,
    )
    step = read(section).next
    assert step
    assert (step.url, step.cursor) == ("https://example.org/count.js", {"page": 1, "counting": True})
    last = read_count(section, "var maxpage = 2;")
    second = numbered(section, 2, last)
    assert second
    assert (second.url, second.cursor) == ("https://example.org/more_00000002.shtml", {"page": 2, "last": 2})
    assert numbered(section, 3, last).url == "https://example.org/more_00000001.shtml"
    assert numbered(section, 4, last) is None


def test_no_way_on_without_a_declaration() -> None:
    assert read(Section(URL)).next is None


def test_of_a_page_with_masses_of_links_the_first_are_taken_and_the_rest_reported() -> None:
    links = "".join(f'<li><a href="/{n}.html">a title</a></li>' for n in range(6000)).encode()
    for section in (Section(URL), Section(URL, links=("//a",)), Section(URL, items="li")):
        listed = read(section, body=links)
        assert [item.url for item in listed.items[:2]] == [
            "https://example.org/0.html",
            "https://example.org/1.html",
        ]
        assert (len(listed.items), listed.skipped) == (5000, {"pages with more than 5,000 links": 1})
    assert read(Section(URL), body=links[:1000]).skipped == {}
