"""Commands of Scrapy's own that newscrawl replaces."""
