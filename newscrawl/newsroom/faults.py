"""The newsroom's deliberate faults, which real sources have now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["column", "flash", "choice"]
CYCLE = 119  #: slots of 12 minutes: each fault occurs at least once a day


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; one article in every CYCLE slots has it."""

    name: str
    where: Where  #: the kind of list that shows the article
    does: str
    wants: str  #: what a good crawl makes of it


FAULTS = (
    Fault("no_list_title", "column", "list item without title", "stored with the page's title"),
    Fault("no_list_date", "column", "list item without date", "stored with the page's date"),
    Fault("no_list_both", "column", "list item without title and date", "stored from the page"),
    Fault("empty_item", "choice", "feed item without title and date", "rejected: no title, no date"),
    Fault("awkward_title", "column", 'title with ", \\, : and ---', "stored; its front matter is valid YAML"),
    Fault("hidden_paragraph", "column", "one-pixel paragraph in the body", "stored without it"),
    Fault("chart_image", "column", "chart image of a quote in the body", "stored without it"),
    Fault("advert", "column", "image link to acttg.eastmoney.com in the body", "stored without it"),
    Fault("split_outlet", "column", "a link through the outlet's name", "stored with the whole name"),
    Fault("upper_case", "column", "outlet TechWeb", "category techweb"),
    Fault("lower_case", "column", "outlet Techweb", "category techweb, the same"),
    Fault("long_name", "column", "outlet with a blank in its name", "a slug without blanks"),
    Fault("bracketed", "column", "outlet with brackets in its name", "a slug without brackets"),
    Fault("gone", "column", "404", "rejected: HTTP 404"),
    Fault("error_once", "column", "500, then 200", "stored"),
    Fault("busy_once", "column", "503 with Retry-After: 1, then 200", "stored"),
    Fault("cut_once", "column", "connection closed in the middle, then whole", "stored"),
    Fault("slow", "column", "answers after 0.6 s", "stored"),
    Fault("gbk_as_utf8", "column", "a GBK page that says UTF-8", "stored, readable"),
    Fault("gbk_undeclared", "column", "a GBK page that says nothing", "stored, readable"),
    Fault("changes", "column", "another text from the second reading on", "stored, then updated"),
    Fault("feed_changes", "choice", "another text from the second reading on", "stored, then updated"),
    Fault("moved", "column", "302 to the article's older address", "stored"),
    Fault("no_body", "column", "only a video", "stored with the list's digest"),
    Fault("error_page", "column", "200 with 您访问的页面不存在", "rejected: error page"),
    Fault("too_big", "column", "a page of 12 MB", "rejected, not read"),
    Fault("hostile", "column", "script, onerror, javascript: in the body", "stored without them"),
    Fault("inward", "column", "redirect to 127.0.0.1", "rejected, not asked for"),
    Fault("future", "column", "the list's date is 3 days ahead", "stored with the page's date"),
    Fault("tail_outlet", "flash", "outlet only in brackets at the end", "stored with that outlet"),
    Fault("no_page", "flash", "no article page: 404", "stored from the list"),
    Fault("blog", "column", "a blog post (CFH) on a host with Crawl-delay", "stored, slowly"),
    Fault("forbidden", "column", "a blog post that robots.txt forbids", "rejected, not asked for"),
    Fault("bad_json", "choice", "GetNewsText.do cut short, then whole", "stored"),
)
_BY_PLACE = {index * 3 + 1: fault for index, fault in enumerate(FAULTS)}
assert max(_BY_PLACE) < CYCLE


def fault_of(slot: int) -> Fault | None:
    """The fault of the article in a slot; None for most."""
    return _BY_PLACE.get(slot % CYCLE)
