"""澎湃新闻: its channels by API, articles as the data that its pages carry."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import Api, DataLayout, PageLayout, Seen, Source


class ThepaperSpider(NewsSpider):
    """时事, 财经, 国际, 科技."""

    name = "thepaper"
    source = Source(
        title="澎湃新闻",
        domain="thepaper.cn",
        outlet="澎湃新闻",
        seen=Seen("2026-09", "public code; a saved page of 2020"),
        lists=tuple(
            Api(
                "https://api.thepaper.cn/contentapi/nodeCont/getByChannelId",
                method="POST",
                body=f'{{"channelId":"{channel}","excludeContIds":[],"listRecommendIds":[],"province":null,'
                '"pageSize":{size},"startTime":null,"pageNum":{page}}',
                items="data.list",
                link="https://www.thepaper.cn/newsDetail_forward_{contId}",
                title="name",
                date="pubTimeLong",
                column=column,
                only="contId && !link",
            )
            for channel, column in (
                ("25950", "时事"),
                ("25951", "财经"),
                ("122908", "国际"),
                ("119908", "科技"),
            )
        ),
        articles=r"thepaper\.cn/(?:newsDetail_forward_|detail/)(?P<id>\d+)",
        rewrite=((r"^https?://m\.thepaper\.cn/.*?(\d+)$", r"https://www.thepaper.cn/newsDetail_forward_\1"),),
        layouts=(
            DataLayout(
                name="2022",
                after=r'<script id="__NEXT_DATA__"[^>]*>',
                title="props.pageProps.detailData.contentDetail.name",
                body="props.pageProps.detailData.contentDetail.content",
                date="props.pageProps.detailData.contentDetail.[publishTime, pubTime]",
                outlet="props.pageProps.detailData.contentDetail.source",
                authors="props.pageProps.detailData.contentDetail.author",
                editors="props.pageProps.detailData.contentDetail.responEditor",
                columns="props.pageProps.detailData.contentDetail.nodeInfo.name",
            ),
            PageLayout(
                name="2020",
                title=(".news_title",),
                body=(".news_txt",),
                date=(".news_about p:nth-of-type(2)", ".news_about p"),
                outlet=(".news_about p:nth-of-type(2)", ".news_about p:nth-of-type(1)"),
                authors=(".news_about p:nth-of-type(1)",),
                editors=(".infor_item",),
                columns=(".news_path a",),
            ),
        ),
    )
