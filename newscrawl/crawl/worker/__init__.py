"""Pages read and settled in a process of their own, while the crawl's fetches and stores.

`Reader` is the crawl's side of it, `newscrawl.crawl.worker.process` the other, `newscrawl.crawl.worker.parse` what is
done there: the same as in the crawl's own process, by the same functions.
"""
