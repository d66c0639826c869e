"""Scrapy commands replaced by newscrawl."""
