"""北方网: pages in GB18030 that say gb2312, section lists, an archive counted by a script, a Big5 copy.

The structure rests on public selectors and URL patterns of 2016–2026, none of it seen live.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from html import escape

from newscrawl.newsroom.response import ReplicaResponse, validated
from newscrawl.newsroom.sites.enorth_pages import article_page, frame
from newscrawl.newsroom.sites.site_articles import (
    SiteArticle,
    SiteData,
    draft,
    fixed_slots,
    newest_first,
    recent_slots,
)
from newscrawl.newsroom.sites.traditional import big5

NEWS, ECONOMY, COPY = "news.enorth.com.cn", "economy.enorth.com.cn", "news.big5.enorth.com.cn"
SOCIAL = "ms.enorth.com.cn"  #: a channel's home that lists articles of the news host
CHANNELS = {NEWS: "17001009000000000", ECONOMY: "17002009000000000"}  #: 17 digits
PAGE = 10  #: articles on a page of the archive
LISTED = 30  #: articles on a section list
_FIRST = 50_000_000  # article numbers start here
_ARTICLE = re.compile(r"/system/\d{4}/\d\d/\d\d/(\d{9})(?:_(\d\d))?\.shtml")
_ARCHIVE = re.compile(r"/system/more/(\d{17})/(\d{4})/\1_(\d{8})\.shtml")
_COUNT = re.compile(r"/system/count/(\d{7})/(\d{12})/count_page_list_(\d+)\.js")
_SECTIONS = {NEWS: ("/", "/tj/", "/tj/tjyw/"), ECONOMY: ("/",), SOCIAL: ("/",)}
_OLD = (datetime(2015, 3, 2, 1, tzinfo=UTC), datetime(2019, 5, 6, 2, tzinfo=UTC))


def articles(site_data: SiteData) -> list[SiteArticle]:
    """Newest first: 40 of these hours, 16 of 2019, 16 of 2015; every third is on the economy's host."""
    slots = [*recent_slots(site_data), *fixed_slots(_OLD[1], 16, 9), *fixed_slots(_OLD[0], 16, 9)]
    return newest_first([_article(site_data, slot) for slot in slots])


def _article(site_data: SiteData, slot: int) -> SiteArticle:
    told = draft(site_data, "enorth", slot)
    host = ECONOMY if slot % 3 == 0 else NEWS
    kind = "A" if told.at.year <= 2016 else "C" if slot % 7 == 0 else "B"
    # 镕 is in GBK but not in GB2312, 㛃 only in GB18030: a decoder that takes the page at its word fails.
    extra = f"参加采写的还有记者李镕{'和陆㛃' if slot % 2 else ''}。"
    paragraphs = (*told.text.paragraphs, extra)
    return SiteArticle(
        site="enorth",
        slot=slot,
        url=f"http://{host}/system/{told.at:%Y/%m/%d}/{_FIRST + slot:09d}.shtml",
        title=told.text.title,
        at=told.at,
        outlet=told.outlet,
        author=told.text.author,
        digest=told.text.digest,
        paragraphs=paragraphs,
        pages=min(_pages(told.chance, kind), len(paragraphs)),
        section="tj/tjyw" if host == NEWS else "economy",
        kind=kind,
    )


def _pages(chance: random.Random, kind: str) -> int:
    return 1 if kind == "C" else chance.choice((1, 1, 1, 2, 3))


def answer(site_data: SiteData, host: str, path: str) -> ReplicaResponse:
    """The response of one of the hosts to a path."""
    if match := _ARTICLE.fullmatch(path):
        return _page(site_data, host, path, int(match[2] or 0) + 1)
    if path in _SECTIONS.get(host, ()):
        listed = _of(site_data, NEWS if host == SOCIAL else host)[:LISTED]
        return _gb(_list_page(listed, NEWS if host == SOCIAL else host, path))
    if host in CHANNELS and (match := _COUNT.fullmatch(path)):
        return _count(site_data, host, "".join(match.groups()[:2]), match[3])
    if host in CHANNELS and (match := _ARCHIVE.fullmatch(path)):
        return _archive(site_data, host, match[1], match[2] + match[3])
    return _missing()


