"""The bytes of one page → what it says. Ignorant of crawling: no request, no spider, no clock."""

from newscrawl.page.reader import read_fragment, read_page

__all__ = ["read_fragment", "read_page"]
