"""A process that parses pages, while the crawl's own process fetches and stores.

`client` is the crawl's side and `process` the worker's; `parse` is the work, also used without a worker in
the crawl's process.
"""
