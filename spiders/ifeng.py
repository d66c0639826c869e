"""凤凰网财经: its list and articles as the data that its pages carry."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, PageLayout, Seen, Source


class IfengSpider(NewsSpider):
    """Finance, newest first; without videos."""

    name = "ifeng"
    source = Source(
        title="凤凰网财经",
        domain="ifeng.com",
        outlet="凤凰网财经",
        seen=Seen("2026-06-30", "public code; a saved page of 2024"),
        lists=(
            Api(
                "https://finance.ifeng.com/shanklist/1-62-83-",
                after=r"var allData\s*=\s*",
                items="newsstream",
                link="url",
                date="newsTime",
                outlet="source",
            ),
        ),
        articles=r"//(?!v\.)(?:[a-z]+\.)?ifeng\.com/c/(?P<id>[0-9A-Za-z]+)$",
        layouts=(
            DataLayout(
                name="2021",
                after=r"var allData\s*=\s*",
                title="docData.title",
                body="join('', docData.contentData.contentList[?type=='text'].data)",
                date="docData.newsTime",
                outlet="docData.[source, subscribe.catename]",
                editors="docData.editorName",
            ),
            PageLayout(
                name="2019",
                title=("h1[class^=topic-]",),
                body=("[class^=main_content-]",),
            ),
            PageLayout(
                name="2013",
                title=("#artical_topic",),
                body=("#artical_real",),
                date=("[itemprop=datePublished]",),
                outlet=("[itemprop=publisher]",),
            ),
        ),
    )
