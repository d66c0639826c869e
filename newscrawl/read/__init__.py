"""The read side of MongoDB: queries and change streams, independent of crawling."""

from newscrawl.errors import QueryTooSlow
from newscrawl.read.async_posts import AsyncPosts
from newscrawl.read.crawl_status import State
from newscrawl.read.plans import place_after
from newscrawl.read.posts import Posts
from newscrawl.read.query import Filters, Query
from newscrawl.read.results import Count, Day, Headline, Page
from newscrawl.read.watch import Change

__all__ = [
    "AsyncPosts",
    "Change",
    "Count",
    "Day",
    "Filters",
    "Headline",
    "Page",
    "Posts",
    "Query",
    "QueryTooSlow",
    "State",
    "place_after",
]