def _page(site_data: SiteData, host: str, path: str, page: int) -> ReplicaResponse:
    """One page of an article; `_01` is the second, so `_00` is nobody's."""
    first = re.sub(r"_\d\d\.shtml$", ".shtml", path)
    home = NEWS if host == COPY else host
    found = next((a for a in articles(site_data) if a.url == f"http://{home}{first}"), None)
    if found is None or page > found.pages or path.endswith("_00.shtml"):
        return _missing()
    text = article_page(found, page)
    if host == COPY:
        copy = text.replace("charset=gb2312", "charset=big5").replace(f"//{NEWS}", f"//{COPY}")
        return validated(ReplicaResponse(big5(copy), content_type="text/html"), found.at)
    return validated(_gb(text), found.at)


def _of(site_data: SiteData, host: str) -> list[SiteArticle]:
    return [article for article in articles(site_data) if article.url.startswith(f"http://{host}/")]


def archive_pages(site_data: SiteData, host: str) -> dict[int, list[SiteArticle]]:
    """Page number: its articles, newest first.

    The pages count up with time and the newest is maxpage: that is how public scrapers of the site read it,
    nobody here saw it live. Ten articles to a page, from the oldest on; the newest page has the rest.
    """
    oldest_first = _of(site_data, host)[::-1]
    cuts = range(0, len(oldest_first), PAGE)
    return {n: oldest_first[cut : cut + PAGE][::-1] for n, cut in enumerate(cuts, start=1)}


def archive_url(host: str, page: int) -> str:
    """The address of a page of a host's archive; the folder of four digits is its hundreds, as we read them."""
    channel = CHANNELS[host]
    return f"http://{host}/system/more/{channel}/{page // 100:04d}/{channel}_{page:08d}.shtml"


def count_url(host: str) -> str:
    """The address of the script that says how many pages the archive has; its 19 digits are 00 and the channel."""
    channel = f"00{CHANNELS[host]}"
    return f"http://{host}/system/count/{channel[:7]}/{channel[7:]}/count_page_list_{channel}.js"


def _count(site_data: SiteData, host: str, folders: str, channel: str) -> ReplicaResponse:
    if f"00{CHANNELS[host]}" != folders or folders != channel:
        return _missing()
    newest = max(archive_pages(site_data, host))
    return ReplicaResponse(f"var maxpage = {newest};\n".encode(), content_type="application/javascript")


def _archive(site_data: SiteData, host: str, channel: str, digits: str) -> ReplicaResponse:
    number = int(digits[4:])
    found = archive_pages(site_data, host).get(number)
    if channel != CHANNELS[host] or found is None or int(digits[:4]) != number // 100:
        return _missing()
    return _gb(_list_page(found, host, "more"))


def _list_page(shown: list[SiteArticle], host: str, path: str) -> str:
    """A list as a table: link, date in brackets; the first row is no article."""
    rows = "".join(
        f'<tr><td class="zi14">·<a href="{a.url}" target="_blank">{escape(a.title)}</a></td>'
        f'<td class="zi12">({a.at:%Y-%m-%d %H:%M})</td></tr>\n'
        for a in shown
    )
    older = archive_url(host, 1)
    script = f'<script src="{count_url(host)}"></script>'
    more = "" if path == "more" else f'<p><a href="{older}">更多</a></p>{script}'
    notice = '<tr><td><a href="/about/index.shtml">关于我们</a></td><td></td></tr>'
    return frame("天津要闻-北方网", f'<table class="list">{notice}{rows}</table>{more}')


def _gb(text: str) -> ReplicaResponse:
    """GB18030, whose only declaration is the page's own `charset=gb2312`."""
    return ReplicaResponse(text.encode("gb18030"), content_type="text/html")


def _missing() -> ReplicaResponse:
    result = _gb(frame("404", "<h1>404 Not Found</h1>"))
    result.status = 404
    return result


def lists(site_data: SiteData) -> list[str]:
    """Every list's address: sections, the newest page of each archive, each count script."""
    sections = [f"http://{host}{path}" for host, paths in _SECTIONS.items() for path in paths]
    newest = [archive_url(host, max(archive_pages(site_data, host))) for host in CHANNELS]
    return [*sections, *newest, *(count_url(host) for host in CHANNELS)]
