"""Pages that only scripts fill, rendered in a Chromium that has no way to the network.

`renderer` is the run's side: which pages, how many. `visit` shows one page to the browser, `page_requests`
answers what the page asks for, through Scrapy's downloader, and `chromium` is the process.
"""
