"""Renders pages filled by scripts, in a Chromium without network access.

`renderer` is the run's side: which pages, how many. `visit` renders one page, `page_requests` answers its
requests through Scrapy's downloader, and `chromium` is the process.
"""
