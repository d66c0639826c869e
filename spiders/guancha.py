"""观察者网: its front page and main news."""

from __future__ import annotations

from newscrawl.crawl.spider import NewsSpider
from newscrawl.model.source import PageLayout, Section, Seen, Source


class GuanchaSpider(NewsSpider):
    """Main news, newest first."""

    name = "guancha"
    source = Source(
        title="观察者网",
        domain="guancha.cn",
        outlet="观察者网",
        seen=Seen("2026-08-21", "public code and addresses of articles; a saved page of 2019"),
        lists=(
            Section(
                "https://www.guancha.cn/mainnews-sp/",
                items="ul.column-list li",
                links=("h4.module-title a",),
                dates=(".module-interact span",),
            ),
            Section("https://www.guancha.cn/", links=("h4.module-title a",)),
        ),
        articles=r"guancha\.cn/[A-Za-z0-9-]+/\d{4}_\d\d_\d\d_(?P<id>\d+)(?:_s)?\.shtml$",
        rewrite=(
            (r"(/\d{4}_\d\d_\d\d_\d+)(?:_\d+)?\.shtml$", r"\1_s.shtml"),
        ),  # the whole article on one page
        layouts=(
            PageLayout(
                name="2020",
                title=(".left-main h3",),
                body=(".all-txt",),
                date=(".time.fix > span:nth-of-type(1)",),
                outlet=(".time.fix > span:nth-of-type(3)",),
                authors=(".author-intro p a", ".editor-intro p a"),
                editors=(".article-other li",),
            ),
        ),
    )
