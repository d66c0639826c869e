"""金融界: its list API; title, time and outlet are the list's."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, PageLayout, Seen, Source


class JrjSpider(NewsSpider):
    """Financial news, newest first."""

    name = "jrj"
    source = Source(
        title="金融界",
        domain="jrj.com",
        domains=("jrj.com.cn",),
        outlet="金融界",
        seen=Seen("2026", "public code for the list; of the page only the body is confirmed"),
        lists=(
            Api(
                "https://gateway.jrj.com/jrj-news/news/queryNewsList",
                method="POST",
                body='{"sortBy":1,"pageSize":{size},"makeDate":"{cursor}","channelNum":"103","infoCls":""}',
                items="data.data",
                link="pcInfoUrl || infoUrl",
                date="makeDate",
                outlet="paperMediaSource",
                digest="summary || detail",
                cursor="data.data[-1].makeDate",
            ),
        ),
        articles=r"jrj\.com(?:\.cn)?/\d{4}/\d\d/(?P<id>\d+)\.shtml$",
        layouts=(PageLayout(name="2023", title=("h1",), body=(".article_content",)),),
    )
