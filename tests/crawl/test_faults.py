"""What a crawl makes of each fault that the newsroom serves: newscrawl/newsroom/faults.py has them."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import yaml

from newscrawl.export.jekyll.post_file import render
from newscrawl.model.post import Post
from newscrawl.newsroom.faults import FAULTS
from tests.crawl.crawls import Crawled, credited

pytestmark = pytest.mark.slow

STORED = (
    "error_once busy_once cut_once slow moved bad_json no_list_title no_list_date no_list_both future".split()
)
REJECTED = {
    "empty_item": "no title",
    "gone": "HTTP 404",
    "error_page": "error page",
    "too_big": "larger than DOWNLOAD_MAXSIZE",
    "inward": "an address in a private network (see NEWSCRAWL_PRIVATE_HOSTS)",
    "forbidden": "Forbidden by robots.txt",
}


def test_every_fault_is_met_and_has_its_test(crawled: Crawled) -> None:
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    for fault in FAULTS:
        assert crawled.with_fault(fault.name), f"no article has the fault {fault.name}"
        assert fault.name in tested | set(STORED) | REJECTED.keys(), fault.name


@pytest.mark.parametrize("name", STORED)
def test_stored_all_the_same(crawled: Crawled, name: str) -> None:
    for story in crawled.with_fault(name):
        post = crawled.post(story)
        assert post["title"] == story.title
        # Lists show seconds, pages minutes; where the list's date is no good, the page's stands.
        assert abs(post["date"] - story.at) < timedelta(minutes=1)
        assert post["source"]["name"] == credited(story.outlet)
        assert story.paragraphs[-1] in post["body"]["text"]


@pytest.mark.parametrize("name", REJECTED)
def test_rejected_with_its_reason(crawled: Crawled, name: str) -> None:
    for story in crawled.with_fault(name):
        assert REJECTED[name] in crawled.reasons(story)


def test_awkward_title(crawled: Crawled) -> None:
    for story in crawled.with_fault("awkward_title"):
        post = crawled.post(story)
        assert post["title"] == story.title
        page = render(Post.from_document(post))
        assert yaml.safe_load(page.split("---\n")[1])["title"] == story.title


def test_hidden_paragraph(crawled: Crawled) -> None:
    for story in crawled.with_fault("hidden_paragraph"):
        assert "转载请注明出处" not in crawled.post(story)["body"]["html"]


def test_chart_image(crawled: Crawled) -> None:
    for story in crawled.with_fault("chart_image"):
        assert "webquotepic" not in str(crawled.post(story)["body"])


def test_advert(crawled: Crawled) -> None:
    for story in crawled.with_fault("advert"):
        assert "acttg" not in str(crawled.post(story)["body"])
        assert "D2000_w690h389" not in str(crawled.post(story)["body"])


def test_hostile(crawled: Crawled) -> None:
    for story in crawled.with_fault("hostile"):
        html = crawled.post(story)["body"]["html"].lower()
        assert not [
            word for word in ("<script", "onclick", "onerror", "javascript:", "<iframe") if word in html
        ]
        assert "查看详情" in html


def test_split_outlet(crawled: Crawled) -> None:
    for story in crawled.with_fault("split_outlet"):
        source = crawled.post(story)["source"]
        assert source["name"] == "上海证券报"
        assert source["raw"] == "（文章来源：上海证券报）"
        assert source["slug"] == "shanghaizhengquanbao"


def test_upper_case(crawled: Crawled) -> None:
    for story in crawled.with_fault("upper_case"):
        assert crawled.post(story)["categories"][0] == "techweb"


def test_lower_case(crawled: Crawled) -> None:
    for story in crawled.with_fault("lower_case"):
        assert crawled.post(story)["categories"][0] == "techweb"


def test_long_name(crawled: Crawled) -> None:
    for story in crawled.with_fault("long_name"):
        assert crawled.post(story)["source"]["name"] == credited(story.outlet)
        assert crawled.post(story)["categories"][0].replace("-", "").isalnum()


def test_bracketed(crawled: Crawled) -> None:
    for story in crawled.with_fault("bracketed"):
        assert crawled.post(story)["categories"][0].replace("-", "").isalnum()


def test_gbk_as_utf8(crawled: Crawled) -> None:
    for story in crawled.with_fault("gbk_as_utf8"):
        assert story.paragraphs[0][:20] in crawled.post(story)["body"]["text"]


def test_gbk_undeclared(crawled: Crawled) -> None:
    for story in crawled.with_fault("gbk_undeclared"):
        assert crawled.post(story)["title"] == story.title
        assert story.paragraphs[0][:20] in crawled.post(story)["body"]["text"]


def test_no_body(crawled: Crawled) -> None:
    for story in crawled.with_fault("no_body"):
        assert story.digest[:20] in crawled.post(story)["body"]["text"]


def test_tail_outlet(crawled: Crawled) -> None:
    for story in crawled.with_fault("tail_outlet"):
        source = crawled.post(story)["source"]
        assert source["name"] == "央视新闻"


def test_no_page(crawled: Crawled) -> None:
    for story in crawled.with_fault("no_page"):
        post = crawled.post(story)
        assert post["digest"] == story.digest
        assert story.digest[:20] in post["body"]["text"]
        assert post["crawl"]["status"] is None


def test_changes(crawled: Crawled) -> None:
    for story in crawled.with_fault("changes"):
        assert "修订后的口径" not in crawled.post(story)["body"]["text"]
        assert crawled.post(story)["revision"] == 1


def test_feed_changes(crawled: Crawled) -> None:
    for story in crawled.with_fault("feed_changes"):
        assert crawled.post(story)["revision"] == 1


def test_blog(crawled: Crawled) -> None:
    stories = crawled.with_fault("blog")
    for story in stories:
        assert crawled.post(story)["canonical_url"] == f"https://caifuhao.eastmoney.com/news/{story.number}"
    asked = [e["at"] for e in crawled.log if e["host"] == "caifuhao.eastmoney.com" and "/news/" in e["path"]]
    assert len(asked) == len(stories) >= 2
    assert all(later - earlier > 0.95 for earlier, later in itertools.pairwise(asked)), "Crawl-delay: 1"


def test_what_robots_txt_forbids_was_not_asked_for(crawled: Crawled) -> None:
    assert not [entry for entry in crawled.log if "/draft/" in entry["path"]]
    asked = [entry["host"] for entry in crawled.log if entry["path"] == "/robots.txt"]
    assert set(asked) == {entry["host"] for entry in crawled.log if entry["host"].endswith("eastmoney.com")}


def test_the_spiders_told_who_they_are(crawled: Crawled) -> None:
    agents = {entry["agent"] for entry in crawled.log if entry["host"].endswith("eastmoney.com")}
    assert len(agents) == 1
    assert "newscrawl/" in agents.pop()
